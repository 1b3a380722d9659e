#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A lesson in the window: questions, answers by the keyboard, what is said to them, and the count."""

import os
import sys
import tempfile
import time

from window_driver import Atspi, Window

SCRIPT = """import torch
x = torch.tensor(3.0)
w = torch.tensor(2.0, requires_grad=True)
y = w * x
loss = y ** 2
loss.backward()
with torch.no_grad():
    w -= 0.01 * w.grad
"""


def status(window):
    return [text for text in window.names("status bar") if text]


def says(window, text):
    window.wait_for(lambda: any(text in line for line in status(window)), f"for “{text}”, among {status(window)}")


def says_not(window, text):
    assert not any(text in line for line in window.shown().split("\n")), f"“{text}” is seen: {window.shown()}"


def type_answer(window, text):
    entry = window.wait_for(lambda: window.find("text", "Your prediction") or window.find("entry", "Your prediction"), "for the entry")
    window.wait_for(lambda: entry.get_state_set().contains(Atspi.StateType.FOCUSED), "for the focus in the entry")
    Atspi.EditableText.set_text_contents(entry, text)
    time.sleep(0.1)
    Atspi.generate_keyboard_event(0xff0d, None, Atspi.KeySynthType.SYM)


def start(program, path, environment=None):
    window = Window(program, path, environment=environment)
    window.wait_for(lambda: window.step() == 0, "for the recording")
    return window


def go_to_first_question(window, first="y = w · x = ?"):
    for _ in range(40):
        if any(first in line for line in status(window)):
            return
        before = window.step()
        window.key("Right")
        window.wait_for(lambda: window.step() != before, "for a step")
    raise AssertionError(f"no question {first}: {status(window)}")


def test_lesson(program, path):
    window = start(program, path)
    try:
        assert not any("= ?" in line for line in status(window)), "a lesson nobody has begun"
        window.key("q")
        says(window, "?" if any("= ?" in line for line in status(window)) else "Nothing to predict")
        go_to_first_question(window)
        at = window.step()
        type_answer(window, "5")
        says(window, "✗")
        assert window.step() == at, "a wrong answer takes no step"
        type_answer(window, "w + x")
        says(window, "That is w + x")
        says_not(window, "= 6")
        type_answer(window, "2w")  # 4
        says(window, "✗")
        type_answer(window, "3*w")
        says(window, "✓ Right at a further try: y = 2 · 3 = 6")
        window.wait_for(lambda: window.step() > at, "for the step that shows it")
        says(window, "loss = y² = ?")

        # The hints lead on, and the answer is shown to who gives up.
        window.press("Hint")
        window.press("Hint")
        window.press("Hint")
        says(window, "loss = 6²")
        says_not(window, "36")
        window.press("Show")
        says(window, "→ loss = 6² = 36")
        says(window, "∂loss/∂y = ?")
        window.wait_for(lambda: any(name.startswith("0 right and 1 at a further try, of 2 asked") for name in window.names("label")), "for the count")

        # The chain rule, with the upstream gradient forgotten.
        type_answer(window, "2*y")
        says(window, "∂loss/∂w = ?")
        type_answer(window, "x")
        says(window, "the local derivative. The upstream gradient ∂loss/∂y is missing")
        type_answer(window, "12")
        says(window, "The local derivative ∂y/∂w is missing")
        type_answer(window, "36")
        says(window, "✓ Right at a further try: ∂loss/∂w = 12 · 3 = 36")
    finally:
        window.close()


def test_stepping(program, path):
    window = start(program, path)
    try:
        window.key("q")
        # The count of the lesson before is remembered with the file.
        window.wait_for(lambda: "1 right and 2 at a further try, of 4 asked, 0 stepped over" in window.names("label"), "for the count of the last time")
        go_to_first_question(window)
        at = window.step()
        # Arrows step while nothing is typed; the question stays behind unanswered.
        for _ in range(4):
            window.key("Right")
            time.sleep(0.2)
        window.wait_for(lambda: window.step() == at + 4, "for four steps")
        window.wait_for(lambda: any("1 stepped over" in name for name in window.names("label")), "for the count of what was stepped over")
        window.key("Page_Up", 4)
        window.wait_step(at)
        says(window, "y = w · x = ?")
        # Out of the entry and out of the lesson.
        window.key("Escape")
        window.key("q")
        window.wait_for(lambda: not any("= ?" in line for line in status(window)), "for the end of the lesson")
        window.key("Right")
        window.wait_step(at + 1)
    finally:
        window.close()


def test_next_question(program, path):
    """Only updates are asked for, by the menu's switches; Enter goes there."""
    window = start(program, path)
    try:
        window.key("q")
        says(window, "predict")
        Atspi.generate_keyboard_event(0xff0d, None, Atspi.KeySynthType.SYM)
        says(window, "y = w · x = ?")
        window.key("Escape")
        for expected in ("loss = y² = ?", "∂loss/∂y = ?", "∂loss/∂w = ?"):
            window.key("n")
            says(window, expected)
        window.key("n")
        window.key("n")
        says(window, "w, after the update = ?")
        says(window, "w -= 0.01 * w.grad")
    finally:
        window.close()


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "lesson.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(SCRIPT)
        for test in (test_lesson, test_stepping, test_next_question):
            test(program, path)
            print(test.__name__, "ok", flush=True)


if __name__ == "__main__":
    main()
