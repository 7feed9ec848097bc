"""Leaving the machine's other processes, networks and shared memory behind, where the kernel lets an ordinary user do so.

Stdlib only: it is loaded by the zygote, once, before anything runs in it. Not needed for
safety, since `landlock.py` and `seccomp.py` refuse the same; a second wall. Containers and
some distributions forbid it.
"""

import ctypes
import os

_NEW_IPC, _NEW_USER, _NEW_PID, _NEW_NET = 0x08000000, 0x10000000, 0x20000000, 0x40000000
_PR_SET_PDEATHSIG, _SIGKILL = 1, 9
_libc = ctypes.CDLL(None, use_errno=True)
_CAPSET_VERSION = (ctypes.c_uint32 * 2)(0x20080522, 0)


def enter() -> bool:
    """Go on in new user, network, process and IPC namespaces; False if that is not allowed here.

    The process forks: what returns is the first process of the new namespace, and if it dies
    the kernel ends all others in it. The one outside waits for it, and takes it along when killed.
    """
    user, group = os.geteuid(), os.getegid()
    if _libc.unshare(_NEW_USER | _NEW_NET | _NEW_PID | _NEW_IPC) != 0:
        return False
    try:
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} {user} 1")
        _write("/proc/self/gid_map", f"{group} {group} 1")
    except OSError:
        pass  # then the ids read as nobody's inside, which changes nothing
    inner = os.fork()
    if inner:
        _wait_for(inner)
    die_with_parent()
    return True


def die_with_parent() -> None:
    """Be killed when the thread that started this process ends, however it ends (Linux)."""
    _libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)


def drop_capabilities() -> None:
    """Give up all special rights, for a judge that was started by root; raises `OSError` if that fails."""
    if _libc.capset(_CAPSET_VERSION, (ctypes.c_uint32 * 6)()) != 0:
        raise OSError(ctypes.get_errno(), "capset failed")


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def _wait_for(inner: int) -> None:
    # What this process still holds open would keep the other end from seeing that the inner one is gone.
    os.closerange(0, 256)
    os._exit(os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1]) & 0xFF)
