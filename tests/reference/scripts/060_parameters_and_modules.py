# Own modules: parameters, buffers, children, apply, freezing.
import torch
from torch import nn


class Affine(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(n_out, n_in) * 0.5)
        self.bias = nn.Parameter(torch.zeros(n_out))
        self.register_buffer('calls', torch.zeros(1))
        self.register_parameter('missing', None)
        self.scale = 2.0

    def forward(self, x):
        self.calls += 1
        return self.scale * (x @ self.weight.t() + self.bias)


net = Affine(3, 2)
print(net, net.missing)
print(net(torch.ones(1, 3)))
print(net.calls, list(net.state_dict()))
print([n for n, _ in net.named_parameters()], [n for n, _ in net.named_buffers()])
for p in net.parameters():
    p.requires_grad = False
print(net(torch.ones(1, 3)), [p.requires_grad for p in net.parameters()])
net.requires_grad_(True)
net.double()
print(net.weight.dtype, net.float().weight.dtype, net.to(torch.float64).bias.dtype, net.to('cpu') is net)


class Stack(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([nn.Linear(2, 2) for _ in range(3)])
        self.act = nn.ModuleDict({'relu': nn.ReLU(), 'tanh': nn.Tanh()})
        self.params = nn.ParameterList([nn.Parameter(torch.full((2,), float(i))) for i in range(2)])
        self.gates = nn.ParameterDict({'left': nn.Parameter(torch.ones(1)), 'right': nn.Parameter(torch.zeros(1))})

    def forward(self, x, act='relu'):
        for i, layer in enumerate(self.blocks):
            x = self.act[act](layer(x)) + self.params[i % 2]
        return x * self.gates['left'] + self.gates['right']


def init(m):
    if type(m) == nn.Linear:
        nn.init.eye_(m.weight)
        m.bias.data.fill_(0.01)
        print('init', m)


s = Stack()
s.apply(init)
print(s(torch.tensor([[1.0, -1.0]])), s(torch.tensor([[1.0, -1.0]]), act='tanh'))
print([k for k in s.state_dict()])
print(sum(p.numel() for p in s.parameters() if p.requires_grad))
print([type(c).__name__ for c in s.children()], len(s.blocks), list(s.act.keys()), 'relu' in s.act, list(s.gates.keys()))
print(s.get_parameter('gates.left'), s.get_submodule('blocks.1'))
s.train(False)
print(s.training, s.blocks[0].training)
s.extra = nn.Linear(1, 1)
print('extra' in dict(s.named_children()))
del s.extra
print(hasattr(s, 'extra'))
s.blocks.append(nn.Linear(2, 2))
s.blocks.extend([nn.Identity()])
s.blocks.insert(0, nn.ReLU())
print(s.blocks)
setattr(s, 'act', nn.ReLU())
print(s.act, isinstance(s.act, nn.Module), issubclass(Stack, nn.Module))
shared = nn.Linear(2, 2)
tied = nn.Sequential(shared, nn.ReLU(), shared)
print(len(list(tied.parameters())), tied)
