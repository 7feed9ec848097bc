"""An endpoint against a server that is slow, busy, broken or gone: every ask comes out once, with what became of it."""

import logging
import signal
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from openmimo.core.errors import InputError
from openmimo.eval.ask import Ask, Drawing, Said
from openmimo.eval.endpoint.connection import Patience
from openmimo.eval.endpoint.endpoint import Endpoint
from openmimo.eval.endpoint.told import Told
from tests.eval.endpoint.conftest import Call, Pauses, Server, until

Serve = Callable[[Callable[[Call], object]], Server]
Reach = Callable[..., Endpoint]
KEY = "sk-never-to-be-seen-5309"


def ask(text: str, **more: Any) -> Ask:
    return Ask(messages=({"role": "user", "content": text},), **more)


def question(call: Call) -> str:
    return call.body["messages"][-1]["content"]


def all_of(endpoint: Endpoint) -> dict[int, Said]:
    said = list(endpoint.finished())
    assert len({one.number for one in said}) == len(said), "a number came out twice"
    return {one.number: one for one in said}


def one_of(endpoint: Endpoint, asked: Ask) -> Said:
    number = endpoint.submit(asked)
    said = all_of(endpoint)
    assert list(said) == [number]
    return said[number]


def test_an_answer_with_all_that_was_asked_for(serve: Serve, reach: Reach) -> None:
    server = serve(lambda call: call.say("<think>\n6 mal 7 …\n</think>\nЭто 42 🙂"))
    asked = Ask(
        messages=({"role": "system", "content": ""}, {"role": "user", "content": "6·7 = ¿?"}),
        max_tokens=9,
        drawing=Drawing(0.25, 0.5, 3),
        stop=("Q:",),
    )
    said = one_of(reach(server), asked)
    assert (said.text, said.reasoning, said.ending, said.error) == ("Это 42 🙂", "6 mal 7 …", "stop", "")
    assert (said.prompt_tokens, said.tokens) == (7, len("<think>\n6 mal 7 …\n</think>\nЭто 42 🙂"))
    assert said.seconds > 0
    (call,) = server.calls
    assert call.path == "/v1/chat/completions"
    assert "Authorization" not in call.headers
    assert call.body == {
        "model": "mimo",
        "messages": [{"role": "user", "content": "6·7 = ¿?"}],  # an empty system prompt is none
        "max_tokens": 9,
        "temperature": 0.25,
        "top_p": 0.5,
        "seed": 3,
        "stop": ["Q:"],
    }


def test_a_text_is_gone_on_from_as_it_stands(serve: Serve, reach: Reach) -> None:
    server = serve(lambda call: call.say("    return <think>x\n", finish_reason="length"))
    said = one_of(reach(server, model="base"), Ask(text="def f(x):\n"))
    assert (said.text, said.reasoning, said.ending) == ("    return <think>x\n", "", "length")
    assert server.calls[0].path == "/v1/completions"
    assert server.calls[0].body["prompt"] == "def f(x):\n"
    assert server.calls[0].body["model"] == "base"


def test_no_more_under_way_than_allowed_and_no_fewer(serve: Serve, reach: Reach) -> None:
    four = threading.Barrier(4)

    def answer(call: Call) -> None:
        four.wait(60)  # breaks if four never come together
        call.say(question(call))

    server = serve(answer)
    endpoint = reach(server, concurrency=4)
    numbers = {endpoint.submit(ask(f"question {place}")): f"question {place}" for place in range(20)}
    assert {number: said.text for number, said in all_of(endpoint).items()} == numbers
    assert server.most == 4


def test_answers_come_out_as_they_end_and_more_may_be_asked_meanwhile(serve: Serve, reach: Reach) -> None:
    go = threading.Event()

    def answer(call: Call) -> None:
        if question(call) == "slow":
            go.wait(60)
        call.say(question(call))

    endpoint = reach(serve(answer))
    slow, quick = endpoint.submit(ask("slow")), endpoint.submit(ask("quick"))
    finished = endpoint.finished()
    assert next(finished).number == quick
    third = endpoint.submit(ask("third"))
    assert next(finished).number == third
    go.set()
    assert next(finished).number == slow
    assert list(finished) == []


def test_two_threads_share_the_answers(serve: Serve, reach: Reach) -> None:
    endpoint = reach(serve(lambda call: call.say("yes")))
    numbers = [endpoint.submit(ask("?")) for _ in range(30)]
    got: list[int] = []
    readers = [threading.Thread(target=lambda: got.extend(said.number for said in endpoint.finished())) for _ in range(2)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(60)
        assert not reader.is_alive()
    assert sorted(got) == numbers


def test_an_interrupted_wait_loses_no_answer(serve: Serve, reach: Reach) -> None:
    go = threading.Event()
    server = serve(lambda call: call.say(str(go.wait(60))))
    endpoint = reach(server)
    number = endpoint.submit(ask("?"))

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(KeyboardInterrupt):
            next(endpoint.finished())
    finally:
        signal.signal(signal.SIGALRM, before)
    go.set()
    assert all_of(endpoint)[number].text == "True"


def test_a_bug_of_ours_loses_no_answer(serve: Serve, reach: Reach, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openmimo.eval.endpoint.endpoint.said", lambda *_: {}["surely"])
    said = one_of(reach(serve(lambda call: call.say("yes"))), ask("?"))
    assert (said.ending, said.error) == ("failed", "KeyError, which should not be: 'surely'")


def test_a_busy_server_is_left_alone_as_long_as_it_asks(serve: Serve, reach: Reach, pauses: Pauses) -> None:
    def answer(call: Call) -> None:
        if call.seen == 1:
            call.send(429, {"error": {"message": "slow down"}}, Retry_After="17")
        else:
            call.say("now")

    said = one_of(reach(serve(answer)), ask("?"))
    assert (said.text, said.ending) == ("now", "stop")
    assert pauses.seconds == [17.0]


def test_a_server_that_wants_too_long_a_pause_is_not_waited_for(serve: Serve, reach: Reach, pauses: Pauses) -> None:
    said = one_of(reach(serve(lambda call: call.send(429, {"error": "tomorrow"}, Retry_After="86400"))), ask("?"))
    assert said.ending == "failed"
    assert said.error == "the server says 429: tomorrow (and to wait 24h00m); ask for fewer answers at once (--at-once)"
    assert pauses.seconds == []


@pytest.mark.parametrize("status", [408, 409, 500, 503])
def test_trouble_that_passes_is_tried_again(serve: Serve, reach: Reach, pauses: Pauses, status: int) -> None:
    server = serve(lambda call: call.send(status, {"error": {"message": "hm"}}) if call.seen < 4 else call.say("good"))
    assert one_of(reach(server), ask("?")).text == "good"
    assert len(server.calls) == 4
    low, middle, high = pauses.seconds
    assert 0.5 <= low <= 1 <= middle <= 2 <= high <= 4


def test_trouble_that_stays_is_given_up(serve: Serve, reach: Reach) -> None:
    server = serve(lambda call: call.send(500, {"error": {"message": "out of\nmemory"}}))
    said = one_of(reach(server, patience=Patience(tries=3)), ask("?"))
    assert (said.ending, said.error) == ("failed", "the server says 500: out of memory")
    assert len(server.calls) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refusal_is_final_and_the_others_go_on(serve: Serve, reach: Reach, status: int) -> None:
    def answer(call: Call) -> None:
        if question(call) == "bad":
            call.send(status, {"object": "error", "message": "not this one"})
        else:
            call.say("good")

    server = serve(answer)
    endpoint = reach(server)
    bad, good = endpoint.submit(ask("bad")), endpoint.submit(ask("fine"))
    said = all_of(endpoint)
    assert said[bad].ending == "failed"
    assert said[bad].error.startswith(f"the server says {status}: not this one")
    assert said[good].text == "good"
    assert len(server.calls) == 2


def test_a_connection_that_breaks_off_is_tried_again(serve: Serve, reach: Reach) -> None:
    def answer(call: Call) -> None:
        if call.seen == 1:
            call.drop()  # before a word
        elif call.seen == 2:
            call.send(200, b'{"choices": [', Content_Length="1000")
            call.drop()  # in the middle
        else:
            call.say("whole")

    server = serve(answer)
    assert one_of(reach(server), ask("?")).text == "whole"
    assert len(server.calls) == 3


@pytest.mark.parametrize(
    "body, cause",
    [
        (b"<html>Sign in\nhere</html>", "the reply is not JSON: <html>Sign in here</html>;"),
        ([1, 2], "the reply has no choices"),
        ({"choices": []}, "the reply has no choices"),
        ({"choices": [{"message": {"content": 5}}]}, "the reply has no text where it should be"),
        ({"choices": [{"text": "as if to a text"}]}, "the reply has no text where it should be"),
        ({"error": {"message": "no money left", "code": 402}}, "the server says: no money left"),
        ({"choices": [{"message": {"content": "x"}, "finish_reason": "content_filter"}]}, "the server's filter withheld it"),
    ],
)
def test_a_reply_of_another_form_is_a_clear_failure(serve: Serve, reach: Reach, body: Any, cause: str) -> None:
    server = serve(lambda call: call.send(200, body))
    said = one_of(reach(server), ask("?"))
    assert said.ending == "failed"
    assert said.error.startswith(cause)
    assert len(server.calls) == 1


def test_nobody_at_the_address() -> None:
    with socket.socket() as taken:  # bound and not listening: nobody else can come to be there
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(InputError) as raised:
            Endpoint(url)
    assert raised.value.problem == f"the endpoint cannot be reached: {url}/v1: Connection refused"
    assert raised.value.fix == "start the server, or correct the address"


def test_the_model_is_the_first_that_is_listed_or_must_be_named(serve: Serve, reach: Reach) -> None:
    server = serve(lambda call: call.say("yes"))
    assert reach(server).model == "mimo"
    for models in ((404, {"detail": "Not Found"}), (200, {"data": []}), (200, b"hello"), (503, {"error": {"message": "Loading model"}})):
        server.models = models
        with pytest.raises(InputError) as raised:
            reach(server)
        fix = "check that the address is that of an OpenAI-compatible server" if models[1] == b"hello" else "name the model (--served-name)"
        assert raised.value.fix == fix
        assert server.url in raised.value.problem
        assert one_of(reach(server, model="mine"), ask("?")).text == "yes"


def test_asks_that_no_server_could_answer(serve: Serve, reach: Reach) -> None:
    endpoint = reach(serve(lambda call: call.say("yes")))
    for asked in (
        Ask(),
        Ask(messages=({"role": "system", "content": ""},)),
        ask("?", continuation=" x"),
        ask("?", max_tokens=0),
        Ask(text="?", max_tokens=0),
    ):
        with pytest.raises(InputError):
            endpoint.submit(asked)
    assert list(endpoint.finished()) == []
    with pytest.raises(InputError):
        reach(serve(lambda call: None), concurrency=0)


def test_a_server_that_is_gone_does_not_cost_the_rest_their_time(serve: Serve, reach: Reach, pauses: Pauses) -> None:
    server = serve(lambda call: call.drop())
    endpoint = reach(server, concurrency=1, patience=Patience(tries=2, lost=3))
    numbers = [endpoint.submit(ask("?")) for _ in range(10)]
    said = all_of(endpoint)
    assert sorted(said) == numbers
    assert len(server.calls) == 6  # three asks, two tries each
    assert len(pauses.seconds) == 3
    for number in numbers[:3]:
        assert said[number].error.startswith(f"{server.url}/v1: Server disconnected")
    for number in numbers[3:]:
        assert said[number].error.startswith("3 asks in a row failed by connection, the last with: ")
        assert "check that the server runs" in said[number].error
    assert all(one.ending == "failed" for one in said.values())


def test_only_failures_in_a_row_count(serve: Serve, reach: Reach) -> None:
    server = serve(lambda call: call.drop() if call.seen % 3 else call.say("here"))
    endpoint = reach(server, concurrency=1, patience=Patience(tries=1, lost=3))
    numbers = [endpoint.submit(ask("?")) for _ in range(12)]
    said = all_of(endpoint)
    assert [said[number].ending for number in numbers] == ["failed", "failed", "stop"] * 4


def test_a_slow_answer_is_cancelled_by_hanging_up(serve: Serve, reach: Reach) -> None:
    hung_up: list[bool] = []
    server = serve(lambda call: hung_up.append(call.wait_for_the_other_side_to_hang_up()))
    endpoint = reach(server, concurrency=1)
    slow, waiting = endpoint.submit(ask("slow")), endpoint.submit(ask("behind it"))
    until(lambda: len(server.calls) == 1)
    endpoint.cancel(waiting)
    finished = endpoint.finished()
    assert next(finished) == Said(waiting, ending="cancelled")
    endpoint.cancel(slow)
    said = next(finished)
    assert (said.number, said.ending, said.text, said.error) == (slow, "cancelled", "", "")
    until(lambda: hung_up == [True])
    endpoint.cancel(slow)  # ended: stays as it is
    endpoint.cancel(77)
    assert list(finished) == []


def test_an_ask_cancelled_before_its_first_step_is_not_lost(serve: Serve, reach: Reach) -> None:
    endpoint = reach(serve(lambda call: call.say("yes")))
    numbers = [endpoint.submit(ask("?")) for _ in range(200)]
    for number in numbers[::2]:
        endpoint.cancel(number)
    said = all_of(endpoint)
    assert sorted(said) == numbers
    assert {one.ending for one in said.values()} <= {"stop", "cancelled"}
    assert all(said[number].ending == "stop" for number in numbers[1::2])


def test_close_ends_all_and_loses_nothing(serve: Serve, reach: Reach) -> None:
    endpoint = reach(serve(lambda call: call.wait_for_the_other_side_to_hang_up()), concurrency=2)
    numbers = [endpoint.submit(ask("?")) for _ in range(5)]
    endpoint.close()
    endpoint.close()
    said = all_of(endpoint)
    assert sorted(said) == numbers
    assert {one.ending for one in said.values()} == {"cancelled"}
    assert not any(thread.name == "endpoint" for thread in threading.enumerate())
    with pytest.raises(RuntimeError):
        endpoint.submit(ask("?"))
    endpoint.cancel(numbers[0])


def test_an_answer_has_its_time_and_no_more(serve: Serve, reach: Reach) -> None:
    server = serve(lambda call: call.wait_for_the_other_side_to_hang_up())
    said = one_of(reach(server, patience=Patience(answer_s=0.05)), ask("?"))
    assert said.ending == "failed"
    assert said.error == "the answer was not whole after 0s; allow more time, or fewer tokens an answer"
    assert len(server.calls) <= 1  # not again: it may not even have been sent


def test_an_answer_that_falls_silent_within(serve: Serve, reach: Reach) -> None:
    def answer(call: Call) -> None:
        call.send(200, b'{"choices": [', Content_Length="1000")
        call.wait_for_the_other_side_to_hang_up()

    said = one_of(reach(serve(answer), patience=Patience(silence_s=0.05)), ask("?"))
    assert said.ending == "failed"
    assert said.error.startswith("the server fell silent for 0s within an answer")


def test_the_other_name_of_the_limit_is_learnt(serve: Serve, reach: Reach) -> None:
    def answer(call: Call) -> None:
        if "max_tokens" in call.body:
            call.send(400, {"error": {"message": "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."}})
        else:
            call.say("good")

    server = serve(answer)
    endpoint = reach(server)
    assert [one_of(endpoint, ask("?", max_tokens=33)).text for _ in range(2)] == ["good", "good"]
    assert [call.body.get("max_completion_tokens") for call in server.calls] == [None, 33, 33]


def test_a_limit_that_is_too_high_is_not_sent_under_another_name(serve: Serve, reach: Reach) -> None:
    # A server that knows the one name only would take its own limit then, and cut every answer short.
    server = serve(lambda call: call.send(400, {"error": {"message": "max_tokens must be at most 4096"}}))
    assert one_of(reach(server), ask("?")).error == "the server says 400: max_tokens must be at most 4096"
    assert len(server.calls) == 1


def delta(**said: str) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": said}]}


def test_a_stream_says_the_same_as_a_whole_reply(serve: Serve, reach: Reach) -> None:
    def answer(call: Call) -> None:
        call.stream(
            delta(role="assistant"), delta(reasoning="Hm, "), delta(reasoning_content="😀"), delta(content="се"), delta(content="м")
        )
        call.stream({"choices": [{"delta": {}, "finish_reason": "length"}]})
        call.stream({"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 6}}, "[DONE]")

    server = serve(answer)
    said = one_of(reach(server, streaming=True), ask("?"))
    assert (said.text, said.reasoning, said.ending, said.prompt_tokens, said.tokens) == ("сем", "Hm, 😀", "length", 5, 6)
    assert server.calls[0].body["stream"] is True
    assert server.calls[0].body["stream_options"] == {"include_usage": True}


def test_a_cancelled_stream_keeps_what_came(serve: Serve, reach: Reach, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, take = threading.Semaphore(0), Told.take
    monkeypatch.setattr(Told, "take", lambda told, event: (take(told, event), taken.release()))

    def answer(call: Call) -> None:
        call.stream({"choices": [{"text": "so "}]}, {"choices": [{"text": "far"}]})
        call.wait_for_the_other_side_to_hang_up()

    endpoint = reach(serve(answer), streaming=True)
    number = endpoint.submit(Ask(text="and"))
    assert all(taken.acquire(timeout=60) for _ in range(2))
    endpoint.cancel(number)
    (said,) = endpoint.finished()
    assert (said.text, said.ending, said.tokens) == ("so far", "cancelled", None)


def test_a_stream_that_ends_too_early_is_begun_again(serve: Serve, reach: Reach) -> None:
    def answer(call: Call) -> None:
        call.stream(delta(content="half"))
        if call.seen > 1:
            call.stream(delta(content=" and half"), "[DONE]")

    assert one_of(reach(serve(answer), streaming=True), ask("?")).text == "half and half"


@pytest.mark.parametrize(
    "event, cause",
    [({"error": {"message": "out of memory"}}, "the server says: out of memory"), ("{oh", "the server's stream holds what is not JSON")],
)
def test_a_stream_that_breaks_keeps_what_came_and_says_why(serve: Serve, reach: Reach, event: Any, cause: str) -> None:
    said = one_of(reach(serve(lambda call: call.stream(delta(content="half"), event)), streaming=True), ask("?"))
    assert (said.text, said.ending) == ("half", "failed")
    assert said.error.startswith(cause)


def test_a_likelihood(serve: Serve, reach: Reach) -> None:
    def answer(call: Call) -> None:
        logprobs = {
            "tokens": ["The", " sky", " is", " blue", "."],
            "token_logprobs": [None, -5.0, -1.0, -0.25, -0.5],
            "top_logprobs": [None, {" a": -2.0}, {" is": -1.0}, {" blue": -0.25}, {".": -0.5}],
            "text_offset": [0, 3, 7, 10, 15],
        }
        call.say("The sky is blue.", logprobs=logprobs)

    server = serve(answer)
    said = one_of(reach(server), Ask(text="The sky", continuation=" is blue", max_tokens=0))
    assert (said.logprob, said.tokens, said.greedy, said.text, said.ending) == (-1.25, 2, True, "", "stop")
    body = server.calls[0].body
    assert (server.calls[0].path, body["prompt"]) == ("/v1/completions", "The sky is blue")
    assert (body["echo"], body["logprobs"], body["max_tokens"], body["temperature"]) == (True, 1, 1, 1.0)


@pytest.mark.parametrize("status", [400, 500])
def test_a_server_without_an_echo_says_so_at_once(serve: Serve, reach: Reach, status: int) -> None:
    server = serve(lambda call: call.send(status, {"error": {"message": "Only no echo is supported"}}))
    said = one_of(reach(server), Ask(text="The sky", continuation=" is blue"))
    assert said.error == (
        f"the server says {status}: Only no echo is supported; "
        "likelihoods need a server whose /completions takes echo with logprobs, such as vLLM"
    )
    assert len(server.calls) == 1


def test_the_key_goes_to_the_server_and_nowhere_else(
    serve: Serve, reach: Reach, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("OPENAI_API_KEY", "the other one")
    monkeypatch.setenv("OPENMIMO_API_KEY", KEY + "\n")
    server = serve(lambda call: call.send(401, {"error": {"message": f"Incorrect API key provided: {KEY}"}}))
    endpoint = reach(server)
    said = one_of(endpoint, ask("?"))
    assert server.calls[0].headers["Authorization"] == f"Bearer {KEY}"
    assert said.error == "the server says 401: Incorrect API key provided: ***; put a key that this server takes into OPENMIMO_API_KEY"
    server.models = (401, {"error": {"message": f"who is {KEY}?"}})
    with pytest.raises(InputError) as raised:
        reach(server)
    server.answer = lambda call: call.send(200, f"<html>{KEY}".encode())
    broken = one_of(endpoint, ask("?")).error
    assert "***" in broken
    server.answer = lambda call: call.send(400, {"error": {"message": "x" * 350 + KEY + "y" * 100}})
    assert one_of(endpoint, ask("?")).error == f"the server says 400: {'x' * 350}***{'y' * 26} ..."  # cut only when the key is gone
    assert caplog.text  # the client does log its requests
    for shown in (str(raised.value), repr(raised.value), said.error, broken, caplog.text, repr(endpoint), repr(endpoint._connection)):
        assert KEY not in shown
