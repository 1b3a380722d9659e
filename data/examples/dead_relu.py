# Dead ReLU and saturated sigmoid
#
# Two ways for a gradient to vanish: a ReLU whose input is negative for every sample
# passes nothing back, and a sigmoid far from zero is flat.
#
# 1. Can the first weight ever recover by gradient descent alone?
# 2. The sigmoid's slope is s(1 - s). How large is it at 0, at 5, at 10?
# 3. What does leaky_relu change?

import torch

x = torch.tensor([1.0, 2.0, 3.0])

dead = torch.tensor(-2.0, requires_grad=True)
torch.relu(dead * x).sum().backward()
print("relu:   ", dead.grad)

leaky = torch.tensor(-2.0, requires_grad=True)
torch.nn.functional.leaky_relu(leaky * x, 0.1).sum().backward()
print("leaky:  ", leaky.grad)

for start in (0.0, 5.0, 10.0):
    w = torch.tensor(start, requires_grad=True)
    torch.sigmoid(w).backward()
    print(f"sigmoid at {start:4.1f}: slope {w.grad.item():.6f}")
