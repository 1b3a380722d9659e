import torch, torch.nn as nn, torch.nn.functional as F
from collections import OrderedDict
torch.manual_seed(0)
net = nn.Sequential(OrderedDict([('fc1', nn.Linear(3, 4)), ('act', nn.ReLU()), ('fc2', nn.Linear(4, 2))]))
def fh(m, i, o): print('forward', m.__class__.__name__, i[0].shape, o.shape)
def pfh(m, i): print('pre', m.__class__.__name__)
def bh(m, gi, go): print('backward', m.__class__.__name__, [None if g is None else g.shape for g in gi], go[0].shape)
hs = [m.register_forward_hook(fh) for m in net] + [net.register_forward_pre_hook(pfh)] + [net.fc2.register_full_backward_hook(bh)]
net(torch.ones(1, 3)).sum().backward()
for h in hs: h.remove()
net(torch.ones(1, 3))
acts = {}
net.act.register_forward_hook(lambda m, i, o: acts.__setitem__('act', o.detach())); net(torch.ones(2, 3)); print(acts['act'])
print(net.fc1.weight is dict(net.named_parameters())['fc1.weight'], [n for n, _ in net.named_modules()], list(net.children())[1], len(net), net[0])
class Tied(nn.Module):
    def __init__(self):
        super().__init__(); self.a = nn.Linear(2, 2, bias=False); self.b = nn.Linear(2, 2, bias=False); self.b.weight = self.a.weight
        self.scale = nn.Parameter(torch.tensor(2.0)); self.register_buffer('steps', torch.tensor(0)); self.layers = nn.ModuleDict({'x': nn.Identity(), 'y': nn.Flatten()})
        self.ps = nn.ParameterList([nn.Parameter(torch.zeros(1)) for _ in range(2)])
    def forward(self, x): self.steps += 1; return self.b(self.a(x)) * self.scale
    def extra_repr(self): return 'tied=True'
t = Tied(); print(t); print(len(list(t.parameters())), t.state_dict()); t(torch.ones(2)).sum().backward(); print(t.steps, t.a.weight.grad)
t.zero_grad(); print(t.a.weight.grad, t.train(False).training, t.half().a.weight.dtype, t.float().a.weight.dtype)
print(t.load_state_dict(t.state_dict())); print(t.requires_grad_(False).scale.requires_grad)
try: t.load_state_dict({'a.weight': torch.ones(3, 3)}, strict=False)
except RuntimeError as e: print(e)
class Lin(nn.Module):
    def __init__(self, i, o): super().__init__(); self.w = nn.Parameter(torch.randn(i, o)); self.b = nn.Parameter(torch.randn(o,))
    def forward(self, X): return F.relu(torch.matmul(X, self.w.data) + self.b.data)
l = Lin(5, 3); print(l.w, l(torch.rand(2, 5)))
ps = [torch.zeros(2, requires_grad=True), torch.zeros(1, requires_grad=True)]
for name, opt in [('sgd', lambda p: torch.optim.SGD([{'params': p[0]}, {'params': p[1], 'lr': 0.5}], lr=0.1, momentum=0.9)), ('adam', lambda p: torch.optim.Adam(p, lr=0.1)),
    ('rms', lambda p: torch.optim.RMSprop(p, lr=0.1, alpha=0.9)), ('adagrad', lambda p: torch.optim.Adagrad(p, lr=0.1)), ('adadelta', lambda p: torch.optim.Adadelta(p)), ('adamax', lambda p: torch.optim.Adamax(p)), ('nadam', lambda p: torch.optim.NAdam(p)), ('radam', lambda p: torch.optim.RAdam(p)), ('asgd', lambda p: torch.optim.ASGD(p)), ('rprop', lambda p: torch.optim.Rprop(p)), ('adamw', lambda p: torch.optim.AdamW(p, amsgrad=True))]:
    p = [torch.zeros(2, requires_grad=True), torch.zeros(1, requires_grad=True)]; o = opt(p)
    for i in range(5):
        o.zero_grad(); ((p[0] - 1) ** 2).sum().add((p[1] + 2).abs().sum()).backward(); o.step()
    print(name, p[0].tolist(), p[1].tolist()); print(o)
x = torch.tensor([-1., 1.], requires_grad=True); lb = torch.optim.LBFGS([x], lr=0.5, max_iter=5)
def closure():
    lb.zero_grad(); l = (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2; l.backward(); return l
from torch.optim import lr_scheduler as S
for mk in (lambda o: S.StepLR(o, 2), lambda o: S.MultiStepLR(o, [1, 3]), lambda o: S.ExponentialLR(o, 0.9), lambda o: S.CosineAnnealingLR(o, 4), lambda o: S.LambdaLR(o, lambda e: 1 / (e + 1)), lambda o: S.OneCycleLR(o, 0.1, total_steps=6), lambda o: S.CyclicLR(o, 0.01, 0.1, step_size_up=2), lambda o: S.LinearLR(o), lambda o: S.CosineAnnealingWarmRestarts(o, 2)):
    o = torch.optim.SGD([x], lr=0.1, momentum=0.5); s = mk(o); lrs = []
    for i in range(5): o.step(); s.step(); lrs.append(round(o.param_groups[0]['lr'], 6))
    print(type(s).__name__, lrs)
s = S.ReduceLROnPlateau(o, patience=1, verbose=True)
for v in (1, 1, 1, 1): s.step(v)
