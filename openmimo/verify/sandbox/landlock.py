"""Which files a confined process may read: a Landlock ruleset of a few folders; nothing may be written, made or started.

Stdlib only: it is loaded by the zygote. Three system calls without a wrapper in libc, the
same numbers on every machine (Linux 5.13 and newer). Knows no system calls otherwise:
`seccomp.py` does.
"""

import ctypes
import os
import struct
from collections.abc import Iterable

_CREATE, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION, _PATH_BENEATH = 1, 1
_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
# How many rights over files there are in each version; all are handled, so all but the two that rules give are refused.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_FILE_RIGHTS_NOW = 16  # version 5 added ioctl on devices
_TCP = 0b11  # bind and connect, from version 4
_SCOPES = 0b11  # abstract sockets and signals, from version 6
_NO_NEW_PRIVS = 38


def version() -> int:
    """The version of Landlock this kernel offers; 0 if none."""
    return max(_libc().syscall(_CREATE, None, 0, _ASK_VERSION), 0)


def confine(readable: Iterable[str], listable: Iterable[str] = (), runnable: Iterable[str] = (), writable: Iterable[str] = ()) -> int:
    """Let this process, and all it starts, touch no file but these; gives the version.

    What lies beneath `readable` may be read, beneath `listable` its names be seen, beneath
    `runnable` it may be read and started, beneath `writable` all be done with it but started.
    Raises `OSError` if the kernel has no Landlock or refuses. Paths that are not there are passed over.
    """
    libc, known = _libc(), version()
    if known == 0:
        raise OSError("this kernel has no Landlock")
    rights = (1 << _FILE_RIGHTS.get(known, _FILE_RIGHTS_NOW)) - 1
    attributes = (
        struct.pack("<Q", rights) + (struct.pack("<Q", _TCP) if known >= 4 else b"") + (struct.pack("<Q", _SCOPES) if known >= 6 else b"")
    )
    ruleset = _checked(libc.syscall(_CREATE, attributes, len(attributes), 0))
    try:
        for path in readable:
            _allow(libc, ruleset, path, _READ_FILE | (_READ_DIR if os.path.isdir(path) else 0))
        for path in listable:
            _allow(libc, ruleset, path, _READ_DIR)
        for path in runnable:
            _allow(libc, ruleset, path, _EXECUTE | _READ_FILE | _READ_DIR)
        for path in writable:
            _allow(libc, ruleset, path, rights & ~_EXECUTE)
        _checked(libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0))
        _checked(libc.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)
    return known


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        _checked(libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("<Qi", rights, place), 0))
    finally:
        os.close(place)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"Landlock: {os.strerror(number)}")
    return result


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
