# SPDX-License-Identifier: MIT
"""Results with names, as PyTorch prints them."""


class _Result(tuple):
    _names = ()

    def __repr__(self):
        fields = ",\n".join(f"{name}={value!r}" for name, value in zip(self._names, self))
        return f"torch.return_types.{type(self).__name__}(\n{fields})"

    def __getattr__(self, name):
        if name in type(self)._names:
            return self[type(self)._names.index(name)]
        raise AttributeError(f"'torch.return_types.{type(self).__name__}' object has no attribute '{name}'")


def _result(name, *fields):
    return type(name, (_Result,), {"_names": fields, "__module__": "torch.return_types"})


linalg_slogdet = _result("linalg_slogdet", "sign", "logabsdet")
slogdet = _result("slogdet", "sign", "logabsdet")
linalg_qr = _result("linalg_qr", "Q", "R")
linalg_eigh = _result("linalg_eigh", "eigenvalues", "eigenvectors")
linalg_svd = _result("linalg_svd", "U", "S", "Vh")
svd = _result("svd", "U", "S", "V")
linalg_lstsq = _result("linalg_lstsq", "solution", "residuals", "rank", "singular_values")
histogram = _result("histogram", "hist", "bin_edges")
nanmedian = _result("nanmedian", "values", "indices")
frexp = _result("frexp", "mantissa", "exponent")
triangular_solve = _result("triangular_solve", "solution", "cloned_coefficient")
mode = _result("mode", "values", "indices")
aminmax = _result("aminmax", "min", "max")


def __getattr__(name):
    import _torch

    if name not in _torch._return_types:
        raise AttributeError(f"module 'torch.return_types' has no attribute '{name}'")
    return _torch._return_types[name]
