#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Tabs and windows: several documents at once, what is unsaved, what is open again at the next start."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM, EXAMPLES = sys.argv[1:3]
del sys.argv[1:3]
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from gi.repository import Gio, GLib  # noqa: E402
from window_driver import Atspi, Window  # noqa: E402


def example(name):
    return os.path.join(EXAMPLES, name + ".py")


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.state = os.path.join(self.folder, "state")

    def open(self, *arguments):
        window = Window(PROGRAM, *arguments, shared=True, environment={"XDG_STATE_HOME": self.state})
        self.addCleanup(window.close)
        return window

    def tell(self, *arguments):
        """A second `backstep`, which hands over to the first."""
        subprocess.run([PROGRAM, *arguments], check=True, timeout=60, env={**os.environ, "XDG_STATE_HOME": self.state})

    def script(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def wait_tabs(self, window, *names):
        window.wait_for(lambda: window.tabs() == list(names), f"for the tabs {names}, there are {window.tabs()}")

    def wait_recording(self, window):
        window.wait_for(lambda: re.match(r"Step \d+ of \d{2,}", window.status()), "for the recording")

    def find_source(self, window):
        return next((node for node in window.nodes() if node.get_role_name() == "text" and node.get_name() == "Source" and window.is_seen(node)), None)

    def shown_source(self, window):
        node = self.find_source(window)
        return Atspi.Text.get_text(node, 0, -1) if node else ""

    def type(self, window, text):
        """At the beginning of the script."""
        def click():
            node = self.find_source(window)
            return node and Atspi.EditableText.insert_text(node, 0, text, len(text.encode()))
        window.wait_for(click, "for the editor to take the text")

    def test_several(self):
        window = self.open(example("quadratic"))
        self.wait_recording(window)
        window.key("Right", 5)
        window.wait_step(5)
        self.tell(example("linear"))
        self.wait_tabs(window, "quadratic.py", "linear.py")
        window.wait_for(lambda: "Step 0 of 49" in window.status(), "for the other recording")
        window.key("Right", 2)
        window.wait_step(2)
        window.chord("Control", "Page_Up")
        window.wait_step(5)
        self.assertIn("rolls downhill", self.shown_source(window))
        window.chord("Control", "Tab")
        window.wait_step(2)
        self.tell(example("quadratic"))
        window.wait_step(5)
        self.wait_tabs(window, "quadratic.py", "linear.py")
        window.chord("Control", "t")
        self.wait_tabs(window, "quadratic.py", "New Tab", "linear.py")
        window.wait_for(lambda: window.find("label", "See gradients flow"), "for the page of examples")
        for letter in "paths":
            window.key(letter)
        window.wait_for(lambda: [name for name in window.names("table cell") + window.names("list item") if "gradients add" in name], "for the hit")
        time.sleep(1)
        window.key("Return")
        self.wait_tabs(window, "quadratic.py", "twice.py", "linear.py")
        self.wait_recording(window)
        window.chord("Control", "w")
        window.wait_for(lambda: len(window.tabs()) == 2, "for the tab to go")
        window.chord("Control", "Shift", "t")
        window.wait_for(lambda: "twice.py" in window.tabs(), "for it to come back")
        self.tell("--new-window", example("chain"))
        window.wait_for(lambda: len(window.windows()) == 2, "for the other window")

    def test_unsaved_text(self):
        one, two = self.script("one.py", "x = 1\nprint(x)\n"), self.script("two.py", "y = 2\nprint(y)\n")
        window = self.open(one)
        window.wait_for(lambda: "x = 1" in self.shown_source(window), "for the script")
        self.type(window, "# mine\n")
        self.tell(two)
        self.wait_tabs(window, "• one.py", "two.py")
        window.wait_for(lambda: "y = 2" in self.shown_source(window), "for the other script")
        window.chord("Control", "Page_Up")
        window.wait_for(lambda: self.shown_source(window).startswith("# mine\nx = 1"), "for the unsaved text")
        window.chord("Control", "w")
        window.wait_for(lambda: "“one.py” has been edited" in window.shown(), "for the question")
        window.press("Cancel")
        window.wait_for(lambda: "has been edited" not in window.shown(), "for the question to go")
        self.wait_tabs(window, "• one.py", "two.py")
        window.chord("Control", "w")
        window.wait_for(lambda: "“one.py” has been edited" in window.shown(), "for the question")
        window.press("Save")
        window.wait_for(lambda: window.tabs() in ([], ["two.py"]), "for the tab to go")
        with open(one, encoding="utf-8") as file:
            self.assertEqual(file.read(), "# mine\nx = 1\nprint(x)\n")

    def test_others_close_at_one_question(self):
        scripts = [self.script(name + ".py", f"{name} = 1\nprint({name})\n") for name in ("one", "two", "three", "four")]
        window = self.open(scripts[0])
        window.wait_for(lambda: "one = 1" in self.shown_source(window), "for the script")
        self.type(window, "# mine\n")
        self.tell(scripts[1])
        window.wait_for(lambda: "two = 1" in self.shown_source(window), "for the other script")
        self.type(window, "# mine\n")
        for script, name in ((scripts[2], "three"), (scripts[3], "four")):
            self.tell(script)
            window.wait_for(lambda: f"{name} = 1" in self.shown_source(window), "for another script")
        self.wait_tabs(window, "• one.py", "• two.py", "three.py", "four.py")

        def close_others():
            self.call("/io/github/backstep/Backstep/window/1", "org.gtk.Actions", "Activate", GLib.Variant("(sava{sv})", ("close-other-tabs", [], {})))
            window.wait_for(lambda: "one.py\ntwo.py" in window.shown(), "for the question about both")

        close_others()
        self.assertEqual(len(window.windows()), 2)
        window.press("Cancel")
        window.wait_for(lambda: len(window.windows()) == 1, "for the question to go")
        self.wait_tabs(window, "• one.py", "• two.py", "three.py", "four.py")
        close_others()
        window.press("Save All")
        window.wait_for(lambda: window.tabs() in ([], ["four.py"]), "for the others to go")
        self.assertIn("four = 1", self.shown_source(window))
        for script in scripts[:2]:
            with open(script, encoding="utf-8") as file:
                self.assertTrue(file.read().startswith("# mine\n"))
        self.assertNotIn("CRITICAL", window.said())

    def test_opened_again(self):
        window = self.open(example("quadratic"))
        self.wait_recording(window)
        window.key("Right", 7)
        window.wait_step(7)
        self.tell(example("linear"))
        self.wait_tabs(window, "quadratic.py", "linear.py")
        window.chord("Control", "Page_Up")
        window.wait_step(7)
        window.chord("Control", "q")
        window.process.wait(60)
        window = self.open()
        self.wait_tabs(window, "quadratic.py", "linear.py")
        window.wait_step(7)
        window.chord("Control", "q")
        window.process.wait(60)
        window = self.open("--new-window")
        window.wait_for(lambda: window.find("label", "See gradients flow"), "for the page of examples")

    def call(self, path, interface, method, arguments):
        bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        return bus.call_sync("io.github.backstep.Backstep", path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, 60000, None)

    def test_to_another_window(self):
        window = self.open(example("quadratic"))
        self.wait_recording(window)
        self.tell(example("linear"))
        self.wait_tabs(window, "quadratic.py", "linear.py")
        window.wait_for(lambda: "Step 0 of 49" in window.status(), "for the other recording")
        window.key("Right", 4)
        window.wait_step(4)
        self.call("/io/github/backstep/Backstep/window/1", "org.gtk.Actions", "Activate",
                  GLib.Variant("(sava{sv})", ("tab-to-window", [], {})))
        window.wait_for(lambda: sorted(frame.get_name() for frame in window.windows()) == ["linear.py", "quadratic.py"], "for two windows")
        statuses = [name for name in window.names("push button") if name.startswith("Step ")]
        self.assertEqual({name.split(" ·")[0] for name in statuses}, {"Step 0 of 3826", "Step 4 of 49"})

    def test_activated_by_the_desktop(self):
        window = self.open("--gapplication-service")
        window.wait_for(lambda: Gio.bus_get_sync(Gio.BusType.SESSION).call_sync(
            "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "NameHasOwner", GLib.Variant("(s)", ("io.github.backstep.Backstep",)),
            None, Gio.DBusCallFlags.NONE, 5000, None).unpack()[0], "for the service")
        self.call("/io/github/backstep/Backstep", "org.freedesktop.Application", "Open",
                  GLib.Variant("(asa{sv})", (["file://" + example("chain")], {})))
        self.wait_recording(window)
        self.call("/io/github/backstep/Backstep", "org.freedesktop.Application", "ActivateAction",
                  GLib.Variant("(sava{sv})", ("new-window", [], {})))
        window.wait_for(lambda: len(window.windows()) == 2, "for the new window")

    def test_what_is_far_away_comes_later(self):
        """The one that answers has its tab, though not in front; the other one holds up nobody."""
        os.makedirs(os.path.join(self.state, "backstep"))
        far = ["resource:///io/github/backstep/Backstep/surface.txt", "sftp://nowhere.invalid/x.py"]
        with open(os.path.join(self.state, "backstep", "workspace.ini"), "w", encoding="utf-8") as file:
            file.write(f"[window 0]\nshown=0\nfiles={far[0]};{far[1]};file://{example('chain')};\nsteps=0;0;3;\n")
        window = self.open()
        window.wait_step(3)
        self.wait_tabs(window, "chain.py", "surface.txt")

    def test_damaged_workspace(self):
        os.makedirs(os.path.join(self.state, "backstep"))
        with open(os.path.join(self.state, "backstep", "workspace.ini"), "wb") as file:
            file.write(b"[window 0]\nwidth=-7\nheight=99999999\nshown=400\nfiles=file:///nowhere/x.py;\xff\xfe;" + example("chain").encode()
                       + b";file://" + example("chain").encode() + b";\nsteps=a;b\n[window 1]\n[window 2\nfiles=;;;")
        window = self.open()
        window.wait_for(lambda: window.find("label", "See gradients flow") or re.match(r"Step \d+ of", window.status()), "for a window")


unittest.main(verbosity=2)
