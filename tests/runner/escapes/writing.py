import os
from attempt import *

here = os.path.dirname(os.path.abspath(__file__))


@attempt
def write_outside():
    return open(TARGET, "w").write("x")


@attempt
def append_outside():
    return open(TARGET, "a").write("x")


@attempt
def write_here():
    return open(os.path.join(here, "new"), "w").write("x")


@attempt
def overwrite_self():
    return open(__file__, "r+")


@attempt
def truncate():
    os.truncate(TARGET, 0)
    return True


@attempt
def truncate_by_reading():
    return os.open(os.path.join(here, "attempt.py"), os.O_RDONLY | os.O_TRUNC) >= 0


@attempt
def truncate_with_neither():
    return os.open(os.path.join(here, "attempt.py"), 3 | os.O_TRUNC) >= 0


@attempt
def nameless_file():
    return os.open(here, os.O_TMPFILE | os.O_RDWR) >= 0


@attempt
def creat():
    return syscall(85, os.path.join(here, "new").encode(), 0o600) >= 0


@attempt
def make_folder():
    os.mkdir(os.path.join(here, "folder"))
    return True


@attempt
def remove():
    os.unlink(TARGET)
    return True


@attempt
def rename():
    os.rename(TARGET, TARGET + "2")
    return True


@attempt
def hard_link():
    os.link(SECRET, os.path.join(here, "hard"))
    return True


@attempt
def symlink():
    os.symlink("/", os.path.join(here, "root"))
    return True


@attempt
def chmod():
    os.chmod(TARGET, 0o777)
    return True


@attempt
def chmod_own():
    os.chmod(__file__, 0o777)
    return True


@attempt
def chown():
    os.chown(TARGET, 65534, 65534)
    return True


@attempt
def touch():
    os.utime(TARGET, (0, 0))
    return True


@attempt
def attribute():
    os.setxattr(TARGET, "user.x", b"x")
    return True


@attempt
def fifo():
    os.mkfifo(os.path.join(here, "fifo"))
    return True


@attempt
def device():
    os.mknod(os.path.join(here, "null"), 0o20666, os.makedev(1, 3))
    return True


@attempt
def temporary():
    import tempfile
    return tempfile.NamedTemporaryFile()


@attempt
def shared_memory():
    return open("/dev/shm/backstep-test", "w")


@attempt
def terminal():
    return open("/dev/tty", "w")


@attempt
def type_into_terminal():
    import fcntl
    fcntl.ioctl(0, 0x5412, b"x")  # TIOCSTI
    return True
