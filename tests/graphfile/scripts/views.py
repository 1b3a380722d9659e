import torch
x = torch.arange(12.0).requires_grad_()
m = x.view(3, 4).t()
s = m[1:3, ::2] if False else m[1:3, :2]
e = x[:3].unsqueeze(1).expand(3, 4)
p = m.permute(1, 0).reshape(2, 6).squeeze().narrow(1, 1, 3)
d = m.diagonal()
((s * 2).sum() + (e * m.t()).sum() + p.prod(dim=1).sum() + d.norm() + x.unfold(0, 3, 2).mean()).backward()
