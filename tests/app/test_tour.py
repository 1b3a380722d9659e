#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The tour of the window: it goes round, it can be skipped, and it holds nobody up."""

import os
import re
import sys
import unittest

PROGRAM, EXAMPLES = sys.argv[1:3]
del sys.argv[1:3]
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from window_driver import Window  # noqa: E402


class Tour(unittest.TestCase):
    def setUp(self):
        self.window = Window(PROGRAM, os.path.join(EXAMPLES, "quadratic.py"))
        self.addCleanup(self.window.close)
        self.window.wait_for(lambda: re.match(r"Step 0 of \d{2,}", self.window.status()), "for the recording")

    def places(self):
        return [name for name in self.window.names("label") if re.fullmatch(r"\d of 6", name)]

    def test_round(self):
        window = self.window
        self.assertEqual(self.places(), [])  # one of many instances is not somebody's first use
        window.chord("Shift", "F1")
        for place in range(1, 7):
            window.wait_for(lambda: self.places() == [f"{place} of 6"], f"for place {place}")
            if place == 2:  # the keys do what they always do
                window.key("Right")
                window.wait_step(1)
            window.press("Continue" if place < 6 else "Begin")
        window.wait_for(lambda: not self.places(), "for the end")

    def test_skipped(self):
        window = self.window
        window.chord("Shift", "F1")
        window.press("Skip the tour")
        window.wait_for(lambda: not self.places(), "for the end")
        window.chord("Shift", "F1")
        window.wait_for(lambda: self.places() == ["1 of 6"], "for the beginning")
        window.key("Escape")
        window.wait_for(lambda: not self.places(), "for the end")


if __name__ == "__main__":
    unittest.main(verbosity=2)
