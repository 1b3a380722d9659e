# SPDX-License-Identifier: MIT
"""Neural networks: modules that hold parameters, and the functions they call.

Everything is imported when first asked for, so that `import torch` stays quick.
"""

from torch.nn import modules as _modules

_OTHERS = {"Parameter": "parameter", "UninitializedParameter": "parameter", "UninitializedBuffer": "parameter",
           "DataParallel": "parallel"}
_SUBMODULES = ("functional", "init", "utils", "parameter", "parallel", "modules")

__all__ = ["Parameter", "UninitializedParameter", "UninitializedBuffer", "DataParallel", *_modules.HOME]


def __getattr__(name):
    from importlib import import_module

    if name in _modules.HOME:
        value = getattr(_modules, name)
    elif name in _OTHERS:
        value = getattr(import_module("torch.nn." + _OTHERS[name]), name)
    elif name in _SUBMODULES:
        return import_module("torch.nn." + name)
    else:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__, *_SUBMODULES})
