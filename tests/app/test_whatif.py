#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What if: other numbers tried out, kept or forgotten; and what can be mended by machine."""

import os
import re
import sys
import tempfile
import time
import unittest

PROGRAM, EXAMPLES = sys.argv[1:3]
del sys.argv[1:3]
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from window_driver import Atspi, GLib, KEYCODES, Window  # noqa: E402

KEYCODES.update({"0": 19, "z": 52, "End": 115, "F6": 72})


class WhatIf(unittest.TestCase):
    def open(self, text=None, name="quadratic"):
        path = os.path.join(EXAMPLES, name + ".py")
        if text is not None:
            folder = tempfile.TemporaryDirectory()
            self.addCleanup(folder.cleanup)
            path = os.path.join(folder.name, "script.py")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        # What one test leaves unsaved is none of the next one's business.
        state = tempfile.TemporaryDirectory()
        self.addCleanup(state.cleanup)
        window = Window(PROGRAM, path, environment={"XDG_STATE_HOME": state.name})
        self.addCleanup(window.close)
        self.path = path
        window.wait_for(lambda: re.match(r"Step 0 of \d{2,}", window.status()), "for the recording")
        return window

    def open_page(self, *arguments, **options):
        window = self.open(*arguments, **options)
        window.switch("What if")
        window.wait_for(lambda: window.find("push button", "Keep in the script"), "for the page")
        return window

    def source(self, window):
        """The text that is a script."""
        return next((text for text in self.texts(window) if "import torch" in text), "")

    def texts(self, window):
        texts = []
        for node in window.nodes():
            try:
                if node.get_role_name() == "text":
                    texts.append(Atspi.Text.get_text(node, 0, -1))
            except GLib.Error:
                continue
        return texts

    def wait_status(self, window, *parts):
        window.wait_for(lambda: all(part in window.status() for part in parts), f"for {parts}, at {window.status()}")

    def test_a_number_typed(self):
        window = self.open_page()
        window.press("To the end")
        self.wait_status(window, "pass 101 of 101")
        window.enter("i: range, line 20", "50")
        self.wait_status(window, "pass 51 of 51")
        # once more: the one trial is replaced, and what is no number changes nothing
        window.enter("i: range, line 20", "40")
        self.wait_status(window, "pass 41 of 41")
        window.enter("i: range, line 20", "4.5")
        time.sleep(0.5)
        self.wait_status(window, "pass 41 of 41")
        self.assertIn("range(100)", self.source(window))
        window.switch("Runs")
        window.wait_for(lambda: "What if: i: range = 40" in window.names("label"), "for the run")
        self.assertEqual(len([name for name in window.names("check box") + window.names("radio button") if name.startswith("Show “")]), 2)

    def test_the_cursor_keeps_its_place(self):
        window = self.open_page()
        window.press("Next pass")
        window.press("Next pass")
        window.press("Next phase")
        window.press("Next event")
        place = window.wait_for(lambda: re.sub(r" of \d+", "", window.status(), count=1), "")
        before = window.shown()
        window.enter("lr, line 14", "0.2")
        window.wait_for(lambda: window.shown() != before, "for other numbers")
        # A slow run is shown before it is over: its passes are still being counted.
        window.wait_for(lambda: re.sub(r" of \d+", "", window.status(), count=1) == place, "for the same place")
        window.press("Reset all")
        window.wait_for(lambda: window.shown() == before, "for the former numbers")

    def test_slider_by_keyboard(self):
        window = self.open_page()
        window.chord("Alt", "i")
        slider = window.wait_for(lambda: window.find("slider", "w, line 13"), "for the slider")
        window.wait_for(lambda: slider.get_state_set().contains(Atspi.StateType.FOCUSED), "for the focus")
        window.key("Right", 2)
        window.wait_for(lambda: "What if: w = 11.0" in window.names("label"), "for the run with two steps of the slider")
        window.press("w as in the script")
        window.wait_for(lambda: not any(name.startswith("What if: ") for name in window.names("label")), "for the reset")

    def test_typing_on_ends_the_trial_and_stays_in_the_text(self):
        window = self.open_page(name="number")
        window.enter("x, line 13", "7.0")
        window.wait_for(lambda: any(name.startswith("What if: ") for name in window.names("label")), "for the run")
        text = next(node for node in window.nodes() if node.get_role_name() == "text" and "import torch" in Atspi.Text.get_text(node, 0, -1))
        for _ in range(6):
            if text.get_state_set().contains(Atspi.StateType.FOCUSED):
                break
            window.chord("Control", "F6")
            time.sleep(0.3)
        window.chord("Control", "End")
        for key in "zqz":
            window.key(key)
        window.wait_for(lambda: self.source(window).rstrip().endswith("zqz"), "for all that was typed")
        self.assertFalse([name for name in window.shown() if "read only" in name])

    def test_several_are_kept_and_undone(self):
        window = self.open_page()
        window.enter("lr, line 14", "0.3")
        window.enter("i: range, line 20", "30")
        self.wait_status(window, "of 31")
        window.press("Keep in the script")
        window.wait_for(lambda: "range(30)" in self.source(window) and "lr = 0.3\n" in self.source(window), "for the text")
        self.wait_status(window, "of 31")
        with open(self.path, encoding="utf-8") as file:
            self.assertIn("range(100)", file.read())
        window.wait_for(lambda: not window.find("push button", "Keep in the script").get_state_set().contains(Atspi.StateType.SENSITIVE), "for the rest")

    def test_without_a_statement(self):
        window = self.open_page()
        self.assertFalse(any("hint" in name for name in window.names("push button") + window.names("toggle button")))
        window.switch("w.grad.zero_(), line 23")
        window.wait_for(lambda: any("1 hint" in name for name in window.names("push button") + window.names("toggle button")), "for what it leads to")
        self.assertIn("        w.grad.zero_()", self.source(window))

    def test_an_error_is_a_state(self):
        script = "import torch\nxs = [1., 2., 3.]\nn = 1\nw = torch.tensor(xs[0], requires_grad=True)\nfor i in range(3):\n    (w * xs[n]).backward()\n"
        window = self.open_page(script)
        total = window.status()
        window.enter("n, line 3", "7")
        window.wait_for(lambda: "IndexError: list index out of range" in "\n".join(window.names("alert") + window.names("label")), "for the error")
        window.enter("n, line 3", "2")
        self.wait_status(window, "Step 0 of " + total.split()[3])
        window.wait_for(lambda: "IndexError" not in "\n".join(n.get_name() for n in window.nodes() if n.get_role_name() in ("alert", "label")
                                                               and n.get_state_set().contains(Atspi.StateType.SHOWING)), "for the next run")

    def test_the_newest_wins(self):
        script = "import torch\nw = torch.tensor(1., requires_grad=True)\nfor i in range(300):\n    (w * w).backward()\n    w.grad = None\n"
        window = self.open_page(script)
        for n in (20000, 15000, 12):
            window.enter("i: range, line 3", str(n))
        self.wait_status(window, "of 12")

    def test_nothing_to_try(self):
        window = self.open("import torch\nx = torch.ones(2, 2)\nprint(x.sum(dim=1))\nprint(x.sum(dim=0))\nprint(x)\n")
        window.switch("What if")
        window.wait_for(lambda: any("This script has none" in name for name in window.names("label")), "for the words")

    def test_mending_an_error(self):
        window = self.open(name="error_leaf")
        window.press("Mend it: Update inside torch.no_grad()")
        window.wait_for(lambda: "with torch.no_grad():\n    w -= lr * w.grad\n" in self.source(window), "for the text")
        window.press("To the end")
        window.wait_for(lambda: "this line is never reached" in "\n".join(text for text in self.texts(window) if "import torch" not in text), "for the output")

    def test_after_mending_the_keys_step_and_undo(self):
        window = self.open(name="error_leaf")
        window.press("Mend it: Update inside torch.no_grad()")
        window.wait_for(lambda: "with torch.no_grad():\n    w -= lr * w.grad\n" in self.source(window), "for the text")
        self.wait_status(window, "of 30")
        window.key("End")
        self.wait_status(window, "Step 30 of 30")
        window.chord("Control", "z")
        window.wait_for(lambda: "with torch.no_grad():\n    w" not in self.source(window), "for undo, with the keyboard at the graph")
        window.wait_for(lambda: window.find("push button", "Run again").get_description() != "", "for the button to tell that another text has run")

    def test_mending_a_hint(self):
        window = self.open(name="forgetting")
        window.press_shown("1 hint", 1)
        window.press("Mend it: Clear the gradient before backward()")
        window.wait_for(lambda: "    w.grad = None\n    loss.backward()\n" in self.source(window), "for the text")
        window.wait_for(lambda: not any("1 hint" in name for name in [n.get_name() for n in window.nodes() if n.get_role_name() in ("push button", "toggle button")
                                        and n.get_state_set().contains(Atspi.StateType.SHOWING)]), "for the hint to go")


if __name__ == "__main__":
    unittest.main()
