"""Kills another process between two of its system calls: right before the nth that changes a disk or
tells somebody something. So each step of what it does can be the last one (Linux, ptrace)."""

import ctypes
import errno
import os
import platform
import signal
import time

SEIZE, INTERRUPT, SYSCALL, DETACH, SYSCALL_INFO = 0x4206, 0x4207, 24, 17, 0x420E
TRACE_SYSGOOD = 1  # a stop at a system call is SIGTRAP with bit 7 set
WALL = 0x40000000
IS_ENTRY = 1

# Numbers of the calls after which the world is another one.
CHANGING = {
    "x86_64": {
        "write": 1, "pwrite64": 18, "writev": 20, "sendto": 44, "sendmsg": 46, "fsync": 74,
        "fdatasync": 75, "ftruncate": 77, "rename": 82, "mkdir": 83, "link": 86, "unlink": 87,
        "mkdirat": 258, "unlinkat": 263, "renameat": 264, "linkat": 265, "renameat2": 316,
    },
    "aarch64": {
        "write": 64, "pwrite64": 68, "writev": 66, "sendto": 206, "sendmsg": 211, "fsync": 82,
        "fdatasync": 83, "ftruncate": 46, "mkdirat": 34, "unlinkat": 35, "renameat": 38,
        "linkat": 37, "renameat2": 276,
    },
}.get(platform.machine(), {})  # fmt: skip
NAMES = {number: name for name, number in CHANGING.items()}

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.restype = ctypes.c_long
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


class Info(ctypes.Structure):
    """struct ptrace_syscall_info of a stop at the beginning of a call."""

    _fields_ = [
        ("op", ctypes.c_uint8),
        ("pad", ctypes.c_uint8 * 3),
        ("arch", ctypes.c_uint32),
        ("instruction_pointer", ctypes.c_uint64),
        ("stack_pointer", ctypes.c_uint64),
        ("number", ctypes.c_uint64),
        ("arguments", ctypes.c_uint64 * 6),
    ]


def ptrace(request, pid, address=None, data=None):
    """False if the process is gone."""
    if libc.ptrace(request, pid, address, data) != -1:
        return True
    code = ctypes.get_errno()
    if code == errno.ESRCH:
        return False
    raise OSError(code, os.strerror(code))


def why_not(pid):
    """Why that process cannot be stopped, or None."""
    if not CHANGING:
        return f"the system calls of {platform.machine()} are not known here"
    try:
        Watched(pid).let_go()
    except PermissionError as failure:
        return f"ptrace: {failure}"
    return None


class Watched:
    """A process that stops at each system call. All is to be done in the thread that began it."""

    def __init__(self, pid):
        self.pid = pid
        self.names = []  # of the changing calls that it came to
        if not ptrace(SEIZE, pid, None, TRACE_SYSGOOD):
            raise ProcessLookupError(pid)
        ptrace(INTERRUPT, pid)
        self.is_stopped = False
        self._wait(lambda: False)

    def _wait(self, is_over):
        """The next stop's status; None if the process has ended, or is_over()."""
        while True:
            pid, status = os.waitpid(self.pid, WALL | os.WNOHANG)
            if pid != 0:
                self.is_stopped = os.WIFSTOPPED(status)
                return status if self.is_stopped else None
            if is_over():
                return None
            time.sleep(0.0002)

    def run(self, kill_before, is_over):
        """Lets it run until is_over(), or kills it before that changing call (1 is the first). True if it
        was killed."""
        number = 0
        while ptrace(SYSCALL, self.pid, None, number):
            self.is_stopped = False
            status = self._wait(is_over)
            if status is None:
                return False
            number = 0
            stop = os.WSTOPSIG(status)
            if stop == signal.SIGTRAP | 0x80:
                if self._note_call() and len(self.names) == kill_before:
                    os.kill(self.pid, signal.SIGKILL)
                    self._wait(lambda: False)
                    return True
            elif status >> 16 == 0:
                number = stop  # a signal, on its way
        return False

    def _note_call(self):
        """Whether it is about to change something."""
        info = Info()
        if not ptrace(SYSCALL_INFO, self.pid, ctypes.sizeof(info), ctypes.addressof(info)):
            return False
        if info.op != IS_ENTRY or info.number not in NAMES:
            return False
        self.names.append(NAMES[info.number])
        return True

    def let_go(self):
        if not self.is_stopped and ptrace(INTERRUPT, self.pid):
            self._wait(lambda: False)
        ptrace(DETACH, self.pid)
