# 山谷里的动量、RMSprop 和 Adam
#
# 损失 (u² + 50·v²) / 2 是一条又长又窄的山谷。v 方向很陡，普通的下降只能把 lr 取得
# 很小，于是沿着 u 走得极慢。每个优化器都有自己的办法：请对照这个点的四条曲线。
#
# 1. 是哪个坐标限制了 SGD 的学习率？
# 2. 动量累加的是什么？RMSprop 除以的是什么？
# 3. Adam 的第一步在两个坐标上的长度都是 lr。为什么？

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
