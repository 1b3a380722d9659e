# Logistic regression
#
# Two clouds of points, one line between them. The sigmoid turns the score into a
# probability; the gradient of the loss by the score is simply p - y.
#
# 1. Which points contribute almost nothing to the gradient?
# 2. Does the line stop moving when all points are on the right side?
# 3. Why is the loss taken as a logarithm and not as (p - y)²?

import torch
import torch.nn.functional as F

torch.manual_seed(0)
x = torch.cat([torch.randn(20, 2) + 2.0, torch.randn(20, 2) - 2.0])
y = torch.cat([torch.ones(20), torch.zeros(20)])

w = torch.zeros(2, requires_grad=True)
b = torch.zeros((), requires_grad=True)

for epoch in range(20):
    p = torch.sigmoid(x.mv(w) + b)
    loss = F.binary_cross_entropy(p, y)
    loss.backward()
    with torch.no_grad():
        for parameter in (w, b):
            parameter -= 0.5 * parameter.grad
            parameter.grad.zero_()
    if epoch % 5 == 4:
        right = ((p > 0.5) == (y > 0.5)).float().mean()
        print(f"{epoch + 1:2d}: loss {loss.item():.4f}, {right.item():.0%} right")
print(w, b)
