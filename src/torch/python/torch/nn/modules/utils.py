# SPDX-License-Identifier: MIT
"""One number for all dimensions, or one for each."""


def _times(n):
    def repeat(x):
        return tuple(x) if hasattr(x, "__iter__") else (x,) * n
    return repeat


_single, _pair, _triple = _times(1), _times(2), _times(3)
