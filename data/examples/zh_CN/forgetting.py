# 忘记清零梯度
#
# 同样的下降做两次：第二个循环从不清零 w.grad。backward() 会加到已有的梯度上，于
# 是每一步都拖着以前所有的梯度。
#
# 1. 在第二个循环里把 w.grad 和 2w 对照。它们从哪里开始不同？
# 2. 第二个 w 冲过最小值，又折返回来。是什么把它推回来的？
# 3. 有时候累加正是我们想要的。什么时候？

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
