#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Examples and random programs: what a recording says at a step is the same however one comes there, and the same that a
fresh run stopped there says; and being recorded changes nothing that the script prints."""

import glob
import os
import random
import re
import subprocess
import sys
import tempfile
import unittest

from random_program import program

EXAMPLES = sys.argv.pop(3)
RUNNER = sys.argv.pop(2)
TOOL = sys.argv.pop(1)
N_PROGRAMS = int(os.environ.get("BACKSTEP_PROGRAMS", "16"))
ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}


def run(*args):
    return subprocess.run(args, capture_output=True, text=True, encoding="utf-8", errors="replace", env=ENVIRONMENT)


class Exactness(unittest.TestCase):
    def states(self, path, steps, limit=None):
        args = [TOOL, "debug", path] + (["--limit", str(limit)] if limit else [])
        for step in steps:
            args += ["-c", f"goto {step}", "-c", "state"]
        done = run(*args)
        lines = done.stdout.splitlines()
        self.assertNotIn("The steps are", done.stdout, f"{done.stdout}\n{done.stderr}")
        return [line for line in lines if re.fullmatch("[0-9a-f]{16}", line)]

    def check(self, path, generator):
        plain, recorded = run(RUNNER, "--plain", path), run(TOOL, "run", path)
        self.assertEqual(recorded.stdout, plain.stdout)
        self.assertEqual(recorded.stderr.splitlines()[:1], plain.stderr.splitlines()[:1])
        self.assertEqual(recorded.returncode, plain.returncode)
        verified = run(TOOL, "verify", "--replay", path)
        self.assertEqual(verified.returncode, 0, verified.stdout)
        n = int(re.search(r"(\d+) steps", verified.stdout).group(1))
        steps = sorted(generator.sample(range(1, n), min(6, n - 1)))
        forwards = self.states(path, steps)
        self.assertEqual(len(forwards), len(steps))
        self.assertEqual(self.states(path, ["end", *reversed(steps)])[:0:-1], forwards)
        for step, state in list(zip(steps, forwards))[::2]:
            with self.subTest(stopped_at=step):
                self.assertEqual(self.states(path, [step], limit=step), [state])

    def test_random_programs(self):
        for seed in range(N_PROGRAMS):
            with self.subTest(seed=seed), tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "program.py")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(program(seed))
                self.check(path, random.Random(seed))

    def test_examples(self):
        for path in sorted(glob.glob(os.path.join(EXAMPLES, "*.py"))):
            with self.subTest(os.path.basename(path)):
                self.check(path, random.Random(path))


if __name__ == "__main__":
    unittest.main()
