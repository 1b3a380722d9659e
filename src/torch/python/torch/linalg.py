# SPDX-License-Identifier: MIT
"""Linear algebra. Inverse, determinant, systems and the Cholesky factor are the engine's; the rest is made of them."""

import math

import torch
from _torch import linalg as _engine
from torch._one_node import one_node
from torch.autograd import _Context

vector_norm = _engine.vector_norm
det = torch.det
inv = torch.inverse
solve = _engine.solve


LinAlgError = torch._C._LinAlgError


def _need_matrix(name, A):
    if A.dim() < 2:
        raise RuntimeError(f"{name}: The input tensor A must have at least 2 dimensions.")


def norm(A, ord=None, dim=None, keepdim=False, *, out=None, dtype=None):
    """The Frobenius norm, the p-norm of a vector (one dim), or a norm of matrices (two dims)."""
    A = A if dtype is None else A.to(dtype)
    if dim is None and (ord is None or A.dim() == 1):
        flat = A if ord is not None else A.reshape(-1) if not keepdim else A
        return vector_norm(flat, 2 if ord is None else ord, None, keepdim)
    if isinstance(dim, int) or (isinstance(dim, (tuple, list)) and len(dim) == 1):
        return vector_norm(A, 2 if ord is None else ord, dim, keepdim)
    return matrix_norm(A, "fro" if ord is None else ord, (-2, -1) if dim is None else dim, keepdim)


def matrix_norm(A, ord="fro", dim=(-2, -1), keepdim=False, *, dtype=None, out=None):
    a, b = (d % A.dim() for d in dim)
    if ord == "fro":
        return vector_norm(A, 2, (a, b), keepdim)
    if ord in (1, -1, math.inf, -math.inf):
        first, second = (a, b) if abs(ord) == 1 else (b, a)
        sums = A.abs().sum(first, keepdim=True)
        result = sums.amax(second, keepdim=True) if ord > 0 else sums.amin(second, keepdim=True)
    else:
        values = svdvals(A.movedim((a, b), (-2, -1)))
        result = values.sum(-1) if ord == "nuc" else values.amax(-1) if ord == 2 else values.amin(-1)
        result = result.unsqueeze(-1).unsqueeze(-1).movedim((-2, -1), (a, b))
    return result if keepdim else result.squeeze(max(a, b)).squeeze(min(a, b))


def matrix_power(A, n):
    """A @ A @ ..., by squaring; of the inverse for negative n."""
    _need_matrix("linalg.matrix_power", A)
    if n < 0:
        return matrix_power(inv(A), -n)
    if n == 0:
        return torch.eye(A.size(-1), dtype=A.dtype).expand(A.shape).clone()
    if n == 1:
        return A.clone()
    if n in (2, 3):
        square = A.matmul(A)
        return square if n == 2 else square.matmul(A)
    result, square = None, A
    while n:
        if n & 1:
            result = square if result is None else result.matmul(square)
        n >>= 1
        if n:
            square = square.matmul(square)
    return result


def multi_dot(tensors, *, out=None):
    result = tensors[0] if tensors[0].dim() > 1 else tensors[0].unsqueeze(0)
    for tensor in tensors[1:]:
        result = result.matmul(tensor)
    return result if tensors[0].dim() > 1 else result.squeeze(0)


def slogdet(A):
    """(sign, ln |det|)"""
    from torch.return_types import linalg_slogdet

    return linalg_slogdet(_slogdet(A))


@one_node("LinalgSlogdetBackward0")
def _slogdet(A):
    value = det(A)
    return value.detach().sign(), value.abs().log()


def cross(input, other, *, dim=-1):
    """The vector product along a dimension of size 3."""
    if input.size(dim) != 3 or other.size(dim) != 3:
        raise RuntimeError("linalg.cross: inputs dimension -1 must have length 3. Got "
                           f"{input.size(dim)} and {other.size(dim)}")
    return _cross(input, other, dim)


@one_node("LinalgCrossBackward0")
def _cross(input, other, dim):
    a, b = input.roll(-1, dim), other.roll(-1, dim)
    c, d = input.roll(-2, dim), other.roll(-2, dim)
    return a * d - c * b


def cholesky(A, *, upper=False, out=None):
    factor = _engine.cholesky(A)
    return factor.mT if upper else factor


def matmul(input, other, *, out=None):
    return torch.matmul(input, other)


def vecdot(x, y, *, dim=-1):
    return (x * y).sum(dim)


def diagonal(A, *, offset=0, dim1=-2, dim2=-1):
    return A.diagonal(offset, dim1, dim2)


# --- factors by rotations and reflections; without gradient where PyTorch's would need more ---

def qr(A, mode="reduced", *, out=None):
    """Gram and Schmidt, twice for accuracy, with the signs of LAPACK's reflections."""
    from torch.return_types import linalg_qr

    _need_matrix("linalg.qr", A)
    columns, rows = [], []
    n = min(A.size(-2), A.size(-1))
    for j in range(n):
        v = A[..., j]
        for _ in range(2):
            for q in columns:
                v = v - (q * v).sum(-1, keepdim=True) * q
        length = v.norm(dim=-1, keepdim=True)
        sign = torch.where(A[..., j, j].detach().unsqueeze(-1) >= 0, -1.0, 1.0) if j < A.size(-2) - 1 or n > 1 else torch.ones(1)
        columns.append(v / length * sign)
    q = torch.stack(columns, -1)
    return linalg_qr((q, (q.mT @ A).triu()))


def _jacobi(A):
    """Eigenvalues (ascending) and vectors of one symmetric matrix, by Jacobi's rotations, in double."""
    n = A.size(-1)
    a = [row[:] for row in A.detach().double().tolist()]
    v = [[float(i == j) for j in range(n)] for i in range(n)]
    for _ in range(60):
        off = sum(a[i][j] ** 2 for i in range(n) for j in range(n) if i != j)
        if off < 1e-300:
            break
        for p in range(n):
            for q in range(p + 1, n):
                if a[p][q] == 0:
                    continue
                theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
                t = math.copysign(1, theta) / (abs(theta) + math.sqrt(theta * theta + 1))
                c = 1 / math.sqrt(t * t + 1)
                s = t * c
                for k in range(n):
                    a[k][p], a[k][q] = c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]
                for k in range(n):
                    a[p][k], a[q][k] = c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]
                for k in range(n):
                    v[k][p], v[k][q] = c * v[k][p] - s * v[k][q], s * v[k][p] + c * v[k][q]
    order = sorted(range(n), key=lambda i: a[i][i])
    values = torch.tensor([a[i][i] for i in order], dtype=torch.float64)
    vectors = torch.tensor([[v[k][i] for i in order] for k in range(n)], dtype=torch.float64).reshape(n, n)
    return values, vectors


def eigh(A, UPLO="L", *, out=None):
    """Of symmetric matrices: eigenvalues ascending, vectors as columns."""
    from torch.return_types import linalg_eigh

    _need_matrix("linalg.eigh", A)
    with torch.no_grad():
        low = A.tril() if UPLO == "L" else A.triu()
        full = low + low.mT - torch.diag_embed(A.diagonal(0, -2, -1))
        pairs = [_jacobi(m) for m in full.reshape(-1, A.size(-1), A.size(-1))]
        vectors = torch.stack([v for _, v in pairs]).to(A.dtype).view(A.shape)
        values = torch.stack([w for w, _ in pairs]).to(A.dtype).view(A.shape[:-1])
    _differentiable("LinalgEighBackward0", A, (values, vectors), _eigh_gradient, lambda A: eigh(A, UPLO))
    return linalg_eigh((values, vectors))


def _differentiable(name, A, results, gradient, again):
    """Gives the results a node. gradient(results, upstream) is the contribution to A; for a second derivative the results are made
    again, with a graph."""
    if not (A.requires_grad and torch.is_grad_enabled()):
        return
    ctx = _Context()
    ctx.save_for_backward(A)
    values = tuple(r.detach() for r in results)

    def run(*upstream):
        saved, = ctx.saved_tensors
        return gradient(tuple(again(saved)) if torch.is_grad_enabled() else values, upstream),

    torch._C._custom(name, [A], list(results), False, run, ctx)


def _gaps(values):
    """x_j - x_i, and 1 on the diagonal, where nothing is divided."""
    return values.unsqueeze(-2) - values.unsqueeze(-1) + torch.eye(values.size(-1), dtype=values.dtype)


def _eigh_gradient(results, upstream):
    """V (diag(gL) + (V^T gV) / (L_j - L_i)) V^T, as in Giles, An extended collection of matrix derivative results (2008)."""
    (values, vectors), (g_values, g_vectors) = results, upstream
    inner = torch.zeros_like(vectors) if g_values is None else torch.diag_embed(g_values)
    if g_vectors is not None:
        turned = vectors.mT @ g_vectors
        inner = inner + (turned - torch.diag_embed(turned.diagonal(0, -2, -1))) / _gaps(values)
    return vectors @ inner @ vectors.mT


def _svd_gradient(results, upstream):
    """The same for A = U diag(S) V^T; what U and V leave out of the whole space comes besides."""
    (u, s, vh), (gu, gs, gvh) = results, upstream
    k = s.size(-1)
    u, vh = u[..., :k], vh[..., :k, :]
    inner = torch.zeros(*s.shape, k, dtype=s.dtype) if gs is None else torch.diag_embed(gs)
    gaps = _gaps(s * s)
    skew = lambda x: x - x.mT  # noqa: E731
    outer = 0
    if gu is not None:
        gu = gu[..., :k]
        inner = inner + skew(u.mT @ gu) / gaps * s.unsqueeze(-2)
        if u.size(-2) > k:
            outer = outer + ((gu - u @ (u.mT @ gu)) / s.unsqueeze(-2)) @ vh
    if gvh is not None:
        gv = gvh[..., :k, :].mT
        inner = inner + s.unsqueeze(-1) * (skew(vh @ gv) / gaps)
        if vh.size(-1) > k:
            outer = outer + u @ ((gv.mT - (gv.mT @ vh.mT) @ vh) / s.unsqueeze(-1))
    return u @ inner @ vh + outer


def eigvalsh(A, UPLO="L", *, out=None):
    return eigh(A, UPLO)[0]


def svd(A, full_matrices=True, *, driver=None, out=None):
    """U, singular values descending, Vh; from the eigenvectors of A^T A, so small values have half the digits."""
    from torch.return_types import linalg_svd

    with torch.no_grad():
        tall = A.size(-2) >= A.size(-1)
        B = (A if tall else A.mT).double()
        values, v = eigh(B.mT @ B)
        v = v.flip([-1])
        s = values.flip([-1]).clamp_min(0).sqrt()
        u = (B @ v) / s.clamp_min(1e-300).unsqueeze(-2)
        u, vh = (u, v.mT) if tall else (v, u.mT)
    u, s, vh = u.to(A.dtype), s.to(A.dtype), vh.to(A.dtype)
    _differentiable("LinalgSvdBackward0", A, (u, s, vh), _svd_gradient, lambda A: svd(A, full_matrices))
    return linalg_svd((u, s, vh))


def svdvals(A, *, driver=None, out=None):
    return svd(A, False)[1]


@one_node("LinalgPinvBackward0")
def pinv(A, rtol=None, *, atol=None, rcond=None, hermitian=False, out=None):
    """(A^T A)^-1 A^T for full column rank, A^T (A A^T)^-1 for full row rank."""
    if A.size(-2) >= A.size(-1):
        return inv(A.mT @ A) @ A.mT
    return A.mT @ inv(A @ A.mT)


def matrix_rank(A, tol=None, hermitian=False, *, atol=None, rtol=None, out=None):
    s = svdvals(A.double())
    limit = s.amax(-1, keepdim=True) * max(A.shape[-2:]) * torch.finfo(A.dtype).eps if tol is None else tol
    return (s > limit).sum(-1)


def cond(A, p=None, *, out=None):
    if p is None or p == 2:
        s = svdvals(A)
        return s[..., 0] / s[..., -1]
    return matrix_norm(A, p) * matrix_norm(inv(A), p)


def lstsq(A, B, rcond=None, *, driver=None):
    """The X with the least |AX - B|, by the normal equations."""
    from torch.return_types import linalg_lstsq

    x = _least_squares(A, B)
    rest = ((A @ x - B) ** 2).sum(-2) if A.size(-2) > A.size(-1) else A.new_empty(0)
    return linalg_lstsq((x, rest, torch.tensor(min(A.shape[-2:])), A.new_empty(0)))


@one_node("LinalgLstsqBackward0")
def _least_squares(A, B):
    return solve(A.mT @ A, A.mT @ B)


@one_node("LinalgMatrixExpBackward0")
def matrix_exp(A):
    """The exponential series after halving often enough, then squared back."""
    size = float(A.detach().abs().sum(-1).max()) if A.numel() else 0.0
    halvings = max(0, math.ceil(math.log2(size)) + 4) if size > 0 else 0
    X = A / 2 ** halvings
    term = result = torch.eye(A.size(-1), dtype=A.dtype).expand(A.shape)
    for k in range(1, 13):
        term = term @ X / k
        result = result + term
    for _ in range(halvings):
        result = result @ result
    return result


def __getattr__(name):
    if not hasattr(_engine, name):
        raise AttributeError(f"module 'torch.linalg' has no attribute '{name}'")
    return getattr(_engine, name)
