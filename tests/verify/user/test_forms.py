"""Reward code of four projects' forms: recognised, called as they call it, and its results read without a silent 0."""

import textwrap
from pathlib import Path
from typing import Any

import pytest

from openmimo.core.errors import InputError
from openmimo.verify.user.calls import Sample
from openmimo.verify.user.forms import Reward, recognise
from openmimo.verify.user.gym import bare
from openmimo.verify.user.outcome import Outcome
from openmimo.verify.user.source import describe, find, load, split_name

ROW = {"prompt": "What is 2 + 2?", "answer": "4"}


def reward(code: str, tmp_path: Path, name: str = "", form: str | None = None, **keywords: Any) -> Reward:
    file = tmp_path / "reward.py"
    file.write_text(textwrap.dedent(code))
    return recognise(find(load(file), name), name or "reward", form, keywords)


def scores(one: Reward, *texts: str, row: dict[str, Any] = ROW, state: dict[str, Any] | None = None) -> list[Outcome]:
    return one.score([Sample(row, text, [1, 2]) for text in texts], state)


def test_a_trl_function_gets_the_columns_as_lists_and_none_skips(tmp_path: Path) -> None:
    one = reward(
        """
        def fn(prompts, completions, completion_ids, answer, **columns):
            assert prompts == ["What is 2 + 2?"] * 2 and completion_ids == [[1, 2]] * 2
            assert "prompt" not in columns and "trainer_state" not in columns
            columns["log_metric"]("length", 3.0)
            columns["log_extra"]("seen", completions)
            return [float(text == its) if text else None for text, its in zip(completions, answer)]
        """,
        tmp_path,
        "fn",
    )
    assert (one.form, one.batch, one.full) == ("trl", True, 1.0)
    assert [found.score for found in scores(one, "4", "")] == [1.0, None]
    assert scores(one, "4", "5")[1] == Outcome(0.0, "", "length 3")


def test_a_trl_function_sees_messages_where_the_prompt_is_messages(tmp_path: Path) -> None:
    one = reward("def fn(completions, **kwargs): return [len(c[0]['content']) / 10 for c in completions]", tmp_path, "fn")
    row = {"prompt": [{"role": "user", "content": "Hello"}]}
    assert [found.score for found in scores(one, "abc", row=row)] == [0.3]


def test_a_trl_function_gets_the_trainer_state_that_there_is(tmp_path: Path) -> None:
    one = reward("def fn(completions, trainer_state): return [trainer_state.global_step] * len(completions)", tmp_path, "fn")
    assert scores(one, "a", state={"global_step": 7})[0].score == 7.0
    with pytest.raises(InputError, match="fn needs 'trainer_state', and none were given"):
        scores(one, "a")


def test_several_trl_functions_are_summed_up_and_async_ones_run_together(tmp_path: Path) -> None:
    one = reward(
        """
        import asyncio
        both = asyncio.Barrier(2)  # nobody passes alone

        async def first(completions, **kwargs):
            await both.wait()
            return [1.0, 0.5]

        async def second(completions, **kwargs):
            await both.wait()
            return [0.25, None]

        reward_funcs = [first, second]
        """,
        tmp_path,
    )
    assert (one.form, one.full) == ("trl", 2.0)
    assert [found.score for found in scores(one, "a", "b")] == [1.25, 0.5]
    assert [found.score for found in scores(one, "a", "b")] == [1.25, 0.5], "the loop lives on"


@pytest.mark.parametrize(
    "returned, says",
    [
        ("[1.0]", "returned 1 rewards for 2 completions"),
        ("[1.0, 0.0, 1.0]", "returned 3 rewards for 2 completions"),
        ("1.0", "returned float, not a list"),
        ("None", "returned NoneType, not a list"),
        ("[float('nan')] * 2", "returned nan, which is no reward"),
        ("[float('-inf')] * 2", "returned -inf, which is no reward"),
        ("[10**400] * 2", "returned inf, which is no reward"),
        ("['1.0'] * 2", "returned '1.0' (str), not a number"),
        ("[[1.0]] * 2", "returned [1.0] (list), not a number"),
        ("[1j] * 2", "returned 1j (complex), not a number"),
    ],
)
def test_what_is_no_reward_is_a_fault_and_never_a_zero(tmp_path: Path, returned: str, says: str) -> None:
    one = reward(f"def fn(completions, **kwargs): return {returned}", tmp_path, "fn")
    for found in scores(one, "a", "b"):
        assert found.score is None
        assert says in found.fault


def test_numbers_of_numpy_and_booleans_are_numbers(tmp_path: Path) -> None:
    one = reward("import numpy as np\ndef fn(completions, **kwargs): return np.array([0.5, 1.0])", tmp_path, "fn")
    assert [found.score for found in scores(one, "a", "b")] == [0.5, 1.0]
    code = "import numpy as np, fractions\ndef fn(completions, **kwargs): return [np.float32(0.5), True, np.array(2), fractions.Fraction(1, 4)]"
    assert [found.score for found in scores(reward(code, tmp_path, "fn"), *"abcd")] == [0.5, 1.0, 2.0, 0.25]


def test_columns_that_are_missing_are_named(tmp_path: Path) -> None:
    one = reward("def fn(completions, solution): return [1.0]", tmp_path, "fn")
    with pytest.raises(InputError, match="fn needs 'solution', and the rows have no such column") as caught:
        scores(one, "a")
    assert "the columns are: prompt, answer" in caught.value.fix
    with pytest.raises(InputError, match="row 2 of the batch has no column 'answer'"):
        reward("def fn(completions, **k): return [1.0]", tmp_path, "fn").score([Sample(ROW, "a"), Sample({"prompt": "b"}, "b")], None)
    with pytest.raises(InputError, match="needs 'completion_ids', and none were given"):
        reward("def fn(completions, completion_ids): return [1.0]", tmp_path, "fn").score([Sample(ROW, "a")], None)


VERL = {"data_source": "gsm8k", "reward_model": {"style": "rule", "ground_truth": "4"}, "extra_info": {"index": 3}}


def test_a_verl_file_runs_as_it_is(tmp_path: Path) -> None:
    code = """
        def compute_score(data_source, solution_str, ground_truth, extra_info=None, weight=1.0):
            assert data_source == "gsm8k" and extra_info["index"] == 3 and extra_info["num_turns"] is None
            return {"score": weight * (solution_str == ground_truth), "acc": solution_str == ground_truth, "pred": solution_str}
        """
    one = reward(code, tmp_path)
    assert (one.form, one.batch) == ("verl", False)
    assert scores(one, "4", "5", row=VERL) == [Outcome(1.0, "", "acc True, pred '4'"), Outcome(0.0, "", "acc False, pred '5'")]
    assert scores(reward(code, tmp_path, weight=0.5), "4", row=VERL)[0].score == 0.5


@pytest.mark.parametrize("row", [{"reward_spec": {"ground_truth": "4"}}, {"ground_truth": "4"}, {"answer": "4"}])
def test_the_ground_truth_is_found_where_data_sets_have_it(tmp_path: Path, row: dict[str, Any]) -> None:
    one = reward("async def compute_score(solution_str, ground_truth): return float(solution_str == ground_truth)", tmp_path)
    assert scores(one, "4", row=row)[0].score == 1.0
    with pytest.raises(InputError, match="compute_score needs 'ground_truth'"):
        scores(one, "4", row={"question": "?"})


def test_a_dict_without_a_score_is_a_fault(tmp_path: Path) -> None:
    one = reward("def compute_score(solution_str, ground_truth): return {'acc': 1.0}", tmp_path)
    assert "dict without 'score': it has acc" in scores(one, "4")[0].fault


RUBRIC = """
    class Rubric:
        def __init__(self, funcs, weights=None):
            self.funcs, self.weights, self.parser = funcs, weights or [1.0] * len(funcs), str.strip
            self.class_objects = {"bonus": 0.5}

    class Environment:
        system_prompt = "Think."
        def __init__(self, rubric):
            self.rubric = rubric

    async def right(completion, answer, parser):
        return float(parser(completion[-1]["content"]) == answer)

    def polite(prompt, state, bonus, **rest):
        assert [m["role"] for m in prompt] == ["system", "user"] and state["answer"] == "4" and rest["info"] == {} and rest["level"] == 2
        return bonus

    rubric = Rubric([right, polite], [1.0, 0.2])

    def load_environment(**options):
        return Environment(rubric)

    group = type("RubricGroup", (), {"rubrics": [rubric, Rubric([right])]})()
    """
QUESTION = {"question": "What is 2 + 2?", "answer": "4", "level": 2}


def test_a_rubric_of_verifiers_gets_arguments_by_name_and_weights(tmp_path: Path) -> None:
    one = reward(RUBRIC, tmp_path)
    assert (one.form, one.batch, one.full) == ("verifiers", False, 1.2)
    assert [found.score for found in scores(one, " 4", "5", row=QUESTION)] == [pytest.approx(1.1), pytest.approx(0.1)]
    assert scores(one, " 4", row=QUESTION)[0].said == "1 x 1 + 0.2 x 0.5"


def test_a_group_of_rubrics_and_a_bare_function(tmp_path: Path) -> None:
    group = recognise(find(load(tmp_path / "reward.py"), "group"), "group") if reward(RUBRIC, tmp_path) else None
    assert group is not None
    assert len(group.funcs) == 3  # type: ignore[attr-defined]
    bare_function = reward("def fn(completion, answer): return float(completion == answer)", tmp_path, "fn")
    assert bare_function.form == "verifiers"
    assert scores(bare_function, "4")[0].score == 1.0, "a prompt that is a text has completions that are"


def test_rubrics_that_cannot_be_used_say_why(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ranked scores a group at once \(it takes completions\)"):
        reward("def ranked(completions): return []\nrubric = type('R', (), {'funcs': [ranked]})()", tmp_path)
    with pytest.raises(InputError, match="1 functions and 2 weights"):
        reward("def fn(completion): return 1\nrubric = type('R', (), {'funcs': [fn], 'weights': [1, 2]})()", tmp_path)


def test_a_data_set_of_reasoning_gym(tmp_path: Path) -> None:
    one = reward(
        """
        class Legs:
            def score_answer(self, answer, entry):
                return 1.0 if answer == entry["answer"] else 0.01 if entry["metadata"]["legs"] else 0.0
        dataset = Legs()
        """,
        tmp_path,
    )
    assert one.form == "reasoning-gym"
    row = {"question": "How many legs?", "answer": "4", "metadata": {"legs": True}}
    assert [found.score for found in scores(one, "<think>5</think> <answer> 4 </answer>", "4", "5", row=row)] == [1.0, 1.0, 0.01]


def test_the_bare_answer_of_a_text() -> None:
    assert bare("<answer>1</answer> no, <answer>\n2\n</answer>") == "2"
    assert bare("<think>so</think>\n 3") == "3"
    assert bare(" 4 ") == "4"


def test_objects_that_can_be_called_are_functions_too(tmp_path: Path) -> None:
    code = """
        import functools
        class Bonus:
            def __call__(self, completions, **kwargs): return [0.5] * len(completions)
        def fn(completions, size, **kwargs): return [size] * len(completions)
        bonus, part = Bonus(), functools.partial(fn, size=0.25)
        """
    assert scores(reward(code, tmp_path, "bonus"), "a")[0].score == 0.5
    assert scores(reward(code, tmp_path, "part"), "a")[0].score == 0.25


@pytest.mark.parametrize(
    "code, name, says",
    [
        ("def fn(a, b): return 1", "fn", r"fn\(a, b\) is no form of reward function known here"),
        ("def fn(completions): return 1", "gn", "has no 'gn'"),
        ("x = 1", "", "no function is named"),
        ("x = 1", "x", "x is int, not a function"),
        ("class Fn:\n  def __call__(self, completions): return 1", "Fn", "Fn is a class"),
        ("reward_funcs = []", "", "reward_funcs|reward is list"),
        ("import nothing_like_it", "fn", r"ModuleNotFoundError: No module named 'nothing_like_it' \(reward.py, line 1\)"),
        ("x = 1\nraise SystemExit(3)", "fn", r"SystemExit: 3 \(reward.py, line 2\)"),
        ("def fn(:", "fn", r"SyntaxError: .* \(reward.py, line 1\)"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, code: str, name: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        reward(code, tmp_path, name)


def test_a_form_that_is_told_is_taken(tmp_path: Path) -> None:
    assert reward("def fn(**kwargs): return [1.0]", tmp_path, "fn", form="trl").form == "trl"
    with pytest.raises(InputError, match="no form of reward code 'ppo'"):
        reward("def fn(**kwargs): return 1.0", tmp_path, "fn", form="ppo")
    with pytest.raises(InputError, match="2 functions are named"):
        reward("def fn(solution_str): return 1.0\nfns = [fn, fn]", tmp_path, "fns")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.py is not there"):
        split_name(str(tmp_path / "nowhere.py:fn"))
    (tmp_path / "r.py").write_text("")
    assert split_name(f"{tmp_path}/r.py:a.b") == (tmp_path / "r.py", "a.b")
    assert split_name(f"{tmp_path}/r.py") == (tmp_path / "r.py", "")


def test_an_exception_is_told_with_the_last_line_of_the_users_file(tmp_path: Path) -> None:
    one = reward("import json\ndef fn(completions, **kwargs):\n    return [json.loads(text) for text in completions]", tmp_path, "fn")
    with pytest.raises(ValueError, match="Expecting") as caught:
        scores(one, "{")
    assert describe(caught.value, tmp_path / "reward.py").endswith("(reward.py, line 3)")
    assert describe(RuntimeError("x"), tmp_path / "reward.py") == "RuntimeError: x"


def test_what_hangs_on_a_loop_does_not_go_on_with_the_next_request(tmp_path: Path) -> None:
    one = reward("async def fn(completions, **kwargs): return await kwargs['hook']()", tmp_path, "fn", hook=None)

    async def stop() -> None:
        raise KeyboardInterrupt  # as an alarm would

    async def fine() -> list[float]:
        return [1.0]

    before = one.calls.loop  # type: ignore[attr-defined]
    one.keywords["hook"] = stop  # type: ignore[attr-defined]
    with pytest.raises(KeyboardInterrupt):
        scores(one, "a")
    assert one.calls.loop is not before  # type: ignore[attr-defined]
    one.keywords["hook"] = fine  # type: ignore[attr-defined]
    assert scores(one, "a")[0].score == 1.0
