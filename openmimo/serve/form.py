"""The form that a chat completion asks for, and the token masks that hold its answers to it."""

from collections.abc import Sequence

from openmimo.engine.request import Mask
from openmimo.serve.grammar import Form
from openmimo.serve.mask import mask_of
from openmimo.serve.schema.chat import ChatBody
from openmimo.serve.served import Served


def answer_form(body: ChatBody) -> Form | None:
    """The form of the answer itself; `ConfigError` for what is no schema."""
    if body.structured_outputs and body.structured_outputs.regex is not None:
        return Form.regex(body.structured_outputs.regex)
    if body.structured_outputs and body.structured_outputs.schema_ is not None:
        return Form.json_schema(body.structured_outputs.schema_, "structured_outputs.json")
    wanted = body.response_format
    if wanted is not None and wanted.type == "json_object":
        return Form.json_object()
    if wanted is not None and wanted.type == "json_schema":
        return Form.json_schema((wanted.json_schema or {}).get("schema"))
    return None


def masks_of(form: Form, count: int, served: Served, prompt: Sequence[int], think: bool) -> list[Mask]:
    """The masks of so many answers under a form; `ConfigError` for one that cannot be compiled, which may take seconds to find out."""
    within = served.begins_reasoning(prompt)
    return [mask_of(form, served.loaded, think, within) for _ in range(count)]
