# 错误：对已释放的计算图再次反向传播
#
# 反向传播用完保存的张量就把它们释放，归还内存。第二次走同一张计算图，就找不到它们
# 了。选中 x ** 3，一步步看它保存着什么。
#
# 1. 三个运算中，哪一个缺了保存的张量？哪些不需要？
# 2. 第一次调用加上 retain_graph=True 会改变什么？那时 x.grad 是多少？
# 3. 如果 loss 是 5 * x + 1，第二次调用行得通吗？

import torch

x = torch.tensor(2.0, requires_grad=True)
loss = x ** 3 + 5 * x

loss.backward()
print("first:", x.grad.item())

loss.backward()
print("this line is never reached")
