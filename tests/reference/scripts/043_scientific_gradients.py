# Tiny and huge gradients and how they are printed.
import torch

x = torch.tensor([0.001, 1.0, 100.0], requires_grad=True)
(x ** 5).sum().backward()
print(x.grad)
x.grad = None
(1 / x).sum().backward()
print(x.grad)
x.grad = None
torch.exp(-x).sum().backward()
print(x.grad)
v = torch.tensor(1.0, requires_grad=True)
y = v
for i in range(30):
    y = torch.sigmoid(y)
y.backward()
print(y, v.grad)
for k in range(-8, 9, 4):
    print(k, torch.tensor(10.0) ** k, torch.tensor([10.0 ** k, 1.0]))
print(torch.tensor(1.0) / 0, torch.tensor(0.0) / 0, torch.tensor(-1.0).sqrt(), torch.tensor(0.0).log())
a = torch.tensor([0.0, 1.0], requires_grad=True)
a.sqrt().sum().backward()
print(a.grad)
a.grad.zero_()
a.norm().backward()
print(a.grad)
z = torch.zeros(2, requires_grad=True)
z.norm().backward()
print(z.grad)
z.grad = None
(z / z).sum().backward()
print(z.grad)
