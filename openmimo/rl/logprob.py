"""The log-probability of a token under the distribution it is drawn from: what the ratio of a policy gradient is made of.

Answers are drawn with a temperature, a bias and perhaps filters, so the policy that acts, and is to be made better, is the
distribution after these. Its gradient is that of its own log-probability; and a ratio is 1 at step 0 only if both sides are
of one distribution (temperature on one side only: huggingface/trl#4159; filters on one side only multiply every ratio by the
share that was kept: #6789). The model's own log-probabilities, which the engine writes down (`Finished.logprobs`), are the
same where nothing is changed, and serve as the old side only there (`is_plain`). They are always what an engine is compared
with its trainer by. Shapes: N tokens, V vocabulary.
"""

import torch
from torch import Tensor

from openmimo.core.errors import InputError
from openmimo.engine.sample import Sampling, bias_of, kept, knobs
from openmimo.model.logprob import logprobs


def is_plain(sampling: Sampling) -> bool:
    """Whether tokens are drawn from the model's own distribution, unchanged."""
    return sampling.temperature == 1 and not sampling.logit_bias and not _filters(sampling)


def sampling_logprobs(logits_NV: Tensor, ids_N: Tensor, sampling: Sampling) -> Tensor:
    """Natural-log probabilities in fp32 (N,) of drawn `ids_N`, as `engine/sample.py` draws them: bias, temperature, then filters.

    A filter is applied as it falls at these logits, and what it keeps is shared out anew. The token drawn always counts as
    kept: it was, and where two ways of computing the same logits differ in the last bit, a token at the edge must not become
    impossible. Masks of a grammar are not known here. Raises `InputError` for greedy sampling, which has no gradient.
    """
    if sampling.temperature <= 0:
        raise InputError("greedy answers have no policy gradient", "draw with a temperature above 0, such as 1.0")
    if is_plain(sampling):
        return logprobs(logits_NV, ids_N)
    logits_NV = logits_NV.float()
    if bias := bias_of([sampling], logits_NV.device):
        _, tokens, added = bias
        logits_NV = logits_NV.index_add(-1, tokens, added.expand(len(logits_NV), -1))
    logits_NV = logits_NV / sampling.temperature
    if _filters(sampling):
        with torch.no_grad():
            kept_NV = kept(torch.softmax(logits_NV, -1), knobs([sampling], logits_NV.device)) > 0
            kept_NV.scatter_(-1, ids_N[:, None], True)
        logits_NV = logits_NV.masked_fill(~kept_NV, float("-inf"))
    return logprobs(logits_NV, ids_N)


def _filters(sampling: Sampling) -> bool:
    return bool(sampling.top_p < 1 or sampling.top_k or sampling.min_p)
