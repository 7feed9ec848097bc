"""The learning rate of a step: constant, as in the report (3.3), and at the end of a short run falling (ours). Imports no torch."""


def rate_of(step: int, rate: float, steps: int, decay: int) -> float:
    """The rate of `step`, counted from 1 to `steps`: `rate`, in the last `decay` steps falling evenly towards nothing.

    What a step moves is mostly noise of its few answers; as the rate falls, the noise of the last steps averages out.
    """
    return rate * min(1.0, (steps - step + 1) / (decay + 1))
