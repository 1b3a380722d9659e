# 死亡的 ReLU 和饱和的 sigmoid
#
# 梯度消失的两种方式：对每个样本输入都是负数的 ReLU，什么也不传回去；远离零点的
# sigmoid 是平的。
#
# 1. 第一个权重单靠梯度下降还能恢复吗？
# 2. sigmoid 的斜率是 s(1 - s)。在 0、5、10 处各有多大？
# 3. leaky_relu 改变了什么？

import torch

x = torch.tensor([1.0, 2.0, 3.0])

dead = torch.tensor(-2.0, requires_grad=True)
torch.relu(dead * x).sum().backward()
print("relu:   ", dead.grad)

leaky = torch.tensor(-2.0, requires_grad=True)
torch.nn.functional.leaky_relu(leaky * x, 0.1).sum().backward()
print("leaky:  ", leaky.grad)

for start in (0.0, 5.0, 10.0):
    w = torch.tensor(start, requires_grad=True)
    torch.sigmoid(w).backward()
    print(f"sigmoid at {start:4.1f}: slope {w.grad.item():.6f}")
