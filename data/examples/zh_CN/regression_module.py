# 用模块和优化器做线性回归
#
# nn.Linear 拥有参数，SGD 更新参数。请用 F7 单步进入 layer(x)、loss.backward()
# 和 optimizer.step()：它们做的就是手写循环做的事。
#
# 1. weight 和 bias 的初值从哪里来？
# 2. optimizer.zero_grad() 对 .grad 到底做了什么？
# 3. zero_grad、backward 和 step 必须按什么次序？

import torch
from torch import nn

torch.manual_seed(3)
x = torch.linspace(0, 1, 20).unsqueeze(1)
y = 3 * x + 0.5

layer = nn.Linear(1, 1)
optimizer = torch.optim.SGD(layer.parameters(), lr=0.6)
loss_fn = nn.MSELoss()

for epoch in range(40):
    loss = loss_fn(layer(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 10 == 9:
        print(f"{epoch + 1}: loss = {loss.item():.6f}")

for name, parameter in layer.named_parameters():
    print(name, parameter.data)
