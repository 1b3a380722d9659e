#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The names of the pages below the source: more than the pane is wide, and the one that is shown is always in sight."""

import os
import re
import sys
import tempfile
import unittest

PROGRAM = sys.argv[1]
del sys.argv[1:2]
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from window_driver import Atspi, Window  # noqa: E402

SCRIPT = """import torch
w = torch.tensor(3.0, requires_grad=True)
lr = 0.1
(w * w).backward()
"""


def box(node):
    return Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)


class Pages(unittest.TestCase):
    def open(self, **environment):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "square.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(SCRIPT)
        window = Window(PROGRAM, path, environment=environment)
        self.addCleanup(window.close)
        window.wait_for(lambda: re.search(r"\d{2,}", window.status()), "for the recording")
        return window

    def name(self, window, word):
        for node in window.nodes():
            if node.get_name() == word and node.get_role_name() in ("radio button", "page tab", "toggle button", "tab"):
                return node
        return None

    def graph(self, window):
        return next((node for node in window.nodes() if node.get_name() == "Computation graph"), None)

    def is_in_sight(self, window, word):
        """Between the left edge of the window and the picture."""
        name, graph = self.name(window, word), self.graph(window)
        if name is None or graph is None:
            return False
        place = box(name)
        return place.width > 0 and place.x >= 0 and place.x + place.width <= box(graph).x

    def test_the_shown_one_is_in_sight(self):
        window = self.open()
        window.wait_for(lambda: self.is_in_sight(window, "Output"), "for the first page")
        self.assertFalse(self.is_in_sight(window, "What if"))
        window.chord("Alt", "i")
        window.wait_for(lambda: self.is_in_sight(window, "What if"), "for the last page")
        self.assertFalse(self.is_in_sight(window, "Output"))
        window.switch("Output")
        window.wait_for(lambda: self.is_in_sight(window, "Output"), "for the first page again")

    def test_they_do_not_widen_the_pane(self):
        window = self.open()
        graph = window.wait_for(lambda: self.graph(window), "for the picture")
        window.wait_for(lambda: 0 < box(graph).x <= 360, "for a pane no wider than its source")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
