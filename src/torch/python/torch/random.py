# SPDX-License-Identifier: MIT
"""The generator that torch.rand() and its like draw from."""

from contextlib import contextmanager

from _torch import default_generator, manual_seed


def seed():
    """A seed nobody chose; returns it."""
    return default_generator.seed()


def initial_seed():
    return default_generator.initial_seed()


def get_rng_state():
    return default_generator.get_state()


def set_rng_state(new_state):
    default_generator.set_state(new_state)


@contextmanager
def fork_rng(devices=None, enabled=True, _caller="fork_rng", _devices_kw="devices"):
    """What is drawn inside the block does not move the generator."""
    state = get_rng_state()
    try:
        yield
    finally:
        if enabled:
            set_rng_state(state)
