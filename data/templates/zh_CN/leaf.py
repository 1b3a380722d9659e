# 一个叶子节点和它的梯度
#
# 最小的脚本：一个数，一个公式，一次反向传播。改一改公式，再运行。

import torch

x = torch.tensor(2.0, requires_grad=True)

y = x ** 2 + 3 * x
y.backward()

print(y.item(), x.grad.item())
