"""The filter as a program: what it says to which call, by running its instructions here."""

import errno
import platform
import struct

import pytest

from openmimo.verify.sandbox import seccomp
from openmimo.verify.sandbox.seccomp import Filter

ALLOW, ERRNO, KILL = 0x7FFF0000, 0x00050000, 0x80000000
X86_64, AARCH64 = 0xC000003E, 0xC00000B7
PID = 4242

known = pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="the filter is for these")


def verdict(code: bytes, number: int, *arguments: int, architecture: int = X86_64) -> int:
    """What a BPF program returns for a call: the few instructions that it uses, as the kernel runs them."""
    data = struct.pack("<iIQ6Q", number, architecture, 0, *(*arguments, *(0,) * (6 - len(arguments))))
    place, accumulator = 0, 0
    while True:
        operation, if_true, if_false, value = struct.unpack_from("<HBBI", code, 8 * place)
        place += 1
        if operation == 0x20:
            accumulator = struct.unpack_from("<I", data, value)[0]
        elif operation == 0x06:
            return value
        else:
            holds = {0x15: accumulator == value, 0x45: bool(accumulator & value), 0x35: accumulator >= value}[operation]
            place += if_true if holds else if_false


def code_of(executes: bool = False) -> bytes:
    built = Filter(executes)
    for place in built._places:
        struct.pack_into("<I", built._code, place, PID)
    return bytes(built._code)


@known
@pytest.mark.skipif(platform.machine() != "x86_64", reason="the numbers are those of x86-64")
@pytest.mark.parametrize(
    "call, arguments, wanted",
    [
        (0, (), ALLOW),  # read
        (41, (2, 1, 0), ERRNO | errno.EPERM),  # socket
        (42, (), ERRNO | errno.EPERM),  # connect
        (53, (1, 1, 0), ALLOW),  # socketpair, unix, stream
        (53, (1, 0o2000001, 0), ALLOW),  # and close-on-exec
        (53, (1, 2, 0), ERRNO | errno.EPERM),  # datagrams
        (53, (2, 1, 0), ERRNO | errno.EPERM),  # internet
        (44, (3, 0, 5, 0, 0), ALLOW),  # sendto without an address
        (44, (3, 0, 5, 0, 1 << 40), ERRNO | errno.EPERM),
        (56, (0x3D0F00,), ALLOW),  # clone of a thread
        (56, (0x01200011,), ERRNO | errno.EPERM),  # clone of a process
        (57, (), ERRNO | errno.EPERM),  # fork
        (59, (), ERRNO | errno.EPERM),  # execve
        (62, (PID, 9), ALLOW),  # kill itself
        (62, (1, 9), ERRNO | errno.EPERM),
        (62, (0xFFFFFFFF, 9), ERRNO | errno.EPERM),
        (234, (PID, PID, 6), ALLOW),
        (234, (1, 1, 9), ERRNO | errno.EPERM),
        (72, (3, 8, 1), ERRNO | errno.EPERM),  # F_SETOWN
        (72, (3, 2, 1), ALLOW),
        (101, (16, 1), ERRNO | errno.EPERM),  # ptrace
        (157, (1, 0), ERRNO | errno.EPERM),  # prctl, death signal off
        (302, (0, 0, 0, 1 << 33), ALLOW),  # reading limits
        (302, (0, 0, 1 << 33, 0), ERRNO | errno.EPERM),  # setting them
        (322, (), ERRNO | errno.EPERM),  # execveat
        (435, (), ERRNO | errno.ENOSYS),  # clone3
        (999, (), ERRNO | errno.EPERM),  # what is to come
        (0x40000000, (), KILL),  # x32
    ],
)
def test_what_the_filter_says(call: int, arguments: tuple[int, ...], wanted: int) -> None:
    assert verdict(code_of(), call, *arguments) == wanted


@known
def test_another_architecture_is_killed_and_execveat_needs_leave() -> None:
    own, other = (X86_64, AARCH64) if platform.machine() == "x86_64" else (AARCH64, X86_64)
    assert verdict(code_of(), 0, architecture=other) == KILL
    execveat = seccomp._MACHINES[platform.machine()][1]["execveat"]
    assert verdict(code_of(executes=True), execveat, architecture=own) == ALLOW
    assert verdict(code_of(executes=False), execveat, architecture=own) == ERRNO | errno.EPERM


def test_a_machine_whose_calls_are_not_known_has_no_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seccomp.platform, "machine", lambda: "riscv64")
    with pytest.raises(OSError, match="riscv64"):
        Filter()
