import torch
w = torch.tensor([0.5, -1.5], requires_grad=True)
with torch.no_grad():
    scale = w.abs().max() * 3
target = (w * 2).detach()
loss = ((w * scale - target) ** 2).sum()
loss.backward()
with torch.no_grad():
    w -= 0.25 * w.grad
    w.grad = None
loss = ((w * scale - target.clone()) ** 2).sum()
loss.backward()
