#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Formulas cannot lie: the arithmetic of single elements, as it is printed, evaluates to what was recorded, for many
operations on random small tensors. Real scripts, run by the runner."""

import collections
import math
import os
import re
import subprocess
import sys
import tempfile
import unittest

TOOL, DUMP = sys.argv[1:3]
del sys.argv[1:3]

BEGIN = """import torch
import torch.nn.functional as F
torch.manual_seed(4)
def r(*shape):
    return torch.randn(*shape, requires_grad=True)
def p(*shape):
    return (torch.rand(*shape) + 0.3).requires_grad_()
a, b, row, column, s = r(2, 3), r(2, 3), r(3), r(2, 1), r(1)[0]
w, batch, other, v, u = r(3, 4), r(2, 2, 3), r(2, 3, 2), r(3), r(2)
x, y, target, classes = p(2, 3), p(2, 3), torch.rand(2, 3), torch.tensor([2, 0])
def go(t):
    t = t if t.dim() == 0 else (t * (torch.randn(t.shape))).sum()
    t.backward()
"""

# By what is called, each a line of the script; the operation recorded is told by the dump.
LINES = """a + b|a + row|a - column|a * b|a * row|column * a|s * a|a / y|x / row|2 - a|a * 3|a ** 2|x ** 3|x ** 2.5|x ** y|-a
torch.exp(a)|torch.log(x)|torch.sqrt(x)|torch.sin(a)|torch.cos(a)|torch.tanh(a)|torch.sigmoid(a)|torch.relu(a)|F.leaky_relu(a)
F.elu(a)|F.softplus(a)|F.gelu(a)|a.abs()|a.reciprocal()|a.square()|x.rsqrt()|a.clamp(-0.5, 0.5)|torch.where(a > 0, a, b)|torch.maximum(a, b)
torch.minimum(a, b)|torch.add(a, b, alpha=0.5)|torch.sub(a, b, alpha=2)|a.sum()|a.sum(0)|a.sum(1)|a.sum(1, keepdim=True)|a.mean()|a.mean(0)|a.mean(-1, True)
batch.sum((0, 2))|batch.mean(1)|a @ w|a @ v|u @ a|torch.dot(v, row)|torch.outer(u, v)|batch @ other|batch @ w|torch.bmm(batch, other)|F.linear(a, w.t())|F.linear(a, w.t(), r(4))
torch.addmm(r(4), a, w)|torch.addmm(r(2, 4), a, w, beta=0.5, alpha=2)|torch.addmv(u, a, v)|torch.softmax(a, 1)|torch.softmax(a, 0)|torch.log_softmax(a, 1)
torch.logsumexp(a, 1)|F.mse_loss(a, target)|F.mse_loss(a, target, reduction='sum')|F.mse_loss(a, target, reduction='none')|F.l1_loss(a, target)|F.smooth_l1_loss(a, target)
F.huber_loss(a, target)|F.binary_cross_entropy(torch.sigmoid(a), target)|F.binary_cross_entropy_with_logits(a, target)|F.cross_entropy(a, classes)|F.nll_loss(a, classes)
F.nll_loss(a, classes, reduction='sum')|a.t() * 2|a.reshape(3, 2) * 2|a.transpose(0, 1) * 2|a.unsqueeze(0) * 2|column.squeeze(1) * 2|column.expand(2, 3) * a|a.norm()|torch.erf(a)|a.expm1()|x.log1p()
(a * 1).mul_(b)|(a * 1).add_(b, alpha=0.1)|torch.cat([a, b])|a[0] * 2|a.max()|a.cumsum(0)|a.std()|r(40) @ r(40)|r(30).mean()|r(3, 30) @ r(30, 2)"""

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
WORDS = {"exp": math.exp, "log": math.log, "sqrt": math.sqrt, "sin": math.sin, "cos": math.cos, "tanh": math.tanh, "erf": math.erf,
         "sigmoid": lambda x: 1 / (1 + math.exp(-x)), "max": max, "min": min, "abs": abs, "where": lambda c, x, y: x if c else y,
         "sign": lambda x: (x > 0) - (x < 0), "relu": lambda x: max(x, 0.0), "log1p": math.log1p, "expm1": math.expm1, "inf": math.inf,
         "nan": math.nan, "floor": math.floor}


def value(text):
    """What a printed side evaluates to; None: it has letters or dots."""
    if re.search(r"[…Σ∂ᵀ@⊗]", text):
        return None
    text = re.sub("([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: "**(" + m.group(1).translate(SUPERSCRIPTS) + ")", text)
    text = text.replace("·", "*").replace("−", "-").replace("^", "**").replace("√", "sqrt").replace("‖", "|")
    while True:
        changed = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
        if changed == text:
            break
        text = changed
    try:
        return float(eval(text, {"__builtins__": {}}, WORDS))
    except (NameError, SyntaxError, TypeError):
        return None


def dump(script):
    with tempfile.TemporaryDirectory() as folder:
        path, out = os.path.join(folder, "script.py"), os.path.join(folder, "out.backstep")
        with open(path, "w", encoding="utf-8") as file:
            file.write(script)
        subprocess.run([TOOL, "record", path, "-o", out], check=True, capture_output=True)
        done = subprocess.run([DUMP, out], check=True, capture_output=True, text=True, encoding="utf-8")
    return [line.split("\t") for line in done.stdout.splitlines()], done.stderr


class Elements(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        calls = [call for line in LINES.splitlines() for call in line.split("|")]
        cls.rows, cls.words = dump(BEGIN + "".join(f"go({call})\n" for call in calls))

    def test_printed_is_recorded(self):
        for kind, op, recorded, *sides in self.rows:
            recorded = float(recorded)
            for side in sides:
                found = value(side)
                if found is None:
                    continue
                # Five digits are printed of each number.
                size = max([abs(float(n)) for n in re.findall(r"\d+\.?\d*(?:e-?\d+)?", side.replace("−", "-"))] + [abs(recorded)])
                self.assertLessEqual(abs(found - recorded), 3e-3 * abs(recorded) + 3e-4 * max(size, 1) ** 2, f"{kind} of {op}: {side} for {recorded}")

    def test_written_out(self):
        """These have arithmetic for every element, values and gradients."""
        missing = collections.Counter()
        for kind, op, recorded, *sides in self.rows:
            if not any(value(side) is not None or "…" in side for side in sides[:-1]) and not self.trivial(sides):
                missing[f"{kind} {op}"] += 1
        known = {"value max", "value cat", "value select", "value cumsum", "value std", "gradient max", "gradient cat", "gradient select",
                 "gradient cumsum", "gradient std"}
        self.assertEqual(sorted(set(missing) - known), [])

    @staticmethod
    def trivial(sides):
        """An element that only moved: y[0, 1] = x[1, 0] = 3, which is no arithmetic."""
        return (len(sides) == 2 and " · ∂" not in sides[0] and value(sides[1]) is not None) or sides in (["1"], ["−1"])

    def test_laid_out(self):
        self.assertGreater(int(self.words.split()[0]), 500)

    def test_no_lie_after_a_change(self):
        """The numbers are those of the step, not of a later update."""
        rows, _ = dump("import torch\nw = torch.tensor(3., requires_grad=True)\nfor i in range(3):\n    loss = (w - 1) ** 2\n    loss.backward()\n"
                       "    with torch.no_grad():\n        w -= 0.1 * w.grad\n")
        for kind, op, recorded, *sides in rows:
            for side in sides:
                if value(side) is not None:
                    self.assertAlmostEqual(value(side), float(recorded), 3)


if __name__ == "__main__":
    unittest.main()
