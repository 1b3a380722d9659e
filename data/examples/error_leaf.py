# An error: updating a leaf in place
#
# The update w -= lr * w.grad overwrites a leaf while gradients are recorded. PyTorch
# refuses: the graph could no longer say what w was.
#
# 1. What would backward() need that the in-place update destroys?
# 2. Which two ways of writing this update are allowed?
# 3. w = w - lr * w.grad raises no error. Why is it wrong all the same?

import torch

w = torch.tensor(5.0, requires_grad=True)
lr = 0.1

loss = w ** 2
loss.backward()
print("gradient:", w.grad.item())

w -= lr * w.grad
print("this line is never reached")
