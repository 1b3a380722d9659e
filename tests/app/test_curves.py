#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The curves and the landscape in the window: legend, view, what is added, keys."""

import os
import re
import sys
import tempfile
import time
import unittest

PROGRAM, EXAMPLES, TOOL = sys.argv[1:4]
del sys.argv[1:4]
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from window_driver import Atspi, Window  # noqa: E402

PARAMETERS, LOSS, LANDSCAPE = "Plot of the parameters", "Plot of the loss", "Landscape of the loss"


class Case(unittest.TestCase):
    def open(self, name, *arguments):
        path = os.path.join(EXAMPLES, name + ".py") if "/" not in name else name
        window = Window(PROGRAM, path, *arguments)
        self.addCleanup(window.close)
        window.wait_for(lambda: re.match(r"Step \d+ of \d{2,}", window.status()), "for the recording")
        return window

    def script(self, text):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "script.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def says(self, window, name):
        node = window.find("image", name)
        return node.get_description() if node else ""

    def wait_says(self, window, name, pattern):
        window.wait_for(lambda: re.search(pattern, self.says(window, name)), f"for {pattern} in {name}: {self.says(window, name)}")

    def place(self, window, name, across=0.5, up=0.5):
        box = Atspi.Component.get_extents(window.find("image", name), Atspi.CoordType.WINDOW)
        return round(box.x + box.width * across), round(box.y + box.height * (1 - up))

    def focus(self, window, name):
        """Alt+U goes from plot to plot."""
        node = window.find("image", name)
        for _ in range(3):
            window.chord("Alt", "u")
            time.sleep(0.5)
            if node.get_state_set().contains(Atspi.StateType.FOCUSED):
                return
        self.fail(f"{name} cannot be reached")

    def enter_name(self, window, menu, name):
        self.menu(window, menu)
        entry = window.wait_for(lambda: next((node for node in window.nodes() if node.get_name() == "Name to plot"
                                              and node.get_state_set().contains(Atspi.StateType.FOCUSED)), None), "for the entry")
        Atspi.EditableText.set_text_contents(entry, name)
        time.sleep(0.2)
        Atspi.generate_keyboard_event(0xff0d, None, Atspi.KeySynthType.SYM)

    def menu(self, window, name):
        buttons = [node for node in window.nodes() if node.get_role_name() in ("push button", "toggle button") and node.get_name() == name]
        Atspi.Action.do_action(buttons[-1], 0)


class Curves(Case):
    def test_the_cursor_and_the_legend(self):
        window = self.open("quadratic")
        window.press("To the end")
        self.wait_says(window, PARAMETERS, r"w 1\.3262, pass 101 of 101")
        self.wait_says(window, LOSS, r"loss 21\.831")
        window.press("w")  # its switch
        self.wait_says(window, PARAMETERS, r"^pass 101")
        window.press("w")
        self.wait_says(window, PARAMETERS, r"w 1\.3262")

    def test_a_click_goes_there(self):
        window = self.open("quadratic")
        x, y = self.place(window, LOSS, 0.55)
        Atspi.generate_mouse_event(x, y, "b1c")
        window.wait_for(lambda: re.search(r"pass (4|5)\d of 101", window.status()), "for a pass in the middle")

    def test_a_name_is_added_and_goes_again(self):
        window = self.open("quadratic")
        window.press("To the end")
        self.enter_name(window, "What the plot of the parameters shows", "lr")
        self.wait_says(window, PARAMETERS, r"w 1\.3262, lr 0\.01")
        window.wait_for(lambda: window.find("push button", "Take the curve of lr away"), "for its button")
        window.key("Escape")
        window.press("Take the curve of lr away")
        window.wait_for(lambda: "lr" not in self.says(window, PARAMETERS), "for it to go")

    def test_a_wrong_name_is_said(self):
        window = self.open("quadratic")
        self.enter_name(window, "What the plot of the loss shows", "nobody")
        window.wait_for(lambda: any("is no number and no tensor" in name for name in window.names("label")), "for the reason")

    def test_keys_zoom_and_switch(self):
        window = self.open("quadratic")
        window.press("To the end")
        self.focus(window, PARAMETERS)
        self.assertIsNone(shown(window, "Show the whole run"))
        window.key("=", 3)
        window.wait_for(lambda: shown(window, "Show the whole run"), "for the button that shows everything again")
        window.key("w")
        window.wait_for(lambda: not shown(window, "Show the whole run"), "for the whole run")
        window.key("1")
        self.wait_says(window, PARAMETERS, r"^pass 101")
        window.key("Left")  # steps as everywhere
        window.wait_for(lambda: re.match(r"Step 3825 ", window.status()), "for a step back")


class Landscape(Case):
    def test_over_one_parameter(self):
        window = self.open("quadratic", "--step", "100")
        self.wait_says(window, LANDSCAPE, r"at w = 9\.\d+ is 1\d\d\.\d+, slope 19\.\d+")

    def test_keys_look_elsewhere(self):
        path = self.script("import torch\nw = torch.tensor(3., requires_grad=True)\nloss = w ** 2\nloss.backward()\nw.data -= 0.5 * w.grad\n")
        window = self.open(path)
        window.press("To the end")
        self.wait_says(window, LANDSCAPE, r"at w = 3 is 9, slope 6$")
        self.focus(window, LANDSCAPE)
        window.key("Right", 5)

        def agrees():
            found = re.search(r"at w = ([\d.]+) is ([\d.]+), slope ([\d.]+)", self.says(window, LANDSCAPE))
            w, loss, slope = (float(number) for number in found.groups())
            return w > 3.05 and abs(w * w - loss) < 0.01 and abs(2 * w - slope) < 0.01

        window.wait_for(agrees, "for the loss there")
        window.key("Escape")
        self.wait_says(window, LANDSCAPE, r"at w = 3 is 9, slope 6$")

    def test_a_drag_looks_elsewhere(self):
        path = self.script("import torch\np = torch.tensor([3., 1.], requires_grad=True)\nloss = p[0] ** 2 + 10 * p[1] ** 2\nloss.backward()\n")
        window = self.open(path)
        window.press("To the end")
        self.wait_says(window, LANDSCAPE, r"p\[0\] = 3, p\[1\] = 1 is 19, slopes 6 and 20$")
        window.drag(window.find("image", LANDSCAPE), 0.5, 0.6, 0.7)

        def agrees():
            numbers = re.search(r"p\[0\] = (.+), p\[1\] = (.+) is (.+), slopes (.+) and (.+)$", self.says(window, LANDSCAPE))
            x, y, loss, a, b = (float(number.replace("−", "-")) for number in numbers.groups())
            return (x, y) != (3, 1) and abs(x * x + 10 * y * y - loss) < 0.02 and abs(2 * x - a) < 0.01 and abs(20 * y - b) < 0.02

        window.wait_for(agrees, "for the loss there")

    def test_what_cannot_be_computed_is_said(self):
        window = self.open("custom")
        window.press("To the end")
        window.wait_for(lambda: any("is no single number" in name or "function of the script" in name for name in window.names("label")), "for the reason")


def shown(window, name):
    node = window.find("push button", name)
    return node if node and Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW).width > 0 else None


unittest.main(verbosity=2)
