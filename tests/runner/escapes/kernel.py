import os
from attempt import *


def raw(name, number, *args):
    function = lambda: syscall(number, *args) >= 0
    function.__name__ = name
    attempt(function)


buffer = ctypes.create_string_buffer(256)
raw("io_uring_setup", 425, 8, buffer)
raw("io_uring_enter", 426, 0, 0, 0, 0, 0, 0)
raw("userfaultfd", 323, 0)
raw("bpf", 321, 0, buffer, 128)
raw("perf_event_open", 298, buffer, 0, -1, -1, 0)
raw("mount", 165, b"none", b"/tmp", b"tmpfs", 0, 0)
raw("umount", 166, b"/", 2)
raw("pivot_root", 155, b"/", b"/")
raw("unshare_user", 272, 0x10000000)
raw("unshare_files", 272, 0x400)
raw("setns", 308, 0, 0)
raw("add_key", 248, b"user", b"x", b"y", 1, -3)
raw("keyctl", 250, 0, -3, 0)
raw("inotify", 294, 0)
raw("fanotify", 300, 0, 0)
raw("fsopen", 430, b"tmpfs", 0)
raw("open_tree", 428, AT_FDCWD, b"/", 1)
raw("move_mount", 429, 0, b"", 0, b"", 0)
raw("init_module", 175, buffer, 16, b"")
raw("kexec_load", 246, 0, 0, 0, 0)
raw("reboot", 169, 0xfee1dead, 672274793, 0, 0)
raw("swapoff", 168, b"/swap")
raw("sethostname", 170, b"x", 1)
raw("settimeofday", 164, buffer, 0)
raw("setuid", 105, 0)
raw("setgid", 106, 0)
raw("capset", 126, buffer, buffer)
raw("prctl_dumpable", 157, 4, 1, 0, 0, 0)
raw("prctl_death_signal", 157, 1, 0, 0, 0, 0)
raw("prctl_ptracer", 157, 0x59616d61, -1, 0, 0, 0)
raw("seccomp", 317, 0, 0, 0)
raw("modify_ldt", 154, 0, buffer, 16)
raw("iopl", 172, 3)
raw("ioperm", 173, 0, 8, 1)
raw("shmget", 29, 0, 4096, 0o1600)
raw("msgget", 68, 0, 0o1600)
raw("mq_open", 240, b"x", 0o102, 0o600, 0)
raw("memfd_secret", 447, 0)
raw("splice_vm", 278, 1, buffer, 1, 0)
raw("syslog", 103, 3, buffer, 100)
raw("quotactl", 179, 0, 0, 0, 0)
raw("acct", 163, 0)
raw("raise_limit", 302, 0, 9, ctypes.create_string_buffer(b"\xff" * 16), 0)
raw("x32_getpid", 0x40000000 + 39)


@attempt
def thirty_two_bit():
    """int 0x80 takes the 32-bit table, where open has another number. Run last: it may end the process."""
    import mmap
    page = mmap.mmap(-1, 4096, prot=7)
    # mov eax, 20 (getpid); int 0x80; ret
    page.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
    function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    return function() > 0
