# 一个数和它的梯度
#
# y = x²，x = 3。按右方向键一步步走：前向传播（蓝色）算出 y，反向传播（橙色）把
# y 的斜率从 y 带回 x，留在 x.grad 里。左方向键可以把每一步退回去。
#
# 1. backward() 运行之前，x.grad 里是 0，还是什么都没有？
# 2. x² 的斜率是 2x。x = 3 时应得到哪个数？x = -3 时呢？
# 3. y 自己为什么没有 .grad？

import torch

x = torch.tensor(3.0, requires_grad=True)
print(x.grad)

y = x ** 2
y.backward()

print(y)
print(x.grad)
