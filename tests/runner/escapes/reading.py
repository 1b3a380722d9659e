import os
from attempt import *


@attempt
def open_secret():
    return open(SECRET).read()


@attempt
def open_passwd():
    return open("/etc/passwd").read()


@attempt
def list_root():
    return os.listdir("/")


@attempt
def list_home():
    return os.listdir(os.path.expanduser("~"))


@attempt
def dot_dot():
    here = os.path.dirname(os.path.abspath(__file__))
    return open(os.path.join(here, os.path.relpath(SECRET, here))).read()


@attempt
def symlink_out():
    return open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "link-to-secret")).read()


@attempt
def raw_open():
    return os.read(syscall(2, SECRET.encode(), 0), 10)


@attempt
def raw_openat():
    return os.read(syscall(257, AT_FDCWD, SECRET.encode(), 0), 10)


@attempt
def raw_openat2():
    how = (ctypes.c_uint64 * 3)(0, 0, 0)
    return os.read(syscall(437, AT_FDCWD, SECRET.encode(), how, 24), 10)


@attempt
def open_path_then_reopen():
    fd = os.open(SECRET, os.O_PATH)
    return open(f"/proc/self/fd/{fd}").read()


@attempt
def open_by_handle():
    return syscall(304, AT_FDCWD, ctypes.create_string_buffer(128), 0)


@attempt
def name_to_handle():
    return syscall(303, AT_FDCWD, SECRET.encode(), ctypes.create_string_buffer(b"\x80\0\0\0", 136), ctypes.byref(ctypes.c_int()), 0) == 0


@attempt
def chroot_away():
    os.chroot("/")
    return True


@attempt
def descriptors_left_open():
    found = []
    for fd in range(3, 64):
        try:
            found.append(os.pread(fd, 10, 0))
        except OSError:
            pass
    return b"secret" in found
