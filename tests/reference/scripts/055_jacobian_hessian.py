# torch.autograd.functional: jacobian, hessian, vjp, jvp.
import torch
from torch.autograd.functional import jacobian, hessian, vjp, jvp, vhp, hvp


def f(x):
    return x ** 2 + x.sum()


x = torch.tensor([1.0, 2.0, 3.0])
print(jacobian(f, x))


def g(a, b):
    return a * b.sum()


print(jacobian(g, (torch.tensor([1.0, 2.0]), torch.tensor([3.0]))))
print(hessian(lambda v: (v ** 3).sum(), x))
print(hessian(lambda a, b: (a * b ** 2).sum(), (torch.tensor(2.0), torch.tensor(3.0))))
print(vjp(f, x, torch.tensor([1.0, 0.0, 0.0])))
print(jvp(f, x, torch.tensor([1.0, 0.0, 0.0])))
print(vhp(lambda v: (v ** 3).sum(), x, torch.ones(3)))
print(hvp(lambda v: (v ** 3).sum(), x, torch.ones(3)))
print(torch.autograd.functional.jacobian(torch.exp, torch.zeros(2, 2)).shape)
print(jacobian(f, x, create_graph=True).requires_grad)
w = torch.arange(6.0).view(2, 3)
print(jacobian(lambda v: w @ v, x) == w)
inp = torch.eye(4, 5, requires_grad=True)
out = (inp + 1).pow(2).t()
out.backward(torch.ones_like(out), retain_graph=True)
print(f"First call\n{inp.grad}")
out.backward(torch.ones_like(out), retain_graph=True)
print(f"\nSecond call\n{inp.grad}")
inp.grad.zero_()
out.backward(torch.ones_like(out), retain_graph=True)
print(f"\nCall after zeroing gradients\n{inp.grad}")
