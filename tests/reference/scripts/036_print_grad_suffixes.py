# requires_grad, grad_fn and Parameter in what is printed.
import torch
from torch import nn

x = torch.tensor([1.0, 2.0], requires_grad=True)
print(x)
print(repr(x), str(x), f"{x}")
print(x + 1, x - 1, x * 2, x / 2, x ** 2, -x)
print(x.sum(), x.mean(), x.max(), x.min(), x.prod(), x.norm(), x.std(), x.var())
print(x.exp(), x.log(), x.sqrt(), x.sin(), x.cos(), x.tanh(), x.sigmoid(), x.relu(), x.abs())
print(x.view(2, 1), x.reshape(1, 2), x.unsqueeze(0), x[0], x[:1], x[[1, 0]], x.clone(), x.detach())
print(x.t(), x.expand(2, 2), x.repeat(2), x.flip(0), torch.cat([x, x]), torch.stack([x, x]))
print(x @ x, torch.dot(x, x), torch.outer(x, x), x.double(), x.to(torch.float64))
print(torch.where(x > 1, x, -x), x.clamp(0, 1), x.softmax(0), x.log_softmax(-1), x.cumsum(0))
print(nn.Parameter(torch.ones(2, 2)))
print(nn.Parameter(torch.tensor(0.5)), nn.Parameter(torch.tensor([1e-5]), requires_grad=False))
print(torch.ones(2, dtype=torch.float64, requires_grad=True))
print(torch.tensor(2.0, requires_grad=True), torch.tensor(2.0, requires_grad=True) * 3)
print(torch.ones(12, requires_grad=True) * 1000.5)
y = torch.ones(3, 3, requires_grad=True)
print((y @ y), y.t(), y.T, y[0], y[:, 1], y.diagonal() if hasattr(y, 'diagonal') else None)
print(y.sum(0), y.mean(dim=1, keepdim=True), y.max(1), y.sum(dim=(0, 1)))
print(nn.Linear(2, 2)(torch.zeros(1, 2)).grad_fn.name(), (y * y).sum().sqrt())
