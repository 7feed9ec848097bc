"""All 25 kinds of instructions by their names in the data set, and the checks of one row. Read `score.py` next."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from openmimo.eval.scoring.instructions import case, combination, content, edges, keywords, language, layout, length
from openmimo.eval.scoring.instructions.parameters import Check, Given
from openmimo.verify.judge.fields import BadField

KINDS: Mapping[str, Callable[[Given], Check]] = {
    "change_case:capital_word_frequency": case.capital_word_frequency,
    "change_case:english_capital": case.english_capital,
    "change_case:english_lowercase": case.english_lowercase,
    "combination:repeat_prompt": combination.repeat_prompt,
    "combination:two_responses": combination.two_responses,
    "detectable_content:number_placeholders": content.number_placeholders,
    "detectable_content:postscript": content.postscript,
    "detectable_format:constrained_response": layout.constrained_response,
    "detectable_format:json_format": layout.json_format,
    "detectable_format:multiple_sections": layout.multiple_sections,
    "detectable_format:number_bullet_lists": layout.number_bullet_lists,
    "detectable_format:number_highlighted_sections": layout.number_highlighted_sections,
    "detectable_format:title": layout.title,
    "keywords:existence": keywords.existence,
    "keywords:forbidden_words": keywords.forbidden_words,
    "keywords:frequency": keywords.frequency,
    "keywords:letter_frequency": keywords.letter_frequency,
    "language:response_language": language.response_language,
    "length_constraints:nth_paragraph_first_word": length.nth_paragraph_first_word,
    "length_constraints:number_paragraphs": length.number_paragraphs,
    "length_constraints:number_sentences": length.number_sentences,
    "length_constraints:number_words": length.number_words,
    "punctuation:no_comma": edges.no_comma,
    "startend:end_checker": edges.end_checker,
    "startend:quotation": edges.quotation,
}


def checks_of(names: Sequence[str], kwargs: Sequence[Mapping[str, Any]]) -> list[Check]:
    """The checks of a row's `instruction_id_list` and `kwargs`, in their order; parameters that are null are not there.

    BadField for a kind that there is not or a parameter that cannot be, and InputError where a kind
    needs a package that is not installed: both before anything is asked of a model, if a row is read with this.
    """
    if len(names) != len(kwargs):
        raise BadField("kwargs", f"has {len(kwargs)} members for {len(names)} instructions", "give one object for each instruction")
    checks = []
    for place, (name, given) in enumerate(zip(names, kwargs, strict=True)):
        if name not in KINDS:
            raise BadField(f"instruction_id_list[{place}]", f"is {name!r}, which is none of IFEval's 25 kinds", "leave the row out")
        try:
            checks.append(KINDS[name]({key: value for key, value in given.items() if value is not None}))
        except BadField as error:
            raise BadField(f"kwargs[{place}].{error.field}", error.problem, error.fix) from None
    return checks
