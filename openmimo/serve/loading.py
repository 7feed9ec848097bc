"""How a server gets its model: weights from disk, and an engine with drafts where trying shows that they pay."""

from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.load import Loaded, load
from openmimo.engine.probe import probed
from openmimo.engine.request import Request
from openmimo.serve.app import Loading

TRIALS = (
    "What is 17 + 25?",
    "Write a Python function that adds two numbers.",
    "How many minutes are three hours?",
    "Solve x + 4 = 9.",
)
TRIAL_TOKENS = 24


def loading(model: str, config: EngineConfig, probe: bool) -> Loading:
    """A function that loads the model and makes its engine; with `probe`, drafts of MTP layers are tried first."""

    def make() -> tuple[Loaded, TorchEngine]:
        loaded = load(model)
        if probe and loaded.model.config.num_nextn_predict_layers:
            return loaded, TorchEngine(loaded.model, probed(loaded.model, config, _trials(loaded)))
        return loaded, TorchEngine(loaded.model, config)

    return make


def _trials(loaded: Loaded) -> list[Request]:
    prompts = (loaded.template.encode(loaded.tokenizer, [{"role": "user", "content": question}]) for question in TRIALS)
    return [Request(prompt, TRIAL_TOKENS, loaded.stop_ids) for prompt in prompts]
