# Momentum, RMSprop and Adam in a valley
#
# The loss (u² + 50·v²) / 2 is a long narrow valley. Plain descent must keep lr small
# because of v, and then crawls along u. Each optimizer has its own answer: compare the
# four curves of the point.
#
# 1. Which coordinate limits the learning rate of SGD?
# 2. What does momentum add up, and what does RMSprop divide by?
# 3. Adam's first step has the length lr in both coordinates. Why?

import torch

makers = {
    "SGD": lambda p: torch.optim.SGD(p, lr=0.03),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.03, momentum=0.8),
    "RMSprop": lambda p: torch.optim.RMSprop(p, lr=0.1),
    "Adam": lambda p: torch.optim.Adam(p, lr=0.3),
}

for name, make in makers.items():
    point = torch.tensor([4.0, 1.0], requires_grad=True)
    optimizer = make([point])
    for step in range(40):
        optimizer.zero_grad()
        loss = (point[0] ** 2 + 50 * point[1] ** 2) / 2
        loss.backward()
        optimizer.step()
    u, v = point.tolist()
    print(f"{name:<9} u = {u:7.4f}, v = {v:7.4f}, loss = {loss.item():.5f}")
