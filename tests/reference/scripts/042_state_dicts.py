# Parameters by name: state_dict, load_state_dict, copying.
import torch
from torch import nn

torch.manual_seed(4)
net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Linear(3, 1))
for k, v in net.state_dict().items():
    print(k, v.size(), v.dtype)
print(net.state_dict())
print(type(net.state_dict()).__name__, list(net.state_dict().keys()))
other = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Linear(3, 1))
print(other.load_state_dict(net.state_dict()))
x = torch.randn(4, 2)
print(torch.equal(net.eval()(x), other.eval()(x)))
sd = net.state_dict()
del sd['0.bias']
sd['9.extra'] = torch.zeros(1)
print(other.load_state_dict(sd, strict=False))
sd = net.state_dict()
sd['0.weight'].fill_(5.0)
print(net[0].weight)
print([n for n, b in net.named_buffers()], sum(p.numel() for p in net.parameters()))
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
net.train()(x).sum().backward()
opt.step()
s = opt.state_dict()
print(s['param_groups'], sorted(s['state'].keys()), s['state'][0])
