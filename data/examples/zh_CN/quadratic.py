# 一个参数滚下山坡
#
# 损失是 w² + 20。它在 w 处的斜率是 2w，所以每一步从 w 中减去 lr · 2w，剩下原来
# 的 0.98。请看 w.grad：每次反向传播之前都要清零，因为 backward() 总是加到已有的
# 值上。
#
# 1. 第一个梯度为什么是 20？循环为什么马上把它清零？
# 2. lr 没有变，w 的曲线却越来越平。是哪个数变小了？
# 3. lr = 0.5 时曲线是什么样子？lr = 1.1 时呢？

import torch

w = torch.tensor(10.0, requires_grad=True)
lr = 0.01

# 先留下一个梯度，让第一次迭代有东西可清零。
loss = w ** 2 + 20
loss.sum().backward()

for i in range(100):
    loss = w ** 2 + 20            # 前向传播
    if w.grad is not None:
        w.grad.zero_()            # 清零上一次的梯度
    loss.sum().backward()         # 反向传播：w.grad = 2w
    w.data = w.data - lr * w.grad # 更新，绕过自动微分
    print(f"w = {w.item():.4f}, loss = {loss.item():.4f}")
