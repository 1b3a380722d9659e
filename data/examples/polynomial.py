# A polynomial learns the sine
#
# Four coefficients, a hundred points of one wave, and nothing but gradient descent. Look
# at the curves of a, b, c and d: two of them leave zero, and one takes much longer.
#
# 1. Which two coefficients stay at zero, and what has the shape of the sine to do with it?
# 2. d grows at first, then turns round and becomes negative. What makes its gradient turn?
# 3. Write x for u, so that the powers reach 31. Which lr still works, and how fast is it?

import math

import torch

x = torch.linspace(-math.pi, math.pi, 100)
y = torch.sin(x)
u = x / math.pi  # between -1 and 1, as all its powers are

a = torch.zeros((), requires_grad=True)
b = torch.zeros((), requires_grad=True)
c = torch.zeros((), requires_grad=True)
d = torch.zeros((), requires_grad=True)

for step in range(100):
    guess = a + b * u + c * u ** 2 + d * u ** 3
    loss = (guess - y).pow(2).mean()
    loss.backward()
    with torch.no_grad():
        for p in (a, b, c, d):
            p -= 0.8 * p.grad
            p.grad = None
    if step % 20 == 19:
        print(f"{step + 1:3d}: loss = {loss.item():.4f}, b = {b.item():.3f}, d = {d.item():.3f}")
