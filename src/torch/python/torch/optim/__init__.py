# SPDX-License-Identifier: MIT
"""Optimizers: rules that turn gradients into updates. Each class holds its rule for one parameter in _update()."""

from . import lr_scheduler
from .adam import NAdam, RAdam, Adam, Adamax, AdamW
from .adaptive import Adadelta, Adagrad, RMSprop
from .lbfgs import LBFGS
from .optimizer import Optimizer
from .others import ASGD, Rprop
from .sgd import SGD

__all__ = ["ASGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "LBFGS", "NAdam", "Optimizer", "RAdam", "RMSprop", "Rprop",
           "SGD", "lr_scheduler"]
