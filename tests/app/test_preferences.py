#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Preferences take effect at once, and are kept; the recent files."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM, EXAMPLES, SCHEMAS = sys.argv[1:4]
del sys.argv[1:4]
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from window_driver import Atspi, Window  # noqa: E402


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.environment = {"GSETTINGS_BACKEND": "keyfile", "XDG_CONFIG_HOME": self.folder, "XDG_DATA_HOME": self.folder,
                            "XDG_STATE_HOME": self.folder, "GSETTINGS_SCHEMA_DIR": SCHEMAS}

    def open(self, *arguments):
        window = Window(PROGRAM, *arguments, environment=self.environment)
        self.addCleanup(window.close)
        return window

    def set(self, key, value):
        subprocess.run(["gsettings", "set", "io.github.backstep.Backstep", key, value], check=True, env={**os.environ, **self.environment})

    def get(self, key):
        return subprocess.run(["gsettings", "get", "io.github.backstep.Backstep", key], check=True, capture_output=True, text=True,
                              env={**os.environ, **self.environment}).stdout.strip()

    def example(self, name):
        return os.path.join(EXAMPLES, name + ".py")

    def height_of_text(self, window):
        node = window.wait_for(lambda: window.find("text", "Source"))
        return Atspi.Text.get_character_extents(node, 0, Atspi.CoordType.WINDOW).height

    def test_rows_are_there_and_bound(self):
        window = self.open(self.example("quadratic"))
        window.wait_for(lambda: re.match(r"Step 0 of \d{2,}", window.status()), "for the recording")
        window.chord("Control", "comma")
        window.wait_for(lambda: "Theme" in window.names("label"), "for the preferences")
        for name in ("Text of source and output", "Animations", "Open what was open the last time", "Hide the future"):
            self.assertIn(name, window.names("label"))
        node = window.wait_for(lambda: window.find("spin button", "Text of the graph"), "for the size of the graph's text")
        Atspi.Value.set_current_value(node, 150)
        window.wait_for(lambda: self.get("font-scale") == "1.5", "for the setting")

    def test_at_once(self):
        window = self.open(self.example("quadratic"))
        window.wait_for(lambda: re.match(r"Step 0 of \d{2,}", window.status()), "for the recording")
        window.chord("Control", "comma")
        window.wait_for(lambda: window.find("spin button", "Text of source and output"), "for the preferences")
        Atspi.Value.set_current_value(window.find("spin button", "Text of source and output"), 200)
        window.wait_for(lambda: self.get("editor-scale") == "2.0", "for the setting")

    def test_limit_of_events(self):
        self.set("event-limit", "1500")
        window = self.open(self.example("quadratic"))
        window.wait_for(lambda: "The recording paused at" in window.shown(), "for the pause")
        window.press("Stop here")
        window.wait_for(lambda: re.match(r"Step 0 of 1,?[5-9]\d\d\b", window.status()), f"for the run to end there, {window.status()}")

    def test_recent(self):
        window = self.open(self.example("chain"))
        window.wait_for(lambda: re.match(r"Step 0 of \d{2,}", window.status()), "for the recording")
        node = window.wait_for(lambda: window.find("push button", "Opened lately") or window.find("toggle button", "Opened lately"))
        window.wait_for(lambda: os.path.exists(os.path.join(self.folder, "recently-used.xbel")), "for the list")
        box = Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)
        Atspi.generate_mouse_event(box.x + box.width // 2, box.y + box.height // 2, "b1c")
        window.wait_for(lambda: "chain.py — examples" in window.shown() or any("chain.py — examples" in name for name in window.names("menu item")),
                        "for the file in the menu")


unittest.main(verbosity=2)
