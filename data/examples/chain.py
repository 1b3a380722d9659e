# A chain of functions
#
# sin, then the square, then the exponential: three links, three local slopes.
# Backward multiplies them from the right to the left; no link knows the others.
#
# 1. Which local slope does each link contribute? Multiply them yourself.
# 2. Backward needs the value sin(x). Where has it been kept since the forward?
# 3. Where on the chain would a slope of 0 stop everything?

import torch

x = torch.tensor(0.5, requires_grad=True)

a = torch.sin(x)
b = a ** 2
y = torch.exp(b)
y.backward()

by_hand = torch.exp(b) * 2 * a * torch.cos(x)
print(f"y = {y.item():.6f}")
print(f"dy/dx = {x.grad.item():.6f}, by hand {by_hand.item():.6f}")
