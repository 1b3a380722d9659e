# What every attempt shares: the things outside that must stay out of reach, and raw system calls.
import ctypes
import sys

SECRET, VICTIM, PORT, TARGET = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
AT_FDCWD = -100


def syscall(number, *args):
    """The system call itself, past every check of Python's and the C library's."""
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in args])
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result


def attempt(function):
    """Runs it: it returns something true when it got out."""
    try:
        got = function()
    except (OSError, ValueError, RuntimeError, MemoryError, ImportError) as error:
        print("held", function.__name__, type(error).__name__, str(error)[:80], flush=True)
        return
    print("ESCAPED" if got else "held", function.__name__, repr(got)[:80], flush=True)
