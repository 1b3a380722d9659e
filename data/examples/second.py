# Second derivatives
#
# create_graph=True records the backward walk itself: the gradient is then a value of a
# graph like any other, and can be differentiated again. Newton's method uses both.
#
# 1. Which operations does the graph of the gradient consist of?
# 2. Why does Newton's method reach the minimum of a parabola in one step?
# 3. What happens here at a point where the second derivative is negative?

import torch

x = torch.tensor(2.0, requires_grad=True)
y = x ** 4 - 3 * x ** 2

(first,) = torch.autograd.grad(y, x, create_graph=True)
(second,) = torch.autograd.grad(first, x)
print(first.item(), second.item())

for i in range(5):
    y = x ** 4 - 3 * x ** 2
    (slope,) = torch.autograd.grad(y, x, create_graph=True)
    (bend,) = torch.autograd.grad(slope, x)
    with torch.no_grad():
        x -= slope / bend
    print(f"{i + 1}: x = {x.item():.6f}")
