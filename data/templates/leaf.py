# One leaf and its gradient
#
# The smallest script: a number, a formula, backward. Change the formula and run again.

import torch

x = torch.tensor(2.0, requires_grad=True)

y = x ** 2 + 3 * x
y.backward()

print(y.item(), x.grad.item())
