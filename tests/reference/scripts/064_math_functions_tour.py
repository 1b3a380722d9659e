# Mathematical functions with their derivatives.
import torch

x = torch.tensor([0.3, 0.7, 0.95], requires_grad=True)
names = '''sin cos tan asin acos atan sinh cosh tanh asinh atanh exp exp2 expm1 log log2 log10 log1p sqrt rsqrt square reciprocal abs neg sign floor ceil round
trunc frac erf erfc lgamma digamma sigmoid relu sinc deg2rad rad2deg logit'''.split()
for n in names:
    x.grad = None
    y = getattr(torch, n)(x)
    z = getattr(x, n)()
    assert torch.equal(y, z), n
    if y.requires_grad:
        y.sum().backward()
    print(f'{n:10s}', y, x.grad)
y = torch.tensor([2.0, 0.5, 1.0], requires_grad=True)
for n in ['add', 'sub', 'mul', 'div', 'pow', 'max', 'min', 'maximum', 'minimum', 'fmod', 'remainder', 'atan2', 'hypot', 'fmax', 'fmin', 'logaddexp', 'dot', 'outer', 'ldexp', 'xlogy', 'copysign']:
    x.grad = y.grad = None
    r = getattr(torch, n)(x, y)
    if r.requires_grad:
        r.sum().backward()
    print(f'{n:10s}', r, x.grad, y.grad)
print(torch.acosh(torch.tensor([1.5])), torch.clamp(x, 0.4, 0.9), torch.clip(x, max=0.5), x.clamp(min=0.5), torch.lerp(x, y, 0.5), torch.heaviside(torch.tensor([-1.0, 0, 1]), torch.tensor([0.5])))
print(torch.addcmul(x, y, y, value=0.5), torch.addcdiv(x, y, y), torch.nan_to_num(torch.tensor([float('nan'), float('inf')]), nan=0.5, posinf=9.0))
print(torch.isnan(torch.tensor([float('nan'), 1])), torch.isinf(torch.tensor([float('inf'), 1])), torch.isfinite(torch.tensor([float('inf'), 1])), torch.sgn(torch.tensor([-2.0, 0])), torch.signbit(torch.tensor([-0.0, 0.0])))
print(torch.float_power(x, 2), torch.pow(2, x), torch.pow(x, 3), x.pow(-1), x.pow(0.5), torch.gcd(torch.tensor([12]), torch.tensor([18])), torch.true_divide(x, 3), torch.positive(x))
print(torch.pi, torch.e, torch.inf, torch.nan)
