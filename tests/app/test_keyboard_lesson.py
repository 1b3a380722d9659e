#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A whole lesson by somebody who has a keyboard and a screen reader, and no mouse: found, read, walked both ways, asked, changed, predicted,
presented, saved and left. Nothing here clicks, and nothing is done through the accessibility tree: it only tells what there is."""

import os
import re
import shutil
import sys
import tempfile
import time
import unittest

PROGRAM, EXAMPLES = sys.argv[1:3]
del sys.argv[1:3]
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from window_driver import Atspi, GLib, KEYCODES, KEYS, Window  # noqa: E402

KEYS.update({"Tab": 0xff09, "BackSpace": 0xff08})
KEYCODES.update({"i": 31, "l": 46, "s": 39, "q": 24, "Home": 110, "End": 115, "F6": 72, "F8": 74, "Down": 116, "Up": 111, "a": 38, "1": 10, "4": 13, "v": 55, "8": 17})


class Person:
    """Keys, and what a screen reader can say."""

    def __init__(self, window):
        self.window = window
        self.key, self.chord, self.wait_for = window.key, window.chord, window.wait_for

    def type(self, text):
        for letter in text:
            # Letters that have a key of their own in Xvfb's layout; the others need their place, which the symbol finds.
            Atspi.generate_keyboard_event(0xff0d if letter == "\n" else ord(letter), None, Atspi.KeySynthType.SYM)
            time.sleep(0.03)

    def is_nowhere(self, node):
        try:
            return Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW).width <= 0
        except GLib.Error:  # the page of a stack has no place of its own
            return False

    def nodes(self, at=None):
        """Those that have a place in the window: GTK 4.8 tells of the pages behind, too."""
        try:
            # A dialog comes last, and is what the keyboard is in; the window behind has its focus still.
            for node in [at] if at else reversed(self.window.windows()):
                n = node.get_child_count()
                if at and n and self.is_nowhere(node):
                    return
                yield node
                for i in range(n):
                    child = node.get_child_at_index(i)
                    if child is not None:
                        yield from self.nodes(child)
        except GLib.Error:
            return

    def focused(self):
        for node in self.nodes():
            try:
                if node.get_state_set().contains(Atspi.StateType.FOCUSED) and node.get_role_name() not in ("frame", "window", "dialog"):
                    return node
            except GLib.Error:
                continue
        return None

    def focus(self):
        """Role and name of what the keyboard is at."""
        node = self.focused()
        return f"{node.get_role_name()} {node.get_name()}" if node else ""

    def wait_focus(self, text):
        self.wait_for(lambda: text in self.focus(), f"for the focus in {text}, not “{self.focus()}”")

    def wait_status(self, *parts):
        self.wait_for(lambda: all(part in self.window.status() for part in parts), f"for {parts}, at “{self.window.status()}”")

    def hears(self, *parts):
        """Somewhere among what stands in the window."""
        def said():
            words = self.everything()
            return all(part in words for part in parts)
        try:
            self.wait_for(said, f"for {parts}")
        except AssertionError as error:
            raise AssertionError(f"{error}\n--- and tells:\n{self.everything()}") from None

    def hears_not(self, part):
        assert part not in self.everything(), f"{part} is told"

    def everything(self):
        words = []
        for node in self.nodes():
            try:
                if node.get_state_set().contains(Atspi.StateType.VISIBLE):
                    words += [node.get_name() or "", node.get_description() or ""]
            except GLib.Error:
                continue
        return "\n".join(words)

    def source(self):
        for node in self.nodes():
            try:
                if node.get_role_name() == "text" and node.get_name().startswith("Source"):
                    return node
            except GLib.Error:
                continue
        return None

    def text(self):
        return Atspi.Text.get_text(self.source(), 0, -1)

    def entry(self, name):
        """What stands in it; of an entry GTK 4.8 tells nothing without the count."""
        for node in self.nodes():
            if node.get_role_name() in ("text", "entry") and node.get_name() == name:
                return Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))
        return ""

    def line(self):
        """Of the text cursor, from 1."""
        return self.text()[:Atspi.Text.get_caret_offset(self.source())].count("\n") + 1

    def go_to_pane(self, name):
        for _ in range(9):
            if name in self.focus():
                return
            before = self.focus()
            self.chord("Control", "F6")
            self.wait_for(lambda: self.focus() != before, f"for another pane than {before}")
        raise AssertionError(f"no way to {name}: {self.focus()}")

    def go_to_line(self, wanted):
        """With the arrows, from the beginning of the text."""
        self.chord("Control", "Home")
        self.wait_for(lambda: Atspi.Text.get_caret_offset(self.source()) == 0, "for the beginning of the text")
        self.key("Down", wanted - 1)
        self.wait_for(lambda: self.line() == wanted, f"for line {wanted}, at {self.line()}")

    def tab_to(self, text, most=30, backward=False):
        for _ in range(most):
            if text in self.focus():
                return
            before, end = self.focus(), time.monotonic() + 15  # two of the same name may follow each other
            if backward:
                self.chord("Shift", "Tab")
            else:
                self.key("Tab")
            while self.focus() == before and time.monotonic() < end:
                time.sleep(0.05)
        raise AssertionError(f"Tab does not come to {text}, but to {self.focus()}")


class KeyboardLesson(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        environment = {f"XDG_{name.upper()}_HOME": os.path.join(self.home, name) for name in ("state", "cache", "data", "config")}
        # What is under test may not write into the course.
        self.window = Window(PROGRAM, environment={**environment, "HOME": self.home, "BACKSTEP_WINDOW_LOG": os.path.join(self.home, "log")})
        self.addCleanup(self.end)
        self.person = Person(self.window)

    def end(self):
        if self.window.process.poll() is None:
            self.window.close()

    def test_lesson(self):
        for part in (self.find_it, self.read_it, self.walk_it, self.look_at_nodes, self.stop_at_a_line, self.ask_what_if, self.change_it,
                     self.predict, self.present, self.look_back_at_the_course, self.save_it, self.leave):
            print(part.__name__, end=" ", flush=True)
            began = time.monotonic()
            part(self.person, self.window)
            print(f"{time.monotonic() - began:.1f} s", flush=True)
        self.assertNotIn("CRITICAL", self.window.said())
        self.assertNotIn("WARNING", self.window.said())

    def cells(self, window):
        return [name for name in window.names("list item") + window.names("table cell") if ". " in name]

    def find_it(self, person, window):
        """The page of examples, by what one remembers of the lesson."""
        window.wait_for(lambda: len(self.cells(window)) > 20, "for the gallery")
        person.type("rolls down")
        window.wait_for(lambda: [cell.split(". ")[:2] for cell in self.cells(window)] == [["One parameter rolls downhill", chapter]
                                                                                       for chapter in ("Gradient descent", "Graphs without code")],
                        f"for the hits, not {self.cells(window)}")
        window.key("Return")
        window.wait_for(lambda: re.match(r"Step 0 of \d{4}", window.status()), "for the run")
        person.wait_focus("Computation graph")

    def read_it(self, person, window):
        """What to look at, and its questions; one is ticked."""
        window.chord("Alt", "l")
        person.wait_focus("check box Why is the very first gradient 20")
        person.hears("The loss is w² + 20. Its slope at w is 2w")
        window.key("space")
        person.wait_for(lambda: person.focused().get_state_set().contains(Atspi.StateType.CHECKED), "for the tick")
        window.key("Tab")
        person.wait_focus("The curve of w flattens")
        person.go_to_pane("Computation graph")

    def walk_it(self, person, window):
        window.key("Right", 3)
        window.wait_step(3)
        person.hears("‘torch.tensor(10.0, requires_grad=True)’")  # it has no name yet
        window.key("Down")
        person.wait_status("forward")
        at = window.step()
        person.hears("loss", "120")
        window.key("Down")
        person.wait_status("backward")
        person.hears("20")
        window.key("Up")
        window.wait_step(at)
        window.key("End")
        person.wait_status("pass 101 of 101")
        last = window.step()
        # What the script printed by then, on a page of its own.
        person.go_to_pane("check box Why is the very first")
        person.tab_to("page tab Output", backward=True)
        window.key("space")
        person.wait_for(lambda: "loss = 21.8313" in window.text("Output"), "for the output")
        person.go_to_pane("Computation graph")
        window.key("Left")
        window.wait_step(last - 1)
        window.key("Home")
        window.wait_step(0)
        window.key("Down", 2)
        person.wait_status("pass 1 of 101", "backward")

    def look_at_nodes(self, person, window):
        """In the list of nodes, then along the edges; the inspector tells about each."""
        window.chord("Alt", "o")
        person.wait_focus("Filter the nodes")
        person.wait_for(lambda: any(row.startswith("power") and "100" in row for row in window.names("table row")), f"for the rows, not {window.names('table row')}")
        person.tab_to("table row")
        for _ in range(5):
            if "power" in person.focus():
                break
            before = person.focus()
            window.key("Down")
            window.wait_for(lambda: person.focus() != before, "for another row")
        person.wait_focus("power")
        window.key("space")
        person.hears("w ** 2", "100")
        person.go_to_pane("Computation graph")
        window.chord("Alt", "Left")
        person.wait_for(lambda: "w" in (person.focused().get_description() or "") and "value 10" in (person.focused().get_description() or ""),
                        f"for w, not {person.focused().get_description()}")
        # The chain rule with its numbers, for who cannot see the picture.
        person.hears("∂L/∂w", "= 1 · 2 · 10 = 20", "w.grad = 20", "(L = loss.sum())")

    def stop_at_a_line(self, person, window):
        person.go_to_pane("text Source")
        line = person.text().split("\n").index("    w.data = w.data - lr * w.grad # update, behind autograd's back") + 1
        person.go_to_line(line)
        window.key("F9")
        person.wait_for(lambda: f"Breakpoint in line {line}." in person.source().get_description(), f"for the breakpoint to be told, not {person.source().get_description()}")
        window.key("Escape")
        person.wait_focus("Computation graph")
        window.key("F8")
        person.wait_status("pass 2 of 101", "update")
        step = window.step()
        person.wait_for(lambda: f"The run is in line {line}." in person.source().get_description(), "for the line")
        window.key("F8")
        person.wait_status("pass 3 of 101", "update")
        window.chord("Shift", "F8")
        window.wait_step(step)

    def runs(self, window):
        """On their page, which is another one."""
        return [name for name in window.names("label") if name.startswith("What if: ")]

    def ask_what_if(self, person, window):
        window.chord("Alt", "i")
        person.wait_focus("slider w, line 13")
        person.tab_to("slider lr, line 14")
        before = window.step()
        self.assertEqual(self.runs(window), [])
        window.key("Right", 2)
        window.wait_for(lambda: self.runs(window), "for the run with another number")
        told = person.focused().get_description()
        window.key("Tab")
        person.wait_focus("text lr, line 14")
        self.assertEqual(person.entry("lr, line 14"), told)
        self.assertIn("What if: lr = " + person.entry("lr, line 14"), self.runs(window))
        self.assertEqual(window.step(), before)
        self.assertIn("lr = 0.01\n", person.text())
        person.tab_to("push button Reset all")
        window.key("space")
        window.wait_for(lambda: not self.runs(window), "for the run of the script again")
        window.chord("Alt", "i")
        person.tab_to("text lr, line 14")
        window.chord("Control", "a")
        person.type("0.5\n")
        window.wait_for(lambda: self.runs(window) == ["What if: lr = 0.5"], f"for the run with 0.5, not {self.runs(window)}")
        person.tab_to("push button Keep in the script")
        window.key("space")
        person.wait_for(lambda: "lr = 0.5\n" in person.text(), "for the number in the script")

    def change_it(self, person, window):
        """In the editor; the new run says something else."""
        person.go_to_pane("text Source")
        line = person.text().split("\n").index("for i in range(100):") + 1
        person.go_to_line(line)
        window.key("End")
        window.key("BackSpace", 5)
        person.type("3):")
        person.wait_for(lambda: "for i in range(3):\n" in person.text(), "for what was typed")
        window.chord("Control", "Return")
        person.wait_for(lambda: " of 4" in window.status(), f"for the shorter run, not {window.status()}")
        window.key("Escape")
        person.wait_focus("Computation graph")
        window.key("End")
        person.wait_status("pass 4 of 4")
        person.hears("w 0, pass 4", "loss 20, pass 4")  # the curves
        self.assertIn("w = 0.0000, loss = 20.0000", window.text("Output"))

    def predict(self, person, window):
        window.key("Home")
        window.wait_step(0)
        window.key("q")
        person.wait_focus("Your prediction")
        window.key("Return")  # to the first question
        person.hears("w² = ?")
        person.type("20\n")
        person.hears("✗")
        person.type("100\n")
        person.hears("✓ Right at the second try", "0 right and 1 at a further try, of 1 asked")
        window.key("Return")
        person.hears("+ 20 = ?")
        person.type("120\n")
        person.hears("✓ Right: loss = 100 + 20 = 120", "1 right and 1 at a further try, of 2 asked")
        window.key("Escape")
        person.wait_focus("Computation graph")
        window.key("q")
        person.wait_for(lambda: "= ?" not in person.everything(), "for the end of the questions")

    def present(self, person, window):
        window.key("F5")
        window.wait_for(lambda: not window.find("push button", "Run again"), "for no chrome")
        window.key("Home")
        person.hears("Nothing has happened yet")
        window.key("Page_Down", 3)
        person.wait_for(lambda: "Nothing has happened yet" not in person.everything(), "for the caption")
        window.key("Escape")
        window.wait_for(lambda: window.find("push button", "Run again"), "for the window as it was")
        window.wait_step(3)

    def look_back_at_the_course(self, person, window):
        """The page of examples, and back to what is open."""
        window.chord("Control", "e")
        window.wait_for(lambda: self.cells(window), "for the gallery")
        window.wait_for(lambda: window.find("push button", "Back to what is open"), "for the way back")
        window.key("Escape")
        window.wait_step(3)
        person.wait_focus("Computation graph")

    def save_it(self, person, window):
        path = os.path.join(self.home, "mine.py")
        window.chord("Control", "Shift", "s")
        window.wait_for(lambda: len(window.windows()) == 2, "for the question where")
        time.sleep(0.5)
        window.chord("Control", "a")
        person.type(path + "\n")
        window.wait_for(lambda: os.path.exists(path), "for the file")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertIn("lr = 0.5\n", text)
        self.assertIn("range(3)", text)
        window.wait_for(lambda: any(frame.get_name() == "mine.py" for frame in window.windows()), "for the title")

    def leave(self, person, window):
        """Asked about what is not saved; the second time it goes."""
        person.go_to_pane("text Source")
        window.chord("Control", "Home")
        person.type("# mine\n")
        person.wait_for(lambda: person.text().startswith("# mine"), f"for what was typed, not {person.text()[:80]!r}")
        window.chord("Control", "q")
        person.hears("Save the changes?")
        window.key("Escape")
        person.wait_for(lambda: "Save the changes?" not in person.everything(), "for the window to stay")
        self.assertIsNone(window.process.poll())
        window.chord("Control", "q")
        person.hears("Save the changes?")
        person.tab_to("push button Discard")
        window.key("space")
        end = time.monotonic() + 20
        while window.process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        self.assertEqual(window.process.poll(), 0)
        with open(os.path.join(self.home, "mine.py"), encoding="utf-8") as file:
            self.assertNotIn("# mine", file.read())


if __name__ == "__main__":
    unittest.main(verbosity=2)
