# SPDX-License-Identifier: MIT
"""Trades time for memory in PyTorch: here the function simply runs, so that values and gradients are the same."""


def checkpoint(function, *args, use_reentrant=True, preserve_rng_state=True, **kwargs):
    return function(*args, **kwargs)


def checkpoint_sequential(functions, segments, input, **kwargs):
    for function in functions.children() if hasattr(functions, "children") else functions:
        input = function(input)
    return input
