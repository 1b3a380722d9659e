# 二阶导数
#
# create_graph=True 把反向传播本身也记录下来：这时梯度和别的值一样，是一张图里的
# 值，可以再求一次导。牛顿法两者都用。
#
# 1. 梯度的计算图由哪些运算组成？
# 2. 牛顿法为什么一步就到达抛物线的最小值？
# 3. 在二阶导数为负的点，这里会发生什么？

import torch

x = torch.tensor(2.0, requires_grad=True)
y = x ** 4 - 3 * x ** 2

(first,) = torch.autograd.grad(y, x, create_graph=True)
(second,) = torch.autograd.grad(first, x)
print(first.item(), second.item())

for i in range(5):
    y = x ** 4 - 3 * x ** 2
    (slope,) = torch.autograd.grad(y, x, create_graph=True)
    (bend,) = torch.autograd.grad(slope, x)
    with torch.no_grad():
        x -= slope / bend
    print(f"{i + 1}: x = {x.item():.6f}")
