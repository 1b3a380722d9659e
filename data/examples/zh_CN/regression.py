# 手写线性回归：y = wx + b
#
# 四十个点落在直线 y = 2x - 1 附近，两个参数，均方误差逐项写出。请在曲线中看 w
# 和 b 怎样以不同的速度找到自己的值。
#
# 1. b 的梯度是误差的平均值乘以 2。w 的梯度呢？
# 2. 为什么两者都没有恰好停在 2 和 -1？
# 3. 把所有的 x 平移 10。下降为什么变得这么慢，或者不稳定？

import torch

torch.manual_seed(1)
x = torch.linspace(-1, 1, 40)
y = 2 * x - 1 + 0.1 * torch.randn(40)

w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
lr = 0.3

for epoch in range(30):
    prediction = w * x + b
    loss = ((prediction - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        b -= lr * b.grad
        w.grad.zero_()
        b.grad.zero_()
    if epoch % 5 == 4:
        print(f"epoch {epoch + 1:2d}: w = {w.item():.4f}, b = {b.item():.4f}, loss = {loss.item():.5f}")
