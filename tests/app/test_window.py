#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The window: opened, stepped, dragged and handed bad files, as a person would."""

import os
import re
import shutil
import sys
import tempfile
import unittest

PROGRAM, EXAMPLES, TOOL = sys.argv[1:4]
del sys.argv[1:4]
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from window_driver import Atspi, GLib, Window  # noqa: E402


def example(name):
    return os.path.join(EXAMPLES, name + ".py")


class Case(unittest.TestCase):
    def open(self, *arguments, **options):
        window = Window(PROGRAM, *arguments, **options)
        self.addCleanup(window.close)
        return window

    def open_and_wait(self, name):
        window = self.open(example(name))
        window.wait_for(lambda: re.match(r"Step 0 of \d{2,}", window.status()), "for the recording")
        return window


class Stepping(Case):
    def test_both_ways(self):
        window = self.open_and_wait("quadratic")
        seen = []
        for step in range(1, 15):
            window.press("Next event") if step < 6 else window.key("Right")
            window.wait_step(step)
            seen.append(window.shown())
        self.assertIn("= 120", "".join(seen))
        window.key("Right", 11)
        window.wait_for(lambda: "∂L/∂w\n" in window.shown(), "for the chain rule")
        window.key("Left", 11)
        for step in range(13, 0, -1):
            window.press("Previous event") if step > 8 else window.key("Left")
            window.wait_step(step)
            self.assertEqual(window.shown(), seen[step - 1])

    def test_why_this_number(self):
        window = self.open(example("twice"), "--step", "18")
        window.wait_for(lambda: "a → b → c: 3 · 1 = 3\na → c: 6\ntogether 9" in window.shown(), "for the ways to the loss")

    def test_hints(self):
        window = self.open_and_wait("forgetting")
        window.press_shown("1 hint", 1)
        window.wait_for(lambda: "Nobody cleared the gradient" in window.names("label"), "for the hint")
        window.press("Line 26, step 370")
        window.wait_step(370)

    def test_keys(self):
        window = self.open_and_wait("quadratic")
        window.key("Right", 3)
        window.wait_step(3)
        window.key("Left")
        window.wait_step(2)
        window.key("Page_Down")
        window.wait_step(3)
        window.key("End")
        window.wait_for(lambda: re.match(r"Step (\d+) of \1 ", window.status()), "for the end")
        self.assertIn("w = 1.3262, loss = 21.8313", window.text("Output"))
        window.key("Home")
        window.wait_step(0)
        self.assertEqual(window.text("Output"), "")
        window.key("Down")
        window.wait_for(lambda: (window.step() or 0) > 3, "for the phase")

    def test_timeline(self):
        window = self.open_and_wait("quadratic")
        timeline = window.wait_for(lambda: window.find("slider", "Timeline"))
        n = int(re.match(r"Step 0 of (\d+)", window.status())[1])
        for ways in ((0.05, 0.3, 0.6), (0.6, 0.2), (0.2, 0.3, 0.8)):
            window.drag(timeline, *ways)
            window.wait_for(lambda: abs((window.step() or 0) / n - ways[-1]) < 0.02, f"for the timeline to reach {ways[-1]}")
        output = window.text("Output")
        passes = int(re.search(r"pass (\d+)", window.status())[1])
        self.assertAlmostEqual(output.count("\n"), passes - 1, delta=1.5)

    def test_phases_of_a_layer(self):
        window = self.open_and_wait("linear")
        window.press("Next phase")
        window.wait_for(lambda: (window.step() or 0) > 3, "for the end of forward")
        self.assertIn("forward", window.status())
        window.key("Down")
        window.wait_for(lambda: "backward" in window.status() or "update" in window.status(), "for backward")
        window.press("To the end")
        window.wait_for(lambda: "tensor([[" in window.text("Output"), "for the gradients")


class BadInput(Case):
    def script(self, text, name="script.py"):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, name)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        return path

    def says(self, path, *texts):
        window = self.open(path)
        for text in texts:
            window.wait_for(lambda: text in window.shown(), f"for {text!r}")
        return window

    def test_not_there(self):
        self.says("/nowhere/at-all.py", "could not be opened", "No such file")

    def test_not_utf8(self):
        self.says(self.script(b"x = 1\n# caf\xe9\n"), "could not be opened", "UTF-8")

    def test_syntax(self):
        self.says(self.script("import torch\nprint(torch\n"), "SyntaxError", "line 2")

    def test_exception(self):
        window = self.says(self.script("import torch\nw = torch.tensor(2.0, requires_grad=True)\ny = w * 3\ny.backward()\n"
                                       "print(w.grad)\n\nprint(1 / 0)\n"), "ZeroDivisionError: division by zero", "line 7")
        window.press("To the end")
        window.wait_for(lambda: "tensor(3.)" in window.text("Output"), "for what was printed before")

    def test_system(self):
        self.says(self.script("import os\nos.system('touch /tmp/escaped')\n"), "PermissionError", "sandbox", "line 2")

    def test_writing_is_asked_for(self):
        path = self.script("open('out.txt', 'w').write('saved')\nprint('done')\n")
        window = self.says(path, "PermissionError")
        window.press("Allow, and run again")
        window.wait_for(lambda: os.path.exists(os.path.join(os.path.dirname(path), "out.txt")), "for the file")
        window.wait_for(lambda: "PermissionError" not in window.shown(), "for the error to go")

    def test_picture(self):
        try:
            import matplotlib  # noqa: F401
        except ImportError:
            self.skipTest("Matplotlib is not installed")
        window = self.open(self.script("import matplotlib.pyplot as plt\nprint('before')\nplt.plot([1, 4, 2])\nplt.show()\nprint('after')\n"))
        window.wait_for(lambda: re.match(r"Step 0 of [1-9]", window.status()), "for the run")
        window.wait_for(lambda: not window.find("push button", "Stop the script"), "for its end")
        window.press("To the end")
        window.wait_for(lambda: "after" in window.text("Output"), "for what was printed")
        window.wait_for(lambda: window.find("push button", "A picture the script showed"), "for the picture")

    def test_huge(self):
        self.says(self.script("import torch\nx = torch.ones(10**12)\n"), "can't allocate memory")

    def test_death(self):
        window = self.says(self.script("import os, signal\nprint('before')\nos.kill(os.getpid(), signal.SIGKILL)\n"), "script.py")
        window.wait_for(lambda: re.match(r"Step 0 of [1-9]", window.status()), "for what was recorded")

    def test_endless(self):
        window = self.open(self.script("while True: pass\n"))
        window.press("Stop the script")
        window.wait_for(lambda: "stopped" in window.shown() or not window.find("push button", "Stop the script"), "for the stop")

    def test_truncated(self):
        import subprocess
        path = self.script(b"", "cut.backstep")
        subprocess.run([TOOL, "record", example("quadratic"), "-o", path], check=True, stdout=subprocess.DEVNULL)
        with open(path, "r+b") as file:
            file.truncate(os.path.getsize(path) - 20)
        window = self.open(path)
        window.wait_for(lambda: re.match(r"Step 0 of \d+", window.status()) or "could not be opened" in window.shown(), "for it")


class Look(Case):
    def test_welcome(self):
        window = self.open()
        window.wait_for(lambda: window.find("label", "See gradients flow"), "for the welcome page")

    def test_dark(self):
        window = self.open(example("linear"), environment={"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"})
        window.wait_for(lambda: re.match(r"Step 0 of \d{2,}", window.status()), "for the recording")


LAYERS = """import torch
from torch import nn
net = nn.Sequential(*[nn.Linear(2, 2) for _ in range(12)])
loss = net(torch.ones(1, 2)).pow(2).mean()
loss.backward()
"""


class Picture(Case):
    def open_layers(self, **environment):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        path = os.path.join(folder, "layers.py")
        with open(path, "w") as file:
            file.write(LAYERS)
        window = self.open(path, environment=environment)
        window.wait_for(lambda: re.match(r"Step 0 of \d{2,}", window.status()), "for the recording")
        return window, path

    def selected(self, window):
        """What a screen reader hears of the selected card."""
        found = []
        for node in window.nodes():
            try:
                found.append(node.get_description() or "")
            except GLib.Error:
                continue
        return " ".join(text for text in found if " value " in text or "folded" in text)

    def is_folded(self, window):
        return re.search(r"\d+ tensors folded", self.selected(window)) is not None

    def select_second(self, window):
        for _ in range(2):
            before = self.selected(window)
            window.chord("Alt", "Right")
            window.wait_for(lambda: self.selected(window) not in ("", before), "for the next card")

    def test_folding_is_remembered(self):
        with tempfile.TemporaryDirectory() as state:
            window, path = self.open_layers(XDG_STATE_HOME=state)
            window.key("End")
            self.select_second(window)
            window.wait_for(lambda: self.is_folded(window), "for the loop that repeats itself")
            window.chord("Alt", "Shift", "f")
            window.wait_for(lambda: self.selected(window) and not self.is_folded(window), "for everything to unfold")
            window.close()
            window = self.open(path, environment={"XDG_STATE_HOME": state})
            window.wait_for(lambda: re.match(r"Step 0 of \d{2,}", window.status()), "for the recording")
            window.key("End")
            self.select_second(window)
            self.assertFalse(self.is_folded(window))
            window.chord("Alt", "Shift", "g")
            window.wait_for(lambda: self.is_folded(window), "for everything to fold")

    def test_copy(self):
        window = self.open_and_wait("quadratic")
        window.chord("Control", "Shift", "c")
        window.wait_for(lambda: "The picture is copied." in window.names("label"), "for the picture")

    def test_many_steps(self):
        window = self.open_and_wait("quadratic")
        window.chord("Control", "Alt", "e")
        window.wait_for(lambda: any(re.match(r"\d+ pictures", name) for name in window.names("label")), "for the number of pictures")
        window.key("Escape")
        window.wait_for(lambda: not any(re.match(r"\d+ pictures", name) for name in window.names("label")), "for it to close")


class Breakpoints(Case):
    def test_condition_and_its_memory(self):
        with tempfile.TemporaryDirectory() as state:
            window = self.open(example("quadratic"), environment={"XDG_STATE_HOME": state})
            window.wait_for(lambda: re.match(r"Step 0 of \d{2,}", window.status()), "for the recording")
            window.switch("Breakpoints")
            window.enter("New condition", "loss <")
            window.wait_for(lambda: "Something is missing at the end" in window.shown(), "for the reason")
            window.enter("New condition", "i == 57")
            window.wait_for(lambda: window.find("check box", "i == 57"), "for the row")
            window.press("Next event")
            window.wait_step(1)
            window.switch("Variables")
            window.enter("New expression", "w.grad * lr")
            window.wait_for(lambda: "w.grad * lr" in window.names("label"), "for the watch")
            window.press("To the beginning")
            window.wait_step(0)
            window.key("F8")
            window.wait_for(lambda: "pass 58 " in window.status() or "pass 59 " in window.status(), "for the breakpoint")
            window.wait_for(lambda: "57" in window.names("label"), "for i in the variables")
            window.close()
            window = self.open(example("quadratic"), environment={"XDG_STATE_HOME": state})
            window.wait_for(lambda: re.match(r"Step 0 of \d{2,}", window.status()), "for the recording")
            window.switch("Variables")
            window.wait_for(lambda: "w.grad * lr" in window.names("label"), "for the remembered watch")
            window.switch("Breakpoints")
            window.wait_for(lambda: window.find("check box", "i == 57"), "for the remembered condition")
            window.switch("i == 57")
            window.key("F8")
            window.wait_for(lambda: any("No breakpoint" in name for name in window.names("label")), "for the word that there is none")

    def test_changing_the_past(self):
        window = self.open(example("quadratic"), "--step", "1500")
        window.wait_for(lambda: re.match(r"Step 1500 of \d{2,}", window.status()), "for the recording")
        window.switch("Variables")
        window.wait_for(lambda: "lr" in window.names("label"), "for the names")
        window.press_shown("Change this value", 1)
        window.enter("lr from this step", "0.1 +")
        window.wait_for(lambda: "Something is missing" in window.shown(), "for the reason")
        window.enter("lr from this step", "0.1")
        window.switch("Runs")
        window.wait_for(lambda: "loss 20" in window.names("label") and "loss 21.83" in window.names("label"), "for both runs")
        window.wait_step(1500)
        window.press("To the end")
        window.wait_for(lambda: "−1.3262" in window.names("label"), "for the difference of w")
        window.switch("Show “Run 1”")
        window.wait_for(lambda: "1.3262" in window.names("label"), "for the other way round")
        window.press("Remove this run")
        window.wait_for(lambda: "loss 21.83" not in window.names("label"), "for one run less")

    def test_variables_follow_the_cursor(self):
        window = self.open_and_wait("quadratic")
        window.switch("Variables")
        window.press("To the end")
        window.wait_for(lambda: {"lr", "0.01", "99"} <= set(window.names("label")), "for the values at the end")
        window.press("To the beginning")
        window.wait_for(lambda: "lr" not in window.names("label"), "for the names to go")


unittest.main(verbosity=2)
