# SPDX-License-Identifier: MIT
"""There is no graphics processor here; scripts may ask."""

from contextlib import contextmanager


def _refuse(*args, **kwargs):
    raise AssertionError("Torch not compiled with CUDA enabled")


def _nothing(*args, **kwargs):
    return None


def is_available():
    return False


def device_count():
    return 0


def is_initialized():
    return False


def is_bf16_supported():
    return False


def memory_allocated(device=None):
    return 0


max_memory_allocated = memory_reserved = max_memory_reserved = memory_cached = memory_allocated
manual_seed = manual_seed_all = seed = seed_all = empty_cache = _nothing
reset_peak_memory_stats = reset_max_memory_allocated = _nothing
current_device = synchronize = get_device_name = get_device_properties = get_device_capability = _refuse
set_device = init = current_stream = get_rng_state = set_rng_state = initial_seed = _refuse


@contextmanager
def device(device):
    yield


class _Amp:
    """torch.cuda.amp: mixed precision does nothing on the CPU."""

    class GradScaler:
        def __init__(self, *args, enabled=True, **kwargs):
            pass

        def scale(self, outputs):
            return outputs

        def step(self, optimizer, *args, **kwargs):
            return optimizer.step(*args, **kwargs)

        def unscale_(self, optimizer):
            pass

        def update(self, new_scale=None):
            pass

    @staticmethod
    @contextmanager
    def autocast(*args, **kwargs):
        yield


amp = _Amp
