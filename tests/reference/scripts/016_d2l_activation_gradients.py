# relu, sigmoid and tanh and their derivatives on one grid.
import torch

x = torch.arange(-8.0, 8.0, 1.6, requires_grad=True)
y = torch.relu(x)
print(y.detach())
y.backward(torch.ones_like(x), retain_graph=True)
print(x.grad)
x.grad.data.zero_()
y = torch.sigmoid(x)
print(y)
y.backward(torch.ones_like(x), retain_graph=True)
print(x.grad)
x.grad.data.zero_()
y = torch.tanh(x)
print(y)
y.backward(torch.ones_like(x), retain_graph=True)
print(x.grad)
M = torch.tensor([[1.0, 0.2], [0.3, 0.9]])
for i in range(30):
    M = torch.mm(M, torch.tensor([[1.2, 0.5], [-0.3, 1.7]]))
print('after', i + 1, 'products', M)
