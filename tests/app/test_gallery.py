#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The welcome page and the lessons, as a person has them: searched, opened, stepped, ticked, by keyboard and accessibility tree."""

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

KEYCODES.update({"a": 38, "n": 57, "v": 55})
KEYS.update({"Return": 0xff0d, "Tab": 0xff09, "Delete": 0xffff})


class Case(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        self.environment = {f"XDG_{name.upper()}_HOME": os.path.join(self.home, name) for name in ("state", "cache", "data", "config")}

    def open(self, *arguments, **environment):
        window = Window(PROGRAM, *arguments, environment={**self.environment, **environment})
        self.addCleanup(window.close)
        return window

    def gallery(self, **environment):
        window = self.open(**environment)
        window.wait_for(lambda: self.cards(window), "for the cards")
        return window

    def nodes(self, window, role):
        found = []
        for node in window.nodes():
            try:
                if node.get_role_name() == role:
                    found.append(node)
            except GLib.Error:
                continue
        return found

    def cards(self, window):
        """Names of the cards: title, chapter, how much of it was seen."""
        return [name for name in self.items(window) if ". " in name]

    def items(self, window):
        return [node.get_name() for node in self.nodes(window, "list item") + self.nodes(window, "table cell")]

    def focused(self, window):
        for node in window.nodes():
            try:
                if node.get_state_set().contains(Atspi.StateType.FOCUSED) and node.get_role_name() not in ("frame", "window"):
                    return node.get_name()
            except GLib.Error:
                continue
        return ""

    def type(self, window, text):
        for letter in text:
            Atspi.generate_keyboard_event(ord(letter), None, Atspi.KeySynthType.SYM)
            time.sleep(0.05)

    def search(self, window, text, n):
        self.type(window, text)
        window.wait_for(lambda: len(self.cards(window)) == n, f"for {n} hits of {text}, not {self.cards(window)}")


class Gallery(Case):
    def test_every_lesson_is_there(self):
        window = self.gallery()
        names = self.cards(window)
        scripts = [name for name in os.listdir(EXAMPLES) if name.endswith((".py", ".dot"))]
        self.assertEqual(len(names), len(scripts))
        self.assertEqual(names[0], "A number and its gradient. How gradients flow. Not opened yet")
        self.assertIn(f"{len(scripts)} lessons, from one number to an attention head", window.names("label"))

    def test_search_open_step_and_remember(self):
        window = self.gallery()
        self.search(window, "paths", 1)
        window.key("Return")
        window.wait_for(lambda: re.match(r"Step 0 of \d{2}", window.status()), "for the run")
        window.wait_for(lambda: "b = a + a and c = a · b" in window.shown(), "for the lesson beside the output")
        n = int(window.status().split()[3])
        window.key("Right", n // 2)
        window.wait_step(n // 2)
        window.switch("In which order do the contributions")
        window.chord("Control", "e")
        name = f"A value used twice: gradients add. How gradients flow. {n // 2 * 100 // n} % seen · questions 1/3"
        window.wait_for(lambda: name in self.cards(window), f"for {name}, not {self.cards(window)[:3]}")
        window.wait_for(lambda: self.focused(window) == name and len(self.cards(window)) > 20, "for the whole course, and the same card")
        window.chord("Control", "f")
        window.wait_for(lambda: self.focused(window) == "Search the examples", "for the search")
        time.sleep(1.5)  # it is written a moment later
        window.close()
        window = self.gallery()
        window.wait_for(lambda: name in self.cards(window), "for what was remembered")

    def test_two_processes_remember_both(self):
        """The one that ends last knows nothing of the other's lesson, and leaves it as it is."""
        other = self.gallery()
        window = self.open(os.path.join(EXAMPLES, "twice.py"))
        for which, example in ((window, "twice.py"), (other, "the other")):
            if which is other:
                self.search(window=which, text="orange", n=1)
                which.key("Return")
            which.wait_for(lambda: re.match(r"Step 0 of \d{2}", which.status()), f"for the run of {example}")
            which.press("To the end")
            which.wait_for(lambda: which.step() == int(which.status().split()[3]), "for the end")
            time.sleep(1.5)
            which.close()
        again = self.gallery()
        again.wait_for(lambda: len([card for card in self.cards(again) if "✓ Seen to the end" in card]) == 2, f"for both, not {self.cards(again)[:4]}")

    def test_to_the_end_and_next(self):
        window = self.gallery()
        self.search(window, "orange", 1)
        window.key("Return")
        window.wait_for(lambda: re.match(r"Step 0 of \d{2}", window.status()), "for the run")
        window.press("To the end")
        window.press("Next lesson")
        window.wait_for(lambda: "A chain of functions" in window.names("label"), "for the next lesson")
        window.chord("Control", "e")
        window.wait_for(lambda: "A number and its gradient. How gradients flow. ✓ Seen to the end" in self.cards(window), "for the mark")

    def test_arrows_cross_the_chapters(self):
        window = self.gallery()
        self.search(window, "gradient", self.hits("gradient"))
        window.key("Down")
        window.wait_for(lambda: self.focused(window).startswith("A number"), "for the first card")
        seen = set()
        for _ in range(12):
            seen.add(self.focused(window).split(". ")[1] if ". " in self.focused(window) else "")
            window.key("Down")
            time.sleep(0.15)
        self.assertGreater(len(seen), 3)

    def hits(self, word):
        """How many lessons have the word, by their files and chapters."""
        import configparser
        course = configparser.ConfigParser(delimiters="=")
        course.optionxform = str
        course.read(os.path.join(EXAMPLES, "course.ini"), encoding="utf-8")
        n = 0
        for chapter in course.sections():
            for name in course[chapter]["Lessons"].split(";"):
                path = os.path.join(EXAMPLES, name if "." in name else name + ".py")
                with open(path, encoding="utf-8") as file:
                    text = file.read()
                comment = "".join(line[1:] for line in text.split("\n\n")[0].splitlines(True))
                n += word in (comment + course[chapter]["Name"] + name).casefold()
        return n

    def test_pictures(self):
        window = self.gallery()
        folder = os.path.join(self.home, "cache", "backstep", "pictures")
        window.wait_for(lambda: os.path.isdir(folder) and any(name.endswith("light.png") and os.path.getsize(os.path.join(folder, name)) > 500
                                                              for name in os.listdir(folder)), "for a picture")

    def test_chinese(self):
        window = self.open(LANGUAGE="zh_CN", LC_ALL="C.UTF-8")
        window.wait_for(lambda: any(name.startswith("一个数和它的梯度。梯度怎样流动。还没有打开过") for name in self.items(window)), "for the Chinese cards")
        window.key("Tab", 2)
        self.type(window, "arange")
        window.wait_for(lambda: not any(name.startswith("一个数和它的梯度。") for name in self.items(window)), "for the search")


class Own(Case):
    def test_own_folder(self):
        folder = os.path.join(self.home, "mine")
        os.mkdir(folder)
        self.write(folder, "b.py", "# Second of mine\nprint(1)\n")
        self.write(folder, "a.py", "# First of mine\n#\n# Look.\nprint(1)\n")
        self.write(folder, "broken.py", b"# caf\xe9\n")
        self.write(folder, "notes.txt", "no script")
        os.mkdir(os.path.join(self.home, "config"))
        settings = os.path.join(self.home, "config", "glib-2.0", "settings")
        os.makedirs(settings)
        self.write(settings, "keyfile", f"[io/github/backstep/Backstep]\nexamples-folder='file://{folder}'\n")
        window = self.gallery(GSETTINGS_BACKEND="keyfile")
        window.wait_for(lambda: len(self.own(window)) == 3, "for the three")
        self.assertEqual(self.own(window), ["First of mine. Your own examples. Not opened yet", "Second of mine. Your own examples. Not opened yet",
                                            "broken.py. Your own examples. It is not text in UTF-8."])
        self.write(folder, "c.py", "# Came later\n")
        window.wait_for(lambda: any(name.startswith("Came later") for name in self.own(window)), "for the new file")
        os.remove(os.path.join(folder, "a.py"))
        window.wait_for(lambda: not any(name.startswith("First") for name in self.own(window)), "for the removed file")

    def own(self, window):
        return [name for name in self.cards(window) if "Your own examples" in name]

    def write(self, folder, name, text):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())


class Beginning(Case):
    def test_template(self):
        window = self.gallery()
        window.press("New script…")
        window.wait_for(lambda: "Training loop by hand" in window.names("label"), "for the templates")
        window.key("Return")
        window.wait_for(lambda: re.match(r"Step 0 of \d{2}", window.status()), "for the run of the first template")
        window.wait_for(lambda: "Untitled" in window.names("label"), "for its name")
        window.press("To the end")
        window.wait_for(lambda: "10.0 7.0" in window.text("Output"), "for its output")

    def test_template_of_a_graph(self):
        """A graph in no file is one, by its text."""
        window = self.gallery()
        window.press("New script…")
        window.wait_for(lambda: "A graph without a program" in window.names("label"), "for the templates")
        window.key("Up")  # the last
        window.key("End")
        window.key("Return")
        window.wait_for(lambda: re.match(r"Step 0 of \d{3}", window.status()) and "of 20" in window.status(), "for the run of the graph")
        window.wait_for(lambda: "Untitled.dot" in window.names("label"), "for its name")

    def test_paste(self):
        window = self.gallery()
        self.type(window, "import torch")
        window.wait_for(lambda: self.focused(window) == "Search the examples", "for the search")
        window.chord("Control", "a")
        window.chord("Control", "c")
        window.key("Escape")
        window.wait_for(lambda: self.focused(window).startswith("A number"), "for the first card")
        window.chord("Control", "v")
        window.wait_for(lambda: "• Untitled" in window.names("label"), "for the pasted script, not saved")
        window.wait_for(lambda: re.match(r"Step 0 of [1-9]", window.status()), "for its run")

    def test_recent_is_removed(self):
        path = os.path.join(self.home, "mine.py")
        shutil.copy(os.path.join(EXAMPLES, "number.py"), path)
        window = self.open(path)
        window.wait_for(lambda: re.match(r"Step 0 of \d{2}", window.status()), "for the run")
        window.chord("Control", "e")
        window.press("Remove mine.py from the list")
        window.wait_for(lambda: not window.find("push button", "Remove mine.py"), "for it to go")
        self.assertTrue(os.path.exists(path))


if __name__ == "__main__":
    unittest.main(verbosity=2)
