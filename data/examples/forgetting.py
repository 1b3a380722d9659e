# Forgetting to clear the gradient
#
# The same descent twice: the second loop never clears w.grad. backward() adds to
# what is there, so every step drags all former gradients along.
#
# 1. Compare w.grad with 2w in the second loop. Where do they part?
# 2. The second w runs past the minimum and comes back. What pushes it back?
# 3. Sometimes accumulating is what one wants. When?

import torch

lr = 0.1

w = torch.tensor(4.0, requires_grad=True)
for i in range(12):
    loss = w ** 2
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
    w.grad = None
    print(f"cleared    {i:2d}: w = {w.item():8.4f}")

w = torch.tensor(4.0, requires_grad=True)
for i in range(12):
    loss = w ** 2
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
    print(f"forgotten  {i:2d}: w = {w.item():8.4f}, w.grad = {w.grad.item():8.4f}")
