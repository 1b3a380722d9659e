#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The mathematics below each step, on small scripts: `trace --explain`."""

import os
import subprocess
import sys
import tempfile
import unittest

EXAMPLES = sys.argv.pop(2)
TOOL = sys.argv.pop(1)


def explain(script):
    """Blocks of explanation, by the line of the trace that they stand under."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "script.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write("import torch\n" + script)
        done = subprocess.run([TOOL, "trace", "--explain", path], capture_output=True, text=True, encoding="utf-8",
                              env={**os.environ, "LC_ALL": "C.UTF-8"})
    if done.returncode:
        raise AssertionError(done.stderr)
    blocks, title = [], None
    for line in done.stdout.splitlines():
        if line.startswith(" " * 60):
            blocks[-1][1].append(line[63:])
        else:
            blocks.append((line[55:], []))
    return [(title, lines) for title, lines in blocks if lines]


def lines_of(script):
    return [lines for _, lines in explain(script)]


class Forward(unittest.TestCase):
    def test_names_then_numbers(self):
        self.assertEqual(lines_of("w = torch.tensor(2.0)\nx = torch.tensor(3.0)\ny = w * x"), [["y = w · x = 2 · 3 = 6"]])

    def test_plain_numbers(self):
        self.assertEqual(lines_of("w = torch.tensor(10.0)\ny = w ** 2 + 20"), [["w² = 10² = 100"], ["y = (w ** 2) + 20 = 100 + 20 = 120"]])

    def test_negative_in_brackets(self):
        self.assertEqual(lines_of("a = torch.tensor(-2.0)\nb = torch.tensor(-3.0)\nc = a - b")[-1], ["c = a − b = −2 − (−3) = 1"])

    def test_shapes(self):
        self.assertEqual(lines_of("x = torch.ones(2, 5)\nw = torch.ones(5, 3)\nz = x @ w"), [["z = x @ w", "  = 2×5 @ 5×3"]])


    def test_one_element_is_a_number(self):
        script = "w = torch.tensor([[2.0]], requires_grad=True)\nx = torch.tensor([[3.0], [4.0]])\nloss = (x @ w).sum()\nloss.backward()\ny = w * 3"
        text = "\n".join("\n".join(lines) for lines in lines_of(script))
        self.assertIn("y = w · 3 = 2 · 3 = 6", text)
        self.assertNotIn("float32", text)


class Backward(unittest.TestCase):
    def rules(self, script):
        return ["\n".join(lines) for title, lines in explain(script) if "passes" in title]

    def test_chain(self):
        rules = self.rules("w = torch.tensor(2.0, requires_grad=True)\nx = torch.tensor(3.0)\ny = w * x\n"
                           "loss = y ** 2\nloss.backward()")
        self.assertEqual(rules[0], "∂loss/∂y\n  = 2 · y\n  = 2 · 6 = 12")
        self.assertEqual(rules[1], "∂loss/∂w\n  = ∂loss/∂y · ∂y/∂w\n  = ∂loss/∂y · x\n  = 12 · 3 = 36")

    def test_matrices(self):
        rules = self.rules("x = torch.ones(2, 5)\nw = torch.ones(5, 3, requires_grad=True)\nz = x @ w\nloss = z.sum()\n"
                           "loss.backward()")
        self.assertIn("1 → 2×3: every element that was summed gets its share", rules[0])
        self.assertEqual(rules[1], "∂loss/∂w\n  = xᵀ @ ∂loss/∂z\n  = 5×2 @ 2×3\n"
                         "Why the transpose: so the inner sizes agree, (5×2)·(2×3), and give 5×3, the shape of w.\n"
                         "w[i, j] acted on column j of z, through column i of x: so row i of xᵀ meets column j of ∂loss/∂z.")

    def test_broadcast(self):
        rules = self.rules("b = torch.ones(3, requires_grad=True)\nz = torch.ones(2, 3) + b\nloss = z.sum()\nloss.backward()")
        self.assertIn("= Σ(∂loss/∂z)", rules[-1])
        self.assertIn("b was broadcast from 3 to 2×3, so what flows back is summed along axis 0.", rules[-1])

    def test_unnamed_root(self):
        rules = self.rules("w = torch.tensor(3.0, requires_grad=True)\n(w * w).sum().backward()")
        self.assertTrue(rules[-1].startswith("∂L/∂w\n"))


class Examples(unittest.TestCase):
    def test_all(self):
        for name in sorted(os.listdir(EXAMPLES)):
            if name.endswith(".py"):
                with self.subTest(name):
                    done = subprocess.run([TOOL, "trace", "--explain", "--pass", "0", os.path.join(EXAMPLES, name)],
                                          capture_output=True, text=True, encoding="utf-8",
                                          env={**os.environ, "LC_ALL": "C.UTF-8"})
                    self.assertIn(done.returncode, (0, 1))
                    self.assertNotIn("nan", "".join(line for line in done.stdout.splitlines() if "∂" in line))


unittest.main()
