# 用隐藏层解 XOR
#
# 没有一条直线能分开 XOR；四个 tanh 隐藏单元把平面弯折，直到一条直线能分开为止。
# 这是第一张值得折叠的计算图：在一个层的框上按 F。损失曲线先平了很久，然后才下
# 降。
#
# 1. 前三十轮左右几乎什么都没有发生。那时的梯度是多少？
# 2. 把所有权重从零开始。为什么永远学不会？
# 3. 最后真正起作用的是哪几个隐藏单元？

import torch
from torch import nn

torch.manual_seed(5)
x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])

net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1), nn.Sigmoid())
optimizer = torch.optim.SGD(net.parameters(), lr=1.0)
loss_fn = nn.BCELoss()

for epoch in range(100):
    out = net(x)
    loss = loss_fn(out, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 20 == 19:
        print(f"epoch {epoch + 1:3d}: loss {loss.item():.4f}")

print((net(x) > 0.5).int().flatten().tolist())
