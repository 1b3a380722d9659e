# Four ways of not recording.
import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.no_grad():
    y = x * 2
    print(y, y.requires_grad, y.is_leaf, torch.is_grad_enabled())
print(torch.is_grad_enabled())
z = x.detach()
print(z, z.requires_grad, z.data_ptr() == x.data_ptr())
d = (x * 3).detach().requires_grad_(True)
(d * d).sum().backward()
print(d.grad, x.grad)


@torch.no_grad()
def update(p, lr=0.5):
    p -= lr * p
    return p


print(update(x))
print(x * 1)
with torch.set_grad_enabled(False):
    print((x * 1).requires_grad)
for flag in (True, False):
    with torch.set_grad_enabled(mode=flag):
        print(flag, (x + 1).requires_grad)
with torch.no_grad():
    with torch.enable_grad():
        print((x ** 2).requires_grad)
with torch.inference_mode():
    print((x + 1).requires_grad, (x + 1).is_inference())
torch.set_grad_enabled(False)
print((x * 2).requires_grad)
torch.set_grad_enabled(True)
print((x * 2).requires_grad)
y = x * 2
y.detach_()
print(y, y.grad_fn)
x.data = torch.tensor([10.0, 20.0])
print(x, x.data, x.data.requires_grad)
x.data *= 2
print(x)
x.requires_grad = False
print(x, x.requires_grad)
x.requires_grad_()
print(x)
w = torch.nn.Parameter(torch.ones(2))
w.requires_grad_(False)
print(w, (w * 2).requires_grad)
print(torch.ones(2, requires_grad=True).clone().detach(), torch.ones(2, requires_grad=True).detach().clone())


@torch.enable_grad()
def f(v):
    return v * 1


with torch.no_grad():
    print(f(x).requires_grad)
g = torch.no_grad()
with g:
    pass
print(repr(torch.tensor(1.0, requires_grad=True).data))
