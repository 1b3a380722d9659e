# Pack and unpack what is saved for backward.
import os
import tempfile
import uuid
import torch


def pack(x):
    print('pack', tuple(x.shape))
    return x.clone()


def unpack(x):
    print('unpack', tuple(x.shape))
    return x


a = torch.ones(5, requires_grad=True)
b = torch.ones(5, requires_grad=True) * 2
with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
    y = a * b
y.sum().backward()
print(a.grad)
x = torch.randn(4, requires_grad=True)
with torch.autograd.graph.save_on_cpu():
    z = x.exp().pow(2)
z.sum().backward()
print(torch.allclose(x.grad, 2 * torch.exp(2 * x)))
y = x.pow(2)
print(x.equal(y.grad_fn._saved_self), x is y.grad_fn._saved_self, y.grad_fn._saved_exponent)
e = x.exp()
print(e.equal(e.grad_fn._saved_result), e is e.grad_fn._saved_result)
c = torch.ones(3, requires_grad=True)
m = c * 2
print(m.grad_fn._saved_self, m.grad_fn._saved_other)
