"""The language of an answer. Read `case.py` next.

Languages are told apart by langdetect, as in the original: the published scores stand on it, with
its errors. It draws at random; here from a fixed seed, so that an answer has one verdict.
"""

from collections.abc import Callable

from openmimo.core.errors import InputError
from openmimo.eval.scoring.instructions.parameters import Check, Given, phrase


def response_language(given: Given) -> Check:
    """All of it is in `language`, a code of ISO 639-1 such as `en`; a text in which no language can be seen is let pass."""
    wanted, detect = phrase(given, "language"), detector()
    return lambda text: detect(text) in (wanted, None)


def detector() -> Callable[[str], str | None]:
    """What tells the language of a text, None where it sees none, as in numbers; InputError where langdetect is not installed."""
    try:
        import langdetect
    except ImportError:
        raise InputError("IFEval tells languages by langdetect, which is not installed", "run: pip install 'openmimo[eval]'") from None
    langdetect.DetectorFactory.seed = 0

    def detect(text: str) -> str | None:
        try:
            return langdetect.detect(text)
        except langdetect.LangDetectException:
            return None

    return detect
