# 学习率：太小、合适、太大、发散
#
# 在 (w - 2)² 上做四次下降，只有 lr 不同。每一步都把到最小值的距离乘以
# 1 - 2·lr：下面的四条曲线全由这一个因子决定。
#
# 1. 哪个 lr 一步就到达最小值？为什么？
# 2. lr = 0.9 时这个因子是负数。曲线看上去是什么样？
# 3. 从哪个 lr 开始，损失会越来越大？

import torch


def descend(lr, steps=15):
    w = torch.tensor(6.0, requires_grad=True)
    for _ in range(steps):
        loss = (w - 2) ** 2
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
            w.grad.zero_()
    return w.item(), loss.item()


for lr in (0.01, 0.3, 0.9, 1.1):
    w, loss = descend(lr)
    print(f"lr = {lr:<4}: w = {w:10.4f}, loss = {loss:10.4f}")
