"""More MTP layers than one, as copies of the first, and everything but those frozen (report 2.2).

Knows no files. Read `pretrain/mtp.py` for the stage that tunes them.
"""

from openmimo.core.errors import InputError
from openmimo.model.mimo import MiMo


def with_copies(model: MiMo, layers: int) -> MiMo:
    """A model of `layers` MTP layers: those of `model`, whose weights it takes over, and copies of the first for what is missing.

    Raises `InputError` if there is none to copy.
    """
    there = model.config.num_nextn_predict_layers
    if not 1 <= there <= layers:
        raise InputError(f"the model has {there} MTP layers, and {layers} are wanted", "pre-train with one MTP layer, and ask for more")
    weight = model.lm_head.weight
    more = MiMo(model.config.with_(num_nextn_predict_layers=layers)).to(weight.device, weight.dtype)
    weights = model.state_dict()
    for layer in range(there, layers):
        first = "model.mtp_layers.0."
        copies = {
            name.replace(first, f"model.mtp_layers.{layer}."): value for name, value in model.state_dict().items() if name.startswith(first)
        }
        weights |= copies
    more.load_state_dict(weights)
    return more


def freeze_all_but_mtp(model: MiMo, first: bool) -> None:
    """Leave only the MTP layers to be trained, without the first of them unless `first`."""
    model.requires_grad_(False)
    for layer in model.model.mtp_layers[0 if first else 1 :]:
        layer.requires_grad_(True)
