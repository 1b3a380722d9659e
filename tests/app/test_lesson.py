#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A whole lesson by somebody who has a keyboard and a screen reader; and every control says what it is."""

import os
import re
import shutil
import sys
import tempfile
import time
import unittest

PROGRAM = sys.argv[1]
del sys.argv[1:2]
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from window_driver import Atspi, GLib, KEYCODES, KEYS, Window  # noqa: E402

KEYCODES.update({"Return": 36, "8": 17, "5": 14})
KEYS.update({"Return": 0xff0d, "Tab": 0xff09, "F9": 0xffc6})

CONTROLS = {"push button", "toggle button", "check box", "radio button", "entry", "text", "password text", "slider", "spin button",
            "list item", "table row", "combo box", "page tab", "switch", "image"}


def is_part_of_the_toolkit(path):
    """What GTK 4.8 builds inside its own drop-down lists: the rows of a list not yet shown."""
    return "combo box" in path


def unnamed(window):
    """Controls with a place in the window, or that could take the focus, and no name of their own."""
    found = []

    def look(node, path):
        try:
            role, name, states = node.get_role_name(), node.get_name(), node.get_state_set()
            seen = states.contains(Atspi.StateType.VISIBLE) and Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW).width > 0
            wants = role in CONTROLS or role == "scroll pane" and states.contains(Atspi.StateType.FOCUSED)
            if wants and (not name or re.fullmatch(r"(Gtk|Adw|Backstep)[A-Z]\w+", name)) and (seen or role == "list item") and not is_part_of_the_toolkit(path):
                found.append("/".join([*path[-4:], role]) + f" “{name}”")
            for i in range(node.get_child_count()):
                child = node.get_child_at_index(i)
                if child is not None:
                    look(child, [*path, role])
        except GLib.Error:
            return

    for frame in window.windows():
        look(frame, [])
    return found


class Lesson(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        self.environment = {f"XDG_{name.upper()}_HOME": os.path.join(self.home, name) for name in ("state", "cache", "data", "config")}

    def open(self, *arguments):
        window = Window(PROGRAM, *arguments, environment=self.environment)
        self.addCleanup(window.close)
        return window

    def focused(self, window):
        for node in window.nodes():
            try:
                if node.get_state_set().contains(Atspi.StateType.FOCUSED) and node.get_role_name() not in ("frame", "window"):
                    return node
            except GLib.Error:
                continue
        return None

    def focus_name(self, window):
        node = self.focused(window)
        return f"{node.get_role_name()} {node.get_name()}" if node else ""

    def wait_focus(self, window, text):
        window.wait_for(lambda: text in self.focus_name(window), f"for the focus in {text}, not {self.focus_name(window)}")

    def check_names(self, window, where):
        found = unnamed(window)
        self.assertEqual(found, [], f"controls without a name, {where}")

    def type(self, window, text):
        for letter in text:
            Atspi.generate_keyboard_event(ord(letter), None, Atspi.KeySynthType.SYM)
            time.sleep(0.05)

    def find_in_gallery(self, window, words, title):
        window.wait_for(lambda: [name for name in self.cells(window) if name.startswith("A number and its gradient")], "for the gallery")
        self.check_names(window, "in the gallery")
        self.type(window, words)
        window.wait_for(lambda: len(self.cells(window)) == 1 and self.cells(window)[0].startswith(title), f"for {title}, not {self.cells(window)}")
        window.key("Return")
        window.wait_for(lambda: re.match(r"Step 0 of \d{2}", window.status()), "for the run")

    def cells(self, window):
        return [name for name in window.names("list item") + window.names("table cell") if ". " in name]

    def rows(self, window):
        return window.names("table row")

    def description(self, window):
        return window.find("image", "Computation graph").get_description() or ""

    def test_lesson_and_list_of_nodes(self):
        window = self.open()
        self.find_in_gallery(window, "paths", "A value used twice")
        self.wait_focus(window, "Computation graph")
        self.check_names(window, "in a lesson")

        # Forward: what is done is said, node by node.
        window.key("Down")
        window.wait_for(lambda: "backward" in window.status() or (window.step() or 0) > 5, "for the end of the forward phase")
        window.chord("Alt", "o")
        self.wait_focus(window, "Filter the nodes")
        window.wait_for(lambda: any(row.startswith("add, b, value 6") and "from a and a" in row for row in self.rows(window)),
                        f"for b in the list, not {self.rows(window)}")
        self.check_names(window, "in the list of nodes")
        window.key("Tab")
        window.wait_for(lambda: self.focus_name(window).startswith("table row"), "for the focus in the rows")
        window.key("Down")
        self.wait_focus(window, "add, b")
        window.key("space")
        window.wait_for(lambda: "b" in self.description(window) and "6" in self.description(window), "for the same node in the graph")

        # Backward, and back again.
        self.back_to_graph(window)
        at = window.step()
        window.key("Right", 3)
        window.wait_step(at + 3)
        window.key("Left", 3)
        window.wait_step(at)

    def back_to_graph(self, window):
        for _ in range(4):
            if "Computation graph" in self.focus_name(window):
                return
            window.key("Escape")
            time.sleep(0.3)
        self.wait_focus(window, "Computation graph")

    def test_tab_goes_everywhere(self):
        """Forward until the editor, which keeps Tab; Escape leaves it; backward from the graph through the pages to it."""
        window = self.open()
        self.find_in_gallery(window, "paths", "A value used twice")
        self.wait_focus(window, "Computation graph")
        parts = [("image", "Computation graph"), ("image", "Plot of the loss"), ("slider", "Timeline"),
                 ("push button", "Next event"), ("push button", "Run again"), ("text", "Source")]
        self.assertEqual(self.walk(window, lambda: window.key("Tab"), parts), [name for _, name in parts])
        window.key("Escape")
        self.wait_focus(window, "Computation graph")
        window.chord("Alt", "o")
        self.wait_focus(window, "Filter the nodes")
        back = [("entry", "Filter the nodes"), ("text", "Source")]
        self.assertEqual(self.walk(window, lambda: window.chord("Shift", "Tab"), back), [name for _, name in back])

    def walk(self, window, go, parts):
        """The way of the focus until the last of the parts: those it came to, in their order."""
        nodes = [(name, window.wait_for(lambda: window.find(role, name), f"for {name}")) for role, name in parts]
        seen = []
        for _ in range(60):
            at = [name for name, node in nodes if node.get_state_set().contains(Atspi.StateType.FOCUSED)]
            seen.extend(name for name in at if name not in seen)
            if nodes[-1][0] in seen:
                break
            go()
            time.sleep(0.1)
        return seen

    def test_names_elsewhere(self):
        window = self.open()
        self.find_in_gallery(window, "paths", "A value used twice")
        for chord, what in ((("Control", "comma"), "in the preferences"), (("Control", "g"), "where a step is chosen"), (("Control", "f"), "in the search"),
                            (("Control", "h"), "in find and replace"), (("Alt", "8"), "in the variables")):
            window.chord(*chord)
            time.sleep(1)
            self.check_names(window, what)
            window.key("Escape")
            time.sleep(0.4)
            window.key("Escape")


if __name__ == "__main__":
    unittest.main(verbosity=2)
