# Nested modules, containers, extra_repr.
from collections import OrderedDict
import torch
from torch import nn


class Scale(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return x * self.factor

    def extra_repr(self):
        return f'factor={self.factor}'


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(2, 2), nn.Tanh(), Scale(3)])
        self.heads = nn.ModuleDict({'a': nn.Linear(2, 1), 'b': nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())})
        self.w = nn.Parameter(torch.zeros(2))
        self.ps = nn.ParameterList([nn.Parameter(torch.zeros(2, 3)), nn.Parameter(torch.zeros(1))])
        self.pd = nn.ParameterDict({'alpha': nn.Parameter(torch.zeros(2))})


class Empty(nn.Module):
    pass


print(Block())
print(Empty())
print(nn.Sequential())
print(nn.ModuleList())
net = nn.Sequential(OrderedDict([('fc1', nn.Linear(4, 3)), ('act', nn.ReLU()), ('fc2', nn.Linear(3, 1))]))
print(net)
print(net.fc1, net[0] is net.fc1, len(net))
net2 = nn.Sequential(net, nn.Sequential(nn.Linear(1, 1), nn.Sequential(nn.ReLU())))
print(net2)
print([type(m).__name__ for m in net2.modules()])
print([n for n, _ in net2.named_modules()])
print([n for n, _ in net2.named_children()])
for name, param in net2.named_parameters():
    print(name, tuple(param.shape))
print(net[:2])
print(net[-1])
net[1] = nn.Tanh()
net.append(nn.Softmax(dim=-1))
print(net)
del net[1]
print(net)
print(nn.ParameterList([nn.Parameter(torch.zeros(2, 3))]))
print(nn.ParameterDict({'k': nn.Parameter(torch.zeros(2))}))
