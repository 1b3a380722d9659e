#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The editor: live syntax check, find and replace, comments, completion, and a text that a crash would have lost."""

import os
import re
import signal
import sys
import tempfile
import time
import unittest

PROGRAM = sys.argv[1]
del sys.argv[1:2]
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from window_driver import Atspi, GLib, Window  # noqa: E402

SCRIPT = "import torch\n\nw = torch.tensor(2.0, requires_grad=True)\nloss = w * w\nloss.backward()\nprint(w.grad)\n"


class Editor(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = os.path.join(self.folder.name, "script.py")
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(SCRIPT)

    def open(self):
        window = Window(PROGRAM, self.path, environment={"XDG_STATE_HOME": os.path.join(self.folder.name, "state")})
        self.addCleanup(lambda: window.process.poll() is None and window.close())
        window.wait_for(lambda: re.match(r"Step 0 of \d{2,}", window.status()), "for the recording")
        return window

    def focus(self, window):
        """Into the source, at its beginning."""
        source = window.wait_for(lambda: window.find("text", "Source"))

        def click():
            box = Atspi.Component.get_extents(source, Atspi.CoordType.WINDOW)
            Atspi.generate_mouse_event(box.x + box.width // 2, box.y + 12, "b1c")
            time.sleep(0.2)
            return source.get_state_set().contains(Atspi.StateType.FOCUSED)

        window.wait_for(click, "for the focus in the source")
        Atspi.Text.set_caret_offset(source, 0)
        return source

    def type(self, source, at, text):
        Atspi.EditableText.insert_text(source, at, text, len(text.encode()))

    def test_syntax(self):
        window = self.open()
        source = self.focus(window)
        self.type(source, 0, "x = (1 +\n")
        window.wait_for(lambda: window.find("push button", "Line 1: '(' was never closed"), "for the mistake")
        Atspi.EditableText.delete_text(source, 0, len("x = (1 +\n"))
        window.wait_for(lambda: not [name for name in window.names("push button") if name.startswith("Line 1")], "for it to go")

    def test_find_and_replace(self):
        window = self.open()
        self.focus(window)
        window.chord("Control", "h")
        entry = window.wait_for(lambda: window.find("text", "Find in the source") or window.find("entry", "Find in the source"), "for the finder")
        Atspi.EditableText.set_text_contents(entry, "loss")
        window.wait_for(lambda: "1 of 2" in window.names("label") or "2" in window.names("label"), "for the count")
        replacement = window.find("text", "Replace by") or window.find("entry", "Replace by")
        Atspi.EditableText.set_text_contents(replacement, "cost")
        window.press("Replace All")
        window.wait_for(lambda: "cost.backward()" in window.text("Source"), "for the replacement")
        self.assertEqual(window.text("Source").count("loss"), 0)

    def test_run_again_keeps_the_place(self):
        """A line more in every pass: the same place of the same pass is another step."""
        with open(self.path, "w", encoding="utf-8") as file:
            file.write("import torch\n\nw = torch.tensor(2.0, requires_grad=True)\nfor i in range(9):\n    loss = w * w\n    loss.backward()\n"
                       "    with torch.no_grad():\n        w -= 0.1 * w.grad\n    w.grad.zero_()\n")
        window = self.open()
        window.key("Down", 10)
        window.wait_for(lambda: "pass 4 of 9 · backward" in window.status() or "pass 4 of 9 · forward" in window.status(), "for the fourth pass")
        before, step = window.status(), window.step()
        source = window.wait_for(lambda: window.find("text", "Source"))
        at = Atspi.Text.get_text(source, 0, -1).index("    loss = w * w")
        self.type(source, at, "    k = i + 1\n")
        window.chord("Control", "Return")
        window.wait_for(lambda: (window.step() or 0) > step, "for the run")
        self.assertEqual(re.sub(r"Step \d+ of \d+", "", before), re.sub(r"Step \d+ of \d+", "", window.status()))

    def test_comment(self):
        window = self.open()
        self.focus(window)
        window.chord("Control", "slash")
        window.wait_for(lambda: window.text("Source").startswith("# import torch"), "for the comment")
        window.chord("Control", "slash")
        window.wait_for(lambda: window.text("Source").startswith("import torch"), "for it to go")

    def write(self, window, text):
        for letter in text:
            Atspi.generate_keyboard_event(0xff0d if letter == "\n" else ord(letter), None, Atspi.KeySynthType.SYM)
            time.sleep(0.15)

    def test_enter_after_a_name_ends_the_line(self):
        """Nothing that is offered unasked stands in the way: not in comments, not for what only has the letters somewhere."""
        window = self.open()
        self.focus(window)
        self.write(window, "# mine\n")
        time.sleep(0.5)
        self.write(window, "import torch\nx = w\n")
        window.wait_for(lambda: window.text("Source").startswith("# mine\nimport torch\nx = w\nimport"), f"for what was typed, not {window.text('Source')[:60]!r}")
        self.write(window, "x = torch.tens")
        time.sleep(1)
        self.write(window, "\n")
        window.wait_for(lambda: "x = torch.tensor" in window.text("Source"), f"for the completion, not {window.text('Source')[:60]!r}")
        self.assertNotIn("CRITICAL", window.said())

    def test_a_crash_loses_nothing(self):
        window = self.open()
        source = self.focus(window)
        self.type(source, 0, "# half a thought\n")
        drafts = os.path.join(self.folder.name, "state", "backstep", "drafts")

        def there():
            """Not what is still being written."""
            return os.path.isdir(drafts) and [name for name in os.listdir(drafts) if name.endswith(".draft")]

        window.wait_for(there, "for the draft")
        window.process.send_signal(signal.SIGKILL)
        window.process.wait()
        again = self.open()
        again.wait_for(lambda: again.text("Source").startswith("# half a thought"), "for the text")
        self.assertIn("Backstep ended with unsaved changes here", again.shown())
        with open(self.path, encoding="utf-8") as file:
            self.assertEqual(file.read(), SCRIPT)
        again.press("Discard them")
        again.wait_for(lambda: again.text("Source") == SCRIPT, "for the file's text")
        again.wait_for(lambda: not there(), "for the draft to go")

    def test_a_text_in_no_file_comes_back(self):
        drafts = os.path.join(self.folder.name, "state", "backstep", "drafts")
        os.makedirs(drafts)
        path = os.path.join(drafts, "new-1.draft")
        with open(path, "w", encoding="utf-8") as file:
            file.write("[draft]\ntime=1700000000\nprocess=1\ntext=print('never saved')\\n\n")
        for name, content in (("new-2.draft", b"[draft]\ntext=\xff\xfe\n"), ("new-3.draft", b"[dr"), ("new-4.draft", b"")):
            with open(os.path.join(drafts, name), "wb") as file:
                file.write(content)
        window = self.open()
        window.wait_for(lambda: any(name.endswith("Untitled") for name in window.tabs()), "for the text's tab")
        self.assertEqual(len(window.tabs()), 2)
        window.chord("Control", "Tab")
        window.wait_for(lambda: "never saved" in window.text("Source"), "for the text")
        window.press("Discard them")
        window.wait_for(lambda: not os.path.exists(path), "for the draft to go")

    def test_what_a_kill_left_half_written_goes(self):
        """GLib writes beside the file, and then over it."""
        drafts = os.path.join(self.folder.name, "state", "backstep", "drafts")
        os.makedirs(drafts)
        old, new, other = (os.path.join(drafts, name) for name in ("new-1.draft.AB12CD", "new-2.draft.EF34GH", "notes.txt"))
        for path in (old, new, other):
            with open(path, "w", encoding="utf-8") as file:
                file.write("[draft]\nte")
        for path in (old, other):
            os.utime(path, (time.time() - 3600, time.time() - 3600))
        window = self.open()
        window.wait_for(lambda: not os.path.exists(old), "for the old one to go")
        self.assertTrue(os.path.exists(new) and os.path.exists(other))


if __name__ == "__main__":
    unittest.main(verbosity=2)
