#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Errors of autograd that everybody meets: each has PyTorch's message at its line, and a sentence that leads on."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

TOOL = sys.argv.pop(1)
LEAF = "import torch\nw = torch.tensor([1., 2.], requires_grad=True)\n"

# script behind LEAF, line of the error, part of PyTorch's message, part of the help
CASES = {
    "leaf in place": ("(w * w).sum().backward()\nw -= 0.1 * w.grad\n", 4, "a leaf Variable that requires grad", "with torch.no_grad()"),
    "freed": ("y = (w * w).sum()\ny.backward()\ny.backward()\n", 5, "a second time", "retain_graph=True"),
    "no scalar": ("(w * w).backward()\n", 3, "only for scalar outputs", ".sum() or .mean()"),
    "numpy": ("w.numpy()\n", 3, "Can't call numpy()", ".detach().numpy()"),
    "saved value": ("y = w.exp()\ny += 1\ny.sum().backward()\n", 5, "modified by an inplace operation", "x = x + 1"),
    "cut": ("(w.detach() * 2).sum().backward()\n", 3, "does not require grad", "detach()"),
    "data": ("(w.data * 2).sum().backward()\n", 3, "does not require grad", ".data"),
    "whole numbers": ("torch.tensor(3, requires_grad=True)\n", 3, "floating point", "decimal point"),
    "whole numbers, later": ("torch.tensor([1, 2]).requires_grad_()\n", 3, "floating point", "decimal point"),
    "no gradient yet": ("w.grad.zero_()\n", 3, "'NoneType' object has no attribute 'zero_'", "until the first backward()"),
    "no gradient to read": ("w.grad.item()\n", 3, "'NoneType' object has no attribute 'item'", "a .grad stays None"),
    "no gradient to use": ("lr = torch.tensor(.1)\nw.data -= lr * w.grad\n", 4, "'NoneType'", "None"),
    "a number": ("w.sum().item().backward()\n", 3, "'float' object has no attribute 'backward'", "call backward() on the tensor"),
    "targets": ("torch.nn.functional.cross_entropy(w.expand(2, 2), torch.tensor([0., 1.]))\n", 3, "expected scalar type Long", ".long()"),
    "matrices": ("torch.ones(2, 3) @ torch.ones(2, 3)\n", 3, "cannot be multiplied", "transpose"),
    "not given": ("torch.optim.SGD([w * 2], lr=0.1)\n", 3, "can't optimize a non-leaf Tensor", "Optimizers update leaves"),
}


class Errors(unittest.TestCase):
    def test_help(self):
        for name, (script, line, message, help_text) in CASES.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "script.py")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(LEAF + script)
                done = subprocess.run([TOOL, "trace", path, "--json"], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
                events = [json.loads(text) for text in done.stdout.splitlines()]
                error = next(event for event in events if event["kind"] == "error")
                self.assertIn(message, error["message"])
                self.assertIn(help_text, error["help"])
                self.assertEqual(error["source"]["line"], line)


if __name__ == "__main__":
    unittest.main()
