"""The language-mixing penalty: the share of an answer's letters that are of no script of its prompt. Ours; the report names none.

Latin and Greek letters are those of formulas, code and units, and are never counted. So an answer all in English to a Chinese
question pays nothing: this is the way such a penalty is hacked (report 3.6), and no rule on letters alone can close it.
Knows no tokens and no languages, only scripts. Imports no torch.
"""

import unicodedata

FREE = frozenset({"LATIN", "GREEK"})
JAPANESE = frozenset({"CJK", "HIRAGANA", "KATAKANA"})  # one language written in three
CARDINALS = dict.fromkeys(range(0x2135, 0x2139))  # ℵ to ℸ, which stand in formulas and would become Hebrew letters


def mixing(prompt: str, answer: str) -> float:
    """The share of the answer's letters that are neither Latin nor Greek nor of a script of the prompt; 0 for an answer without letters."""
    letters = scripts(answer)
    if not letters:
        return 0.0
    known = FREE | set(scripts(prompt))
    if known & {"HIRAGANA", "KATAKANA"}:
        known |= JAPANESE
    return sum(script not in known for script in letters) / len(letters)


def penalised(reward: float | None, prompt: str, answer: str, weight: float) -> float | None:
    """The reward less `weight` times the share of foreign letters; no reward stays none."""
    return reward if reward is None or not weight else reward - weight * mixing(prompt, answer)


def scripts(text: str) -> list[str]:
    """The script of each letter, by the first word of its Unicode name, with the forms of one letter taken as that letter."""
    if text.isascii():
        return ["LATIN"] * sum(letter.isalpha() for letter in text)
    # A mark such as ー is named after both scripts that have it, KATAKANA-HIRAGANA.
    plain = unicodedata.normalize("NFKC", text.translate(CARDINALS))
    return [unicodedata.name(letter, "").replace("-", " ").partition(" ")[0] for letter in plain if letter.isalpha()]
