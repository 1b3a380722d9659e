#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A busy machine may start the script before the session has said how far it may go: that is no pause at a limit."""

import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

RUNNER = sys.argv.pop(1)
EVENTS, PAUSED, RESUMED, INPUT, WARNING, CREDIT, STOP = range(1, 8)
SOCKET = 3  # BS_RUNNER_SOCKET


def start(script):
    ours, theirs = socket.socketpair()
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}

    def prepare():
        os.dup2(theirs.fileno(), SOCKET)

    child = subprocess.Popen([RUNNER, "--record", "--", script], preexec_fn=prepare, close_fds=False, env=environment)
    theirs.close()
    return child, ours


def kinds(ours):
    """The kinds of all messages until the child closes."""
    data, found = b"", []
    while part := ours.recv(1 << 16):
        data += part
    while data:
        kind, length = struct.unpack_from("=II", data)
        found.append(kind)
        data = data[8 + length:]
    return found


class LateCredit(unittest.TestCase):
    def run_late(self, *messages):
        with tempfile.TemporaryDirectory() as folder:
            script = os.path.join(folder, "script.py")
            with open(script, "w", encoding="utf-8") as file:
                file.write("import torch\nx = torch.tensor(2., requires_grad=True)\n(x * x).backward()\nprint(x.grad)\n")
            child, ours = start(script)
            with ours:
                time.sleep(0.5)
                for message in messages:
                    ours.sendall(message)
                found = kinds(ours)
            child.wait(30)
            return found

    def test_credit(self):
        found = self.run_late(struct.pack("=III", CREDIT, 4, 100000))
        self.assertIn(EVENTS, found)
        self.assertNotIn(PAUSED, found)

    def test_a_small_credit_pauses_when_it_is_used_up(self):
        found = self.run_late(struct.pack("=III", CREDIT, 4, 2), struct.pack("=II", STOP, 0))
        self.assertIn(EVENTS, found)

    def test_stop_before_the_credit(self):
        found = self.run_late(struct.pack("=II", STOP, 0))
        self.assertNotIn(PAUSED, found)


if __name__ == "__main__":
    unittest.main()
