"""A question and its answer in the form of a text, as a model that was pre-trained only knows them: no turns, and no tags.

Read `template.py` and `reasoning.py` for the forms of a conversation.
"""

CONTINUED = "{{ messages[-1].content + '\\n' }}"
"""A chat template that puts the last message alone, with a line's end, to be gone on from."""


def end_of_document(text: str) -> str:
    """The answer at the end of a worked problem: the code that it ends with, or its last line."""
    text = text.rstrip()
    fence = text.rfind("```python\n")
    if text.endswith("\n```") and fence >= 0:
        return text[fence:]
    return text.rpartition("\n")[2]
