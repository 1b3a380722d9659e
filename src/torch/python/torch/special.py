# SPDX-License-Identifier: MIT
"""Special functions, by the names of this module."""

import torch
from _torch import special as _engine

expit = torch.sigmoid
gammaln = torch.lgamma
psi = torch.digamma
log1p, expm1, exp2, sinc, round, xlogy = torch.log1p, torch.expm1, torch.exp2, torch.sinc, torch.round, torch.xlogy
logsumexp, softmax, log_softmax = torch.logsumexp, torch.softmax, torch.log_softmax


def entr(input):
    """-x ln x"""
    return -torch.xlogy(input, input)


def __getattr__(name):
    return getattr(_engine, name)
