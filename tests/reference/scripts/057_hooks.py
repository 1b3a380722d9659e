# Hooks on tensors and on modules.
import torch
from torch import nn

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 3
h1 = y.register_hook(lambda g: print('gradient of y:', g))
h2 = x.register_hook(lambda g: g * 10)
z = (y ** 2).sum()
z.backward()
print(x.grad)
h2.remove()
h1.remove()
x.grad = None
(x * 3).sum().backward()
print(x.grad)
saved = {}


def save(name):
    def hook(grad):
        saved[name] = grad
    return hook


a = x.exp()
a.register_hook(save('a'))
b = a.log()
b.register_hook(save('b'))
b.sum().backward()
print(saved)

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
with torch.no_grad():
    for p in net.parameters():
        p.fill_(0.5)
activation = {}


def get_activation(name):
    def hook(model, input, output):
        activation[name] = output.detach()
    return hook


handle = net[1].register_forward_hook(get_activation('relu'))
net[0].register_forward_pre_hook(lambda m, i: print('pre', m, i))
net[2].register_full_backward_hook(lambda m, gi, go: print('back', m, gi, go))
out = net(torch.tensor([[1.0, -0.5]]))
print(activation['relu'], out)
out.backward()
handle.remove()
activation.clear()
net(torch.zeros(1, 2))
print(activation)
net[0].weight.register_hook(lambda g: g.clamp(max=0.1))
net.zero_grad()
net(torch.ones(1, 2)).backward()
print(net[0].weight.grad)
net[2].register_forward_hook(lambda m, i, o: o * 100)
print(net(torch.ones(1, 2)))
