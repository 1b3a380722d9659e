# Linear regression by hand: y = wx + b
#
# Forty points near the line y = 2x - 1, two parameters, mean squared error written
# out. Watch in the curves how w and b find their values at different speeds.
#
# 1. The gradient of b is the mean of the errors, times 2. And that of w?
# 2. Why do both stop short of exactly 2 and -1?
# 3. Shift all x by 10. Why does the descent become so slow or unstable?

import torch

torch.manual_seed(1)
x = torch.linspace(-1, 1, 40)
y = 2 * x - 1 + 0.1 * torch.randn(40)

w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
lr = 0.3

for epoch in range(30):
    prediction = w * x + b
    loss = ((prediction - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        b -= lr * b.grad
        w.grad.zero_()
        b.grad.zero_()
    if epoch % 5 == 4:
        print(f"epoch {epoch + 1:2d}: w = {w.item():.4f}, b = {b.item():.4f}, loss = {loss.item():.5f}")
