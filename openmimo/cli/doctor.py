"""`openmimo doctor`: what this machine can do for OpenMiMo, what is missing, and how to get it."""

import json
import platform
import shutil
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import tyro

NEEDED = ("torch", "safetensors", "tokenizers", "numpy", "jinja2", "rich", "tyro", "gguf", "math-verify")


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `ok` False means something does not work, None that something would work better."""

    what: str
    ok: bool | None
    found: str
    advice: str = ""


def main(json_: Annotated[bool, tyro.conf.arg(name="json")] = False) -> int:
    """Look at this machine: platform, memory, disk, processor, compiler, accelerator, sandbox, models. Exits with 1 if something is broken.

    Args:
        json_: Print JSON.
    """
    findings = [_python(), *_packages(), _memory(), _disk(), *_processor(), _sandbox(), *_models()]
    if json_:
        print(json.dumps([asdict(finding) for finding in findings]))
    else:
        for finding in findings:
            mark = {True: "ok  ", False: "FAIL", None: "note"}[finding.ok]
            print(f"{mark}  {finding.what:12} {finding.found}" + (f"\n                   {finding.advice}" if finding.advice else ""))
    return 1 if any(finding.ok is False for finding in findings) else 0


def _python() -> Finding:
    good = sys.version_info >= (3, 11)
    return Finding("python", good, f"{platform.python_version()} on {platform.platform()}", "" if good else "install Python 3.11 or newer")


def _packages() -> list[Finding]:
    findings = []
    for name in NEEDED:
        try:
            findings.append(Finding(name, True, version(name)))
        except PackageNotFoundError:
            findings.append(Finding(name, False, "not installed", f"pip install {name}"))
    return findings


def _memory() -> Finding:
    from openmimo.core.memory import available_bytes

    available = available_bytes()
    if available is None:
        return Finding("memory", None, "cannot be told on this system", "a model too large for it will not be refused beforehand")
    small = available < 2 * 2**30
    return Finding(
        "memory", None if small else True, f"{available / 2**30:.1f} GiB available", "nano runs; training wants 2 GiB" if small else ""
    )


def _disk() -> Finding:
    from openmimo.engine.catalog import cache_folder

    place = cache_folder()
    while not place.exists():
        place = place.parent
    return Finding("disk", True, f"{shutil.disk_usage(place).free / 2**30:.1f} GiB free for models in {cache_folder()}")


def _engine() -> Finding:
    from openmimo.engine.native.build import NotBuilt, library

    try:
        library()
    except NotBuilt as error:
        return Finding("engine", None, f"computes with torch alone: {error.problem}", f"{error.fix}, and answering gets faster")
    return Finding("engine", True, "compiled for this processor")


def _processor() -> list[Finding]:
    import torch

    from openmimo.train.speed import has_bf16, has_compiler

    bf16, compiler = has_bf16(torch.device("cpu")), has_compiler()
    findings = [
        Finding("processor", True, f"{platform.machine()}, {torch.get_num_threads()} threads used"),
        Finding(
            "bf16",
            True if bf16 else None,
            "yes" if bf16 else "no instructions for it",
            "" if bf16 else "training runs in fp32, at about half the speed",
        ),
        Finding(
            "compiler",
            True if compiler else None,
            "yes" if compiler else "no C++ compiler",
            "" if compiler else "install g++ or clang++, and training gets faster",
        ),
        _engine(),
    ]
    if torch.cuda.is_available():
        findings.append(Finding("accelerator", True, torch.cuda.get_device_name(0)))
    else:
        findings.append(Finding("accelerator", None, "none", "nano and small models need none"))
    return findings


def _sandbox() -> Finding:
    """Attacks on this machine's own sandbox, by the programs a judge is afraid of."""
    from openmimo.verify.sandbox.attacks import attack
    from openmimo.verify.sandbox.sandbox import NoSandbox, SandboxDied

    try:
        report = attack()
    except (NoSandbox, SandboxDied) as error:
        return Finding("sandbox", None, "level none: programs that models write cannot be run", str(error))
    reached = report.reached
    walls = {
        f"Landlock {reached.landlock}": reached.landlock > 0,
        "bubblewrap": reached.bubblewrap,
        "seatbelt": reached.seatbelt,
        "seccomp": reached.seccomp,
        "namespaces": reached.namespaces,
    }
    found = f"level {reached.level} ({', '.join(name for name, there in walls.items() if there)}); "
    if report.won:
        return Finding(
            "sandbox", False, found + f"{len(report.won)} of {report.tried} attacks won: {', '.join(report.won)}", "do not judge here"
        )
    advice = "" if reached.level == "full" else "namespaces are forbidden here, as in most containers; files and system calls are confined"
    return Finding("sandbox", True if reached.level == "full" else None, found + f"all {report.tried} attacks held off", advice)


def _models() -> list[Finding]:
    from openmimo.core.errors import OpenMimoError
    from openmimo.engine.catalog import entries
    from openmimo.model.folder import read_config, read_header, shard_paths

    findings = []
    for entry in entries():
        try:
            config = read_config(entry.path)
            for path in shard_paths(entry.path):
                read_header(path)
            findings.append(Finding(f"model {entry.name}", True, f"{config.parameters / 1e6:.1f}M parameters, {entry.size / 1e6:.1f} MB"))
        except OpenMimoError as error:
            findings.append(Finding(f"model {entry.name}", False, error.problem, error.fix))
    return findings or [Finding("models", False, "there is none, not even nano", "install the package again")]
