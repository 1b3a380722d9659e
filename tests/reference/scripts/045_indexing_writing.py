# Writing by index, and gradients through it.
import torch

x = torch.zeros(3, 4)
x[0] = 1
x[1, 2] = 5.5
x[:, 3] = torch.tensor([7.0, 8.0, 9.0])
print(x)
x[x > 6] = -1
x[2, :2] += 10
print(x)
x[[0, 2], [0, 1]] = 99
x[..., 0] *= 2
print(x)
x[1:, 1:3] = torch.arange(4.0).view(2, 2)
x[torch.tensor([0, 1])] -= 1
print(x)
x[:] = 0
x[0, :] = torch.arange(4)
x[1] = x[0] * 2
print(x)
n = torch.arange(6)
n[::2] = 0
n[n == 0] = n[1]
print(n)
b = torch.zeros(4, dtype=torch.bool)
b[1] = True
b[2] = 1
print(b)
w = torch.ones(3, requires_grad=True)
buf = torch.zeros(4)
buf[1:] = w * 2
buf[0] = w[0] * 10
print(buf)
buf.sum().backward()
print(w.grad)
w.grad = None
c = torch.zeros(2, 3)
c[1] = w ** 2
c[0, 1] = w[2] * 3
print(c)
c.sum().backward()
print(w.grad)
y = torch.ones(3)
y[0] = torch.tensor(4.0)
y[1] = torch.tensor([2])
print(y)
