#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Graphs that are written as DOT, with every command. Arguments: backstep, backstep-tool, the folder of examples, of cases."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM, TOOL, EXAMPLES, CASES = sys.argv[1:5]
del sys.argv[1:5]


def run(*words, program=TOOL, **options):
    return subprocess.run([program, *words], capture_output=True, text=True, timeout=120, env={**os.environ, "LC_ALL": "C.UTF-8"}, **options)


def example(name):
    return os.path.join(EXAMPLES, name + ".dot")


class Commands(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def trace(self, *words):
        done = run("trace", "--json", *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_trace(self):
        events = self.trace(example("quadratic"))
        self.assertEqual(events[-1]["how"], "finished")
        self.assertEqual(max(e["pass"] for e in events), 19)
        names = [e["variable"] for e in events if e["kind"] == "name"][:5]
        self.assertEqual(names, ["lr", "iteration", "w", "square", "loss"])
        computed = next(e for e in events if e["kind"] == "tensor" and e["op"] == "pow")
        self.assertEqual(computed["source"]["line"], 18)
        self.assertEqual(computed["attributes"], {"exponent": "2"})
        self.assertEqual(computed["value"]["data"], 100)
        gradient = next(e for e in events if e["kind"] == "accumulate")
        self.assertEqual(gradient["after"]["data"], 20)
        self.assertEqual(gradient["source"]["line"], 15)
        write = next(e for e in events if e["kind"] == "write")
        self.assertEqual((write["before"]["data"], write["after"]["data"]), (10, 8))
        self.assertEqual(write["phase"] if "phase" in write else "update", "update")

    def test_it_runs_without_python(self):
        done = run("python", example("twice"), program=PROGRAM)
        self.assertEqual(done.returncode, 2)
        self.assertIn("is a graph, not a script", done.stderr)
        self.assertEqual(run("run", example("twice")).returncode, 0)

    def test_edit(self):
        events = self.trace("--edit", "1 lr = 0.5", example("quadratic"))
        write = next(e for e in events if e["kind"] == "write")
        self.assertEqual(write["after"]["data"], 0)
        events = self.trace("--edit", "7 w = 3.0", example("quadratic"))
        self.assertEqual(next(e for e in events if e["kind"] == "tensor" and e["op"] == "pow")["value"]["data"], 9)
        done = run("run", "--edit", "1 nothing = 1", example("quadratic"))
        self.assertEqual(done.returncode, 0)

    def test_record_and_verify(self):
        path = self.path("run.backstep")
        self.assertEqual(run("record", example("line"), "-o", path).returncode, 0)
        self.assertEqual(run("verify", path).returncode, 0)
        self.assertEqual(run("trace", path).stdout, run("trace", example("line")).stdout)

    def test_debug(self):
        done = run("debug", example("quadratic"), "-c", "break if loss < 21", "-c", "continue", "-c", "print w", "-c", "print 2 * w * lr", "-c", "why w")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("0.858", done.stdout)

    def test_explain_and_hints(self):
        self.assertIn("2 · 10", run("trace", "--explain", example("quadratic")).stdout.replace("2 * 10", "2 · 10"))
        self.assertEqual(run("hints", example("quadratic")).returncode, 0)

    def test_export(self):
        for ending in ("svg", "dot"):
            self.assertEqual(run("export", example("line"), "--pass", "3", "-o", self.path("x." + ending)).returncode, 0)
        again = self.trace(self.path("x.dot"))
        before = [e for e in self.trace(example("line")) if e["pass"] == 3]
        for kind in ("accumulate", "backward-end"):
            a, b = ([e.get("after") for e in events if e["kind"] == kind] for events in (before, again))
            self.assertEqual(a, b)
        # the update too: w -= lr * w.grad was recognised
        a, b = ([e["after"]["data"] for e in events if e["kind"] == "write"] for events in (before, again))
        self.assertEqual(a, b)

    def test_exported_file_is_drawn_by_dot(self):
        dot = shutil.which("dot")
        if dot is None:
            self.skipTest("no Graphviz")
        for name in ("attention.py", "custom.py", "line.dot"):
            path = self.path("y.dot")
            self.assertEqual(run("export", os.path.join(EXAMPLES, name), "-o", path).returncode, 0)
            done = subprocess.run([dot, "-Tsvg", path], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn("<svg", done.stdout)

    def test_long_values_are_read_by_dot(self):
        """Graphviz reads no quoted text of more than 16384 bytes."""
        dot = shutil.which("dot")
        script, out = self.path("long.py"), self.path("long.dot")
        with open(script, "w", encoding="utf-8") as file:
            file.write("import torch\nw = torch.arange(4000.).requires_grad_()\n(w * w).sum().backward()\n")
        self.assertEqual(run("export", script, "-o", out).returncode, 0)
        with open(out, encoding="utf-8") as file:
            for piece in file.read().split('"'):
                self.assertLess(len(piece), 16384)
        again = [e["after"]["data"] for e in self.trace(out) if e["kind"] == "accumulate"]
        self.assertEqual(again, [e["after"]["data"] for e in self.trace(script) if e["kind"] == "accumulate"])
        if dot is not None:
            done = subprocess.run([dot, "-Tcanon", out], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_large_tensors_come_from_a_second_run(self):
        script, recording, out = self.path("large.py"), self.path("large.backstep"), self.path("large.dot")
        with open(script, "w", encoding="utf-8") as file:
            file.write("import torch\nw = torch.ones(50, 60, requires_grad=True)\n(w * w).sum().backward()\n")
        self.assertEqual(run("export", script, "-o", out).returncode, 0)
        with open(out, encoding="utf-8") as file:
            self.assertGreaterEqual(file.read().count("1.0"), 3000)
        self.assertEqual(run("record", script, "-o", recording).returncode, 0)
        done = run("export", recording, "-o", self.path("no.dot"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("“w” was too large to be recorded whole", done.stderr)
        self.assertFalse(os.path.exists(self.path("no.dot")))

    def test_errors(self):
        path = os.path.join(CASES, "unknown_operation.dot")
        done = run("run", path)
        self.assertEqual(done.returncode, 1)
        lines = done.stderr.splitlines()
        self.assertIn(":3: GraphError: “a”: there is no operation “pwo”. Is “pow” meant?", lines[0])
        self.assertIn(":4: “b”: there is no operation “frobnicate”.", lines[1])
        done = run("trace", os.path.join(CASES, "shapes.dot"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x2) (x has the size 2×3, w has the size 2×2)", done.stderr)
        self.assertIn("x = tensor()", done.stdout)  # what was recorded until then stays

    def test_endless_is_limited(self):
        path = self.path("long.dot")
        with open(path, "w", encoding="utf-8") as file:
            file.write("digraph { lr=0.1; iterations=1000000000; w [value=1.0, requires_grad=true]; y [op=square]; w -> y; }")
        done = run("run", "--limit", "5000", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("limit of 5", done.stderr)

    def test_help(self):
        done = run("help", "graph", program=PROGRAM)
        self.assertEqual(done.returncode, 0)
        self.assertIn("\n  w [value=10.0, requires_grad=true];\n", done.stdout)
        self.assertIn("\nsum.dim self dim keepdim=False dtype=None\n", done.stdout)


unittest.main()
