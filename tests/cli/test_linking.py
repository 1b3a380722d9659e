#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What starts without a window brings no toolkit along: the dispatcher links the C library alone, the tool no GTK."""

import os
import re
import subprocess
import sys
import unittest

DISPATCHER, TOOL = (os.path.abspath(path) for path in sys.argv[1:3])
del sys.argv[1:3]


def linked(path):
    text = subprocess.run(["ldd", path], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^\s*(?:/\S*/)?(\S+?)\.so", text, re.MULTILINE))


class Linking(unittest.TestCase):
    def test_dispatcher(self):
        found = {name for name in linked(DISPATCHER) if not name.startswith(("ld-linux", "linux-vdso"))}
        self.assertEqual(found, {"libc"})

    def test_tool(self):
        self.assertEqual({name for name in linked(TOOL) if re.match(r"libgtk|libadwaita|libgtksourceview", name)}, set())

    def test_status_of_what_cannot_be_understood(self):
        for words in (["nothing-like-this"], ["--nothing"], ["trace"], ["trace", "--nothing", "x.py"]):
            done = subprocess.run([DISPATCHER, *words], capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"})
            self.assertEqual(done.returncode, 2, words)
            self.assertIn("backstep", done.stderr)


unittest.main(verbosity=2)
