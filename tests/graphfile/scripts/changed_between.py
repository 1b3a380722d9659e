import torch
w = torch.tensor([1.0, 2.0], requires_grad=True)
x = torch.tensor([0.5, 0.25])
a = w + x
x += 1
b = w * 2 + x
x.zero_()
(a.sum() + b.prod() + x.sum()).backward()
