#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The mathematics of the inspector and the caption: read out, copied, the element chosen from the keyboard and by a click."""

import os
import re
import sys
import tempfile
import time
import unittest

PROGRAM = sys.argv[1]
del sys.argv[1]
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from window_driver import Atspi, Window  # noqa: E402

SCRIPT = """import torch
x = torch.tensor([[1., 2.], [3., 4.], [5., 6.]])
w = torch.tensor([[0.5], [-1.]], requires_grad=True)
z = x @ w
loss = z.sum()
loss.backward()
loss = (x @ w).sum() * 2
loss.backward()
"""


class Case(unittest.TestCase):
    def open(self, script, step):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "script.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(script)
        window = Window(PROGRAM, path, "--step", str(step))
        self.addCleanup(window.close)
        window.wait_for(lambda: window.step() == step, "for the step")
        return window

    def math(self, window):
        return "\n".join(window.names("math"))

    def focus(self, window, role, name):
        node = window.wait_for(lambda: window.find(role, name), f"for {name}")
        box = Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)
        Atspi.generate_mouse_event(box.x + 12, box.y + box.height // 2, "b1c")
        time.sleep(0.4)
        return node


class Mathematics(Case):
    def test_read_out(self):
        window = self.open(SCRIPT, 12)
        seen = ""
        while "Added" not in seen and (window.step() or 0) < 60:
            window.key("Right")
            time.sleep(0.25)
            seen = self.math(window)
            if "∂loss/∂w = " in seen or "∂loss/∂w\n" in seen:
                self.assertIn("xᵀ @ ∂loss/∂z" if "∂z" in seen else "xᵀ", seen)
        self.assertIn("Added to w.grad, which nobody has cleared:", seen)
        self.assertIn("w.grad[0, 0] = 9 + 18 = 27", seen)

    def test_element_by_keyboard(self):
        window = self.open(SCRIPT, 5)
        window.wait_for(lambda: "z[0, 0] = Σₖ x[0, k] · w[k, 0]" in self.math(window) or window.key("Right"), "for z")
        self.assertIn("= 1 · 0.5 + 2 · (−1) = −1.5", self.math(window))
        self.focus(window, "spin button", "Element")
        Atspi.generate_keyboard_event(0xff52, None, Atspi.KeySynthType.SYM)  # Up
        window.wait_for(lambda: "z[1, 0] = Σₖ x[1, k] · w[k, 0]\n  = 3 · 0.5 + 4 · (−1) = −2.5" in self.math(window), "for the next element")

    def test_element_by_click(self):
        window = self.open(SCRIPT, 5)
        window.wait_for(lambda: "z[0, 0] = " in self.math(window) or window.key("Right"), "for z")
        table = window.wait_for(lambda: window.find("label", "−1.5\n−2.5"), "for the table")
        box = Atspi.Component.get_extents(table, Atspi.CoordType.WINDOW)
        Atspi.generate_mouse_event(box.x + 12, box.y + box.height * 5 // 6, "b1c")
        window.wait_for(lambda: "z[2, 0] = " in self.math(window), "for the clicked element")

    def test_caption(self):
        window = self.open(SCRIPT, 5)
        window.wait_for(lambda: "z[0, 0] = " in self.math(window) or window.key("Right"), "for z")
        window.key("F5")
        window.wait_for(lambda: any(re.match(r"mm: Multiplies two matrices.*\nz = x @ w\n", name) for name in window.names("math")), "for the caption")


if __name__ == "__main__":
    unittest.main()
