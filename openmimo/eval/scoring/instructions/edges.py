"""How an answer ends, whether it is in quotation marks, and commas. Read `table.py` next."""

from openmimo.eval.scoring.instructions.parameters import Check, Given, phrase


def end_checker(given: Given) -> Check:
    """It ends with `end_phrase`, in any case; quotation marks after that are no part of it."""
    wanted = phrase(given, "end_phrase").lower()
    return lambda text: text.strip().strip('"').lower().endswith(wanted)


def quotation(given: Given) -> Check:
    """It begins and ends with a double quotation mark; only `"` is one."""
    return lambda text: len(text.strip()) > 1 and text.strip()[0] == text.strip()[-1] == '"'


def no_comma(given: Given) -> Check:
    """There is no comma in it; only `,` is one."""
    return lambda text: "," not in text
