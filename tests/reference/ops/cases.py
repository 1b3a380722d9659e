# SPDX-License-Identifier: MIT
"""The calls whose answers are recorded: every line an expression, evaluated with the names below. Used by record_ops.py (with
real PyTorch) and check_ops.py (with ours)."""

INPUTS = """
a = T([[0.5, -1.25, 2.0], [1.5, 0.75, -0.3]])
b = T([[1.5, 2.0, -0.5], [0.25, -2.0, 1.0]])
v = T([0.2, -0.4, 1.1])
s = T(0.7)
p = T([[0.1, 0.9, 0.4], [0.35, 0.6, 0.75]])
n = T([0.0, -0.0, float('inf'), -float('inf'), float('nan'), 1e-30])
e = T([]).reshape(0, 3).detach().requires_grad_()
m = T([[2.0, 0.5, -1.0], [0.0, 1.5, 0.3], [0.7, -0.2, 1.1]])
q = T([[2.0, 0.5, 0.1], [0.5, 1.5, 0.3], [0.1, 0.3, 1.1]])
B = T([[[0.1 * (i * 7 % 5) - 0.2 * j + 0.05 * k for k in range(4)] for j in range(3)] for i in range(2)])
x4 = T([[[[((i * 31 + c * 17 + r * 5 + w * 3) % 11) / 4 - 1.2 for w in range(4)] for r in range(4)] for c in range(2)] for i in range(2)])
w4 = T([[[[((o * 13 + c * 7 + r * 3 + w) % 7) / 5 - 0.6 for w in range(2)] for r in range(2)] for c in range(2)] for o in range(3)])
d = torch.tensor([[0.5, -1.25, 2.0], [1.5, 0.75, -0.3]], dtype=torch.float64, requires_grad=True)
h = torch.tensor([0.5, -1.25, 2.0], dtype=torch.float16)
i = torch.tensor([[3, -2, 0], [7, 5, -4]])
j = torch.tensor([[1, 2, 3], [2, -3, 5]])
u = torch.tensor([3, 200, 7], dtype=torch.uint8)
k = torch.tensor([[True, False, True], [False, False, True]])
l = torch.tensor([2, 0])
at = T([[0.5, 1.5], [-1.25, 0.75], [2.0, -0.3]]).t()
"""

UNARY = """abs acos acosh arccos arcsin arctan asin asinh atan atanh ceil cos cosh deg2rad digamma erf erfc erfinv exp exp2 expm1 floor frac
lgamma log log10 log1p log2 logit nan_to_num neg negative positive rad2deg reciprocal relu round rsqrt sgn sigmoid sign sin sinc sinh
sqrt square tan tanh trunc fix isnan isinf isfinite isposinf isneginf isreal signbit logical_not i0 conj real""".split()
UNARY_METHODS_ONLY = "float double long int bool half byte short char item_ contiguous detach clone numel dim size stride is_contiguous T mT tolist".split()
INPLACE = """abs acos asin atan ceil cos cosh erf erfc exp expm1 floor frac log log10 log1p log2 neg reciprocal relu round rsqrt sgn sigmoid
sign sin sinh sqrt square tan tanh trunc zero""".split()
BINARY = """add sub subtract mul multiply div divide true_divide floor_divide remainder fmod pow atan2 arctan2 maximum minimum fmax fmin
hypot eq ne lt le gt ge greater less_equal logical_and logical_or logical_xor copysign float_power xlogy logaddexp logaddexp2 heaviside
nextafter ldexp dist isclose""".split()
BITWISE = "bitwise_and bitwise_or bitwise_xor gcd lcm bitwise_left_shift bitwise_right_shift".split()
OPERATORS = "+ - * / // % ** < <= > >= == !=".split()
REDUCTIONS = "sum mean prod std var amax amin logsumexp norm nansum nanmean median mode max min argmax argmin any all count_nonzero nanmedian".split()
DIM_ONLY = "cumsum cumprod softmax log_softmax cummax cummin logcumsumexp sort argsort".split()
ACTIVATIONS = """relu relu6 elu selu celu leaky_relu rrelu gelu silu mish softplus softsign softshrink hardshrink hardtanh hardsigmoid
hardswish logsigmoid tanhshrink sigmoid tanh""".split()
LOSSES = "mse_loss l1_loss smooth_l1_loss huber_loss binary_cross_entropy_with_logits kl_div soft_margin_loss poisson_nll_loss".split()
OTHERS = """
torch.clamp(a, -1, 1)
torch.clamp(a, min=0)
torch.clamp(a, max=b)
a.clip(0, 1)
a.clamp_(0, 1)
torch.clamp(a)
torch.lerp(a, b, 0.3)
torch.lerp(a, b, p)
torch.addcmul(a, b, p, value=2)
torch.addcdiv(a, b, p, value=-1)
torch.where(k, a, b)
torch.where(k, a, 0.0)
torch.where(k, 1.0, a)
torch.where(k)
torch.std_mean(a)
torch.var_mean(a, 1)
torch.std(a, unbiased=False)
torch.var(a, 1, correction=0)
torch.std(a, dim=1, keepdim=True)
torch.aminmax(a)
torch.aminmax(a, dim=1)
torch.quantile(a, 0.3)
torch.quantile(a, T([0.1, 0.9]).detach(), dim=1)
torch.nanquantile(a, 0.5)
torch.kthvalue(a, 2)
torch.topk(a, 2)
torch.topk(a, 1, dim=0, largest=False)
torch.unique(i)
torch.unique(i, return_counts=True)
torch.bincount(l)
torch.histc(a, 4, -2, 2)
torch.diff(a)
torch.trace(m)
torch.tril(m)
torch.triu(m, 1)
torch.diag(m)
torch.diag(v)
torch.diag_embed(a)
torch.diagonal(m, 1)
torch.outer(v, v)
torch.cross(a, b, dim=1)
torch.kron(a, v)
torch.dot(v, v)
torch.mv(m, v)
torch.mm(m, q)
torch.bmm(B, B.transpose(1, 2))
torch.matmul(a, v)
torch.matmul(v, m)
torch.matmul(B, B.mT)
torch.matmul(v, B.mT[:, :3, :3] if False else m)
torch.einsum('ij,kj->ik', a, b)
torch.einsum('ij->j', a)
torch.einsum('ii', m)
torch.einsum('bij,bkj->bik', B, B)
torch.einsum('i,j->ij', v, v)
torch.chain_matmul(a, m, q) if False else torch.linalg.multi_dot([a, m, q])
torch.addmm(v, a, m)
torch.addmm(v, a, m, beta=0.5, alpha=2)
torch.addmv(v, m, v)
torch.addbmm(m[:, :3], B, B.mT)
torch.baddbmm(B.mT[:, :3, :3] if False else m[None], B, B.mT)
torch.tensordot(a, b, dims=2)
torch.tensordot(a, m, dims=([1], [0]))
torch.inverse(m)
torch.det(m)
torch.logdet(q)
torch.slogdet(m)
torch.linalg.inv(m)
torch.linalg.det(m)
torch.linalg.norm(a)
torch.linalg.norm(a, 1)
torch.linalg.norm(a, 'fro')
torch.linalg.norm(v, float('inf'))
torch.linalg.vector_norm(a, 3, dim=1)
torch.linalg.matrix_norm(a, 'nuc')
torch.linalg.solve(m, v)
torch.linalg.lstsq(m, q).solution
torch.linalg.cholesky(q)
torch.cholesky(q)
torch.linalg.eigvalsh(q)
torch.linalg.eigh(q)[0]
torch.linalg.svdvals(a)
torch.linalg.pinv(a)
torch.linalg.matrix_power(m, 3)
torch.linalg.matrix_rank(m)
torch.linalg.cond(m)
torch.matrix_exp(m)
torch.pinverse(a)
torch.matrix_power(m, 2)
torch.norm(a)
torch.norm(a, p=1)
torch.norm(a, dim=1)
torch.norm(a, p='fro', dim=1, keepdim=True)
torch.norm(a, p=float('inf'))
a.norm(p=0)
torch.renorm(a, 2, 0, 1.0)
torch.cdist(a, b)
torch.cdist(a, b, p=1)
F.pdist(m)
F.pairwise_distance(a, b)
F.cosine_similarity(a, b)
F.cosine_similarity(a, b, dim=0)
F.normalize(a)
F.normalize(a, p=1, dim=0)
torch.cat([a, b])
torch.cat([a, b], dim=1)
torch.concat([a, b], -1)
torch.stack([a, b])
torch.stack([a, b], dim=-1)
torch.hstack([a, b])
torch.vstack([a, b])
torch.dstack([a, b])
torch.column_stack([v, v])
torch.block_diag(a, m)
torch.split(a, 2, dim=1)
torch.split(a, [1, 2], dim=1)
torch.chunk(a, 2, dim=1)
torch.tensor_split(a, 2, dim=1)
torch.hsplit(a, 3)
torch.unbind(a)
torch.unbind(a, 1)
a.unfold(1, 2, 1)
torch.reshape(a, (3, 2))
a.view(-1)
a.view(3, -1)
at.reshape(-1)
at.view(-1)
a.view(4)
a.flatten()
B.flatten(1)
torch.ravel(a)
torch.squeeze(a[None])
a[None].squeeze(0)
a.unsqueeze(-1)
a.t()
a.T
B.mT
B.permute(2, 0, 1)
B.transpose(0, 2)
torch.swapaxes(B, 0, 1)
torch.movedim(B, 0, 2)
torch.moveaxis(B, 2, 0)
a.expand(2, 2, 3)
v.expand(2, -1)
v.expand_as(a)
torch.broadcast_to(v, (2, 3))
a.repeat(2, 1)
a.tile(1, 2)
torch.tile(v, (2, 2))
torch.repeat_interleave(v, 2)
torch.repeat_interleave(a, 2, dim=0)
torch.repeat_interleave(a, torch.tensor([1, 2]), dim=0)
torch.flip(a, [1])
torch.fliplr(a)
torch.flipud(a)
torch.rot90(a)
torch.roll(a, 1)
torch.roll(a, 1, 0)
torch.roll(a, (1, 1), (0, 1))
torch.narrow(a, 1, 0, 2)
torch.select(a, 1, 0)
torch.index_select(a, 1, l)
torch.gather(a, 1, torch.tensor([[0, 2], [1, 1]]))
torch.take(a, torch.tensor([0, 4]))
torch.take_along_dim(a, torch.tensor([[0], [2]]), 1)
torch.masked_select(a, k)
torch.masked_fill(a, k, 9.0)
a.masked_fill(k, -float('inf'))
a.masked_scatter(k, b)
torch.scatter(a, 1, torch.tensor([[0], [2]]), b)
torch.scatter_add(a, 1, torch.tensor([[0], [0]]), b)
a.scatter(1, torch.tensor([[0], [2]]), 5.0)
a.scatter_reduce(1, torch.tensor([[0, 0, 1], [1, 2, 2]]), b, 'sum')
a.scatter_reduce(1, torch.tensor([[0, 0, 1], [1, 2, 2]]), b, 'amax')
a.index_add(0, torch.tensor([1, 0]), b)
a.index_copy(0, torch.tensor([1, 0]), b)
a.index_fill(1, l, 0.5)
a.index_put((torch.tensor([0, 1]), torch.tensor([2, 0])), v[:2])
a.put(torch.tensor([0, 3]), v[:2])
torch.select_scatter(a, v, 0, 1)
torch.slice_scatter(a, v[None], 0, 0, 1)
torch.diagonal_scatter(m, v)
a[0]
a[:, 1]
a[0, 2]
a[..., -1]
a[:, ::2]
a[k]
a[a > 0]
a[l[1:]]
a[:, [0, 2]]
a[[0, 1], [2, 0]]
a[None, :, None]
a[True]
a[1:, 1:]
a[-1]
a[:]
a[...]
a[5]
a[0, 0, 0]
torch.nonzero(i)
torch.nonzero(i, as_tuple=True)
torch.argwhere(k)
torch.searchsorted(torch.tensor([1., 2., 3.]), torch.tensor([1.5, 2.0]))
torch.bucketize(torch.tensor([1.5, 2.0]), torch.tensor([1., 2., 3.]))
torch.allclose(a, a)
torch.equal(a, b)
torch.isclose(a, b)
torch.isin(i, torch.tensor([3, 7]))
torch.meshgrid(v, v[:2], indexing='ij')
torch.cartesian_prod(v, v[:2])
torch.combinations(v)
torch.vander(v)
torch.atleast_2d(v)
torch.broadcast_tensors(a, v)
torch.result_type(i, 1.5)
torch.promote_types(torch.int32, torch.float16)
torch.can_cast(torch.float32, torch.int64)
torch.zeros(2, 3)
torch.zeros((2,), dtype=torch.int64)
torch.ones_like(a)
torch.full((2, 2), 7)
torch.full_like(a, 1.5)
torch.empty(0)
torch.eye(3)
torch.eye(2, 3)
torch.arange(5)
torch.arange(1, 2.5, 0.5)
torch.arange(5, 0, -2)
torch.linspace(0, 1, 5)
torch.logspace(0, 2, 3)
torch.tensor([[1, 2], [3, 4]])
torch.tensor(3.5)
torch.tensor([1, 2.5])
torch.tensor([True, False])
torch.as_tensor([1, 2])
torch.scalar_tensor(2)
a.new_zeros(2)
a.new_tensor([1, 2])
a.new_full((2,), 3)
a.type(torch.float64)
a.to(torch.float64)
a.type_as(d)
a.to(d)
i.float()
a.long()
a.int()
i.bool()
h.float()
F.linear(a, m)
F.linear(a, m, v)
F.linear(v, m, v)
F.linear(B[..., :3], m, v)
F.bilinear(a, b, m[None], None)
F.embedding(l, a)
F.embedding(torch.tensor([[0, 1], [1, 0]]), m, padding_idx=0)
F.embedding_bag(torch.tensor([[0, 1], [1, 0]]), m)
F.embedding_bag(torch.tensor([[0, 1], [1, 0]]), m, mode='sum')
F.one_hot(l, 3)
F.dropout(a, 0.5, training=False)
F.layer_norm(a, (3,))
F.layer_norm(a, (3,), v, v)
F.batch_norm(a, torch.zeros(3), torch.ones(3), training=True)
F.batch_norm(a, torch.zeros(3), torch.ones(3))
F.instance_norm(x4)
F.group_norm(x4, 2)
F.local_response_norm(x4, 2)
F.conv1d(B, B[:, :, :2])
F.conv2d(x4, w4)
F.conv2d(x4, w4, stride=2, padding=1)
F.conv2d(x4, w4, padding='same')
F.conv2d(x4, w4, v)
F.conv2d(x4, w4, dilation=2)
F.conv_transpose2d(x4, w4.transpose(0, 1))
F.max_pool2d(x4, 2)
F.max_pool2d(x4, 2, return_indices=True)
F.max_pool2d(x4, 3, 1, 1)
F.max_pool1d(B, 2)
F.avg_pool2d(x4, 2)
F.avg_pool1d(B, 2)
F.adaptive_avg_pool2d(x4, 1)
F.adaptive_avg_pool2d(x4, (2, 3))
F.adaptive_avg_pool1d(B, 2)
F.adaptive_max_pool2d(x4, 2)
F.lp_pool2d(x4, 2, 2)
F.unfold(x4, 2)
F.fold(F.unfold(x4, 2), (4, 4), 2)
F.pad(a, (1, 1))
F.pad(a, (1, 0, 2, 1), value=3.0)
F.pad(x4, (1, 1, 1, 1), mode='reflect')
F.pad(x4, (1, 1, 1, 1), mode='replicate')
F.pad(x4, (1, 1, 1, 1), mode='circular')
F.interpolate(x4, scale_factor=2)
F.interpolate(x4, size=(3, 3), mode='bilinear', align_corners=False)
F.interpolate(x4, scale_factor=2, mode='bilinear', align_corners=True)
F.interpolate(B, size=6, mode='linear')
F.pixel_shuffle(torch.cat([x4, x4], 1), 2)
F.pixel_unshuffle(x4, 2)
F.channel_shuffle(x4, 2)
F.grid_sample(x4, torch.zeros(2, 2, 2, 2), align_corners=False)
F.affine_grid(torch.eye(2, 3)[None], (1, 1, 2, 2), align_corners=False)
F.softmax(a, dim=1)
F.softmax(a, dim=0)
F.softmax(a)
F.log_softmax(a, dim=-1)
F.softmin(a, dim=1)
F.gumbel_softmax(a, tau=1.0, hard=False).sum().round()
F.glu(torch.cat([a, b], 1))
F.prelu(a, v[:1])
F.threshold(a, 0.5, 0.0)
F.hardtanh(a, -0.5, 0.5)
F.elu(a, 0.5)
F.leaky_relu(a, 0.2)
F.softplus(a, 2, 1)
F.celu(a, 2.0)
F.gelu(a, approximate='tanh')
F.scaled_dot_product_attention(B, B, B) if hasattr(F, 'scaled_dot_product_attention') else F._scaled_dot_product_attention(B, B, B)
F.cross_entropy(a, l)
F.cross_entropy(a, l, reduction='sum')
F.cross_entropy(a, l, reduction='none')
F.cross_entropy(a, l, weight=p[0].detach())
F.cross_entropy(a, l, label_smoothing=0.1)
F.cross_entropy(a, p)
F.cross_entropy(a, torch.tensor([2, -100]))
F.nll_loss(F.log_softmax(a, 1), l)
F.nll_loss(F.log_softmax(a, 1), l, reduction='none')
F.binary_cross_entropy(p, p.detach())
F.binary_cross_entropy(p, torch.ones(2, 3), reduction='sum')
F.binary_cross_entropy_with_logits(a, p.detach(), pos_weight=v.detach())
F.kl_div(F.log_softmax(a, 1), F.softmax(b, 1), reduction='batchmean')
F.kl_div(a, p, log_target=True)
F.margin_ranking_loss(v, v.flip(0), torch.ones(3))
F.hinge_embedding_loss(a, torch.tensor([[1., -1, 1], [1, 1, -1]]))
F.cosine_embedding_loss(a, b, torch.tensor([1., -1]))
F.triplet_margin_loss(a, b, p)
F.multi_margin_loss(a, l)
F.multilabel_margin_loss(a, torch.tensor([[0, 2, -1], [1, -1, 0]]))
F.multilabel_soft_margin_loss(a, torch.ones(2, 3))
F.gaussian_nll_loss(a, b, p)
F.ctc_loss(F.log_softmax(B.permute(1, 0, 2), 2), torch.tensor([[1], [2]]), torch.tensor([3, 3]), torch.tensor([1, 1]))
F.huber_loss(a, b, delta=0.5)
F.smooth_l1_loss(a, b, beta=0.5)
F.mse_loss(a, v)
F.mse_loss(a, b, reduction='banana')
torch.bmm(a, b)
a @ b
a @ a.T
a + torch.ones(4)
a.backward()
a.sum().backward()
torch.cat([a, v])
torch.stack([a, v])
a.view(7)
a.reshape(4)
a.expand(3, 3)
a.squeeze(5)
torch.ones(2, 3).permute(0, 0)
torch.ones(2, 3).transpose(0, 4)
a.numpy()
a.item()
bool(a)
int(v)
float(s)
a.requires_grad_(False)
i.requires_grad_()
a.sum(dim=3)
a.mean(dtype=torch.int64)
i.mean()
torch.softmax(i, 1)
F.cross_entropy(a, l.float())
F.cross_entropy(a, torch.tensor([0, 5]))
F.nll_loss(a, torch.tensor([0, 1, 2]))
F.embedding(torch.tensor([9]), m)
F.linear(a, b)
F.conv2d(x4, w4[:, :1])
F.one_hot(torch.tensor([-1]))
torch.zeros(-1)
torch.linspace(0, 1)
torch.arange(0, 1, -1)
torch.tensor([[1, 2], [3]])
torch.tensor('abc')
torch.gather(a, 1, l)
torch.index_select(a, 3, l)
torch.gather(a, 0, torch.tensor([[9]]))
torch.inverse(a)
torch.linalg.inv(torch.zeros(2, 2))
torch.linalg.cholesky(-q)
torch.det(a)
a.foo
torch.foo
"""


def lines():
    for name in UNARY:
        for x in ("a", "p", "n", "s", "e", "i", "k", "d", "at", "u"):
            yield f"torch.{name}({x})"
        yield f"p.{name}()"
        yield f"torch.{name}('x')" if name in ("exp", "abs") else f"h.{name}()"
    for name in INPLACE:
        yield f"(p * 1).{name}_()"
        yield f"p.{name}_()"
        yield f"i.clone().{name}_()"
    for name in BINARY:
        for x, y in (("a", "b"), ("a", "v"), ("s", "a"), ("a", "2"), ("i", "j"), ("i", "2.5"), ("p", "e"), ("d", "a"), ("n", "n.flip(0)")):
            yield f"torch.{name}({x}, {y})"
        yield f"a.{name}(b)"
        yield f"(p * 1).{name}_(p)"
    for name in BITWISE:
        yield f"torch.{name}(i.abs(), j.abs())"
        yield f"torch.{name}(a, b)"
        yield f"torch.{name}(k, k)"
    for sign in OPERATORS:
        for x, y in (("a", "b"), ("a", "3"), ("2", "a"), ("i", "j"), ("i", "2"), ("3", "i"), ("i", "1.5"), ("k", "k"), ("a", "i"), ("d", "a"), ("u", "3"), ("h", "2"),
                     ("a", "None"), ("a", "'x'"), ("n", "0")):
            yield f"{x} {sign} {y}"
    for name in REDUCTIONS:
        for x in ("a", "v", "s", "e", "i", "k", "B", "n"):
            yield f"torch.{name}({x})"
        for x in ("a", "B", "at"):
            yield f"torch.{name}({x}, dim=1)" if name != "norm" else f"torch.norm({x}, dim=1)"
            yield f"torch.{name}({x}, dim=-1, keepdim=True)"
            yield f"{x}.{name}()"
        yield f"torch.{name}(B, dim=(0, 2))"
        yield f"torch.{name}(a, dim=7)"
    for name in DIM_ONLY:
        for x in ("a", "B", "i", "e", "s"):
            yield f"torch.{name}({x}, dim=0)"
            yield f"torch.{name}({x}, -1)"
    for name in ACTIVATIONS:
        for x in ("a", "B", "n", "i", "d"):
            yield f"F.{name}({x})"
    for name in LOSSES:
        for x, y in (("a", "b.detach()"), ("p", "p.detach() * 0.5"), ("a", "v.detach()")):
            for reduction in ("mean", "sum", "none"):
                yield f"F.{name}({x}, {y}, reduction='{reduction}')"
    for line in OTHERS.strip().splitlines():
        yield line.strip()


def environment(torch):
    import torch.nn.functional as F

    names = {"torch": torch, "F": F, "T": lambda data: torch.tensor(data, requires_grad=True)}
    exec(INPUTS, names)  # noqa: S102  our own text
    return names


def describe(value, torch, seen=0):
    """What counts of a result, for JSON."""
    if isinstance(value, torch.Tensor):
        data = value.detach()
        name = type(value.grad_fn).__name__ if value.grad_fn is not None else None
        if data.dtype.is_floating_point:
            numbers = [float(x) for x in data.double().flatten().tolist()]
        else:
            numbers = [int(x) for x in data.flatten().tolist()]
        return {"dtype": str(data.dtype), "shape": list(data.shape), "values": ["nan" if x != x else x if abs(x) != float("inf") else str(x) for x in numbers],
                "grad_fn": name, "requires_grad": value.requires_grad}
    if isinstance(value, (tuple, list)) and seen < 3:
        return {"type": type(value).__name__, "items": [describe(x, torch, seen + 1) for x in value]}
    return {"type": type(value).__name__, "repr": repr(value)[:200]}


def floats(value, torch):
    if isinstance(value, torch.Tensor):
        return [value] if value.requires_grad else []
    return [t for x in value for t in floats(x, torch)] if isinstance(value, (tuple, list)) else []


def answer(line, torch):
    """The result of one call, and the gradients of its inputs."""
    import re
    import warnings

    torch.manual_seed(1)
    names = environment(torch)
    said = {}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            value = eval(line, names)  # noqa: S307
            said["result"] = describe(value, torch)
        except Exception as error:
            said["error"] = [type(error).__name__, re.sub(r"0x[0-9a-f]+", "0x", str(error))]
            return said
        outputs = [t for t in floats(value, torch) if t.dtype.is_floating_point]
        if outputs:
            try:
                sum((t * torch.arange(1, t.numel() + 1).reshape(t.shape).to(t.dtype)).sum() for t in outputs).backward()
                said["grads"] = {x: describe(t.grad, torch) for x, t in names.items() if isinstance(t, torch.Tensor) and t.is_leaf and t.grad is not None}
            except Exception as error:
                said["backward_error"] = [type(error).__name__, str(error)]
    for warning in caught:
        text = str(warning.message)
        if "Triggered internally" in text or "deprecat" in text:
            said.setdefault("warnings", []).append(re.sub(r"\s*\(Triggered internally at [^)]*\)", "", text))
    return said
