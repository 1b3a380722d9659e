# Gradients add up until somebody clears them.
import torch

w = torch.tensor([1.0], requires_grad=True)
for i in range(3):
    loss = (w * 2 - 3) ** 2
    loss.backward()
    print(i, w.grad)
w.grad.zero_()
print(w.grad)
w.grad = None
print(w.grad)
for epoch in range(4):
    loss = (2 * w - 3).pow(2).sum()
    if w.grad is not None:
        w.grad.data.zero_()
    loss.backward()
    with torch.no_grad():
        w -= 0.05 * w.grad
    print('epoch', epoch, 'w', w.item(), 'loss', loss.item())
opt = torch.optim.SGD([w], lr=0.1)
loss = (w ** 2).sum()
loss.backward()
opt.zero_grad()
print(w.grad)
loss = (w ** 2).sum()
loss.backward()
opt.zero_grad(set_to_none=True)
print(w.grad)
net = torch.nn.Linear(2, 1)
net(torch.ones(1, 2)).backward()
net.zero_grad()
print(net.weight.grad, net.bias.grad)
net.zero_grad(set_to_none=True)
print(net.weight.grad)
a = torch.ones(2, requires_grad=True)
y = a.sum()
y.backward(retain_graph=True)
y.backward(retain_graph=True)
y.backward()
print(a.grad)
