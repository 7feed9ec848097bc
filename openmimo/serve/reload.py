"""Taking the weights anew from their folder while the server runs, for a model that is still trained."""

import asyncio

from openmimo.engine.load import load
from openmimo.serve.state import State


async def reload(state: State) -> int:
    """Load the folder again and swap the weights between two steps; how often that was done by now.

    Raises `WeightsError` and leaves all as it was if the files are broken or another
    model's, and `ApiError` while the model is first loaded.
    """
    served, worker = state.model()
    dtype = served.loaded.model.lm_head.weight.dtype
    fresh = await asyncio.to_thread(load, str(served.loaded.path), "cpu", dtype)
    weights = dict(fresh.model.named_parameters())
    await worker.call(lambda: worker.engine.load_weights(weights))
    return worker.engine.version
