# SPDX-License-Identifier: MIT
"""Prints what the editor completes: a line for each name, `place <tab> name <tab> arguments <tab> what it does`. Run at build
time by the runner itself, so that the list is that of the torch module that is there."""
import builtins
import inspect
import keyword
import re

import torch
import torch.nn
import torch.nn.functional
import torch.optim
import torch.utils.data

PLACES = [
    ("torch", torch), ("Tensor", torch.Tensor), ("torch.nn", torch.nn), ("torch.nn.functional", torch.nn.functional),
    ("torch.nn.init", torch.nn.init), ("torch.nn.utils", torch.nn.utils), ("torch.optim", torch.optim),
    ("torch.optim.lr_scheduler", torch.optim.lr_scheduler), ("torch.autograd", torch.autograd),
    ("torch.autograd.functional", torch.autograd.functional), ("torch.linalg", torch.linalg), ("torch.special", torch.special),
    ("torch.utils.data", torch.utils.data), ("Module", torch.nn.Module), ("Optimizer", torch.optim.Optimizer),
]


def document(value, is_method):
    """(arguments, what it does): the engine's operations say `name(arguments)` in the first line of their text."""
    text = inspect.cleandoc(value.__doc__ or "") if callable(value) or isinstance(value, property) else ""
    first, _, rest = text.partition("\n")
    name = getattr(value, "__name__", "").rstrip("_")
    if name and first.startswith(name + "(") and first.endswith(")"):
        arguments, words = re.sub(r"[\w|]+(\[\d*\])?\?? (?=\w)", "", first[len(name):]), rest.strip()
        while words.startswith(name + "("):  # further ways to call it
            words = words.partition("\n")[2].strip()
        arguments = re.sub(r"\(self(, )?", "(" if is_method else r"(input\1", arguments)
    else:
        try:
            arguments = str(inspect.signature(value)) if callable(value) else ""
        except (TypeError, ValueError):
            arguments = ""
        words = text
    arguments = arguments.replace("(self, ", "(").replace("(self)", "()").replace("<required parameter>", "...")
    return arguments, words.partition("\n\n")[0].replace("\n", " ").replace("\t", " ")


def rows(title, place):
    for name in dir(place):
        if name.startswith("_"):
            continue
        try:
            value = getattr(place, name)
        except (AttributeError, ImportError):  # announced, and not there
            continue
        if inspect.ismodule(value) and not value.__name__.startswith("torch"):
            continue
        home = getattr(value, "__module__", None) or "torch"
        if isinstance(home, str) and home.partition(".")[0] not in ("torch", "_torch", "builtins"):
            continue
        arguments, words = document(value, title == "Tensor")
        yield f"{title}\t{name}\t{arguments}\t{words}"


for title, place in PLACES:
    print("\n".join(rows(title, place)))
for name in keyword.kwlist:
    print(f"python\t{name}\t\t")
for name in dir(builtins):
    if not name.startswith("_") and (name[0].islower() or name.endswith("Error")) and name not in ("copyright", "credits", "license", "quit", "exit"):
        text = getattr(builtins, name).__doc__ or ""
        print(f"python\t{name}\t\t{text.partition(chr(10))[0]}" if name[0].islower() else f"python\t{name}\t\t")
