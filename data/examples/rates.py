# Learning rates: too small, right, too large, diverging
#
# Four descents on (w - 2)² that differ in nothing but lr. Each step multiplies the
# distance to the minimum by 1 - 2·lr: that one factor explains all four curves below.
#
# 1. Which lr reaches the minimum in a single step, and why?
# 2. At lr = 0.9 the factor is negative. What does that look like?
# 3. From which lr on does the loss grow?

import torch


def descend(lr, steps=15):
    w = torch.tensor(6.0, requires_grad=True)
    for _ in range(steps):
        loss = (w - 2) ** 2
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
            w.grad.zero_()
    return w.item(), loss.item()


for lr in (0.01, 0.3, 0.9, 1.1):
    w, loss = descend(lr)
    print(f"lr = {lr:<4}: w = {w:10.4f}, loss = {loss:10.4f}")
