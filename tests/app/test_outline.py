#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The list of nodes: what the picture shows, for those who do not see it."""

import os
import re
import sys
import tempfile
import unittest

PROGRAM = sys.argv[1]
del sys.argv[1:2]
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from window_driver import Atspi, GLib, Window  # noqa: E402

SCRIPT = """import torch
a = torch.tensor(3.0, requires_grad=True)
b = a + a
b.retain_grad()
c = b * b
with torch.no_grad():
    m = b * 3
    n = m + c
c.backward()
"""


class Outline(unittest.TestCase):
    def open(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "twice.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(SCRIPT)
        window = Window(PROGRAM, path)
        self.addCleanup(window.close)
        window.wait_for(lambda: re.match(r"Step 0 of \d{2,}", window.status()), "for the recording")
        window.key("End")
        window.chord("Alt", "o")
        return window

    def rows(self, window):
        """The sentences of the rows, whatever the toolkit calls them."""
        found = []
        for node in window.nodes():
            try:
                if " value " in node.get_name() and node.get_role_name() not in ("label", "image", "panel"):
                    found.append(node.get_name())
            except GLib.Error:
                continue
        return found

    def test_says_what_the_picture_shows(self):
        window = self.open()
        window.wait_for(lambda: "1, not kept" in window.names("label"), "for the gradient that nobody kept")
        labels = window.names("label")
        for text in ("multiply", "add", "parameter", "36", "24"):
            self.assertIn(text, labels)
        self.assertIn("multiply, c, value 36, gradient 1, not retained, from b and b", self.rows(window))
        self.assertIn("add, b, value 6, gradient 12, from a and a", self.rows(window))
        self.assertIn("add, n, value 54, needs no gradient, from m and c", self.rows(window))

    def test_filter(self):
        window = self.open()
        window.wait_for(lambda: "1, not kept" in window.names("label"), "for the list")
        entry = window.wait_for(lambda: window.find("text", "Filter the nodes") or window.find("entry", "Filter the nodes"), "for the filter")
        Atspi.EditableText.set_text_contents(entry, "multiply")
        window.wait_for(lambda: not any(row.startswith("add, ") for row in self.rows(window)), "for the filter to work")
        self.assertTrue(any(row.startswith("multiply, c") for row in self.rows(window)))

    def hears(self, window, beginning):
        """Whether that is what the picture says of its selected card."""
        for node in window.nodes():
            try:
                if (node.get_description() or "").startswith(beginning):
                    return True
            except GLib.Error:
                continue
        return False

    def chosen(self, window):
        """The sentences of the rows that are selected."""
        found = []
        for node in window.nodes():
            try:
                if " value " in node.get_name() and node.get_state_set().contains(Atspi.StateType.SELECTED):
                    found.append(node.get_name())
            except GLib.Error:
                continue
        return found

    def test_equal_ways_are_one_line(self):
        window = self.open()
        window.chord("Alt", "Right")
        window.wait_for(lambda: self.hears(window, "parameter, a, "), "for the first card")
        window.wait_for(lambda: "a → b → c: 6 · 1 = 6  (4 ways, each the same)\ntogether 24" in window.names("label"), "for the ways to the loss")

    def test_selection_both_ways(self):
        window = self.open()
        row = window.wait_for(lambda: next((node for node in window.nodes() if node.get_name().startswith("multiply, c,")
                                            and node.get_role_name() not in ("label", "image", "panel")), None), "for the row")
        window.drag(row, 0.3)
        window.wait_for(lambda: self.hears(window, "multiply, c, value 36"), "for its card to be selected")
        window.chord("Alt", "Left")
        window.wait_for(lambda: self.hears(window, "add, b, value 6"), "for the card of its input")
        window.wait_for(lambda: any(name.startswith("add, b,") for name in self.chosen(window)), "for its row")


if __name__ == "__main__":
    unittest.main(verbosity=2)
