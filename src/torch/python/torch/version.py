# SPDX-License-Identifier: MIT
"""The version of PyTorch whose behaviour this module has."""

__version__ = "1.13.1"
debug = False
cuda = None
git_version = "unknown"
hip = None
