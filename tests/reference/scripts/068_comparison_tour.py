# Comparing tensors: elementwise, whole, approximately.
import torch

a = torch.tensor([1.0, 2.0, float('nan')])
b = torch.tensor([1.0, 2.0 + 1e-7, float('nan')])
print(a == b, a.eq(b), torch.eq(a, 1), torch.ne(a, b), torch.lt(a, b), torch.le(a, 2), torch.gt(a, 1), torch.ge(a, 1), a.isnan())
print(torch.equal(a, a), torch.equal(a[:2], a[:2].clone()), torch.allclose(a, b), torch.allclose(a, b, equal_nan=True), torch.isclose(a, b), torch.isclose(a, b, rtol=0, atol=1e-9))
print(torch.max(a[:2], b[:2]), torch.maximum(a, torch.tensor(1.5)), a.max(), a.min(), torch.fmax(a, torch.tensor(0.0)), a.argmax(), a.sort())
print((a == a).all(), (a[:2] == torch.tensor([1.0, 9.0])).any(), bool((a > 0).all()), ((a > 0) & (a < 2)).tolist(), (a > 0).float().sum().item())
print(torch.tensor([1, 2]) == torch.tensor([1.0, 2.0]), torch.tensor(1) == 1, torch.tensor([1]) == torch.tensor([[1], [2]]), torch.tensor(1) == None, torch.tensor([1, 2]) != None)
print(torch.tensor([0.1 + 0.2]) == 0.3, torch.tensor([0.1 + 0.2], dtype=torch.float64) == 0.3, torch.Size([2, 3]) == (2, 3), torch.zeros(2, 3).shape == torch.Size([2, 3]))
x = torch.tensor(2.0, requires_grad=True)
y = x * 2 if x > 1 else x * 3
y.backward()
print(x.grad, x < 3, (x > 1).requires_grad)
print({torch.float32: 1}[torch.tensor(1.0).dtype], a is a, a.data is a, hash(a) == hash(a), len({a, a}))
