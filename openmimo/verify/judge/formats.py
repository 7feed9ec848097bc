"""Rows of code problems as the world writes them, as a CodeProblem with its golden program.

Our own row, of which most fields may be left out:

    {"id": "add", "problem": "Print the sum.", "tests": [{"input": "1 2", "output": "3", "group": 0}],
     "comparison": "tokens", "tolerance": 1e-6, "checker": "def check(input, expected, output): ...",
     "limits": {"cpu": 4, "wall": 16, "total": 60, "memory_mb": 1024, "output_mb": 16}, "language": "python",
     "prelude": "import math", "setup": "", "solution": "...", "wrong": ["...", "..."]}

with tests of one kind: `{"input", "output"}` for a program that prints; with `"entry": "add"` or
`"entry": "Solution().add"`, `{"args": [1, 2], "kwargs": {}, "output": 3}` for a function that is
called, or Python asserts that call it, as text or `{"assert": "...", "group": 1}`. `group` numbers the
subtask of a test. `solution` is the golden program, `wrong` are programs that must fail.

Read as well: HumanEval and LeetCodeDataset (`entry_point`, `test`), MBPP (`test_list`), LiveCodeBench
(`public_test_cases`, `private_test_cases`), APPS and TACO (`input_output`), and verl
(`reward_model.ground_truth`) with tests inside. Knows no file; `problems.py` reads those.
"""

import base64
import binascii
import json
import pickletools
import re
import zlib
from dataclasses import replace
from typing import Any, cast, get_args

from openmimo.verify.judge.asserts import calls
from openmimo.verify.judge.fields import BadField, Row, first_text, items, mapping, number, parsed, text
from openmimo.verify.judge.problem import AssertTest, CallTest, CodeProblem, Comparison, Language, Limits, StdinTest, Test
from openmimo.verify.judge.python_sets import check_row, mbpp_row

_ENTRY = re.compile(r"(?:[A-Za-z_]\w*\(\)\.)?[A-Za-z_]\w*")
_LARGEST_PACKED = 1 << 30
_LCB_SECONDS = 6.0


def code_row(row: Row) -> tuple[CodeProblem, str | None] | None:
    """The problem of a row and its golden program, if the row has one; None if it is no code problem. Raises BadField."""
    found = _read(row)
    if found is None:
        return None
    problem, golden = found
    name = next((str(row[key]) for key in ("id", "task_id", "question_id", "name") if isinstance(row.get(key), str | int)), "")
    return replace(problem, id=name), golden or first_text(row, "solution") or None


def _read(row: Row) -> tuple[CodeProblem, str | None] | None:
    if "entry_point" in row and "test" in row:
        return check_row(row)
    if "test_list" in row:
        return mbpp_row(row)
    if "public_test_cases" in row or "private_test_cases" in row:
        return _lcb(row), None
    if "input_output" in row and not isinstance(row["input_output"], list):
        return _pairs(row, mapping(parsed(row["input_output"], "input_output"), "input_output"), "input_output."), None
    if "reward_model" in row:
        return _verl(row)
    return (_own(row), None) if "tests" in row else None


def _own(row: Row) -> CodeProblem:
    entry = first_text(row, "entry", "function").strip()
    if entry and not _ENTRY.fullmatch(entry):
        raise BadField("entry", f"is {entry!r}", "name a function as `add` or `Solution().add`")
    problem = CodeProblem(
        "",
        first_text(row, "problem", "statement", "prompt", "question"),
        (),
        entry,
        text(row, "setup", ""),
        _ended(text(row, "prelude", "")),
        _choice(row, "comparison", get_args(Comparison), "custom" if row.get("checker") else "tokens"),
        cast(float, number(row, "tolerance", 1e-6)),
        text(row, "checker", ""),
        cast(Language, _choice(row, "language", get_args(Language), "python")),
        _limits(row),
    )
    if problem.comparison == "custom" and not problem.checker:
        raise BadField("checker", "is missing, and the comparison is custom", "give Python code with `def check(input, expected, output)`")
    tests = items(row, "tests")
    if any(isinstance(test, str) or (isinstance(test, dict) and "assert" in test) for test in tests):
        problem = _with_asserts(problem, tests, "comparison" in row)
    else:
        problem = replace(
            problem, tests=tuple(_test(problem, mapping(test, f"tests[{index}]"), f"tests[{index}].") for index, test in enumerate(tests))
        )
    if problem.language != "python" and problem.entry:
        raise BadField("language", f"is {problem.language!r} for a function that is called", "use a program that reads stdin, or Python")
    return problem


def _test(problem: CodeProblem, test: Row, at: str) -> Test:
    group = test.get("group", 0)
    if type(group) is not int:
        raise BadField(at + "group", "must be a whole number", "number the groups 0, 1, 2, ...")
    if not problem.entry:
        if "args" in test:
            raise BadField("entry", "is missing, and the tests have `args`", "name the function to call in `entry`")
        return StdinTest(text(test, "input", at=at), text(test, "output", at=at), group)
    if not isinstance(test.get("args", []), list) or not ("args" in test or "kwargs" in test):
        raise BadField(at + "args", "must be a list of arguments", 'write the call add(1, 2) as "args": [1, 2]')
    if "output" not in test:
        raise BadField(at + "output", "is missing", "give the value that the call returns")
    return CallTest(tuple(test.get("args", [])), test["output"], mapping(test.get("kwargs", {}), at + "kwargs"), group)


def _with_asserts(problem: CodeProblem, tests: list[Any], compared: bool) -> CodeProblem:
    given = [{"assert": test} if isinstance(test, str) else mapping(test, f"tests[{index}]") for index, test in enumerate(tests)]
    codes = [text(test, "assert", at=f"tests[{index}].") for index, test in enumerate(given)]
    if not problem.entry:
        raise BadField("entry", "is missing, and the tests are asserts", "name the function that they call in `entry`")
    for index, code in enumerate(codes):
        try:
            compile(code, "<assert>", "exec")
        except (SyntaxError, ValueError, RecursionError) as error:
            raise BadField(f"tests[{index}]", f"is no Python: {error}", "give it Python code") from None
    groups = [int(test.get("group", 0)) for test in given]
    problem = problem if compared else replace(problem, comparison="exact")
    found = None if problem.setup else calls(codes, problem.entry)
    if found and not found.prelude and len(found.tests) == len(codes):
        return replace(problem, tests=tuple(replace(test, group=group) for test, group in zip(found.tests, groups, strict=True)))
    return replace(problem, tests=tuple(map(AssertTest, codes, groups)))


def _lcb(row: Row) -> CodeProblem:
    """A row of LiveCodeBench, judged by its rules and with its time."""
    tests = [*_lcb_cases(row, "public_test_cases"), *_lcb_cases(row, "private_test_cases")]
    metadata = mapping(parsed(row.get("metadata") or "{}", "metadata"), "metadata")
    problem = _cases(tests, metadata.get("func_name"), "private_test_cases", "class Solution" in first_text(row, "starter_code"))
    return replace(problem, statement=first_text(row, "question_content"), limits=Limits(cpu=_LCB_SECONDS), compat="lcb")


def _lcb_cases(row: Row, name: str) -> list[Any]:
    value = row.get(name) or []
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = parsed(_unpacked(value, name), name)
    if not isinstance(value, list):
        raise BadField(name, "must be a list of tests", "give it as JSON, or as the data set packs it")
    return value


def _unpacked(value: str, name: str) -> str:
    """The text in base64, zlib and a pickle. The pickle is read for its one text, and never run."""
    try:
        inflater = zlib.decompressobj()
        data = inflater.decompress(base64.b64decode(value, validate=True), _LARGEST_PACKED)
        if inflater.unconsumed_tail:
            raise BadField(name, f"unpacks to more than {_LARGEST_PACKED >> 20} MiB", "leave some of its tests out")
        texts = [argument for code, argument, _ in pickletools.genops(data) if not _is_frame(code.name)]
    except (binascii.Error, zlib.error, ValueError, UnicodeError) as error:
        raise BadField(name, f"cannot be unpacked: {error}", "give it as JSON, or as the data set packs it") from None
    if len(texts) != 1 or not isinstance(texts[0], str):
        raise BadField(name, "holds a pickle of something else than one text", "give the tests as JSON")
    return texts[0]


def _is_frame(code: str) -> bool:
    return code in ("PROTO", "FRAME", "MEMOIZE", "STOP", "PUT", "BINPUT", "LONG_BINPUT")


def _verl(row: Row) -> tuple[CodeProblem, str | None] | None:
    """A row of verl, if its ground truth is tests; a text that is none is the answer of a mathematical problem."""
    truth = mapping(row["reward_model"], "reward_model").get("ground_truth")
    at = "reward_model.ground_truth"
    if isinstance(truth, str):
        if truth.lstrip()[:1] not in ("{", "["):
            return None
        try:
            truth = json.loads(truth)
        except ValueError:
            return None
    if isinstance(truth, dict) and "inputs" in truth:
        return _pairs(row, truth, at + "."), None
    if isinstance(truth, dict) and "tests" in truth:
        inner = code_row({"problem": _asked(row), **truth})
        return inner and (inner[0], inner[1])
    if isinstance(truth, list) and truth and isinstance(truth[0], dict):
        name = next(
            (test.get("fn_name") or (test.get("metadata") or {}).get("func_name") for test in truth if isinstance(test, dict)), None
        )
        return replace(_cases(truth, name, at, False), statement=_asked(row)), None
    return None


def _asked(row: Row) -> str:
    """The question of a row: its prompt as text, or the last message of it."""
    prompt = row.get("prompt")
    if isinstance(prompt, list) and prompt and isinstance(prompt[-1], dict):
        return first_text(prompt[-1], "content")
    return first_text(row, "prompt", "problem", "question")


def _pairs(row: Row, found: Row, at: str) -> CodeProblem:
    """Tests as a list of inputs beside a list of outputs, which APPS and TACO have."""
    inputs, outputs = items(found, "inputs", at), items(found, "outputs", at)
    if len(inputs) != len(outputs):
        raise BadField(at + "outputs", f"has {len(outputs)} members, and `inputs` has {len(inputs)}", "give an output for every input")
    name = found.get("fn_name")
    if name and all(isinstance(output, list) and len(output) == 1 for output in outputs):
        outputs = [output[0] for output in outputs]  # as these sets wrap what a function returns
    tests = [{"input": given, "output": due} for given, due in zip(inputs, outputs, strict=True)]
    problem = _cases(tests, name, at + "inputs", "class Solution" in first_text(row, "starter_code"))
    return replace(problem, statement=first_text(row, "question", "problem") or _asked(row))


def _cases(tests: list[Any], name: Any, at: str, method: bool) -> CodeProblem:
    """Tests with `input` and `output`: lines of a program, or arguments of a function if it has a name."""
    if not tests:
        raise BadField(at, "has no tests", "give at least one")
    entry = f"Solution().{name}" if method and name else str(name or "")
    made: list[Test] = []
    for index, test in enumerate(tests):
        place = f"{at}[{index}]"
        given, due = mapping(test, place).get("input"), test.get("output")
        if entry:
            args = [parsed(line, f"{place}.input") for line in given.split("\n")] if isinstance(given, str) else given
            if not isinstance(args, list):
                raise BadField(f"{place}.input", "must be arguments", "give a list, or a line of JSON for each")
            made.append(CallTest(tuple(args), parsed(due, f"{place}.output") if isinstance(given, str) else due))
        else:
            made.append(StdinTest(_lines(given, f"{place}.input"), _lines(due, f"{place}.output")))
    return CodeProblem("", "", tuple(made), entry)


def _lines(value: Any, at: str) -> str:
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "\n".join(value)
    if not isinstance(value, str):
        raise BadField(at, "must be text", "give the text, or a list of lines")
    return value


def _choice(row: Row, name: str, known: tuple[Any, ...], default: str) -> Any:
    value = row.get(name, default)
    if value not in known:
        raise BadField(name, f"is {value!r}", f"choose one of {', '.join(known)}")
    return value


def _limits(row: Row) -> Limits:
    given, plain = mapping(row.get("limits", {}), "limits"), Limits()
    if unknown := given.keys() - {"cpu", "wall", "total", "memory_mb", "output_mb"}:
        raise BadField(f"limits.{min(unknown)}", "is no limit", "the limits are cpu, wall, total (seconds), memory_mb and output_mb")
    return Limits(
        cast(float, number(given, "cpu", plain.cpu, "limits.")),
        int(cast(float, number(given, "memory_mb", plain.memory / 2**20, "limits.")) * 2**20),
        int(cast(float, number(given, "output_mb", plain.output / 2**20, "limits.")) * 2**20),
        number(given, "wall", None, "limits."),
        number(given, "total", None, "limits."),
    )


def _ended(code: str) -> str:
    return code if not code or code.endswith("\n") else code + "\n"
