#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A graph that is written as DOT, in the window."""

import os
import re
import shutil
import sys
import tempfile
import unittest

PROGRAM, EXAMPLES = sys.argv[1:3]
del sys.argv[1:3]
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from window_driver import Window  # noqa: E402


class Graphs(unittest.TestCase):
    def open(self, path):
        window = Window(PROGRAM, path)
        self.addCleanup(window.close)
        return window

    def test_stepping(self):
        window = self.open(os.path.join(EXAMPLES, "quadratic.dot"))
        window.wait_for(lambda: re.match(r"Step 0 of \d{2,}", window.status()), "for the recording")
        window.key("Right", 9)
        window.wait_step(9)
        window.wait_for(lambda: "100" in window.shown() and "square" in window.shown(), "for the square")
        window.key("Right", 14)
        window.wait_for(lambda: "∂loss/∂w" in window.shown(), "for the chain rule")
        window.key("End")
        window.wait_for(lambda: "pass 20 of 20" in window.status(), "for the end")

    def test_error(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        path = os.path.join(folder, "wrong.dot")
        with open(path, "w", encoding="utf-8") as file:
            file.write("digraph {\n  w [value=2.0];\n  a [op=pwo];\n  w -> a;\n}\n")
        window = self.open(path)
        window.wait_for(lambda: any("Is “pow” meant?" in name for name in window.names("label")), "for the error")
        window.wait_for(lambda: any("wrong.dot, line 3" in name for role in ("label", "push button") for name in window.names(role)), "for its place")


unittest.main()
