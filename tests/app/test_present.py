#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""For a lecture: the presentation with its keys, the size of its text, one pane alone."""

import os
import sys
import tempfile

from window_driver import Atspi, Window

SCRIPT = """import torch
x = torch.tensor(3.0)
w = torch.tensor(2.0, requires_grad=True)
y = w * x
loss = y ** 2
loss.backward()
"""


def caption(window):
    return [text for text in window.names("math") + window.names("status bar") if text]


def wait_caption(window, text):
    window.wait_for(lambda: any(text in line for line in caption(window)), f"for the caption “{text}”")  # at once: some pass


def graph(window):
    return window.find("image", "Computation graph")


def height(window):
    return Atspi.Component.get_extents(graph(window), Atspi.CoordType.WINDOW).height


def test_presentation(program, path):
    window = Window(program, path)
    try:
        window.wait_step(0)
        before = height(window)
        window.key("F5")
        window.wait_for(lambda: not window.find("push button", "Run again"), "for no chrome")
        assert not window.find("push button", "Next event")
        assert graph(window), "no graph"
        wait_caption(window, "Nothing has happened yet")
        # A presenter's keys.
        for _ in range(30):
            if any("y = w · x = 2 · 3 = 6" in line for line in caption(window)):
                break
            was = caption(window)
            window.key("Page_Down")
            window.wait_for(lambda: caption(window) != was, "for a step")
        wait_caption(window, "y = w · x = 2 · 3 = 6")
        for _ in range(30):
            if any("∂loss/∂w" in line for line in caption(window)):
                break
            was = caption(window)
            window.key("Page_Down")
            window.wait_for(lambda: caption(window) != was, "for a step")
        wait_caption(window, "= 12 · 3 = 36")  # the chain rule with its numbers
        window.key("Page_Up")
        window.wait_for(lambda: not any("= 12 · 3 = 36" in line for line in caption(window)), "for the step back")
        # Black, and back.
        window.key(".")
        window.wait_for(lambda: not graph(window), "for a blank screen")
        window.key(".")
        window.wait_for(lambda: graph(window), "for the picture again")
        window.key(".")
        window.wait_for(lambda: not graph(window), "for a blank screen")
        window.key("Page_Down")
        wait_caption(window, "= 12 · 3 = 36")  # who steps wants to be seen
        # The size of the text.
        window.chord("Alt", "equal")
        wait_caption(window, "Text at 175 %")
        window.chord("Alt", "minus")
        wait_caption(window, "Text at 150 %")
        # The spotlight hides nothing from those who do not see it.
        window.key("h")
        window.key("h")
        window.key("Escape")
        window.wait_for(lambda: window.find("push button", "Run again"), "for the window as it was")
        window.wait_for(lambda: abs(height(window) - before) < 3, f"for the panes as they were: {before}, not {height(window)}")
    finally:
        window.close()


def test_one_pane(program, path):
    window = Window(program, path)
    try:
        window.wait_step(0)
        window.key("Right")
        window.wait_step(1)
        assert window.find("text", "Source") or window.find("text"), "no source"
        small = height(window)
        window.chord("Control", "m")
        window.wait_for(lambda: height(window) > small, "for the graph alone")
        window.wait_for(lambda: not window.find("image", "Plot of the loss"), "for no curves")
        assert not window.find("text", "Source")
        window.key("Right")
        window.wait_step(2)
        window.key("Escape")
        window.wait_for(lambda: window.find("image", "Plot of the loss"), "for the curves again")
        window.wait_for(lambda: abs(height(window) - small) < 3, "for the panes as they were")
    finally:
        window.close()


def test_memory(program, path, folder):
    """The size of the text and the pane that is alone are there again the next time."""
    environment = {"GSETTINGS_BACKEND": "keyfile", "XDG_CONFIG_HOME": folder}
    window = Window(program, path, environment=environment)
    try:
        window.wait_step(0)
        window.key("F5")
        window.wait_for(lambda: not window.find("push button", "Run again"), "for the presentation")
        window.chord("Alt", "equal")
        wait_caption(window, "Text at 175 %")
        window.key("Escape")
        window.wait_for(lambda: window.find("push button", "Run again"), "for the window as it was")
        window.chord("Control", "m")
        window.wait_for(lambda: not window.find("image", "Plot of the loss"), "for no curves")
    finally:
        window.close()
    window = Window(program, path, environment=environment)
    try:
        window.wait_step(0)
        assert graph(window) and not window.find("image", "Plot of the loss")
        window.key("Escape")
        window.wait_for(lambda: window.find("image", "Plot of the loss"), "for the curves")
        window.key("F5")
        window.wait_for(lambda: not window.find("push button", "Run again"), "for the presentation")
        window.chord("Alt", "equal")
        wait_caption(window, "Text at 200 %")
    finally:
        window.close()


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "lecture.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(SCRIPT)
        for test in (test_presentation, test_one_pane):
            test(program, path)
            print(test.__name__, "ok", flush=True)
        test_memory(program, path, folder)
        print("test_memory ok")


if __name__ == "__main__":
    main()
