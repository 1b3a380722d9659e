import torch
w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = w * 2
y.add_(1).mul_(w)
y[0] = w[1] * 5
table = torch.zeros(2, 3)
table[1] = w.exp()
table[0, 1:] += w[:2]
y.clamp_(max=20)
(y.sum() + (table ** 2).sum()).backward()
