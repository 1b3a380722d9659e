# Which type comes out: promotion and conversion.
import torch

i = torch.tensor([1, 2])
f = torch.tensor([1.5, 2.5])
d = torch.tensor([1.5, 2.5], dtype=torch.float64)
b = torch.tensor([True, False])
s = torch.tensor(3.0, dtype=torch.float64)
print((i + f).dtype, (f + d).dtype, (i + b).dtype, (b + b).dtype, (f + s).dtype, (i + s).dtype, (i + 1).dtype, (i + 1.0).dtype)
print(i / 2, i // 2, i % 2, i ** 2, i ** -1.0 if False else i * 0.5, b * 1, b + 1.5, -i)
print((f * 2).dtype, (2 ** i).dtype, (1 - f), (1 / i), (2.0 ** i), (5 // i), (7 % i))
print(f.to(torch.int64), f.type(torch.float64), f.type(), i.type(), d.type(), b.type(), f.double().dtype, i.float(), i.half(), i.short(), i.byte(), i.char())
print(f.type('torch.DoubleTensor'), i.to(f), i.type_as(d), f.to('cpu'), f.to(torch.device('cpu'), torch.float64), f.to(device='cpu', dtype=torch.long))
print(torch.tensor([1, 2.0]).dtype, torch.tensor([1, 2]).dtype, torch.tensor([True]).dtype, torch.tensor(1).dtype, torch.Tensor([1, 2]).dtype, torch.FloatTensor([1, 2]), torch.LongTensor([1, 2]), torch.DoubleTensor([1.5]), torch.IntTensor([3]), torch.BoolTensor([True]), torch.ByteTensor([1]))
print(torch.arange(3).dtype, torch.arange(3.0).dtype, torch.arange(0, 1, 0.25), torch.linspace(0, 1, 3).dtype, torch.zeros(2).dtype, torch.eye(2, dtype=torch.long), torch.full((2,), 3), torch.full((2,), 3.0), torch.full((2,), True))
print(torch.result_type(i, f), torch.promote_types(torch.int32, torch.int64), torch.can_cast(torch.float, torch.int), torch.is_floating_point(f), i.is_floating_point())
print(torch.finfo(torch.float32).eps, torch.finfo(torch.float64).max, torch.iinfo(torch.int64).max, torch.finfo(torch.float32).tiny)
torch.set_default_dtype(torch.float64)
print(torch.zeros(2), torch.tensor(1.5), torch.tensor([1.5]).dtype, f, f.dtype)
torch.set_default_dtype(torch.float32)
print(torch.zeros(2), d)
print(i.sum().dtype, b.sum(), f.sum().dtype, b.float().mean(), i.float().mean(), i.prod(), (f > 2).sum(), torch.sum(f, dtype=torch.float64))
print(torch.typename(f), torch.typename(i), f.dtype is torch.float, torch.float is torch.float32, torch.long == torch.int64)
x = torch.tensor([1.7, -1.7])
print(x.long(), x.int(), x.bool(), x.trunc(), x.round(), x.floor(), x.ceil(), torch.tensor([0.5, 1.5, 2.5]).round(), x.frac())
i += 1
print(i, i.dtype)
f += i
f *= d
print(f)
