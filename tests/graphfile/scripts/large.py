import torch
torch.manual_seed(0)
x = torch.randn(40, 60)
w = torch.randn(60, 50, requires_grad=True)
loss = torch.relu(x @ w).mean()
loss.backward()
w.data -= 0.1 * w.grad
w.grad.zero_()
loss = torch.relu(x @ w).mean()
loss.backward()
