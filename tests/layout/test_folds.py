#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Which calls and repetitions are found in recorded passes, and that every fold of them is sound (show-folds aborts)."""

import os
import re
import subprocess
import sys
import tempfile
import unittest

GROWTH = sys.argv.pop(4)
EXAMPLES = sys.argv.pop(3)
SHOW = sys.argv.pop(2)
TOOL = sys.argv.pop(1)
ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8"}

BLOCKS = """
import torch
from torch import nn
class Block(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.a, self.b = nn.Linear(d, d), nn.Linear(d, d)
    def forward(self, x):
        return x + self.b(torch.relu(self.a(x)))
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([Block(3) for _ in range(%d)])
        self.head = nn.Linear(3, 1)
    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.head(x)
net = Net()
nn.functional.mse_loss(net(torch.ones(2, 3)), torch.ones(2, 1)).backward()
"""

# What is read in each turn, what all share, and the state that the first turn is given.
SEQUENCE = """
import torch
W, U = torch.randn(3, 4, requires_grad=True), torch.randn(4, 4, requires_grad=True)
mask, h = torch.ones(1, 4), torch.zeros(1, 4)
%s:
    h = torch.tanh(x @ W + h @ U) * mask
h.sum().backward()
"""


def folds_of_file(path):
    """(cards, seen, groups of the first pass): groups as (depth, text)."""
    with tempfile.TemporaryDirectory() as folder:
        recording = os.path.join(folder, "run.backstep")
        subprocess.run([TOOL, "record", path, "-o", recording], capture_output=True, env=ENVIRONMENT)
        done = subprocess.run([SHOW, recording], capture_output=True, text=True, encoding="utf-8", env=ENVIRONMENT)
    if done.returncode:
        raise AssertionError(f"{path}: show-folds ended with {done.returncode}: {done.stderr}")
    first = re.split(r"^(?=pass )", done.stdout, flags=re.M)
    if len(first) < 2:
        return 0, 0, []
    head, *lines = first[1].splitlines()
    cards, seen = map(int, re.match(r"pass 0: (\d+) cards, (\d+) seen", head).groups())
    return cards, seen, [((len(line) - len(line.lstrip())) // 2 - 1, line.strip()) for line in lines]


def folds(script):
    with tempfile.NamedTemporaryFile("w", suffix=".py", encoding="utf-8") as file:
        file.write(script)
        file.flush()
        return folds_of_file(file.name)


class Groups(unittest.TestCase):
    def test_modules_are_frames(self):
        _, _, groups = folds(BLOCKS % 2)
        self.assertEqual(groups[0][1], "call net (Net), 24")
        self.assertIn((2, "call a (Linear), 4"), groups)

    def test_layers_of_one_shape_repeat(self):
        cards, seen, groups = folds(BLOCKS % 8)
        self.assertEqual(cards, 87)
        self.assertLess(seen, 15)
        self.assertIn((1, "repeat blocks[0] … blocks[7] x 8, 80"), groups)
        self.assertEqual(sum(text.startswith("call blocks[") for _, text in groups), 8)

    def test_large_is_folded(self):
        cards, seen, groups = folds(BLOCKS % 24)
        self.assertGreater(cards, 150)
        self.assertLess(seen, 15)
        self.assertIn((1, "repeat blocks[0] … blocks[23] x 24, 240"), groups)

    def test_loop_without_calls(self):
        _, _, groups = folds("import torch\nw = torch.tensor(0.5, requires_grad=True)\nh = torch.tensor(1.0)\n"
                             "for _ in range(7):\n    h = torch.tanh(w * h + 1)\nh.backward()\n")
        self.assertEqual([text for depth, text in groups if depth == 0], ["repeat h x 7, 21"])

    def test_turns_take_in_what_they_read(self):
        for loop in ("for x in [torch.randn(1, 3) for _ in range(9)]",
                     "for x in torch.randn(9, 1, 3)",
                     "for x in torch.randn(9, 1, 3).unbind()",
                     "seq = torch.randn(9, 1, 3)\nfor x in (seq[t] for t in range(9))",
                     "for x in (torch.randn(1, 3) + 1 for t in range(9))"):
            with self.subTest(loop):
                cards, seen, groups = folds(SEQUENCE % loop)
                self.assertEqual(groups[:2], [(0, "repeat h x 9, 54"), (1, "turn 1, 6")])
                self.assertEqual(cards, 59)
                self.assertEqual(seen, 6)    # W, U, mask, the first h, the loop, its sum

    def test_data_of_one_turn_or_of_all_stays_outside(self):
        cards, seen, groups = folds("import torch\nw = torch.tensor(2.0, requires_grad=True)\nh, x = torch.ones(1), torch.ones(1)\n"
                                    "for i in range(12):\n    h = torch.tanh(h * w + x)\nh.backward()\n")
        self.assertEqual(groups[0], (0, "repeat h x 12, 36"))
        self.assertEqual(cards, 39)

    def test_data_used_later_too_stays_outside(self):
        _, _, groups = folds(SEQUENCE.replace("h.sum()", "(h.sum() + sum((x @ W).sum() for x in xs))")
                             % "xs = [torch.randn(1, 3) for _ in range(9)]\nfor x in xs")
        self.assertIn((0, "repeat h x 9, 45"), groups)

    def test_loop_in_a_function(self):
        _, seen, groups = folds("import torch\nW = torch.randn(3, 4, requires_grad=True)\n"
                                "def model(xs):\n    s = torch.zeros(1, 4)\n    for x in xs:\n        s = torch.tanh(x @ W + s)\n"
                                "    return s\n"
                                "model([torch.randn(1, 3) for _ in range(15)]).sum().backward()\n")
        self.assertIn((1, "repeat s x 15, 60"), groups)
        self.assertEqual(seen, 4)  # W, the first s, the loop, its sum

    def test_cell_in_a_loop(self):
        cards, seen, groups = folds("import torch\ntorch.manual_seed(0)\ncell = torch.nn.RNNCell(2, 3)\nh = torch.zeros(1, 3)\n"
                                    "for x in torch.randn(30, 1, 2):\n    h = cell(x, h)\nh.sum().backward()\n")
        self.assertEqual(groups[0][1].split(",")[0], "repeat cell x 30")
        self.assertEqual(seen, 7)  # the first h, what the turns share (two weights, two biases), the loop, its sum

    def test_nothing_repeats(self):
        _, _, groups = folds("import torch\nx = torch.tensor(2.0, requires_grad=True)\n((x + 1).exp() * x).backward()\n")
        self.assertEqual(groups, [])

    def test_plain_function_is_a_frame(self):
        _, _, groups = folds("import torch\nw = torch.tensor(2.0, requires_grad=True)\n"
                             "def model(x):\n    y = w * x\n    return y.exp() + y\n"
                             "(model(torch.tensor(1.0)) ** 2).backward()\n")
        self.assertEqual([text for _, text in groups], ["call model(), 4"])

    def test_error_amid_a_call(self):
        _, _, groups = folds("import torch\nw = torch.ones(2, requires_grad=True)\n"
                             "def model(x):\n    y = w * x\n    y.sum().backward()\n    return y @ torch.ones(3)\n"
                             "model(torch.ones(2))\n")
        self.assertEqual(len(groups), 1)


def growth(path):
    """(kept, repeated, folded, crowded, anew) for each direction, over the first passes."""
    done = subprocess.run([GROWTH, path], capture_output=True, timeout=60, text=True, encoding="utf-8", env=ENVIRONMENT)
    if done.returncode:
        raise AssertionError(f"{path}: show-growth ended with {done.returncode}: {done.stderr}")
    return [tuple(map(int, re.findall(r"\d+", line))) for line in done.stdout.splitlines()]


class Growth(unittest.TestCase):
    def test_every_example(self):
        for name in sorted(os.listdir(EXAMPLES)):
            if name.endswith(".py"):
                with self.subTest(name):
                    for counts in growth(os.path.join(EXAMPLES, name)):
                        self.assertLessEqual(counts[2] + counts[3], 2, counts)

    def test_loop_folds_once(self):
        with tempfile.NamedTemporaryFile("w", suffix=".py", encoding="utf-8") as file:
            file.write(SEQUENCE % "for x in (torch.randn(1, 3) for _ in range(40))")
            file.flush()
            for kept, _, folded, crowded, _ in growth(file.name):
                self.assertGreater(kept, 30)
                self.assertLessEqual(folded, 1)
                self.assertEqual(crowded, 0)

    def test_passes_stand_where_the_first_did(self):
        for name in ("regression.py", "rnn.py"):
            with self.subTest(name):
                for kept, repeated, folded, crowded, anew in growth(os.path.join(EXAMPLES, name)):
                    self.assertGreaterEqual(repeated, 2)
                    self.assertEqual((folded, crowded, anew), (0, 0, 1))


class Soundness(unittest.TestCase):
    def test_every_example(self):
        for name in sorted(os.listdir(EXAMPLES)):
            if name.endswith(".py"):
                with self.subTest(name):
                    cards, seen, _ = folds_of_file(os.path.join(EXAMPLES, name))
                    self.assertLessEqual(seen, cards)

    def test_rnn(self):
        _, _, groups = folds_of_file(os.path.join(EXAMPLES, "rnn.py"))
        self.assertEqual(groups[0], (0, "repeat h x 6, 24"))
        self.assertEqual(groups[1], (1, "turn 1, 4"))


unittest.main()
