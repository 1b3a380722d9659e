# 用多项式拟合正弦
#
# 四个系数，一个波形上的一百个点，只用梯度下降。请看 a、b、c、d 的曲线：有两个离
# 开零，其中一个慢得多。
#
# 1. 哪两个系数停在零？这和正弦的形状有什么关系？
# 2. d 先变大，然后掉头变成负数。是什么让它的梯度掉了头？
# 3. 把 u 换成 x，各次幂就会达到 31。这时哪个 lr 还行得通，速度如何？

import math

import torch

x = torch.linspace(-math.pi, math.pi, 100)
y = torch.sin(x)
u = x / math.pi  # 在 -1 和 1 之间，它的各次幂也是

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
