# Multilayer perceptron from parameters and matrices.
import torch
from torch import nn

torch.manual_seed(7)
num_inputs, num_outputs, num_hiddens = 8, 3, 16
W1 = nn.Parameter(torch.randn(num_inputs, num_hiddens, requires_grad=True) * 0.01)
b1 = nn.Parameter(torch.zeros(num_hiddens, requires_grad=True))
W2 = nn.Parameter(torch.randn(num_hiddens, num_outputs, requires_grad=True) * 0.01)
b2 = nn.Parameter(torch.zeros(num_outputs, requires_grad=True))
params = [W1, b1, W2, b2]


def relu(X):
    a = torch.zeros_like(X)
    return torch.max(X, a)


def net(X):
    X = X.reshape((-1, num_inputs))
    H = relu(X @ W1 + b1)
    return (H @ W2 + b2)


loss = nn.CrossEntropyLoss(reduction='none')
X = torch.randn(90, 2, 4)
y = (X.reshape(90, -1)[:, :3]).argmax(1)
updater = torch.optim.SGD(params, lr=0.5)
for epoch in range(40):
    l = loss(net(X), y)
    updater.zero_grad()
    l.mean().backward()
    updater.step()
    if epoch % 10 == 0 or epoch == 39:
        print(f'epoch {epoch}, loss {float(l.mean()):.4f}')
print(l.shape, l[:3].detach())
print(b2)
