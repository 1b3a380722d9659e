#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The debugger of the command line: every step and its way back, breakpoints of each kind, watches, questions."""

import os
import random
import re
import subprocess
import sys
import tempfile
import unittest

import debugger

TOOL = sys.argv.pop(1)

SCRIPT = """import torch

def model(x, w):
    h = x * w
    return h + 1

w = torch.tensor(3.0, requires_grad=True)
lr = 0.1
for i in range(20):
    y = model(torch.tensor(2.0), w)
    loss = y ** 2
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
    if i != 5:
        w.grad.zero_()
    else:
        w.grad = torch.tensor(float('nan'))
print('done', w.item())
"""


def debug(*commands, script=SCRIPT):
    lines, status = debugger.debug(TOOL, script, commands)
    return lines, status


def step_of(lines):
    found = [int(m.group(1)) for m in (re.match(r"step (\d+) ", line) for line in lines) if m]
    return found[-1] if found else None


class Moving(unittest.TestCase):
    def steps(self, *commands):
        return [int(m.group(1)) for m in (re.match(r"step (\d+) ", line) for line in debug(*commands)[0]) if m]

    def test_there_and_back(self):
        """From random places: each kind of step, then its reverse, leads to a place of that kind at or before the start."""
        generator = random.Random(3)
        last = self.steps("goto end")[0]
        for word in ["event", "step", "next", "phase", "pass"]:
            for _ in range(6):
                start = generator.randint(1, last - 60)
                steps = self.steps(f"goto {start}", word, "r" + word, word)
                with self.subTest(word=word, start=start):
                    self.assertEqual(len(steps), 4)
                    self.assertGreater(steps[1], steps[0])
                    self.assertLess(steps[2], steps[1])
                    if word != "next":  # back from the first line of a function, over leads to the call
                        self.assertEqual(steps[3], steps[1])

    def test_walking_all_the_way_visits_the_same_places_both_ways(self):
        for word in ["step", "next", "phase", "pass"]:
            forward = self.steps(*([word] * 700))
            back = self.steps("goto end", *(["r" + word] * 700))
            with self.subTest(word):
                ends = {0, back[0]}
                self.assertEqual(sorted(set(forward) - ends), sorted(set(back) - ends))

    def test_counts(self):
        self.assertEqual(self.steps("event 7"), [7])
        self.assertEqual(self.steps("goto 50", "revent 20"), [50, 30])
        self.assertEqual(self.steps("event 100000")[0], self.steps("goto end")[0])

    def test_into_over_and_out(self):
        lines, _ = debug("until 10", "step", "where", "finish", "where")
        self.assertTrue(any(line.startswith("#0 model at script.py:4") or line.startswith("#0 model at script.py:3") for line in lines), lines)
        self.assertTrue(lines[-1].startswith("#0 <module> at script.py:11"), lines)
        lines, _ = debug("until 10", "next")
        self.assertIn("script.py:11", lines[-1])

    def test_until_and_back(self):
        there = self.steps("until 14", "until 14", "runtil 14")
        self.assertEqual(there[0], there[2])

    def test_ends(self):
        lines, status = debug("rnext")
        self.assertEqual((lines, status), (["This is the beginning."], 1))
        lines, status = debug("goto end", "next")
        self.assertEqual((lines[-1], status), ("This is the end.", 1))
        self.assertEqual(debug("goto 999999")[1], 1)


class Breakpoints(unittest.TestCase):
    def hits(self, stop, ask, n=3, script=SCRIPT):
        commands = [f"break {stop}"]
        for _ in range(n):
            commands += ["continue", f"print {ask}"]
        lines, _ = debug(*commands, script=script)
        return [line for line in lines[1:] if not line.startswith(("step ", "script.py:", "No breakpoint"))]

    def test_line(self):
        self.assertEqual(self.hits("11", "i"), ["0", "1", "2"])

    def test_line_with_condition(self):
        self.assertEqual(self.hits("11 if i % 4 == 3", "i"), ["3", "7", "11"])

    def test_condition_stops_where_it_turns_true(self):
        self.assertEqual(self.hits("if i == 3", "i", n=1), ["3"])
        lines, _ = debug("break if loss < 10", "continue", "print loss < 10", "revent", "print loss < 10")
        self.assertIn("True", lines)
        self.assertEqual(lines[-1], "False")
        self.assertIn("loss", next(line for line in lines if line.startswith("step ")))

    def test_condition_backwards_finds_the_same_steps(self):
        for stop in ["if i % 3 == 0", "if w.grad != 0", "11 if i > 7", "if w < 1", "if h > 2", "if y < 1 and loss > 0.1", "updated", "nan"]:
            there = [int(m) for line in debug(f"break {stop}", *["continue"] * 80)[0] for m in re.findall(r"^step (\d+) ", line)]
            back = [int(m) for line in debug(f"break {stop}", "goto end", *["rcontinue"] * 80)[0] for m in re.findall(r"^step (\d+) ", line)]
            there = list(dict.fromkeys(there))
            back = list(dict.fromkeys(back))
            with self.subTest(stop):
                self.assertGreater(len(there), 1)
                self.assertEqual(sorted(set(there) - {back[0]}), sorted(set(back) - {0, back[0]}))

    def test_not_finite(self):
        lines, _ = debug("break nan", "continue", "print i")
        self.assertIn(lines[-1], ("5", "6"))

    def test_exceeds(self):
        lines, _ = debug("break exceeds 20", "continue", "print abs(w.grad) > 20 or abs(y.grad) > 20 or abs(h.grad) > 20")
        self.assertEqual(lines[-1], "True")

    def test_updated(self):
        self.assertEqual(self.hits("updated", "i"), ["0", "1", "2"])
        lines, _ = debug("until 10", "break updated w", "continue", "continue", "print i")
        self.assertEqual(lines[-1], "1")

    def test_unknown_name_is_told(self):
        lines, _ = debug("break if los < 3", "continue")
        self.assertIn("A condition could not be evaluated: There is no “los” at this step.", lines)

    def test_bad_breakpoints(self):
        for text in ["0", "x", "11 when i", "exceeds", "exceeds x", "if", "11 if i =", "updated q", ""]:
            with self.subTest(text):
                self.assertEqual(debug(f"break {text}")[1], 1)

    def test_delete(self):
        lines, _ = debug("break 11", "break if i == 3", "breaks", "delete 1", "breaks", "continue", "print i")
        self.assertEqual(lines[2:4], ["  1: 11", "  2: if i == 3"])
        self.assertEqual(lines[4], "  2: if i == 3")
        self.assertEqual(lines[-1], "3")

    def test_the_error_is_always_one(self):
        lines, _ = debug("continue", script="x = 1\ny = 2\nraise ValueError('here')\n")
        self.assertIn("here", "\n".join(lines))


class Past(unittest.TestCase):
    """A run is repeated with a change at a step."""

    def ask(self, edits, *questions, script=SCRIPT):
        options = [word for edit in edits for word in ("--edit", edit)]
        commands = [f"print {q}" if not q.startswith(("goto", "until")) else q for q in questions]
        lines, _ = debugger.debug(TOOL, script, commands, options=options)
        return [line for line in lines if not line.startswith(("step ", "script.py:"))]

    def test_a_plain_value(self):
        self.assertEqual(self.ask(["1 lr = 0.05"], "goto end", "lr"), ["0.05"])
        self.assertEqual(self.ask(["30 lr = lr * 2"], "goto 10", "lr", "goto end", "lr"), ["0.1", "0.2"])

    def test_what_was_before_stays(self):
        plain, _ = debug("goto 100", "state", "goto 300", "state")
        edited, _ = debugger.debug(TOOL, SCRIPT, ["goto 100", "state", "goto 300", "state"], options=["--edit", "150 lr = 0.3"])
        states = [[line for line in lines if re.fullmatch("[0-9a-f]{16}", line)] for lines in (plain, edited)]
        self.assertEqual(states[0][0], states[1][0])
        self.assertNotEqual(states[0][1], states[1][1])

    def test_a_tensor_keeps_its_identity(self):
        self.assertEqual(self.ask(["40 w = 7"], "until 10", "until 10", "w", "w.requires_grad and w.is_leaf"), ["4.2", "True"])
        script = "import torch\nw = torch.zeros(2, 2, requires_grad=True)\nx = 1\ny = (w * 2).sum()\n"
        self.assertEqual(self.ask(["5 w[0, 1] = 5"], "goto end", "w", "y", script=script), ["[[0, 5], [0, 0]]", "10"])
        self.assertEqual(self.ask(["5 w = [[1, 2], [3, 4]]"], "goto end", "w", script=script), ["[[1, 2], [3, 4]]"])

    def test_items_attributes_and_locals(self):
        script = ("class A:\n    pass\na = A()\na.k = 1\nitems = [1, 2]\ntable = {'x': 1}\ndef f(n):\n    m = n + 1\n    return m * 10\n"
                  "r = f(1)\nprint(a.k, items, table, r)\n")
        lines = self.ask(["14 a.k = 5", "14 items[1] = 9", "14 table['x'] = 'z'"], "goto end", "a.k", "items", "table['x']", script=script)
        self.assertEqual(lines, ["5", "[1, 9]", "'z'"])
        step = next(int(line.split()[1]) for line in debug("until 9", script=script)[0] if line.startswith("step "))
        self.assertEqual(self.ask([f"{step} m = 4"], "goto end", "r", script=script), ["40"])

    def test_a_recording_knows_its_changes(self):
        with tempfile.TemporaryDirectory() as folder:
            path, out = os.path.join(folder, "script.py"), os.path.join(folder, "run.backstep")
            with open(path, "w", encoding="utf-8") as file:
                file.write(SCRIPT)
            subprocess.run([TOOL, "record", path, "--edit", "150 lr = 0.3", "--edit", "300 w = 5", "-o", out], check=True)
            done = subprocess.run([TOOL, "verify", "--replay", out], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertIn("Run again, it says the same", done.stdout)

    def test_what_cannot_be_done_is_left(self):
        self.assertEqual(self.ask(["30 lr = nonsense", "40 lr = 0.2"], "goto end", "lr"), ["0.2"])
        for text in ["lr = 2", "12 lr", "12 = 3", "12 lr =", "x lr = 2"]:
            with self.subTest(text):
                self.assertEqual(debugger.debug(TOOL, SCRIPT, ["goto end"], options=["--edit", text]), ([], 2))


class Large(unittest.TestCase):
    """Of large tensors the recording has pictures; the run is repeated for the numbers."""

    SCRIPT = ("import torch\ntorch.manual_seed(1)\nw = torch.randn(60, 70, requires_grad=True)\nfor i in range(6):\n"
              "    loss = (w ** 2).sum()\n    loss.backward()\n    with torch.no_grad():\n        w -= 0.1 * w.grad\n"
              "    print(w.norm().item(), w.grad.abs().max().item())\n    w.grad = None\n")

    def test_values_and_gradients_at_each_step(self):
        commands = [word for _ in range(6) for word in ("until 9", "print w.norm().item(), w.grad.abs().max().item()")]
        lines, _ = debugger.debug(TOOL, self.SCRIPT, commands)
        got = [line for line in lines if line.startswith("[")]
        lines, _ = debugger.debug(TOOL, self.SCRIPT, ["goto end", "output"])
        wanted = ["[" + ", ".join(line.split()) + "]" for line in lines if re.fullmatch(r"[0-9.]+ [0-9.]+", line)]
        self.assertEqual(len(wanted), 6)
        self.assertEqual(got, wanted)

    def test_conditions(self):
        lines, _ = debugger.debug(TOOL, self.SCRIPT, ["break if w.norm() < 30", "continue", "print w.norm() < 30", "revent", "print w.norm() < 30"])
        self.assertEqual([line for line in lines if line in ("True", "False")], ["True", "False"])
        self.assertEqual([line for line in debugger.debug(TOOL, self.SCRIPT, ["break if i == 3 and w[5, 6] != 0", "continue", "print i"])[0] if line == "3"], ["3"])


class Looking(unittest.TestCase):
    def test_watches_follow(self):
        lines, _ = debug("until 11", "watch i", "watch w.grad", "pass", "pass")
        self.assertIn("  1: i = 1", lines)
        self.assertIn("  1: i = 2", lines)
        self.assertTrue(any(line.startswith("  2: w.grad = ") for line in lines))

    def test_variables_of_the_frame(self):
        lines, _ = debug("until 10", "step", "step", "vars")
        self.assertIn("    x = 2", lines)
        self.assertIn("  lr = 0.1", lines)

    def test_who_made_it(self):
        lines, _ = debug("goto end", "made w", "print i")
        self.assertEqual(lines[-1], "19")
        lines, _ = debug("until 15", "made w.grad", "x")
        self.assertTrue(any("28" in line for line in lines), lines)

    def test_why(self):
        lines, _ = debug("until 13", "why w")
        self.assertIn("  w -(2)-> ‘x * w’ -(1)-> y -(14)-> loss: 28", lines)
        self.assertIn("  together: 28", lines)

    def test_why_adds_the_ways(self):
        lines, _ = debug("goto end", "why a", script="import torch\na = torch.tensor(3., requires_grad=True)\nb = a * 2\nc = a * b\nc.backward()\n")
        self.assertIn("  together: 12", lines)
        self.assertEqual(len([line for line in lines if line.startswith("  a -")]), 2)

    def test_output(self):
        lines, _ = debug("goto end", "output")
        self.assertTrue(lines[-1].startswith("done "))

    def test_unknown_command(self):
        self.assertEqual(debug("dance"), (["There is no command “dance”; “help” lists them."], 1))

    def test_from_standard_input(self):
        lines, status = debugger.debug(TOOL, SCRIPT, ["# a remark", "", "goto 5", "dance", "quit", "goto 6"], by_input=True)
        self.assertEqual(status, 0)
        self.assertEqual(step_of(lines), 5)


if __name__ == "__main__":
    unittest.main()
