# Derivatives of derivatives.
import torch
from torch import autograd

x = torch.tensor(2.0, requires_grad=True)
y = x ** 4
g1, = autograd.grad(y, x, create_graph=True)
print(g1)
g2, = torch.autograd.grad(g1, x, create_graph=True)
print(g2)
g3 = torch.autograd.grad(g2, x)[0]
print(g3)

x = torch.tensor([0.5, 1.0], requires_grad=True)
for f in (torch.sin, torch.exp, torch.tanh, torch.sigmoid, torch.log, torch.sqrt, torch.relu, torch.reciprocal, torch.square, torch.nn.functional.softplus, torch.nn.functional.gelu):
    y = f(x).sum()
    g = autograd.grad(y, x, create_graph=True)[0]
    h = autograd.grad(g.sum(), x, allow_unused=True)[0] if g.requires_grad else None
    print(f.__name__, g.detach(), h)

# gradient penalty
torch.manual_seed(0)
w = torch.randn(3, requires_grad=True)
v = torch.randn(3, requires_grad=True)
out = (w * v).pow(2).sum()
gw, = autograd.grad(out, [w], create_graph=True)
penalty = (gw.norm(2) - 1) ** 2
penalty.backward()
print(gw, w.grad, v.grad)

a = torch.tensor(1.0, requires_grad=True)
b = torch.tensor(2.0, requires_grad=True)
c = a * b + b ** 2
print(autograd.grad(c, (a, b), retain_graph=True))
print(autograd.grad(outputs=c, inputs=a, grad_outputs=torch.tensor(10.0)))
u = torch.tensor(5.0, requires_grad=True)
print(autograd.grad(a * 2, [a, u], allow_unused=True))
p = torch.tensor(3.0, requires_grad=True)
(p ** 3).backward(create_graph=True)
print(p.grad)
newton = torch.tensor(3.0, requires_grad=True)
for i in range(5):
    f = newton ** 3 - 2 * newton - 5
    d1, = autograd.grad(f, newton)
    with torch.no_grad():
        newton -= f / d1
    print(i, newton.item())
