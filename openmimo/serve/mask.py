"""A form as the engine's token mask: where in a turn it binds, and what may come next there.

A form binds the answer, never the reasoning before it. An instance follows one answer; the
engine may ask it about any beginning of that answer, longer or shorter than the last,
because of drafts. Knows no schema. Read `grammar.py` for the forms, `engine/step.py` for
who asks.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from openmimo.core.errors import InputError
from openmimo.engine.load import Loaded
from openmimo.serve.grammar import Form, GrammarTokenizer, compiled, plainly, tokens_of


def mask_of(form: Form, loaded: Loaded, think: bool, within: bool) -> "FormMask":
    """The mask of one answer of a model; `ConfigError` for a form that cannot be compiled.

    `within` says that the prompt ends within reasoning, `think` that the model may begin
    its turn with some.
    """
    tokens = tokens_of(loaded.tokenizer, loaded.model.config.vocab_size, loaded.stop_ids, loaded.template.reasoning_end)
    return FormMask(form, tokens, think, within)


class FormMask:
    """Given the tokens of an answer so far, which may come next: a boolean tensor (V,), or None for all.

    It always allows a token; after tokens that it would have forbidden, the end alone. It
    raises `InputError` where the form becomes too hard to follow, and may be asked about other
    tokens after that.
    """

    def __init__(self, form: Form, tokens: GrammarTokenizer, think: bool, within: bool):
        self._tokens, self._think, self._within = tokens, think, within
        self._start = compiled(tokens, form)
        self._matcher, self._matched = self._start.deep_copy(), list[int]()
        self._tags = tokens.pair(form.tags) if form.tags and form.free else None
        self._once = form.once
        self._end = tokens.only(tokens.stop_ids)
        # A turn may end within its reasoning only where no answer has to follow.
        self._reasoning = None if form.free or self._matcher.is_accepting() else ~self._end

    def __call__(self, ids: Sequence[int]) -> Tensor | None:
        """The mask after `ids`, all that has been said in this turn."""
        said = list(ids)
        if self._tags:
            return self._around(said, self._tags)
        if self._tokens.think is None:
            return self._bound(said)
        begin, end = self._tokens.think
        if self._within or (self._think and said[:1] == [begin]):
            return self._answer(said[said.index(end) + 1 :]) if end in said else self._reasoning
        mask = self._bound(said)
        return mask | self._tokens.only([begin]) if self._think and not said else mask

    def _answer(self, said: list[int]) -> Tensor:
        """The mask after the end of reasoning and `said`: the template's line ends first, and then the form."""
        separator = self._tokens.separator
        if said[: len(separator)] == separator:
            return self._bound(said[len(separator) :])
        return self._tokens.only([separator[len(said)]]) if said == separator[: len(said)] else self._end

    def _around(self, said: list[int], tags: tuple[int, int]) -> Tensor | None:
        """The mask where the form binds only what stands between two tags, outside reasoning."""
        opened, closed = (_last(said, tag) for tag in tags)
        thought, answered = (_last(said, tag) for tag in self._tokens.think or (None, None))
        if thought > answered or (self._within and answered < 0):
            return None
        if opened > max(closed, answered):
            return self._bound(said[opened + 1 :])
        return self._end if self._once and closed > opened > answered else None

    def _bound(self, said: list[int]) -> Tensor:
        """The mask after `said`, all of which is in the form."""
        kept = _alike(self._matched, said)
        if kept < len(self._matched):
            self._matcher.rollback(len(self._matched) - kept)
            del self._matched[kept:]
        fresh = said[kept:]
        taken = self._matcher.try_consume_tokens(fresh) if fresh else 0
        self._matched += fresh[:taken]
        allowed = self._matcher.compute_logit_bias()  # a byte for each token, nought where it is forbidden
        if self._matcher.is_error():
            error = plainly(self._matcher.get_error())
            # A matcher that failed never recovers, and what it failed at may have been a draft.
            self._matcher, self._matched = self._start.deep_copy(), []
            raise InputError(f"the form of the answer became too hard to follow: {error}", "give a simpler form")
        return self._end if taken < len(fresh) else torch.frombuffer(bytearray(allowed), dtype=torch.uint8) != 0


def _last(ids: list[int], token: int | None) -> int:
    """The last place of a token, -1 where there is none."""
    return len(ids) - 1 - ids[::-1].index(token) if token in ids else -1


def _alike(one: list[int], other: list[int]) -> int:
    """How many tokens two lists begin with in common."""
    if other[: len(one)] == one:
        return len(one)
    return next(place for place, token in enumerate(one) if other[place : place + 1] != [token])
