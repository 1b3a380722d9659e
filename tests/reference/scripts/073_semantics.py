"""Leaves, views, versions, modes, kinks: one line each."""
import torch

torch.manual_seed(0)


def t(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


def grad(f, *xs, g=None):
    xs = [x.clone().requires_grad_() for x in xs]
    out = f(*xs)
    out.backward(torch.ones_like(out) if g is None else g)
    return [x.grad for x in xs]


# leaves
a = torch.ones(2, requires_grad=True)
b = a * 2
print(a.is_leaf, b.is_leaf, b.detach().is_leaf, b.requires_grad, torch.ones(2).is_leaf, a.grad_fn, b.grad_fn.next_functions[0][0].name())
t(lambda: b.grad)
b.retain_grad()
b.sum().backward()
print(a.grad, b.grad)
b.sum().backward() if False else t(lambda: (a * 2).sum().backward())
print(a.grad)
# graphs
c = (a * a).sum()
c.backward(retain_graph=True)
c.backward()
t(lambda: c.backward())
# in place
x = torch.ones(3, requires_grad=True)
t(lambda: x.add_(1))
t(lambda: x[0].add_(1))
y = x.clone()
y[0] = 5
y[1:] *= 2
print(y)
y.sum().backward()
print(x.grad)
z = x.exp()
z.add_(1)
t(lambda: z.sum().backward())
w = x * 2
v = w.sin()
w.mul_(2)
t(lambda: v.sum().backward())
with torch.no_grad():
    x.add_(1)
    u = x * 2
print(x, u.requires_grad, x._version)
base = torch.zeros(2, 3, requires_grad=True).clone()
view = base[0]
view.mul_(3).add_(1)
print(base, view, view._base is base)
# detach, data
d = x.detach()
d[0] = 9
print(x, d.data_ptr() == x.data_ptr(), x._version, d._version)
x.data[1] = 7
print(x, x._version)
# modes
with torch.no_grad():
    print((x * 2).requires_grad, torch.is_grad_enabled())
    with torch.enable_grad():
        print((x * 2).requires_grad)
with torch.inference_mode():
    i = x * 2
print(i.is_inference(), i.requires_grad)
t(lambda: i.add_(1))
t(lambda: i * x)
torch.set_grad_enabled(False)
print((x * 2).requires_grad)
torch.set_grad_enabled(True)
# broadcasting
print(grad(lambda p, q: p * q, torch.ones(2, 3), torch.arange(3.)))
print(grad(lambda p, q: p + q, torch.ones(2, 1), torch.ones(1, 3)))
print(grad(lambda p, q: (p - q) ** 2, torch.tensor(2.), torch.ones(2, 2)))
# kinks and ties
k = torch.tensor([-1., 0., 1.])
for f in (torch.abs, torch.relu, torch.sign, torch.sqrt, torch.nn.functional.leaky_relu, torch.nn.functional.relu6, torch.floor):
    print(f.__name__, grad(f, k))
tie = torch.tensor([2., 2., 1.])
print(grad(torch.max, tie), grad(torch.min, tie), grad(torch.amax, tie), grad(lambda q: q.max(0)[0], tie), grad(lambda q: q.sort()[0], tie, g=torch.tensor([1., 2., 3.])))
print(grad(torch.maximum, tie, torch.tensor([2., 0., 1.])), grad(lambda q: q.clamp(1, 2), tie), grad(torch.median, tie))
print(grad(torch.norm, torch.zeros(2)), grad(lambda q: q ** 0, k), grad(lambda q: q ** 2, k), grad(lambda p, q: p ** q, torch.tensor([0., 2.]), torch.tensor([0., 3.])))
print(grad(torch.prod, torch.tensor([0., 2., 3.])), grad(torch.prod, torch.tensor([0., 0., 3.])), grad(lambda q: q.std(), torch.ones(2)))
print(grad(torch.log, torch.tensor([0., -1.])), grad(lambda q: q / 0, k))
# empty and 0-d
e = torch.ones(0, 3, requires_grad=True)
e.sum().backward()
print(e.grad, e.sum(), e.mean(), e.sum(0))
t(lambda: e.max())
s = torch.tensor(2., requires_grad=True)
s.pow(3).backward()
print(s.grad)
# dtypes
for p in (torch.ones(1), torch.tensor(1.), torch.ones(1).double(), torch.tensor([1]), torch.tensor([True]), torch.tensor(1)):
    print([(p + q).dtype for q in (1, 1.5, torch.ones(1), torch.tensor(1.).double(), torch.tensor([1]), torch.tensor(True), torch.ones(1).half())])
# grad()
q = torch.tensor(3., requires_grad=True)
g, = torch.autograd.grad(q ** 3, q, create_graph=True)
h, = torch.autograd.grad(g, q, create_graph=True)
j, = torch.autograd.grad(h, q)
print(g, h, j)
t(lambda: torch.autograd.grad(q * 2, torch.ones(1, requires_grad=True)))
print(torch.autograd.grad(q * 2, torch.ones(1, requires_grad=True), allow_unused=True))
# hooks
r = torch.ones(2, requires_grad=True)
r.register_hook(lambda g: g * 10)
hook = (m := r * 3).register_hook(lambda g: print("hook", g))
m.sum().backward()
print(r.grad)
# vectors
n = torch.tensor([1., 2.], requires_grad=True)
(n * n).backward(torch.tensor([1., 0.5]))
print(n.grad)
t(lambda: (n * n).backward())
