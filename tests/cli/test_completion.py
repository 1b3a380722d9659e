#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Completion in a real bash: commands, every option a command's help tells, files."""

import os
import re
import subprocess
import sys
import tempfile
import unittest

TOOL, COMPLETION = (os.path.abspath(path) for path in sys.argv[1:3])
del sys.argv[1:3]

ASK = """source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _backstep "${COMP_WORDS[0]}"; printf '%s\\n' "${COMPREPLY[@]}" """


def complete(*words, folder="/"):
    done = subprocess.run(["bash", "--norc", "-c", ASK, "bash", COMPLETION, TOOL, *words], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stderr == "", done.stderr
    return set(done.stdout.split("\n")) - {""}


def told(*command):
    text = subprocess.run([TOOL, *command, "--help"], capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"}).stdout
    return set(re.findall(r"(?<=[ ,(])--[a-z][a-z-]+", text))


class Completion(unittest.TestCase):
    def test_commands(self):
        text = subprocess.run([TOOL, "--help"], capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"}).stdout
        commands = re.findall(r"^  ([a-z]+) {2,}", text.split("Commands\n")[1].split("\n\n")[0], re.MULTILINE)
        self.assertGreater(len(commands), 6)
        self.assertLessEqual(set(commands), complete(""))
        self.assertEqual(complete("tr"), {"trace"})
        for command in set(commands) - {"python", "help"}:
            self.assertLessEqual(told(command) | {"--help"}, complete(command, "-"), command)

    def test_options_of_the_window(self):
        self.assertLessEqual({"--step", "--new-window", "--version"}, complete("--"))

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("a script.py", "run.backstep", "graph.gv", "notes.txt"):
                open(os.path.join(folder, name), "w").close()
            os.mkdir(os.path.join(folder, "sub"))
            self.assertEqual(complete("trace", "", folder=folder), {"a script.py", "run.backstep", "graph.gv", "sub"})
            self.assertEqual(complete("export", "x.py", "-o", "n", folder=folder), {"notes.txt"})
            self.assertEqual(complete("python", "no", folder=folder), {"notes.txt"})

    def test_values(self):
        self.assertEqual(complete("export", "x.py", "--theme", ""), {"light", "dark", "high-contrast"})
        self.assertEqual(complete("export", "x.py", "--by", "p"), {"phase", "pass"})


unittest.main(verbosity=2)
