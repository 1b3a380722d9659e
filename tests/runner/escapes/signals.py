import os
import signal
from attempt import *


@attempt
def kill_victim():
    os.kill(VICTIM, signal.SIGTERM)
    return True


@attempt
def kill_parent():
    os.kill(os.getppid(), 0)
    return True


@attempt
def kill_own_group():
    os.kill(0, 0)
    return True


@attempt
def kill_everybody():
    os.kill(-1, 0)
    return True


@attempt
def raw_kill():
    return syscall(62, VICTIM, 15) == 0


@attempt
def raw_tkill():
    return syscall(200, VICTIM, 15) == 0


@attempt
def raw_tgkill():
    return syscall(234, VICTIM, VICTIM, 15) == 0


@attempt
def queue_signal():
    return syscall(129, VICTIM, 15, ctypes.create_string_buffer(128)) == 0


@attempt
def owner_of_descriptor():
    import fcntl
    fcntl.fcntl(0, fcntl.F_SETOWN, VICTIM)
    return True


@attempt
def slow_down_others():
    os.setpriority(os.PRIO_PROCESS, VICTIM, 19)
    return True
