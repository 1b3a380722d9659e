# 矩阵的梯度，为什么要转置
#
# c = a·b，a 是 2 × 3，b 是 3 × 4。上游梯度 g（2 × 4）给出两个梯度 g·bᵀ 和
# aᵀ·g：形状合适的乘积只有这两个，而且正好是对的。
#
# 1. 写出 c 的一个元素。它碰到 a 和 b 的哪些元素？
# 2. 检查形状：为什么不能是 bᵀ·g？
# 3. 对 c.sum() 求导时每个 g 都是 1，梯度是什么？

import torch

a = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
b = torch.tensor([[1.0, 0.0, 2.0, 0.0], [0.0, 1.0, 0.0, 2.0], [1.0, 1.0, 1.0, 1.0]], requires_grad=True)

c = a @ b
g = torch.tensor([[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
c.backward(g)

print(c)
print(a.grad)
print(torch.equal(a.grad, g @ b.detach().t()))
print(b.grad)
print(torch.equal(b.grad, a.detach().t() @ g))
