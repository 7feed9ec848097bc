"""The code of an answer, taken out of it and tried in the sandbox.

Two uses: a task with tests needs the one program of an answer (`program_of`); an answer to
any question is tried as it is, and held against the examples that the question states
(`check_code`). Knows no tasks and no model. Read `examples.py` for what counts as an
example, `judge/judge.py` for what runs the code.
"""

import re
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from openmimo.core.errors import OpenMimoError
from openmimo.verify.examples import Example, examples_of
from openmimo.verify.judge.problem import CallTest, CodeProblem, Comparison, Limits, StdinTest
from openmimo.verify.judge.result import JudgeResult

PYTHON = ("python", "py", "python3")
OPENING = re.compile(r" {0,3}(`{3,})([^`\n]{0,100})")
LIMITS = Limits(cpu=2.0, memory=512 << 20, output=1 << 20, wall=6.0)  # somebody waits for it
DEFINES = r"^def[ \t]+({name})[ \t]*\(|^({name})[ \t]*=[ \t]*lambda\b"
# With no one to type, such code cannot be tried to its end.
READS = re.compile(r"\binput[ \t]*\(|\bstdin\b")
# What a sandbox lacks and the asker's machine may have: no fault of the code.
LACKING = re.compile(r"(?:\w+\.)*(?:EOFError|ModuleNotFoundError|PermissionError|FileNotFoundError|gaierror|ConnectionRefusedError)\b")


class Judging(Protocol):
    """What is needed of a judge; `judge.judge.Judge` is one."""

    def judge(self, problem: CodeProblem, program: str, stop: Literal["test"]) -> JudgeResult:
        """Run a program against a problem's tests, up to the first that fails."""


@dataclass(frozen=True)
class CodeBlock:
    """A fenced block: what its fence names, in small letters, and its lines."""

    language: str
    code: str


@dataclass(frozen=True)
class CodeCheck:
    """What came of trying the code of an answer; see `check_code`. `reason` is a sentence for the reader."""

    checked: bool | None
    reason: str


def read_blocks(answer: str) -> list[CodeBlock]:
    """The fenced blocks of an answer; one that is never closed is none."""
    blocks, fence, language, lines = [], "", "", list[str]()
    for line in answer.split("\n"):
        if not fence:
            if opening := OPENING.fullmatch(line.rstrip("\r")):
                fence, language, lines = opening[1], opening[2].strip().lower(), []
        elif re.fullmatch(r" {0,3}`{" + str(len(fence)) + r",}[ \t\r]*", line):
            blocks.append(CodeBlock(language, "".join(f"{each}\n" for each in lines)))
            fence = ""
        else:
            lines.append(line)
    return blocks


def program_of(answer: str, entry: str) -> str | None:
    """The program of an answer that is to define `entry`: its last Python block.

    A block that names no language counts if none names Python; an answer without any fence
    counts as a whole if it defines `entry` at the start of a line. None if there is no program.
    """
    blocks = read_blocks(answer)
    if "```" not in answer:
        return answer if defined_names(answer, entry) else None
    for languages in (PYTHON, ("",)):
        fitting = [block.code for block in blocks if block.language in languages]
        if fitting:
            return fitting[-1]
    return None


def defined_names(program: str, name: str = r"\w+") -> list[str]:
    """The functions that a program defines at the start of a line, of all or of the one named."""
    return [first or second for first, second in re.findall(DEFINES.format(name=name), program, re.MULTILINE)]


def check_code(question: str, answer: str, judge: Judging | None = None) -> CodeCheck | None:
    """Try the Python blocks of an answer; None if it has none.

    The blocks are one program, in their order. `checked` is False if it does not compile,
    raises, overruns its limits, or gives another value than an example of the question.
    It is True if the question states at least one example of a function that the answer
    defines, and all of them hold. It is None if nothing shows either: code that merely runs
    proves little, and code that wants input, files or modules that the sandbox lacks cannot
    be tried; nor can any where there is no sandbox. Without `judge` one is started and ended.
    """
    blocks = [block.code for block in read_blocks(answer) if block.language in PYTHON and not block.code.lstrip().startswith(">>>")]
    if not blocks:
        return None
    program = "\n".join(blocks)
    try:
        with nullcontext(judge) if judge else _new_judge() as judging:
            return _check(judging, program, examples_of(question, defined_names(program)))
    except OpenMimoError as error:
        return CodeCheck(None, f"code not checked: {error.problem}")


def _new_judge() -> Any:
    # Imported here because most answers hold no code, and those that do not shall not wait for it.
    from openmimo.verify.judge.judge import Judge

    return Judge(workers=1, batches=False)  # an endless loop is to be waited for once


def _check(judge: Judging, program: str, examples: list[Example]) -> CodeCheck:
    """Run the whole program, then its functions on the examples."""
    ran = CodeCheck(None, "code not checked: it reads input")
    if not READS.search(program):
        # Nobody knows what it should print, so a "wrong answer" only says that it printed something.
        ran = _judged(
            judge.judge(CodeProblem("run", "", (StdinTest("", ""),), comparison="exact", limits=LIMITS), program, "test"), printing=True
        )
        if ran.checked is False:
            return ran
    if not examples:
        return CodeCheck(None, "code not checked: it runs, but the question states no example of it") if ran.checked else ran
    for name in dict.fromkeys(example.name for example in examples):
        tests = tuple(CallTest(each.args, each.value, each.kwargs) for each in examples if each.name == name)
        comparison: Comparison = "float" if any(_has_float(test.output) for test in tests) else "exact"
        result = judge.judge(CodeProblem("examples", "", tests, name, comparison=comparison, limits=LIMITS), program, "test")
        held = _judged(result, [each for each in examples if each.name == name])
        if held.checked is not True:
            return held
    return CodeCheck(True, f"code checked: {'the example' if len(examples) == 1 else f'all {len(examples)} examples'} of the question held")


def _judged(result: JudgeResult, examples: list[Example] | None = None, printing: bool = False) -> CodeCheck:
    """What a result says of the code: True if it passed, None if the sandbox and not the code is to blame."""
    if result.outcome == "AC" or (printing and result.outcome == "WA"):
        return CodeCheck(True, "")
    place = next((place for place, test in enumerate(result.tests) if test.outcome == result.outcome), 0)
    detail = result.tests[place].detail if result.tests else ""
    said = detail or result.outcome
    if result.outcome == "JE":
        return CodeCheck(None, f"code not checked: the judge failed ({said})")
    if result.outcome == "RE" and LACKING.match(detail):
        return CodeCheck(None, f"code not checked: the sandbox lacks what it needs ({said})")
    if examples and result.outcome != "CE":
        return CodeCheck(False, f"code fails: {examples[place].text} should give {examples[place].value!r} ({said})")
    return CodeCheck(False, f"code fails: {said}")


def _has_float(value: object) -> bool:
    """Whether there is a float in a value, however deep."""
    if isinstance(value, dict):
        return any(map(_has_float, (*value.keys(), *value.values())))
    return isinstance(value, float) or (isinstance(value, list | tuple | set | frozenset) and any(map(_has_float, value)))
