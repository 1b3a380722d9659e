# One parameter rolls downhill
#
# The loss is w² + 20. Its slope at w is 2w, so each step takes lr · 2w off w:
# what is left is 0.98 of it. Watch w.grad: it is cleared before each backward,
# because backward() adds to what is already there.
#
# 1. Why is the very first gradient 20, and why does the loop clear it at once?
# 2. The curve of w flattens although lr stays the same. Which number shrinks?
# 3. What does the curve look like with lr = 0.5? With lr = 1.1?

import torch

w = torch.tensor(10.0, requires_grad=True)
lr = 0.01

# Leave a gradient behind, so that the first iteration has one to clear.
loss = w ** 2 + 20
loss.sum().backward()

for i in range(100):
    loss = w ** 2 + 20            # forward
    if w.grad is not None:
        w.grad.zero_()            # forget the former gradient
    loss.sum().backward()         # backward: w.grad = 2w
    w.data = w.data - lr * w.grad # update, behind autograd's back
    print(f"w = {w.item():.4f}, loss = {loss.item():.4f}")
