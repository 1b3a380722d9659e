#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Mistakes without an error: each is recognised at its line, and what only looks like it is left alone."""

import glob
import os
import re
import subprocess
import sys
import tempfile
import unittest

EXAMPLES = sys.argv.pop(2)
TOOL = sys.argv.pop(1)
BEGIN = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\ntorch.manual_seed(0)\n"


def hints_of(path):
    done = subprocess.run([TOOL, "hints", path], capture_output=True, text=True, encoding="utf-8", env={**os.environ, "LC_ALL": "C.UTF-8"})
    if done.returncode:
        raise AssertionError(done.stderr)
    return [(int(m.group(1)), m.group(2)) for m in re.finditer(r"^\S+:(\d+), step \d+: (.*)$", done.stdout, re.M)], done.stdout


def hints(script):
    """Lines, counted in @script, and titles."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "script.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(BEGIN + script)
        return [(line - BEGIN.count("\n"), title) for line, title in hints_of(path)[0]]


LOOP = "w = torch.tensor(3., requires_grad=True)\nfor i in range(6):\n    loss = (w - 1) ** 2\n    loss.backward()\n"
NET = "net = nn.Linear(3, 1)\nopt = torch.optim.SGD(net.parameters(), lr={lr})\nx, y = torch.randn(8, 3), torch.randn(8, {shape})\n"


class Mistakes(unittest.TestCase):
    def test_not_cleared(self):
        self.assertEqual(hints(LOOP + "    with torch.no_grad():\n        w -= 0.01 * w.grad\n"), [(4, "Nobody cleared the gradient")])
        self.assertEqual(hints(LOOP + "    w.data = w.data - 0.01 * w.grad\n"), [(4, "Nobody cleared the gradient")])

    def test_cleared_or_meant(self):
        for end in ["    w.grad.zero_()\n", "    w.grad = None\n"]:
            self.assertEqual(hints(LOOP + "    with torch.no_grad():\n        w -= 0.01 * w.grad\n" + end), [])
        batches = ("w = torch.tensor(3., requires_grad=True)\nfor i in range(3):\n    for k in range(4):\n        ((w - k) ** 2).backward()\n"
                   "    with torch.no_grad():\n        w -= 0.01 * w.grad\n    w.grad = None\n")
        self.assertEqual(hints(batches), [])
        gan = (NET.format(lr=0.01, shape="1") + "g = torch.randn(8, 3, requires_grad=True)\ngopt = torch.optim.SGD([g], lr=0.1)\n"
               "for i in range(4):\n    opt.zero_grad()\n    F.mse_loss(net(x), y).backward()\n    opt.step()\n    gopt.zero_grad()\n"
               "    net(g).mean().backward()\n    gopt.step()\n")
        self.assertEqual(hints(gan), [])

    def test_rebound(self):
        found = hints("w = torch.tensor(3., requires_grad=True)\nloss = (w - 1) ** 2\nloss.backward()\nw = w - 0.1 * w.grad\nprint(w.grad)\n")
        self.assertEqual(found, [(4, "The name has left the parameter")])
        self.assertEqual(hints("w = torch.tensor(3., requires_grad=True)\n((w - 1) ** 2).backward()\nwith torch.no_grad():\n    w = w - 0.1 * w.grad\n"), [])
        self.assertEqual(hints("w = torch.tensor(3., requires_grad=True)\n((w - 1) ** 2).backward()\nw = (w - 0.1 * w.grad).detach().requires_grad_()\n"), [])

    def test_no_gradient(self):
        script = ("class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(2, 1)\n        self.b = nn.Linear(2, 1)\n"
                  "    def forward(self, x):\n        return self.a(x)\nnet = Net()\nnet(torch.ones(1, 2)).sum().backward()\n")
        self.assertEqual([title for _, title in hints(script)], ["A parameter that nothing depends on"])
        self.assertEqual(hints(script.replace("return self.a(x)", "return self.a(x) + self.b(x)")), [])

    def test_broadcast(self):
        script = NET.format(lr=0.01, shape="") .replace("torch.randn(8, )", "torch.randn(8)") + "loss = ((net(x) - y) ** 2).mean()\nloss.backward()\n"
        self.assertEqual(hints(script), [(4, "Every one against every other")])
        self.assertEqual(hints(script.replace("net(x) - y", "net(x).squeeze(1) - y")), [])
        self.assertEqual(hints("a = torch.randn(5, requires_grad=True)\n((a - a.unsqueeze(1)) ** 2).sum().backward()\n"), [])

    def test_nan(self):
        found = hints("x = torch.tensor([1., 0.], requires_grad=True)\ny = x * 2\nz = torch.log(y)\nloss = (z * 0).sum()\nloss.backward()\n")
        self.assertEqual(found, [(3, "Here the first number was lost")])
        mask = "x = torch.randn(2, 3, requires_grad=True)\nm = x.masked_fill(torch.tensor([False, True, False]), float('-inf'))\nF.softmax(m, 1)[0, 0].backward()\n"
        self.assertEqual(hints(mask), [])

    def test_learning_rates(self):
        loop = "for i in range(30):\n    loss = F.mse_loss(net(x), y)\n    opt.zero_grad()\n    loss.backward()\n    opt.step()\n"
        self.assertEqual([t for _, t in hints(NET.format(lr=5, shape="1") + loop)][:1], ["The loss grows: steps too large"])
        self.assertEqual([t for _, t in hints(NET.format(lr=1e-6, shape="1") + loop)], ["The loss hardly falls: steps too small"])
        self.assertEqual(hints(NET.format(lr=0.1, shape="1") + loop), [])
        # It has arrived.
        self.assertEqual(hints(NET.format(lr=0.1, shape="1") + loop.replace("30", "400")), [])

    def test_units(self):
        loop = ("w = torch.tensor([{w}], requires_grad=True)\nfor i in range(8):\n    y = {f}(w * torch.ones(2, 1))\n    y.sum().backward()\n    w.grad = None\n")
        self.assertEqual(hints(loop.format(w="-1.", f="torch.relu")), [(3, "A dead ReLU")])
        self.assertEqual(hints(loop.format(w="1.", f="torch.relu")), [])
        self.assertEqual(hints(loop.format(w="30.", f="torch.sigmoid")), [(3, "A saturated unit")])
        self.assertEqual(hints(loop.format(w="-20.", f="torch.tanh")), [(3, "A saturated unit")])
        self.assertEqual(hints(loop.format(w="2.", f="torch.tanh")), [])

    def test_examples_raise_no_false_alarm(self):
        meant = {"forgetting.py": ["Nobody cleared the gradient"], "rates.py": ["The loss grows: steps too large"]}
        for path in sorted(glob.glob(os.path.join(EXAMPLES, "*.py"))):
            name = os.path.basename(path)
            with self.subTest(name):
                self.assertEqual([title for _, title in hints_of(path)[0]], meant.get(name, []))

    def test_advice_names_the_parameter(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "script.py")
            with open(path, "w", encoding="utf-8") as file:
                file.write(BEGIN + LOOP + "    w.data -= 0.1 * w.grad\n")
            self.assertIn("or w.grad.zero_(), before each backward()", hints_of(path)[1])


if __name__ == "__main__":
    unittest.main()
