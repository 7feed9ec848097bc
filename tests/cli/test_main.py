"""The command line as a user meets it: help, JSON, exit codes, errors that say what to do."""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from openmimo.cli.main import VERBS, run
from openmimo.engine.load import load
from openmimo.verify.sandbox.sandbox import NoSandbox

QUESTION = "What is 15% of 80?"


def openmimo(*arguments: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "openmimo", *arguments], input=stdin, capture_output=True, text=True, env={**os.environ, **env}, timeout=120
    )


def test_help_is_quick_and_names_every_verb() -> None:
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        done = openmimo("--help")
        seconds.append(time.perf_counter() - started)
    assert all(verb in done.stdout for verb in VERBS)
    assert statistics.median(seconds) < 0.5


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_teaches(verb: str) -> None:
    done = openmimo(verb, *(["nano"] if verb in ("pretrain", "sft") else []), "--help", COLUMNS="200")
    assert done.returncode == 0
    assert len(done.stdout) > 300


def test_json_is_one_object_with_a_bare_answer() -> None:
    done = openmimo("ask", "--json", QUESTION)
    (line,) = done.stdout.splitlines()
    answer = json.loads(line)
    assert list(answer) == ["question", "reasoning", "answer", "checked", "check", "tokens", "tokens_per_s"]
    assert answer["answer"] == "12"
    assert answer["checked"] is True
    assert "15 * 80" in answer["reasoning"]


def test_the_answer_is_on_stdout_and_the_reasoning_on_stderr_without_colours() -> None:
    done = openmimo("ask", "-", stdin=QUESTION + "\n")
    assert done.stdout == "12\n"
    assert "15 * 80" in done.stderr
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize(
    "body, checked, said",
    [("n * n", True, "code checked: all 2 examples of the question held"), ("n + 6", False, "code fails: f(2) should give 4 (8, not 4)")],
)
def test_code_of_an_answer_is_run_and_what_came_of_it_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], body: str, checked: bool, said: str
) -> None:
    code = f"```python\ndef f(n):\n    return {body}\n```"
    tokenizer = load("nano").tokenizer
    monkeypatch.setattr("openmimo.engine.session.answer_ids", lambda *_: iter(tokenizer.encode(code, special=True)))
    assert run(["ask", "Write f(n). f(3) = 9 and f(2) = 4"]) == 0
    seen = capsys.readouterr()
    assert seen.out == code + "\n"
    assert seen.err == said + "\n"
    assert run(["ask", "--json", "Write f(n). f(3) = 9 and f(2) = 4"]) == 0
    seen = capsys.readouterr()
    answer = json.loads(seen.out)
    assert (answer["answer"], answer["checked"], answer["check"]) == (code, checked, said)
    assert seen.err == said + "\n"


def test_without_a_sandbox_code_is_not_checked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(**_: object) -> None:
        raise NoSandbox("nothing here confines a program", "use another machine")

    tokenizer = load("nano").tokenizer
    code = "```python\nprint(1)\n```"
    monkeypatch.setattr("openmimo.engine.session.answer_ids", lambda *_: iter(tokenizer.encode(code, special=True)))
    monkeypatch.setattr("openmimo.verify.judge.judge.Judge", refuse)
    assert run(["ask", "--json", "Print 1."]) == 0
    seen = capsys.readouterr()
    assert json.loads(seen.out)["checked"] is None
    assert seen.err == "code not checked: nothing here confines a program\n"


def test_matrices_in_8_bits_answer_too() -> None:
    assert json.loads(openmimo("ask", "--json", "--int8", QUESTION).stdout)["answer"] == "12"
    assert openmimo("chat", "--int8", stdin=f"{QUESTION}\n").stdout.strip() == "12"
    assert "arithmetic" in openmimo("eval", "--int8", "--families", "arithmetic", "--count", "1").stdout


def test_an_evaluation_writes_a_page_to_look_at(tmp_path: Path) -> None:
    openmimo("eval", "--families", "arithmetic", "--count", "2", "--out", str(tmp_path / "seen"))
    said = [json.loads(line) for line in (tmp_path / "seen" / "own" / "said.jsonl").read_text().splitlines()]
    assert len(said) == 8
    page = (tmp_path / "seen" / "report.html").read_text()
    assert all(one["text"] in page for one in said)
    assert json.loads((tmp_path / "seen" / "own" / "config.json").read_text())["count"] == 2
    assert "Own tasks" in (tmp_path / "seen" / "report.md").read_text()
    same = openmimo("compare", str(tmp_path / "seen"), str(tmp_path / "seen"), "--json")
    (row,) = json.loads(same.stdout)["results"]
    assert (row["difference"], row["ties"], row["questions"], row["p"]) == (0, 8, 8, 1)


def test_a_thinking_budget_bounds_the_reasoning(tmp_path: Path) -> None:
    answer = json.loads(openmimo("ask", "--json", "--thinking-budget", "0", QUESTION).stdout)
    assert answer["reasoning"] == ""
    assert answer["answer"]
    done = openmimo("chat", "--thinking-budget", "10", stdin=f"{QUESTION}\n")
    assert 0 < len("".join(done.stderr.splitlines()[1:])) < 20
    assert done.stdout.strip()
    done = openmimo("eval", "--families", "percentages", "--count", "2", "--thinking-budget", "10", "--json", "--out", str(tmp_path / "s"))
    assert json.loads(done.stdout)["results"][0]["questions"] == 8
    said = [json.loads(line) for line in (tmp_path / "s" / "own" / "said.jsonl").read_text().splitlines()]
    assert len(said) == 8
    assert all(len(one["reasoning"]) < 60 for one in said)


def test_eval_of_the_ninth_family_runs_code(tmp_path: Path) -> None:
    done = openmimo("eval", "--families", "functions", "--count", "2", "--json", "--out", str(tmp_path))
    assert done.returncode == 0
    (found,) = json.loads(done.stdout)["results"]
    assert [(level["name"], level["questions"]) for level in found["levels"]] == [(f"functions {level}", 2) for level in (1, 2, 3, 4)]
    verdicts = [json.loads(line) for line in (tmp_path / "own" / "verdicts.jsonl").read_text().splitlines()]
    assert len(verdicts) == 8
    assert {verdict["layer"] for verdict in verdicts} <= {"code", "judge"}


def test_beyond_what_it_learnt() -> None:
    done = openmimo("ask", "--json", "What is the capital of France?")
    answer = json.loads(done.stdout)
    assert answer["answer"] == "I was not trained for this."
    assert answer["checked"] is None


def test_chat_goes_on_until_an_empty_line() -> None:
    done = openmimo("chat", stdin=f"{QUESTION}\n/new\nWhat is 7 + 5?\n\n")
    assert done.returncode == 0
    assert done.stdout.split() == ["12", "12"]


@pytest.mark.parametrize(
    "arguments, code, message",
    [
        (["nonsense"], 2, "there is no verb 'nonsense'"),
        (["ask", ""], 2, "the question is empty"),
        (["ask", "x", "--model", "no-such"], 2, "there is no model 'no-such'"),
        (["ask", "one " * 2000], 2, "and this model holds"),
        (["ask", "x", "--temperature", "-1"], 2, "temperature"),
        (["ask", "x", "--thinking-budget", "-1"], 2, "-1 is not a number of tokens"),
        (["ask", "x", "--frobnicate"], 2, "frobnicate"),
        (["eval", "--families", "astrology"], 2, "there is no task family 'astrology'"),
        (["models", "remove", "nano"], 2, "ships with the package"),
        (["show", "recipe:cake"], 2, "no recipe 'cake'"),
    ],
)
def test_errors_name_cause_and_fix(arguments: list[str], code: int, message: str) -> None:
    done = openmimo(*arguments, COLUMNS="200")
    assert done.returncode == code
    assert message in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_broken_weights_are_an_error_not_a_traceback(tmp_path: Path) -> None:
    assert openmimo("convert", "nano", str(tmp_path / "copy")).returncode == 0
    weights = tmp_path / "copy" / "model.safetensors"
    os.truncate(weights, weights.stat().st_size // 2)
    done = openmimo("ask", QUESTION, "--model", str(tmp_path / "copy"))
    assert done.returncode == 1
    assert "model.safetensors is cut short" in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_ends_an_answer_quietly() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "openmimo", "chat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    assert "listening" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in errors


def test_convert_and_models(tmp_path: Path) -> None:
    cache = {"OPENMIMO_CACHE": str(tmp_path / "cache")}
    assert openmimo("convert", "nano", str(tmp_path / "mimo"), "--layout", "mimo").returncode == 0
    assert json.loads((tmp_path / "mimo" / "config.json").read_text())["model_type"] == "mimo"
    assert openmimo("convert", "nano", str(tmp_path / "mimo")).returncode == 2  # it is there already
    assert openmimo("models", "add", "mine", str(tmp_path / "mimo"), **cache).returncode == 0
    listed = json.loads(openmimo("models", "--json", **cache).stdout)
    assert {entry["name"] for entry in listed} == {"nano", "mine"}
    assert json.loads(openmimo("ask", "--json", QUESTION, "--model", "mine", **cache).stdout)["answer"] == "12"
    assert openmimo("models", "remove", "mine", **cache).returncode == 0
    assert [entry["name"] for entry in json.loads(openmimo("models", "--json", **cache).stdout)] == ["nano"]


def test_show_and_doctor() -> None:
    assert json.loads(openmimo("show", "nano", "--json").stdout)["num_nextn_predict_layers"] == 3
    assert json.loads(openmimo("show", "recipe:nano", "--json").stdout)["pretrain"]["stages"][0]["mtp_weight"] == 0.3
    done = openmimo("doctor", "--json")
    assert done.returncode == 0
    assert {finding["what"] for finding in json.loads(done.stdout)} >= {"python", "memory", "disk", "bf16", "model nano"}


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    import openmimo.cli.models as verb

    def broken(**anything: object) -> int:
        raise RuntimeError("ours")

    monkeypatch.setattr(verb, "main", lambda: broken())
    with pytest.raises(RuntimeError, match="ours"):
        run(["models"])
