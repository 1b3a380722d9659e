#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The window where there is little room, or where it is another one: large text, long words, a script that runs from right to left."""

import ctypes
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM, EXAMPLES, CATALOGUES = sys.argv[1:4]
del sys.argv[1:4]
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from window_driver import Atspi, Window  # noqa: E402

WIDTH, HEIGHT = 1280, 720  # of the display
BUTTONS = ("push button", "toggle button", "check box")
PAGES = ("Output", "Lesson", "Variables", "Nodes", "Breakpoints", "Runs", "What if")


def box(node):
    return Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)


class Room(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def open(self, dpi=96, **environment):
        """@dpi: 192 is text of twice the size, as GTK learns it from the X server's resources."""
        resources = os.path.join(self.folder, "resources")
        with open(resources, "w", encoding="ascii") as file:
            file.write(f"Xft.dpi: {dpi}\n")
        window = Window(PROGRAM, os.path.join(EXAMPLES, "quadratic.py"), environment={"XENVIRONMENT": resources, **environment})
        self.addCleanup(window.close)
        window.wait_for(lambda: "3826" in window.status(), "for the recording")
        return window

    def frame(self, window):
        return next(box(frame) for frame in window.windows() if "quadratic" in frame.get_name())

    def place(self, window, role, name):
        """Where it stands, once it stands; a role, or several."""
        role = (role,) if isinstance(role, str) else role

        def look():
            for node in window.nodes():
                if node.get_role_name() in role and node.get_name().startswith(name) and box(node).width > 0:
                    return box(node)
            return None
        return window.wait_for(look, f"for {name}")

    def graph(self, window):
        def look():
            found = [box(node) for node in window.nodes() if node.get_name().startswith("Computation graph") and box(node).width > 0]
            return found[0] if found else None
        return window.wait_for(look, "for the graph")

    def check_inside(self, window, what, place, width, height):
        frame = self.frame(window)
        self.assertGreaterEqual(place.x, 0, what)
        self.assertGreaterEqual(place.y, 0, what)
        self.assertLessEqual(place.x + place.width, frame.width, what)
        self.assertLessEqual(place.y + place.height, frame.height, what)
        self.assertGreaterEqual(place.width, width, what)
        self.assertGreaterEqual(place.height, height, what)

    def check(self, window):
        """The window is on the screen, and what one works with is in the window."""
        def fits():
            frame = self.frame(window)
            return frame.width <= WIDTH and frame.height <= HEIGHT
        window.wait_for(fits, f"for a window that fits; it is {self.frame(window).width}x{self.frame(window).height}")
        for name in ("Next event", "Previous event", "Play", "To the end", "To the beginning"):
            self.check_inside(window, name, self.place(window, BUTTONS, name), 24, 24)
        self.check_inside(window, "graph", self.graph(window), 300, 120)
        self.check_inside(window, "source", self.place(window, "text", "Source"), 200, 100)


class LargeText(Room):
    def test_everything_is_there_at_twice_the_size(self):
        window = self.open(dpi=192)
        window.key("Right", 12)
        window.wait_step(12)
        self.check(window)
        formula = self.place(window, "label", "Formula")
        graph = self.graph(window)
        self.check_inside(window, "inspector", formula, 60, 20)
        self.assertGreaterEqual(formula.y, graph.y + graph.height, "the inspector stands below the graph")

    def test_no_page_makes_it_wider(self):
        window = self.open(dpi=192)
        for page in PAGES:
            with self.subTest(page):
                window.switch(page)
                time.sleep(0.4)
                self.check(window)
        window.chord("Control", "h")  # find and replace in the source
        time.sleep(0.6)
        self.check(window)

    def test_a_question_leaves_room_for_the_graph(self):
        window = self.open(dpi=192)
        window.key("Right", 3)
        window.wait_step(3)
        window.key("q")
        window.wait_for(lambda: window.find("push button", "Check"), "for the question")
        time.sleep(0.6)
        self.check(window)

    def test_three_columns_at_the_usual_size(self):
        window = self.open()
        window.key("Right", 12)
        window.wait_step(12)
        self.check(window)
        formula, graph = self.place(window, "label", "Formula"), self.graph(window)
        self.assertGreaterEqual(formula.x, graph.x + graph.width, "the inspector stands beside the graph")

    def test_the_keys_can_be_read(self):
        """GTK's own window of shortcuts was 1740 pixels wide, and 1559 high."""
        window = self.open(dpi=192)
        window.chord("Control", "Shift", "slash")
        frame = window.wait_for(lambda: next((f for f in window.windows() if f.get_name() == "Keyboard Shortcuts"), None), "for the keys")
        time.sleep(0.5)
        self.assertLessEqual(box(frame).width, WIDTH)
        self.assertLessEqual(box(frame).height, HEIGHT)
        window.wait_for(lambda: any(node.get_name().startswith("Over this line") for node in window.nodes()), "for an action")


class OtherDirection(Room):
    def open_hebrew(self):
        if shutil.which("localedef") is None or not os.path.exists("/usr/share/locale/he/LC_MESSAGES/gtk40.mo"):
            self.skipTest("there is no Hebrew on this machine")
        place = os.path.join(self.folder, "he_IL.UTF-8")
        subprocess.run(["localedef", "-i", "he_IL", "-f", "UTF-8", place], check=False, capture_output=True)
        if not os.path.isdir(place):
            self.skipTest("the sources of the Hebrew locale are not there")
        return self.open(LOCPATH=self.folder, LC_ALL="he_IL.UTF-8", LANGUAGE="he")

    def test_panes_turn_around_and_time_does_not(self):
        window = self.open_hebrew()
        self.check(window)
        graph, source = self.graph(window), self.place(window, "text", "Source")
        self.assertGreaterEqual(source.x, graph.x + graph.width, "the source stands at the right")
        first, back, on, last = (self.place(window, "push button", name).x for name in
                                 ("To the beginning", "Previous event", "Next event", "To the end"))
        self.assertTrue(first < back < on < last, "the buttons run as the timeline does")


def lengthen(text):
    """Half as long again, but begins as it did and has the same places for numbers."""
    body = text.rstrip("\n")
    return body + " ëxtrå" * max(1, round(len(re.sub(r"%\S+", "", body)) * 0.4 / 6)) + text[len(body):]


def write_long_words(source, target):
    """A catalogue (.mo) of the messages of @source, all of them long; three plural forms, as Polish has."""
    with open(source, "rb") as file:
        data = file.read()
    n, at_ids, at_words = struct.unpack_from("<III", data, 8)
    messages = []
    for i in range(n):
        length, offset = struct.unpack_from("<II", data, at_ids + 8 * i)
        key = data[offset:offset + length]
        if key:
            forms = key.split(b"\x04")[-1].decode().split("\0")
            words = [lengthen(form) for form in (forms + [forms[-1]] if len(forms) > 1 else forms)]
        else:
            words = ["Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && "
                     "(n%100<10 || n%100>=20) ? 1 : 2);\n"]
        messages.append((key, "\0".join(words).encode()))
    head, tables, body = struct.pack("<IIIIIII", 0x950412de, 0, n, 28, 28 + 8 * n, 0, 0), b"", b""
    start = 28 + 16 * n
    for which in (0, 1):
        for message in messages:
            tables += struct.pack("<II", len(message[which]), start + len(body))
            body += message[which] + b"\0"
    os.makedirs(os.path.dirname(target))
    with open(target, "wb") as file:
        file.write(head + tables + body)


class LongWords(Room):
    def test_nothing_becomes_too_wide(self):
        write_long_words(os.path.join(CATALOGUES, "zh_CN", "LC_MESSAGES", "backstep.mo"),
                         os.path.join(self.folder, "LC_MESSAGES", "backstep.mo"))
        # gettext looks for LANGUAGE below the folder of the catalogues.
        window = self.open(LANGUAGE=os.path.relpath(self.folder, os.path.realpath(CATALOGUES)), LC_ALL="C.UTF-8")
        window.wait_for(lambda: any("ëxtrå" in name for name in window.names("push button")), "for long words")
        self.check(window)
        for page in PAGES:
            with self.subTest(page):
                window.switch(page)
                time.sleep(0.4)
                self.check(window)
        window.key("Right", 3)
        window.key("q")
        window.wait_for(lambda: window.find("push button", "Check"), "for the question")
        time.sleep(0.6)
        self.check(window)


class Screen:
    """What the display shows, as bytes."""

    class Image(ctypes.Structure):
        _fields_ = [("width", ctypes.c_int), ("height", ctypes.c_int), ("xoffset", ctypes.c_int), ("format", ctypes.c_int),
                    ("data", ctypes.c_void_p), ("byte_order", ctypes.c_int), ("unit", ctypes.c_int), ("bit_order", ctypes.c_int),
                    ("pad", ctypes.c_int), ("depth", ctypes.c_int), ("stride", ctypes.c_int)]

    def __init__(self):
        self.x = ctypes.CDLL("libX11.so.6")
        self.x.XOpenDisplay.restype = self.x.XDefaultRootWindow.restype = ctypes.c_void_p
        self.x.XGetImage.restype = ctypes.POINTER(self.Image)
        self.display = ctypes.c_void_p(self.x.XOpenDisplay(None))
        self.root = ctypes.c_void_p(self.x.XDefaultRootWindow(self.display))

    def look(self, place):
        """Of a part of it."""
        image = self.x.XGetImage(self.display, self.root, place.x, place.y, place.width, place.height, ctypes.c_ulong(0xffffffff), 2)
        pixels = ctypes.string_at(image.contents.data, image.contents.stride * image.contents.height)
        self.x.XFree(ctypes.c_void_p(image.contents.data))
        self.x.XFree(image)
        return pixels


class Stillness(Room):
    def pictures_of_a_step(self, window):
        """How many different pictures of the graph are seen while a gradient flows along an edge."""
        screen, graph, seen = Screen(), self.graph(window), []
        window.key("Right", 14)
        window.wait_step(14)
        time.sleep(1)
        for _ in range(4):
            seen.append(screen.look(graph))
            window.key("Right")
            end = time.monotonic() + 0.8
            while time.monotonic() < end:
                picture = screen.look(graph)
                if picture != seen[-1]:
                    seen.append(picture)
        return len(set(seen))

    def test_a_step_is_one_picture(self):
        folder = os.path.join(self.folder, "gtk-4.0")
        os.makedirs(folder)
        with open(os.path.join(folder, "settings.ini"), "w", encoding="ascii") as file:
            file.write("[Settings]\ngtk-enable-animations=0\n")
        still = self.pictures_of_a_step(self.open(XDG_CONFIG_HOME=self.folder))
        self.assertLessEqual(still, 7, "nothing moves: one picture a step, and whatever else happens by chance")

    def test_it_moves_otherwise(self):
        """Or the test above would hold of anything."""
        self.assertGreater(self.pictures_of_a_step(self.open()), 7)


if __name__ == "__main__":
    unittest.main(verbosity=2)
