# All activation functions with their slopes.
import torch
from torch import nn
import torch.nn.functional as F

x = torch.linspace(-3, 3, 7, requires_grad=True)
for f in [torch.relu, torch.sigmoid, torch.tanh, F.relu, F.relu6, F.leaky_relu, F.elu, F.selu, F.celu, F.gelu, F.silu, F.mish, F.softplus, F.softsign,
          F.hardtanh, F.hardsigmoid, F.hardswish, F.logsigmoid, F.tanhshrink, F.hardshrink, F.softshrink, F.sigmoid if False else torch.sigmoid,
          lambda v: F.leaky_relu(v, 0.2), lambda v: F.leaky_relu(v, negative_slope=0.3), lambda v: F.elu(v, alpha=0.5), lambda v: F.softplus(v, beta=2),
          lambda v: F.threshold(v, 0.5, -1.0), lambda v: F.softmax(v, dim=0), lambda v: F.log_softmax(v, dim=-1), lambda v: F.softmin(v, dim=0),
          lambda v: F.hardtanh(v, -2.0, 0.5), lambda v: F.prelu(v, torch.tensor([0.1])), lambda v: F.glu(torch.cat([v, v])), lambda v: F.gelu(v, approximate='tanh'),
          lambda v: v.relu(), lambda v: v.sigmoid(), lambda v: v.tanh(), lambda v: v.softmax(0), lambda v: v.log_softmax(0), lambda v: v.clamp(-1, 2),
          lambda v: torch.softmax(v, 0), lambda v: torch.log_softmax(v, 0), lambda v: torch.functional.F.relu(v) if hasattr(torch.functional, 'F') else F.relu(v),
          nn.ReLU(), nn.Sigmoid(), nn.Tanh(), nn.LeakyReLU(0.1), nn.ELU(), nn.SELU(), nn.GELU(), nn.SiLU(), nn.Softplus(), nn.Softmax(dim=0), nn.LogSoftmax(dim=0),
          nn.Hardtanh(), nn.ReLU6(), nn.PReLU(), nn.Softsign(), nn.LogSigmoid(), nn.Tanhshrink(), nn.Hardshrink(), nn.Softshrink(), nn.Threshold(0.1, 20), nn.Mish()]:
    x.grad = None
    y = f(x)
    (y * torch.arange(1.0, 8.0)).sum().backward()
    print(getattr(f, '__name__', repr(f)) if not isinstance(f, nn.Module) else f, y.grad_fn.name())
    print(y.detach())
    print(x.grad)
m = nn.ReLU(inplace=True)
v = torch.tensor([-1.0, 1.0])
m(v)
print(v)
print(F.relu(v, inplace=True), F.softmax(torch.tensor([[1, 2], [3, 4]]).float(), dim=1), F.normalize(torch.tensor([[3.0, 4.0]])))
print(F.sigmoid(torch.tensor(0.0)), F.tanh(torch.tensor(1.0)))
