# SPDX-License-Identifier: MIT
"""Prints what the torch module has, for the help: a heading, then names. Run at build time by the runner itself."""
import inspect

import torch
import torch.nn
import torch.optim
import torch.utils.data

PLACES = [
    ("torch", torch, None), ("Tensor", torch.Tensor, None), ("torch.nn", torch.nn, (torch.nn.Module, torch.nn.Parameter)), ("torch.nn.functional", torch.nn.functional, None),
    ("torch.nn.init", torch.nn.init, None), ("torch.nn.utils", torch.nn.utils, None), ("torch.optim", torch.optim, torch.optim.Optimizer),
    ("torch.optim.lr_scheduler", torch.optim.lr_scheduler, None), ("torch.autograd", torch.autograd, None),
    ("torch.autograd.functional", torch.autograd.functional, None), ("torch.linalg", torch.linalg, None), ("torch.special", torch.special, None),
    ("torch.utils.data", torch.utils.data, None),
]


def names(place, kind):
    for name in dir(place):
        if name.startswith("_"):
            continue
        try:
            value = getattr(place, name)
        except (AttributeError, ImportError):  # announced, and not there
            continue
        if inspect.ismodule(value) or value is None:
            continue
        if kind is not None and not (inspect.isclass(value) and issubclass(value, kind)):
            continue
        home = getattr(value, "__module__", None) or "torch"
        if home.partition(".")[0] not in ("torch", "_torch", "builtins") or name in ("one_node", "Tensor", "Optimizer") and place not in (torch, torch.optim):
            continue
        if callable(value) or place in (torch, torch.Tensor):
            yield name


for title, place, kind in PLACES:
    found = list(names(place, kind))
    print(f"## {title} ({len(found)})")
    print(", ".join(found))
    print()
