"""The policy that acts: the engine over the very weights that are trained, with its prompts and texts.

There is one set of weights. The engine reads them where the trainer moves them, and has to be told, since it keeps what it
computed with the old ones. In another type than the trainer's it reads a copy, which is then made anew. Knows no rewards.
Read `engine/engine.py` for what it does.
"""

from collections.abc import Sequence
from copy import deepcopy

import torch

from openmimo.core.errors import ConfigError
from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.load import Loaded
from openmimo.engine.probe import probed
from openmimo.engine.request import Finished, Request
from openmimo.engine.sample import Sampling
from openmimo.engine.session import Letters, prompt_ids
from openmimo.rl.problem_set import Problem

TRIAL_TOKENS = 48  # of each answer of the trial


class Policy:
    """A loaded model that answers problems; `slots` answers are written at a time, by its weights or by their copy in `dtype`."""

    def __init__(self, loaded: Loaded, slots: int, sampling: Sampling, dtype: torch.dtype | None = None):
        self.loaded, self.model, self.sampling = loaded, loaded.model, sampling
        self._config = EngineConfig(rows=slots)
        same = dtype in (None, loaded.model.lm_head.weight.dtype)
        self._written_by = loaded.model if same else deepcopy(loaded.model).to(dtype)
        self.engine = TorchEngine(self._written_by, self._config)
        self._prompts: dict[str, list[int]] = {}

    def request(self, problem: Problem, seed: int, max_tokens: int) -> Request:
        """What the engine is asked for one answer."""
        drawn = Sampling(self.sampling.temperature, self.sampling.top_p, seed)
        return Request(self._prompt(problem), max_tokens, self.loaded.stop_ids, drawn, group=problem.name)

    def text(self, said: Finished) -> str:
        """The model's whole turn."""
        letters = Letters(self.loaded, ())
        return letters.feed(said.ids) + letters.flush()

    def moved(self) -> None:
        """Hear that the weights have moved: drop what was computed with the old ones."""
        self.engine.load_weights(dict(self.model.named_parameters()))

    def try_drafts(self, problems: Sequence[Problem]) -> int:
        """Have the MTP layers draft where they answer these problems sooner so, with all slots in use; give how many tokens they draft.

        Drafts change no answer, so it does not matter if a trial goes the other way when a run is resumed.
        """
        if self.model.config.num_nextn_predict_layers:
            rows = self._config.rows
            trial = [self.request(problems[row * len(problems) // rows], row, TRIAL_TOKENS) for row in range(rows)]
            self._config = probed(self._written_by, self._config, trial)
            self.engine = TorchEngine(self._written_by, self._config)
        return self._config.drafted if self._config.draft != "off" else 0

    def require_room(self, problem: Problem, max_tokens: int) -> None:
        """Raise `ConfigError` where the model's context does not hold the problem with an answer of so many tokens."""
        prompt, context = len(self._prompt(problem)), self.model.config.max_position_embeddings
        if prompt + max_tokens > context:
            raise ConfigError(
                "max_tokens",
                f"{problem.name} has {prompt} tokens, and the model holds {context} with its answer of {max_tokens}",
                f"allow answers of up to {context - prompt}, or leave the problem out" if prompt < context else "leave the problem out",
            )

    def _prompt(self, problem: Problem) -> list[int]:
        if problem.name not in self._prompts:
            self._prompts[problem.name] = prompt_ids(self.loaded, problem.messages)
        return self._prompts[problem.name]
