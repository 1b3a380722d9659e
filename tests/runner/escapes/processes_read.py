import os
from attempt import *


@attempt
def own_memory_file():
    return open("/proc/self/mem", "rb")


@attempt
def parent_memory():
    return open(f"/proc/{os.getppid()}/mem", "rb")


@attempt
def parent_environment():
    return open(f"/proc/{os.getppid()}/environ").read()


@attempt
def victim_command_line():
    return open(f"/proc/{VICTIM}/cmdline").read()


@attempt
def own_maps():
    return open("/proc/self/maps").read()


@attempt
def thread_self():
    return open("/proc/thread-self/status").read()


@attempt
def ptrace_victim():
    return syscall(101, 16, VICTIM, 0, 0) == 0


@attempt
def ptrace_me():
    return syscall(101, 0, 0, 0, 0) == 0


@attempt
def read_victim_memory():
    vector = (ctypes.c_uint64 * 2)(0x400000, 8)
    return syscall(310, VICTIM, vector, 1, vector, 1, 0) > 0


@attempt
def write_victim_memory():
    vector = (ctypes.c_uint64 * 2)(0x400000, 8)
    return syscall(311, VICTIM, vector, 1, vector, 1, 0) > 0


@attempt
def pidfd_open():
    return syscall(434, VICTIM, 0) >= 0


@attempt
def kcmp():
    return syscall(312, os.getpid(), VICTIM, 0, 0, 0) >= 0


@attempt
def victim_limits():
    return syscall(302, VICTIM, 7, 0, ctypes.create_string_buffer(16)) == 0
