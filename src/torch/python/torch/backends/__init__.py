# SPDX-License-Identifier: MIT
"""Switches of libraries that are not here: they can be set, and are asked whether they are available."""


class _Backend:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    def is_available(self):
        return False

    def is_built(self):
        return False

    def version(self):
        return None


cudnn = _Backend(enabled=True, benchmark=False, deterministic=False, allow_tf32=True)
cuda = _Backend(matmul=_Backend(allow_tf32=False))
mps = _Backend()
mkl = _Backend()
mkldnn = _Backend()
openmp = _Backend()
