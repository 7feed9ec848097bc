"""What makes the same training faster on the machine at hand, and changes nothing in its results' meaning."""

import ctypes
import logging
import platform
import shutil

import torch

from openmimo.core.processor import multiplies_bf16
from openmimo.model.attention import Packed
from openmimo.model.mimo import MiMo

M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4  # from glibc's malloc.h


def keep_memory() -> bool:
    """Tell glibc to keep freed memory for the next step; whether it could be told.

    Every step frees and asks for the same large blocks. Handing them to the system and
    having their pages made afresh cost a third of the time of a training step of nano.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    libc = ctypes.CDLL(None)
    return bool(libc.mallopt(M_MMAP_MAX, 0)) and bool(libc.mallopt(M_TRIM_THRESHOLD, -1))


def compile_layers(model: MiMo) -> bool:
    """Compile each block by itself where a C++ compiler is there; whether it was done.

    All blocks share one compiled function. Compiling the model as one graph took over ten
    minutes for 30 layers, and one layer takes seconds.
    """
    if next(model.parameters()).device.type == "cpu" and not has_compiler():
        return False
    logging.getLogger("torch._inductor").setLevel(logging.ERROR)
    # Every batch of packed rows has other shapes there. Done here, for it brings the whole compiler.
    Packed.look = torch.compiler.disable(Packed.look)  # type: ignore[method-assign]
    for block in [*model.model.layers, *model.model.mtp_layers]:
        block.compile(dynamic=False)
    return True


def has_compiler() -> bool:
    """Whether a C++ compiler is there for `torch.compile` on the CPU."""
    return bool(shutil.which("g++") or shutil.which("clang++"))


def has_bf16(device: torch.device) -> bool:
    """Whether bf16 products are quicker than fp32 ones here, by the processor's own word."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported()
    return device.type == "cpu" and torch.ops.mkldnn._is_mkldnn_bf16_supported() and multiplies_bf16()
