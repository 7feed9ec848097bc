"""What the processor says of itself. Knows no torch."""

import os
import platform
from pathlib import Path


def flags() -> str:
    """The names of its instruction sets, in one line; the processor's name where the system has no list."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith(("flags", "Features"))), "")


def multiplies_bf16() -> bool:
    """Whether it has instructions that multiply bf16 pairs (AVX-512 BF16)."""
    return "avx512_bf16" in flags().split()


def machine() -> str:
    """The processor's name, its cores, the system and the Python this runs on, in one line."""
    cores = os.cpu_count() or 1
    return f"{name()}, {cores} core{'s' if cores > 1 else ''}, {platform.platform()}, Python {platform.python_version()}"


def name() -> str:
    """The processor's name as the system has it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
