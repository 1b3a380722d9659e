# A polynomial learns the sine
#
# Four coefficients, a hundred points of sin(x), and nothing but gradient descent. The
# four gradients have very different sizes, because the powers of x have.
#
# 1. Which coefficient has the largest gradient, and why?
# 2. Why must the learning rate be so small?
# 3. Which coefficients should come out as zero?

import math

import torch

x = torch.linspace(-math.pi, math.pi, 100)
y = torch.sin(x)

a = torch.zeros((), requires_grad=True)
b = torch.zeros((), requires_grad=True)
c = torch.zeros((), requires_grad=True)
d = torch.zeros((), requires_grad=True)

for t in range(60):
    y_pred = a + b * x + c * x ** 2 + d * x ** 3
    loss = (y_pred - y).pow(2).mean()
    loss.backward()
    with torch.no_grad():
        for p in (a, b, c, d):
            p -= 2e-3 * p.grad
            p.grad = None
    if t % 10 == 9:
        print(t + 1, f"{loss.item():.4f}")

print(f"y = ... + {b.item():.4f} x + ... + {d.item():.4f} x^3")
