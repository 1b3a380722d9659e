#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What `meson install` puts where, that it is valid there, and that the manual pages and recipes are."""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

SOURCE, BUILD, VERSION = sys.argv[1:4]
del sys.argv[1:4]
ID = "io.github.backstep.Backstep"
EXPECTED = ["bin/backstep", "libexec/backstep/backstep-runner", "libexec/backstep/backstep-tool", "libexec/backstep/backstep-window",
            f"share/applications/{ID}.desktop", f"share/metainfo/{ID}.metainfo.xml", f"share/glib-2.0/schemas/{ID}.gschema.xml",
            f"share/dbus-1/services/{ID}.service", f"share/mime/packages/{ID}.mime.xml", f"share/icons/hicolor/scalable/apps/{ID}.svg",
            f"share/icons/hicolor/symbolic/apps/{ID}-symbolic.svg", "share/bash-completion/completions/backstep", "share/man/man1/backstep.1",
            "share/man/zh_CN/man1/backstep.1", "share/doc/backstep/manual-en.html", "share/doc/backstep/manual-zh_CN.html",
            "share/locale/zh_CN/LC_MESSAGES/backstep.mo", "share/backstep/examples/quadratic.py"]


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        done = run("meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir", cls.folder.name)
        assert done.returncode == 0, done.stdout + done.stderr
        cls.addClassCleanup(cls.folder.cleanup)
        found = [os.path.join(folder, name) for folder, _, names in os.walk(cls.folder.name) for name in names]
        cls.files = found
        cls.prefix = next(path for path in found if path.endswith("bin/backstep"))[:-len("bin/backstep")]

    def path(self, name):
        return os.path.join(self.prefix, name)

    def test_everything_is_there(self):
        for name in EXPECTED:
            self.assertTrue(os.path.exists(self.path(name)), name)

    def test_nothing_knows_the_build_folder(self):
        for path in self.files:
            if path.endswith((".desktop", ".service", ".xml", ".1", ".html", ".pc", "completions/backstep")):
                with open(path, encoding="utf-8") as file:
                    self.assertNotIn(BUILD, file.read(), path)

    def test_activation(self):
        with open(self.path(f"share/dbus-1/services/{ID}.service"), encoding="utf-8") as file:
            service = file.read()
        self.assertRegex(service, rf"Name={re.escape(ID)}\n")
        self.assertRegex(service, r"Exec=/\S+/bin/backstep --gapplication-service\n")
        with open(self.path(f"share/applications/{ID}.desktop"), encoding="utf-8") as file:
            entry = file.read()
        for wanted in ("DBusActivatable=true", "text/x-python;", "text/vnd.graphviz;", "application/x-backstep-recording;",
                       "[Desktop Action new-window]", "Name[zh_CN]="):
            self.assertIn(wanted, entry)

    def test_manual_pages(self):
        for name in ("share/man/man1/backstep.1", "share/man/zh_CN/man1/backstep.1"):
            with open(self.path(name), encoding="utf-8") as file:
                text = file.read()
            self.assertIn(VERSION, text)
            for command in ("trace", "export", "debug", "hints", "record", "verify"):
                self.assertIn(f".SH BACKSTEP {command.upper()}", text)
            if run("sh", "-c", "command -v man groff").stdout.count("\n") == 2:
                done = run("man", "--warnings", "-E", "UTF-8", "-l", self.path(name), env={**os.environ, "LC_ALL": "C.UTF-8", "MANPAGER": "cat", "MANWIDTH": "78"})
                self.assertEqual((done.returncode, done.stderr), (0, ""), name)
        with open(self.path("share/man/zh_CN/man1/backstep.1"), encoding="utf-8") as file:
            self.assertIn("打开窗口", file.read().replace("\\:", ""))

    def test_manual(self):
        for language, word in (("en", "First steps"), ("zh_CN", "梯度")):
            with open(self.path(f"share/doc/backstep/manual-{language}.html"), encoding="utf-8") as file:
                text = file.read()
            self.assertIn(word, text)
            self.assertGreater(text.count("<kbd>"), 60)
            self.assertEqual(text.count("<h2 "), text.count('<li><a href="#c'))

    def test_translation_of_the_desktop(self):
        with open(self.path(f"share/metainfo/{ID}.metainfo.xml"), encoding="utf-8") as file:
            self.assertIn('xml:lang="zh_CN"', file.read())

    def test_zz_uninstall(self):
        """Last, by its name: it takes away what the others look at."""
        done = run("ninja", "-C", BUILD, "uninstall")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual([path for path in self.files if os.path.exists(path)], [])

    def test_recipes(self):
        with open(os.path.join(SOURCE, "data/flatpak", ID + ".json"), encoding="utf-8") as file:
            recipe = json.load(file)
        self.assertEqual(recipe["id"], ID)
        self.assertLessEqual({"sleef", "openblas", "graphviz", "libseccomp", "backstep"}, {module["name"] for module in recipe["modules"]})
        self.assertNotIn("--share=network", recipe["finish-args"])
        with open(os.path.join(SOURCE, "data/debian/control"), encoding="utf-8") as file:
            control = file.read()
        with open(os.path.join(SOURCE, "dev"), encoding="utf-8") as file:
            needed = re.search(r"build_packages='\n(.*?)'", file.read(), re.DOTALL)[1]
        for name in re.findall(r"^(\S+-dev)\b", needed, re.MULTILINE):
            if name != "libc6-dev":
                self.assertIn(name, control)


unittest.main(verbosity=2)
