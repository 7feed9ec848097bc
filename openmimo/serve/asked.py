"""A conversation that was asked to be gone on with, and the turn that answers it: the same for all dialects.

Each dialect's body is put into the fields of chat completions first. Read `routes/chat.py` next.
"""

import asyncio
import time
from dataclasses import dataclass, replace

from openmimo.serve.form import answer_form, masks_of
from openmimo.serve.schema.chat import ChatBody
from openmimo.serve.schema.sampling import room_for
from openmimo.serve.state import State
from openmimo.serve.tools import Tools
from openmimo.serve.turn import Turn, Wish


@dataclass(frozen=True)
class Asked:
    """What was asked under the name `model`, at the time `created` in Unix seconds, and the answer under way."""

    body: ChatBody
    model: str
    tools: Tools
    turn: Turn
    created: int

    @classmethod
    async def of(cls, body: ChatBody, state: State, raw: str | None = None) -> "Asked":
        """Check the whole of it, and begin to answer; raises `ApiError`, `InputError`, `Full` and `Stopped`.

        `raw` is a prompt that is read as it stands, instead of the messages: special tokens
        written out in it are those tokens, and the answer is plain text.
        """
        served, _ = state.model()
        think = body.thinks(state.thinks(body.model)) and raw is None
        tools = Tools.of(body.tools, body.tool_choice, body.parallel_tool_calls is not False)
        template = served.loaded.template
        if raw is not None:
            prompt = served.loaded.tokenizer.encode(raw, special=True)
        else:
            prompt = served.prompt(tools.messages(body.plain_messages(), template), think, tools.extras(template))
        answer, count = answer_form(body), body.n or 1
        if form := tools.form(answer):
            masks = await asyncio.to_thread(masks_of, form, count, served, prompt, think)
        else:
            masks = []
        if answer:  # which may be JSON that looks like a call
            tools = replace(tools, bare=False)
        budget = body.thinking_budget if body.thinking_budget is not None else state.config.thinking
        wish = Wish(
            prompt=prompt,
            max_tokens=room_for(len(prompt), body.most, served),
            sampling=body.sampling(served),
            stop_ids=body.stop_ids(served),
            n=count,
            stop=body.stops(),
            thinking=served.thinking(think, budget if think else 0) if raw is None else None,
            masks=masks,
            formed=answer is not None,
            tops=body.tops(),
            plain=raw is not None,
            seconds=state.config.seconds,
        )
        return cls(body, body.model or served.name, tools, state.turn(wish), int(time.time()))
