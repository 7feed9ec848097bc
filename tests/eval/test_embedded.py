"""The embedded engine says in an evaluation what it says otherwise, and its likelihoods are those of the plain model."""

from pathlib import Path

import pytest
import torch

from openmimo.engine.generate import complete
from openmimo.engine.load import Loaded, load
from openmimo.engine.sample import Sampling
from openmimo.engine.session import Session
from openmimo.eval.ask import Ask, Drawing, Said
from openmimo.eval.embedded import Embedded
from openmimo.eval.endpoint.likelihood import likelihood
from openmimo.model.config import ModelConfig
from openmimo.model.folder import write_folder
from openmimo.model.mimo import MiMo
from openmimo.text.bpe import train_bpe
from openmimo.text.template import ChatTemplate

GREEDY = Drawing(temperature=0.0, top_p=1.0)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    folder: Path = tmp_path_factory.mktemp("tiny") / "model"
    tokenizer = train_bpe(["what is one plus two? it is three. 1 2 3"], 300)
    model = MiMo(ModelConfig(tokenizer.vocab_size, 32, 48, 2, 4, 2, 8, 96))
    model.start(1)
    write_folder(model, folder, dtype=torch.float32, generation_config={"eos_token_id": sorted(tokenizer.eos_ids)})
    tokenizer.save(folder)
    ChatTemplate().save(folder)
    return load(str(folder))


def answers(embedded: Embedded, asks: list[Ask]) -> list[Said]:
    numbers = [embedded.submit(ask) for ask in asks]
    said = {one.number: one for one in embedded.finished()}
    assert set(said) == set(numbers)
    return [said[number] for number in numbers]


def test_it_says_what_a_session_says(tiny: Loaded) -> None:
    wild = Drawing(1.0, 0.9, seed=5)
    asks = [
        Ask(messages=({"role": "user", "content": "one?"},), max_tokens=20, drawing=wild),
        Ask(text="two plus", max_tokens=20, drawing=GREEDY),
    ]
    chat, text = answers(Embedded(tiny), asks)
    stream = Session(tiny).stream([{"role": "user", "content": "one?"}], 20, Sampling(1.0, 0.9, 5))
    list(stream)
    assert (chat.text, chat.tokens) == (stream.answer().answer, stream.tokens)
    (ids,) = complete(tiny.model, [tiny.tokenizer.encode("two plus")], 20, tiny.stop_ids)
    assert text.text == tiny.tokenizer.decode([token for token in ids if token not in tiny.stop_ids])
    assert chat.ending in ("stop", "length")


def test_a_stop_text_ends_an_answer_and_is_no_part_of_it(tiny: Loaded) -> None:
    (whole,) = answers(Embedded(tiny), [Ask(text="what is", max_tokens=30, drawing=GREEDY)])
    stop = whole.text[5:7]
    (cut,) = answers(Embedded(tiny), [Ask(text="what is", max_tokens=30, drawing=GREEDY, stop=(stop,))])
    assert cut.text == whole.text[: whole.text.index(stop)]
    assert cut.ending == "stop"


def test_likelihoods_are_those_of_the_plain_model(tiny: Loaded) -> None:
    pairs = [("what is", " one"), ("what is", " three"), ("one plu", "s two"), ("1", " 2 3"), ("1 one", "ehu ")]
    said = answers(Embedded(tiny), [Ask(text=text, continuation=continuation) for text, continuation in pairs])
    for (text, continuation), one in zip(pairs, said, strict=True):
        whole = tiny.tokenizer.encode(text + continuation)
        edge, ends = len(text), [len(tiny.tokenizer.decode(whole[: place + 1])) for place in range(len(whole))]
        same = next(place for place, end in enumerate(ends) if end > edge)  # a token that straddles the edge is the continuation's
        with torch.no_grad():
            logprobs = tiny.model(torch.tensor([whole])).log_softmax(-1)[0]
        expected = sum(logprobs[place - 1, whole[place]].item() for place in range(same, len(whole)))
        assert one.logprob == pytest.approx(expected, abs=1e-4)
        assert (one.tokens, one.prompt_tokens) == (len(whole) - same, same)


def test_what_can_never_be_answered_fails_and_the_rest_goes_on(tiny: Loaded) -> None:
    asks = [
        Ask(text="one " * 200, max_tokens=5),
        Ask(text="one", max_tokens=5),
        Ask(max_tokens=5),
        Ask(messages=({"role": "user", "content": " "},)),
    ]
    long, fine, nothing, empty = answers(Embedded(tiny), asks)
    assert (long.ending, nothing.ending, empty.ending) == ("failed", "failed", "failed")
    assert "this model holds 96" in long.error
    assert "no text" in nothing.error
    assert fine.ending != "failed"


def test_cancelled_asks_come_out_as_such(tiny: Loaded) -> None:
    embedded = Embedded(tiny)
    first, second = (embedded.submit(Ask(text="one", max_tokens=60, drawing=GREEDY)) for _ in range(2))
    embedded.cancel(first)
    said = {one.number: one for one in embedded.finished()}
    assert said[first].ending == "cancelled"
    assert said[second].ending != "cancelled"


def test_the_tokens_of_a_continuation_are_those_that_are_counted_behind_an_address(tiny: Loaded) -> None:
    for text, continuation in [("1 one", "ehu "), ("one plu", "s two"), ("what is", " one"), ("1 wha", "t")]:
        (said,) = answers(Embedded(tiny), [Ask(text=text, continuation=continuation)])
        tokens = [tiny.tokenizer.decode([token]) for token in tiny.tokenizer.encode(text + continuation)]
        echoed = {"text": text + continuation, "logprobs": {"tokens": tokens, "token_logprobs": [None, *[-1.0] * (len(tokens) - 1)]}}
        assert said.tokens == likelihood(echoed, text, continuation, 0).tokens


def test_a_continuation_that_shares_the_first_token_of_all_is_refused(tiny: Loaded) -> None:
    (said,) = answers(Embedded(tiny), [Ask(text="on", continuation="e")])
    assert said.ending == "failed"
    assert "has no probability" in said.error
