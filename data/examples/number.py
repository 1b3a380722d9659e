# A number and its gradient
#
# y = x² at x = 3. Press the right arrow: the forward pass (blue) computes y, the backward
# pass (orange) carries the slope of y from y back to x and leaves it in x.grad. The left
# arrow takes every step back.
#
# 1. What does x.grad hold before backward() has run: 0, or nothing at all?
# 2. The slope of x² is 2x. Which number do you expect at x = 3? At x = -3?
# 3. Why does y itself get no .grad?

import torch

x = torch.tensor(3.0, requires_grad=True)
print(x.grad)

y = x ** 2
y.backward()

print(y)
print(x.grad)
