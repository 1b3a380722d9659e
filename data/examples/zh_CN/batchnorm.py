# 批归一化
#
# 一批数据的每一列先平移到均值 0，再缩放到方差 1，然后按这一层学到的值缩放和平
# 移。所以每个样本的梯度都取决于整批数据。
#
# 1. 一列的梯度加起来是零。为什么必然如此？
# 2. 为了训练之后使用，这一层记住了什么？
# 3. train() 和 eval() 之间有什么不同？

import torch
from torch import nn

x = torch.tensor([[1.0, 52.0], [2.0, 60.0], [3.0, 10.0], [7.0, 80.0]], requires_grad=True)
layer = nn.BatchNorm1d(2)

y = layer(x)
print(y)
(y ** 3).sum().backward()
print(x.grad.sum(0).abs() < 1e-2)
print(layer.weight.grad)
print(layer.running_mean, layer.running_var)

layer.eval()
print(layer(x))
