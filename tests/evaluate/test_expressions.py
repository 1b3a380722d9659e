#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Expressions on recorded values: plain ones against Python's own eval, tensors against what PyTorch prints."""

import math
import random
import sys
import unittest

import debugger

TOOL = sys.argv.pop(1)

SCRIPT = """
import torch
from torch import nn
n, x, flag, word, nothing = 7, 2.5, True, 'abc', None
items = [1, 2.5, 3]
table = {'a': 4, 'b': torch.tensor([1., 2.])}
w = torch.tensor([[1., -2., 3.], [4., 5., -6.]], requires_grad=True)
k = torch.tensor([2, 0])
layer = nn.Linear(2, 1)
with torch.no_grad():
    layer.weight.copy_(torch.tensor([[0.5, 0.25]]))
y = (w * 2).sum()
y.backward()
z = w * 3
"""
NAMES = {"n": 7, "x": 2.5, "flag": True, "word": "abc", "nothing": None, "items": [1, 2.5, 3], "math": math}

PLAIN = """
n + 1; n - 10; n * x; n / 2; n // 2; -n // 2; n % 3; -n % 3; n % -3; n ** 2; n ** -1; 2 ** 62; -2 ** 2; (-2) ** 3; 0 ** 0
x + 1; x // 1; -x // 1; x % 2; -x % 2; x % -2; 1e3; 1e16; 1e15; 123456789.125; 1e-5; 0.0001; 1e300 * 10; -0.0; 0.1 + 0.2; 1_000
n & 3; n | 8; n ^ 2; ~n; n << 2; n >> 1; 0x1f; 0b101; 0o17; +n; -x; not n; not nothing; not word
n == 7; n != 7; n < 8; n <= 7; n > 7; n >= 7; n == 7.0; 1 < n < 8; 1 < n > 8; 3 < 2 < 1; n == 7 == 7.0; word == 'abc'; word < 'abd'
n == 7 and x > 2; n == 8 or x; n and word; nothing or word; n if flag else x; n if not flag else x; flag and not flag or 3
'b' in word; 'z' not in word; 2.5 in items; 9 in items; nothing is None; n is not None; flag is True; flag == 1; True + True
items[0]; items[-1]; items[1:]; items[:2]; items[::2]; items[::-1]; items[5:]; [1, 2][1]; (1, 2)[0]; [n, x]; [[1], [2, 3]]
len(items); len(word); abs(-n); abs(-x); min(3, 1, 2); max(items); sum(items); min([4, 2]); any([0, 1]); all([0, 1]); any([]); all([])
round(2.5); round(3.5); round(2.675, 2); round(-1.5); round(1.25, 1); round(7); int(2.9); int(-2.9); float(3); bool(0); bool('a')
math.sqrt(16); math.exp(0); math.pi; math.floor(-2.5); math.ceil(2.1); math.isnan(math.nan); math.inf; -math.inf; math.pow(2, 3)
word + 'd'; word.startswith('a'); "it's" == 'it\\'s'; ((((n)))); n\t+\t1
""".replace("\n", ";").split(";")

TENSORS = {
    "w": "[[1, −2, 3], [4, 5, −6]]", "w[0]": "[1, −2, 3]", "w[0, 1]": "−2", "w[:, 1]": "[−2, 5]", "w[1, 1:]": "[5, −6]",
    "w[..., 0]": "[1, 4]", "w[-1, -1]": "−6", "w[None].shape": "[1, 2, 3]", "w[w > 3]": "[4, 5]", "w[:, k]": "[[3, 1], [−6, 4]]",
    "w[[1, 0]]": "[[4, 5, −6], [1, −2, 3]]", "w.grad": "[[2, 2, 2], [2, 2, 2]]", "w.grad.sum()": "12", "w.grad.sum().item()": "12.0",
    "(w ** 2).sum().sqrt()": "9.5394", "w.T": "[[1, 4], [−2, 5], [3, −6]]", "w.shape": "[2, 3]", "w.shape[1]": "3", "w.ndim": "2",
    "w @ w.T": "[[14, −24], [−24, 77]]", "torch.relu(w)": "[[1, 0, 3], [4, 5, 0]]", "w.max()": "5", "w.max(dim=1)[0]": "[3, 5]",
    "w.argmax(1)": "[2, 1]", "w.mean(0, keepdim=True)": "[[2.5, 1.5, −1.5]]", "w.view(3, 2)": "[[1, −2], [3, 4], [5, −6]]",
    "w.reshape(-1)[::2]": "[1, 3, 5]", "-w[0]": "[−1, 2, −3]", "1 - w[0]": "[0, 3, −2]", "2 / w[0]": "[2, −1, 0.66667]",
    "w.sum() > 4": "True", "bool(w.sum() > 4)": "True", "w.norm()": "9.5394", "torch.cat([k, k])": "[2, 0, 2, 0]",
    "w.dtype == torch.float32": "True", "k.dtype": "torch.int64", "w.requires_grad, w.is_leaf": "[True, True]", "z.is_leaf": "False",
    "table['a']": "4", "table['b'] * 2": "[2, 4]", "layer.weight": "[[0.5, 0.25]]", "layer.weight.grad": "None", "z.grad": "None",
    "layer.weight @ table['b']": "[1]", "F.softmax(table['b'], dim=0).sum()": "1", "len(w)": "2", "w.numel()": "6",
    "torch.dot(w[0], w[0])": "14", "w.detach().abs().sum(dim=(0, 1))": "21", "w.data is w": "True", "y.grad": "1",
    "w.int()[0] // 2": "[0, −1, 1]", "w.double().dtype": "torch.float64", "k.tolist()": "[2, 0]", "w.isnan().any()": "False", "torch.where(w > 0, w, 0 * w)[0]": "[1, −0, 3]",
}

ERRORS = {
    "foo": "There is no “foo” at this step.", "n +": "Something is missing at the end. (at character 4)", "n = 3": "Nothing is assigned",
    "(n": "A “)” is missing.", "[n": "A “]” is missing.", "n)": "This does not belong here.", "": "There is nothing to evaluate.",
    "1 / 0": "Division by zero.", "n % 0": "Division by zero.", "2 ** 63": "The whole number is too large here.",
    "bool(w)": "A tensor of 6 elements is neither true nor false", "lambda: 1": "no functions of one’s own", "[a for a in items]": "no comprehensions",
    "w.add_(1)": "nothing is changed here", "layer(w)": "nothing of the script runs", "print(n)": "nothing of the script runs",
    "w.foo": "A tensor has no “foo” here.", "layer.foo": "No “foo” of “layer” was recorded.", "w @ w": "mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)",
    "w[5]": "index 5 is out of bounds for dimension 0 with size 2", "items[9]": "There is no item 9 of 3.", "n + word": "“+” does not work between int and str.",
    "w.sum(dim=7)": "Dimension out of range", "torch.rand(3)": "There is no function “torch.rand” here.", "'abc": "The text has no end.", "1.2.3": "This is not a number.",
    "n n": "This does not belong here.", "if": "A value is missing.", "n if flag": "An “else” is missing.", "w.": "A name is missing behind the dot.",
    "(" * 300: "This is too deeply nested.", "-" * 3000 + "1": "This is too deeply nested.", "not " * 900 + "n": "This is too deeply nested.",
    "1+" * 3000 + "1": "This is too long.", "99999999999999999999": "This number is too large.", "w[::0]": "slice step must be positive",
    "word - 1": "“-” does not work between str and int.", "items.append(1)": "nothing of the script runs",
}


def shown(value):
    """Python's repr, in the notation of the debugger: lists and tuples alike."""
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(shown, value)) + "]"
    return repr(value)


class Expressions(unittest.TestCase):
    def ask(self, expressions):
        lines, _ = debugger.debug(TOOL, SCRIPT, ["goto end"] + ["print " + e for e in expressions], by_input=True)
        return lines[4 if "script.py" in lines[3] else 3:]

    def ask_each(self, expressions):
        """One line for each."""
        lines = self.ask(expressions)
        self.assertEqual(len(lines), len(expressions), "\n".join(lines))
        return lines

    def test_plain_values_as_python(self):
        expressions = [e.strip() for e in PLAIN if e.strip()]
        for expression, answer in zip(expressions, self.ask_each(expressions)):
            with self.subTest(expression):
                self.assertEqual(answer, shown(eval(expression, {**NAMES})))

    def test_random_arithmetic_as_python(self):
        generator = random.Random(1)

        def build(depth):
            if depth == 0 or generator.random() < 0.15:
                return generator.choice(["n", "x", "2", "3.5", "-1", "items[1]", "0", "flag", "1e-3", "len(word)"])
            operator = generator.choice("+ - * / // % < <= == != and or if".split())
            a, b = build(depth - 1), build(depth - 1)
            if operator == "if":
                return f"({a} if {b} else {build(depth - 1)})"
            return f"({a} {operator} {b})" if generator.random() < 0.7 else f"-({a} {operator} {b})"

        expressions = [build(generator.randint(1, 5)) for _ in range(400)]
        for expression, answer in zip(expressions, self.ask_each(expressions)):
            with self.subTest(expression):
                try:
                    wanted = shown(eval(expression, {**NAMES}))
                except ZeroDivisionError:
                    wanted = "Division by zero."
                except OverflowError:
                    continue
                self.assertEqual(answer, wanted)

    def test_tensors(self):
        wanted = {e: answer for e, answer in TENSORS.items() if answer is not None}
        for (expression, answer), got in zip(wanted.items(), self.ask_each(list(wanted))):
            with self.subTest(expression):
                self.assertEqual(got, answer)

    def test_errors_say_why(self):
        for (expression, answer), got in zip(ERRORS.items(), self.ask_each(list(ERRORS))):
            with self.subTest(expression[:60]):
                self.assertIn(answer, got)

    def test_garbage_is_refused_quietly(self):
        generator = random.Random(2)
        pieces = ["n", "w", "(", ")", "[", "]", "+", "**", ".", "grad", "'", ",", ":", "if", "else", "not", "in", "is", "0", "1.5", "…",
                  "é", "==", "@", "~", "-", "None", "abs", "torch", "sum", "="]
        expressions = [" ".join(generator.choices(pieces, k=generator.randint(1, 12))) for _ in range(1500)]
        lines = self.ask(expressions)
        self.assertGreaterEqual(len(lines), len(expressions) * 0.9)


if __name__ == "__main__":
    unittest.main()
