# 广播，以及回来的路
#
# 一列 3 个数和一行 4 个数组成 3 × 4 的表。反向传播倒过来走：一个数被复制到哪些
# 位置，就把那些位置上的梯度加起来。
#
# 1. 列里的每个数用了几次？它的梯度是多少？
# 2. 行的梯度沿哪个轴求和？
# 3. 损失里 (n,) 减 (n, 1) 得到 n × n 的表。为什么不报错？

import torch

column = torch.tensor([[1.0], [2.0], [3.0]], requires_grad=True)
row = torch.tensor([10.0, 20.0, 30.0, 40.0], requires_grad=True)
scale = torch.tensor(0.5, requires_grad=True)

table = column * row + scale
table.sum().backward()

print(table)
print(column.grad)
print(row.grad)
print(scale.grad)
