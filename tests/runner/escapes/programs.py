import os
import subprocess
from attempt import *


@attempt
def os_system():
    return os.system("true") == 0


@attempt
def run_program():
    return subprocess.run(["/bin/true"]).returncode == 0


@attempt
def popen():
    return os.popen("echo x").read()


@attempt
def fork():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    return True


@attempt
def raw_fork():
    pid = syscall(57)
    if pid == 0:
        os._exit(0)
    return True


@attempt
def raw_vfork():
    return syscall(58) > 0


@attempt
def raw_clone():
    pid = syscall(56, 17, 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    return True


@attempt
def raw_clone3():
    arguments = (ctypes.c_uint64 * 8)(0, 0, 0, 0, 17, 0, 0, 0)
    pid = syscall(435, arguments, 64)
    if pid == 0:
        os._exit(0)
    return True


@attempt
def clone_new_user():
    return syscall(56, 0x10000000 | 17, 0, 0, 0, 0) >= 0


@attempt
def fork_bomb():
    import multiprocessing
    started = [multiprocessing.Process(target=print) for _ in range(4)]
    for process in started:
        process.start()
    return True


@attempt
def raw_exec():
    syscall(59, b"/bin/true", 0, 0)
    return True


@attempt
def exec_at():
    syscall(322, AT_FDCWD, b"/bin/true", 0, 0, 0)
    return True


@attempt
def libc_system():
    return libc.system(b"true") == 0


@attempt
def exec_from_memory():
    fd = os.memfd_create("program")
    return fd >= 0


@attempt
def pseudo_terminal():
    import pty
    return pty.fork()


@attempt
def exec_in_library_folder():
    os.execv("/usr/lib/python3.11/../../bin/true", ["true"])
    return True
