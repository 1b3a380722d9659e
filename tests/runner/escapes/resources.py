import threading
from attempt import *


@attempt
def huge_list():
    return [0] * 10 ** 11


@attempt
def huge_bytes():
    return bytearray(1 << 40)


@attempt
def huge_map():
    import mmap
    return mmap.mmap(-1, 1 << 40)


@attempt
def many_small():
    parts = []
    while True:
        parts.append(bytearray(64 << 20))
        if len(parts) > 1000:
            return len(parts)


@attempt
def raise_own_limit():
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
    return True


@attempt
def thread_reads_outside():
    got = []

    def read():
        try:
            got.append(open(SECRET).read())
        except OSError:
            pass

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    return got


@attempt
def thread_works():
    got = []
    thread = threading.Thread(target=got.append, args=(1,))
    thread.start()
    thread.join()
    if got != [1]:
        return "a thread does not run"


@attempt
def audit_hook_removed():
    """Python's own hook is only for the words; without it the kernel still refuses."""
    import _posixsubprocess
    import os
    return libc.system(b"touch " + TARGET.encode() + b".made") == 0 or os.path.exists(TARGET + ".made")
