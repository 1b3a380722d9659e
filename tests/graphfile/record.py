# SPDX-License-Identifier: MIT
# Records what PyTorch says to the formulas of the graphs in data/examples: python3 record.py > examples.ref (python3-torch).

import torch


def say(example, name, what, value):
    print(example, name, what, float(value).hex())


w = torch.tensor(10.0, requires_grad=True)
for _ in range(20):
    square = w ** 2
    loss = square + 20
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad = None
say("quadratic", "w", "value", w)
say("quadratic", "square", "value", square)
say("quadratic", "loss", "value", loss)

a = torch.tensor(3.0, requires_grad=True)
b = a + a
c = a * b
c.backward()
say("twice", "b", "value", b)
say("twice", "c", "value", c)
say("twice", "a", "grad", a.grad)

x = torch.tensor(0.5, requires_grad=True)
a = torch.sin(x)
b = a ** 2
y = torch.exp(b)
y.backward()
say("chain", "a", "value", a)
say("chain", "b", "value", b)
say("chain", "y", "value", y)
say("chain", "x", "grad", x.grad)

x = torch.tensor([1.0, 2, 3, 4])
y = torch.tensor([3.0, 5, 7, 9])
w = torch.tensor(0.0, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
for _ in range(60):
    loss = ((x * w + b - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.05 * w.grad
        b -= 0.05 * b.grad
    w.grad = b.grad = None
say("line", "w", "value", w)
say("line", "b", "value", b)
say("line", "loss", "value", loss)
