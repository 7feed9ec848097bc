"""Which system calls a confined process may make: an allow-list as a BPF program, built here and handed to the kernel.

Stdlib only: it is loaded by the zygote. What is not named below fails with EPERM, so a call
that a future kernel adds is refused, too. Knows no files: `landlock.py` says which may be
read. Numbers are from the kernel's tables for x86-64 and arm64 (the latter not tried).
"""

import ctypes
import errno
import platform
import struct


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_PLAIN = _words("""
    read write close fstat lseek mmap mprotect munmap brk rt_sigaction rt_sigprocmask rt_sigreturn pread64 pwrite64 readv writev
    sched_yield mremap msync mincore madvise dup dup3 nanosleep getitimer setitimer getpid exit wait4 uname fsync fdatasync
    ftruncate getdents64 getcwd umask gettimeofday getrlimit getrusage sysinfo times getuid getgid geteuid getegid getppid gettid
    getgroups getresuid getresgid getpgid getsid capget rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack futex
    sched_getaffinity sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min set_tid_address
    restart_syscall fadvise64 timer_create timer_gettime timer_getoverrun timer_settime timer_delete clock_gettime clock_getres
    clock_nanosleep exit_group epoll_create1 epoll_ctl epoll_pwait openat newfstatat faccessat faccessat2 pselect6 ppoll
    set_robust_list get_robust_list timerfd_create eventfd2 pipe2 getcpu getrandom membarrier statx rseq close_range recvfrom
    getsockopt getsockname getpeername shutdown
    open stat lstat poll access pipe select dup2 pause alarm getpgrp arch_prctl time epoll_wait epoll_create eventfd getdents
""")  # the last line is x86-64 only

_X86_64 = dict(
    read=0, write=1, open=2, close=3, stat=4, fstat=5, lstat=6, poll=7, lseek=8, mmap=9, mprotect=10, munmap=11, brk=12,
    rt_sigaction=13, rt_sigprocmask=14, rt_sigreturn=15, ioctl=16, pread64=17, pwrite64=18, readv=19, writev=20, access=21, pipe=22,
    select=23, sched_yield=24, mremap=25, msync=26, mincore=27, madvise=28, dup=32, dup2=33, pause=34, nanosleep=35, getitimer=36,
    alarm=37, setitimer=38, getpid=39, sendto=44, recvfrom=45, shutdown=48, getsockname=51, getpeername=52, socketpair=53,
    getsockopt=55, clone=56, exit=60, wait4=61, kill=62, uname=63, fcntl=72, fsync=74, fdatasync=75, ftruncate=77, getdents=78,
    getcwd=79, readlink=89, umask=95, gettimeofday=96, getrlimit=97, getrusage=98, sysinfo=99, times=100, getuid=102, getgid=104, geteuid=107,
    getegid=108, getppid=110, getpgrp=111, getgroups=115, getresuid=118, getresgid=120, getpgid=121, getsid=124, capget=125,
    rt_sigpending=127, rt_sigtimedwait=128, rt_sigsuspend=130, sigaltstack=131, sched_getparam=143, sched_getscheduler=145,
    sched_get_priority_max=146, sched_get_priority_min=147, prctl=157, arch_prctl=158, gettid=186, time=201, futex=202,
    sched_getaffinity=204, epoll_create=213, getdents64=217, set_tid_address=218, restart_syscall=219, fadvise64=221,
    timer_create=222, timer_settime=223, timer_gettime=224, timer_getoverrun=225, timer_delete=226, clock_gettime=228,
    clock_getres=229, clock_nanosleep=230, exit_group=231, epoll_wait=232, epoll_ctl=233, tgkill=234, openat=257, newfstatat=262,
    readlinkat=267, faccessat=269, pselect6=270, ppoll=271, set_robust_list=273, get_robust_list=274, epoll_pwait=281,
    timerfd_create=283, eventfd=284, eventfd2=290, epoll_create1=291, dup3=292, pipe2=293, prlimit64=302, getcpu=309, seccomp=317,
    getrandom=318, execveat=322, membarrier=324, statx=332, rseq=334, clone3=435, close_range=436, faccessat2=439,
)  # fmt: skip
_AARCH64 = dict(
    getcwd=17, eventfd2=19, epoll_create1=20, epoll_ctl=21, epoll_pwait=22, dup=23, dup3=24, fcntl=25, ioctl=29, ftruncate=46,
    faccessat=48, openat=56, close=57, pipe2=59, getdents64=61, lseek=62, read=63, write=64, readv=65, writev=66, pread64=67,
    pwrite64=68, pselect6=72, ppoll=73, readlinkat=78, newfstatat=79, fstat=80, fsync=82, fdatasync=83, timerfd_create=85,
    capget=90, exit=93, exit_group=94, set_tid_address=96, futex=98, set_robust_list=99, get_robust_list=100, nanosleep=101,
    getitimer=102, setitimer=103, timer_create=107, timer_gettime=108, timer_getoverrun=109, timer_settime=110, timer_delete=111,
    clock_gettime=113, clock_getres=114, clock_nanosleep=115, sched_getscheduler=120, sched_getparam=121, sched_getaffinity=123,
    sched_yield=124, sched_get_priority_max=125, sched_get_priority_min=126, restart_syscall=128, kill=129, tgkill=131,
    sigaltstack=132, rt_sigsuspend=133, rt_sigaction=134, rt_sigprocmask=135, rt_sigpending=136, rt_sigtimedwait=137,
    rt_sigreturn=139, getresuid=148, getresgid=150, times=153, getpgid=155, getsid=156, getgroups=158, uname=160, getrlimit=163,
    getrusage=165, umask=166, prctl=167, getcpu=168, gettimeofday=169, getpid=172, getppid=173, getuid=174, geteuid=175,
    getgid=176, getegid=177, gettid=178, sysinfo=179, socketpair=199, getsockname=204, getpeername=205, sendto=206, recvfrom=207,
    getsockopt=209, shutdown=210, brk=214, munmap=215, mremap=216, clone=220, mmap=222, fadvise64=223, mprotect=226, msync=227,
    mincore=232, madvise=233, wait4=260, prlimit64=261, seccomp=277, getrandom=278, execveat=281, membarrier=283, statx=291, rseq=293,
    clone3=435, close_range=436, faccessat2=439,
)  # fmt: skip
_MACHINES = {"x86_64": (0xC000003E, _X86_64), "aarch64": (0xC00000B7, _AARCH64)}

_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_CLONE_THREAD, _AF_UNIX, _SOCK_STREAM = 0x10000, 1, 1
_TERMINAL_CALLS = (0x5401, 0x5450, 0x5451, 0x5421)  # TCGETS, FIONCLEX, FIOCLEX, FIONBIO: what opening a file in Python asks
_PRCTL_CALLS = (15, 16)  # set and get a thread's name
_FCNTL_CALLS = (0, 1, 2, 3, 4, 1030)  # duplicate and set flags; not F_SETOWN and F_SETSIG, by which a pipe sends signals to others
_OWN_PID = 0x7E57_1D00  # stands for the pid of the confined process until it is known

_PR_SET_NO_NEW_PRIVS, _SECCOMP_SET_MODE_FILTER = 38, 1


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


class Filter:
    """The filter, built once; `install` puts the calling process under it for good.

    Making one already forbids this process and its children to gain rights by starting a program.
    `executes` allows execveat, for a program that is no Python: it comes as a memory file,
    and Landlock lets it start nothing else. Raises `OSError` on a machine whose calls are not known.
    """

    def __init__(self, executes: bool = False):
        if platform.machine() not in _MACHINES:
            raise OSError(errno.ENOSYS, f"the system calls of {platform.machine()} are not known")
        architecture, self._numbers = _MACHINES[platform.machine()]
        code = b"".join(self._instructions(architecture, executes))
        self._places = [at for at in range(4, len(code), 8) if code[at : at + 4] == struct.pack("<I", _OWN_PID)]
        self._code = ctypes.create_string_buffer(code, len(code))
        self._program = _Program(len(code) // 8, ctypes.addressof(self._code))
        self._libc = ctypes.CDLL(None, use_errno=True)
        if self._libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "the kernel refuses no_new_privs")

    def install(self, pid: int) -> None:
        """Confine the calling process, whose id is `pid`, and all it may still become; raises `OSError` if the kernel refuses."""
        for place in self._places:
            struct.pack_into("<I", self._code, place, pid)
        if self._libc.syscall(self._numbers["seccomp"], _SECCOMP_SET_MODE_FILTER, 0, ctypes.byref(self._program)) != 0:
            raise OSError(ctypes.get_errno(), "the kernel refuses the seccomp filter")

    def _instructions(self, architecture: int, executes: bool) -> list[bytes]:
        number = self._numbers
        rules: list[bytes] = [_load(4), _jump(_EQUAL, architecture, 1, 0), _end(_KILL), _load(0)]
        if architecture == 0xC000003E:  # the x32 calls share the architecture of the others
            rules += [_jump(_AT_LEAST, 0x40000000, 0, 1), _end(_KILL)]
        rules += _call(number["clone3"], [_end(_ERRNO | errno.ENOSYS)])  # its flags are behind a pointer; libc then takes clone
        rules += _call(number["clone"], [_load(16), _jump(_ANY_BIT, _CLONE_THREAD, 0, 1), _end(_ALLOW), _refuse()])
        for name in ("kill", "tgkill"):
            rules += _call(number[name], _one_of(16, (_OWN_PID,)))
        rules += _call(number["ioctl"], _one_of(24, _TERMINAL_CALLS, errno.ENOTTY))
        rules += _call(number["prctl"], _one_of(16, _PRCTL_CALLS))
        rules += _call(number["fcntl"], _one_of(24, _FCNTL_CALLS))
        rules += _call(number["socketpair"], [_load(16), _jump(_EQUAL, _AF_UNIX, 1, 0), _refuse(), _load(24), *_low_bits(_SOCK_STREAM)])
        rules += _call(number["sendto"], _null(48))  # with an address it would reach the sockets of other programs
        rules += _call(number["prlimit64"], _null(32))  # to read limits, not to set them
        for name in ("readlink", "readlinkat"):
            if name in number:
                rules += _call(number[name], [_end(_ERRNO | errno.EINVAL)])  # nothing is a link: Landlock would tell where they lead
        plain = [*_PLAIN, *(["execveat"] if executes else [])]
        for name in plain:
            if name in number:
                rules += _call(number[name], [_end(_ALLOW)])
        return [*rules, _refuse()]


def _load(offset: int) -> bytes:
    """Load 32 bits of what the call is: 0 its number, 4 the architecture, 16, 24, ... the low half of each argument."""
    return struct.pack("<HBBI", _LOAD, 0, 0, offset)


def _jump(test: int, value: int, if_true: int, if_false: int) -> bytes:
    return struct.pack("<HBBI", test, if_true, if_false, value)


def _end(action: int) -> bytes:
    return struct.pack("<HBBI", _RETURN, 0, 0, action)


def _refuse(number: int = errno.EPERM) -> bytes:
    return _end(_ERRNO | number)


def _call(number: int, rules: list[bytes]) -> list[bytes]:
    """Rules for one call; each of their paths ends."""
    return [_jump(_EQUAL, number, 0, len(rules)), *rules]


def _one_of(offset: int, values: tuple[int, ...], otherwise: int = errno.EPERM) -> list[bytes]:
    tests = [_jump(_EQUAL, value, len(values) - place, 0) for place, value in enumerate(values)]
    return [_load(offset), *tests, _refuse(otherwise), _end(_ALLOW)]


def _null(offset: int) -> list[bytes]:
    """Allow only if both halves of a pointer are zero."""
    return [_load(offset), _jump(_EQUAL, 0, 1, 0), _refuse(), _load(offset + 4), _jump(_EQUAL, 0, 1, 0), _refuse(), _end(_ALLOW)]


def _low_bits(value: int) -> list[bytes]:
    """Allow if the low four bits of what is loaded are `value`, which has one of them set alone."""
    return [_jump(_ANY_BIT, 0xF & ~value, 1, 0), _jump(_ANY_BIT, value, 1, 0), _refuse(), _end(_ALLOW)]
