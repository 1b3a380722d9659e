import os
import socket
from attempt import *


@attempt
def connect():
    return socket.create_connection(("127.0.0.1", PORT), 1)


@attempt
def listen():
    return socket.socket(socket.AF_INET, socket.SOCK_STREAM)


@attempt
def raw_socket():
    return syscall(41, 2, 1, 0) >= 0


@attempt
def raw_udp():
    return syscall(41, 2, 2, 0) >= 0


@attempt
def raw_unix():
    return syscall(41, 1, 1, 0) >= 0


@attempt
def raw_netlink():
    return syscall(41, 16, 3, 0) >= 0


@attempt
def packet_socket():
    return syscall(41, 17, 3, 0x300) >= 0


@attempt
def socket_pair():
    return syscall(53, 1, 1, 0, ctypes.create_string_buffer(8)) == 0


@attempt
def fetch():
    import urllib.request
    return urllib.request.urlopen(f"http://127.0.0.1:{PORT}/", timeout=1).read()


@attempt
def look_up():
    return socket.gethostbyname("localhost")


@attempt
def send_on_inherited():
    for fd in range(0, 32):
        try:
            if syscall(44, fd, b"x", 1, 0, 0, 0) > 0:
                return fd
        except OSError:
            pass
