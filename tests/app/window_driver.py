# SPDX-License-Identifier: MIT
"""The window as a person has it: through the accessibility tree and the keyboard, on a display and a session bus of
its own (run me under xvfb-run and dbus-run-session)."""

import os
import signal
import subprocess
import tempfile
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

PATIENCE = float(os.environ.get("BACKSTEP_PATIENCE", "30"))  # seconds; a loaded machine is slow

KEYS = {"Right": 0xff53, "Left": 0xff51, "Up": 0xff52, "Down": 0xff54, "Home": 0xff50, "End": 0xff57, "Page_Down": 0xff56,
        "Page_Up": 0xff55, "F5": 0xffc2, "F6": 0xffc3, "F8": 0xffc5, "F9": 0xffc6, "Escape": 0xff1b, "space": 0x20, "Return": 0xff0d}

# Places on the keyboard of Xvfb, for chords: the event of a symbol would release the modifiers.
KEYCODES = {"Control": 37, "Shift": 50, "Alt": 64, "c": 54, "e": 26, "f": 41, "g": 42, "l": 46, "p": 33,
            "n": 57, "q": 24, "t": 28, "w": 25, "Tab": 23, "Return": 36, "F1": 67, "Page_Up": 112, "Page_Down": 117, "comma": 59, "h": 43, "slash": 61,
            "m": 58, "equal": 21, "minus": 20, "6": 15, "0": 19, "o": 32, "i": 31, "u": 30, "Left": 113, "Right": 114}


class Gone(Exception):
    """A node that the application took away while we looked at it."""


def walk(node):
    try:
        yield node
        for i in range(node.get_child_count()):
            child = node.get_child_at_index(i)
            if child is not None:
                yield from walk(child)
    except GLib.Error:
        return


class Window:
    def __init__(self, program, *arguments, environment=None, shared=False):
        """@shared: the one Backstep of this session bus, which remembers what is open."""
        named = os.environ.get("BACKSTEP_WINDOW_LOG")
        self.log = open(named, "ab+") if named else tempfile.TemporaryFile()
        self.command = [program, *([] if shared else ["--new-instance"]), *arguments]
        self.environment = {**os.environ, "GTK_A11Y": "atspi", "GSK_RENDERER": "cairo", "GSETTINGS_BACKEND": "memory",
                            "XDG_STATE_HOME": os.path.join(tempfile.gettempdir(), f"backstep-test-{os.getpid()}"), **(environment or {})}
        self.is_second_try = False
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, env=self.environment, stderr=self.log)

    def may_try_again(self):
        """Once, when the display or the bus was not ready yet."""
        words = self.said().lower()
        again = not self.is_second_try and ("open display" in words or "register" in words)
        self.is_second_try = True
        return again

    def said(self):
        """The end of what it wrote to its error stream."""
        self.log.seek(0)
        return self.log.read()[-2000:].decode(errors="replace")

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def frames(self):
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            application = desktop.get_child_at_index(i)
            try:
                if application is None or application.get_process_id() != self.process.pid:
                    continue
                yield from (application.get_child_at_index(k) for k in range(application.get_child_count()))
            except GLib.Error:
                continue

    def nodes(self):
        for frame in self.frames():
            if frame is not None:
                yield from walk(frame)

    def windows(self):
        return [frame for frame in self.frames() if frame is not None]

    def tabs(self):
        """The names in the tab bar; none while there is one tab. libadwaita 1.2 tells them as mere labels."""
        bar = self.find("filler", "Tabs")
        seen = [node for node in walk(bar) if node.get_role_name() == "label" and self.is_seen(node)] if bar else []
        return [node.get_name() for node in sorted(seen, key=lambda node: Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW).x)]

    def is_seen(self, node):
        """Whether it has a place in the window; GTK 4.8 says of everything that it is showing."""
        return node.get_state_set().contains(Atspi.StateType.VISIBLE) and Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW).width > 0

    def find(self, role, name=None):
        """The first node of that role whose name is, or begins with, @name."""
        for node in self.nodes():
            try:
                if node.get_role_name() == role and (name is None or node.get_name().startswith(name)):
                    return node
            except GLib.Error:
                continue
        return None

    def names(self, role):
        found = []
        for node in self.nodes():
            try:
                if node.get_role_name() == role:
                    # GTK 4.8 names a label that was never filled after its type.
                    found.append(node.get_name().replace("GtkLabel", ""))
            except GLib.Error:
                continue
        return found

    def text(self, name):
        node = self.wait_for(lambda: self.find("text", name))
        return Atspi.Text.get_text(node, 0, -1)

    def wait_for(self, condition, what=""):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.process.poll() is not None:
                if self.may_try_again():
                    self.start()
                    continue
                raise AssertionError(f"the window has ended with status {self.process.returncode}: {self.said()}")
            try:
                found = condition()
            except GLib.Error:
                found = None
            if found:
                return found
            time.sleep(0.03)
        raise AssertionError(f"waited in vain {what}; the window shows:\n" + "\n".join(self.names("label")))

    def press(self, name):
        button = self.wait_for(lambda: self.find("push button", name), f"for the button {name}")
        Atspi.Action.do_action(button, 0)

    def press_shown(self, name, which):
        """One of several buttons of that name, counted among those on the screen."""
        def shown():
            found = [node for node in self.nodes() if node.get_role_name() == "push button" and node.get_name().startswith(name)]
            return [node for node in found if Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW).width > 0]
        self.wait_for(lambda: len(shown()) > which, f"for the buttons {name}")
        Atspi.Action.do_action(shown()[which], 0)

    def switch(self, name):
        """A page or a check box, by its name."""
        def look():
            for role in ("radio button", "page tab", "check box", "toggle button"):
                node = self.find(role, name)
                if node:
                    return node
            return None
        def is_checked():
            return look().get_state_set().contains(Atspi.StateType.CHECKED)

        try:
            Atspi.Action.do_action(self.wait_for(look, f"for {name}"), 0)
            return
        except GLib.Error:  # GTK 4.8's check buttons have no action
            before = is_checked()

        def click():
            box = Atspi.Component.get_extents(look(), Atspi.CoordType.WINDOW)
            Atspi.generate_mouse_event(box.x + 10, box.y + box.height // 2, "b1c")
            time.sleep(0.3)
            return is_checked() != before

        self.wait_for(click, f"for {name} to change")

    def enter(self, name, text):
        """Clicks into the entry of that name, fills it and presses Enter."""
        entry = self.wait_for(lambda: self.find("text", name) or self.find("entry", name), f"for the entry {name}")

        def click():
            box = Atspi.Component.get_extents(entry, Atspi.CoordType.WINDOW)
            if box.width > 30:
                Atspi.generate_mouse_event(box.x + 20, box.y + box.height // 2, "b1c")
            time.sleep(0.3)
            return entry.get_state_set().contains(Atspi.StateType.FOCUSED)

        self.wait_for(click, f"for the focus in {name}")
        Atspi.EditableText.set_text_contents(entry, text)
        time.sleep(0.1)
        Atspi.generate_keyboard_event(0xff0d, None, Atspi.KeySynthType.SYM)

    def drag(self, node, *fractions):
        """Presses at the first place along @node, moves over the others, lets go at the last."""
        box = Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)
        y = box.y + box.height // 2
        for i, fraction in enumerate(fractions):
            x = round(box.x + fraction * box.width)
            Atspi.generate_mouse_event(x, y, "abs")
            time.sleep(0.1)
            if i == 0:
                Atspi.generate_mouse_event(x, y, "b1p")
                time.sleep(0.1)
        Atspi.generate_mouse_event(x, y, "b1r")

    def key(self, name, times=1):
        for _ in range(times):
            Atspi.generate_keyboard_event(KEYS.get(name, ord(name[0])), None, Atspi.KeySynthType.SYM)

    def chord(self, *names):
        """Modifiers, then a key: chord("Control", "Shift", "c")."""
        codes = [KEYCODES[name] for name in names]
        for code in codes[:-1]:
            Atspi.generate_keyboard_event(code, None, Atspi.KeySynthType.PRESS)
        Atspi.generate_keyboard_event(codes[-1], None, Atspi.KeySynthType.PRESSRELEASE)
        for code in reversed(codes[:-1]):
            Atspi.generate_keyboard_event(code, None, Atspi.KeySynthType.RELEASE)

    def status(self):
        """The line of the transport: "Step 20 of 3826 · pass 1 of 101 · backward"."""
        for name in self.names("push button"):
            if name.startswith(("Step ", "第")):
                return name
        return ""

    def step(self):
        words = self.status().split()
        return int(words[1]) if len(words) > 3 else None

    def wait_step(self, step):
        self.wait_for(lambda: self.step() == step, f"for step {step}, at {self.step()}")

    def shown(self):
        """What the inspector and the cards of errors say."""
        return "\n".join(self.names("label") + self.names("status bar") + self.names("alert") + self.names("math"))


if __name__ == "__main__":
    sys.exit("a module of test_window.py")
