import torch
w = torch.tensor([1.0, 3.0], requires_grad=True)
for i in range(3):
    loss = (w ** 3).mean()
    loss.backward()
    if i == 1:
        w.grad.zero_()
a = (w * 2).sum()
b = (w ** 2).sum()
a.backward()
b.backward()
v = w * w
v.backward(torch.tensor([1.0, 0.5]))
c = w.exp().sum()
c.backward(retain_graph=True)
c.backward()
