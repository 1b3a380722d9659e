# SPDX-License-Identifier: MIT
"""torch.utils: data sets and loaders, handles of hooks. Loaded on first use."""


def __getattr__(name):
    import importlib

    if name in ("data", "hooks", "checkpoint"):
        return importlib.import_module("torch.utils." + name)
    raise AttributeError(f"module 'torch.utils' has no attribute '{name}'")
