# 一个线性层和它的两个梯度
#
# z = x·w + b，x 是两行，每行五个 1；损失是 z 的六个平方的平均值。w 的每一行遇到
# 的都是 x = 1，所以 w.grad 的各行相等；b 加到了两行上，也就收集了两行的梯度。
#
# 1. 为什么 w.grad 的形状和 w 相同，b.grad 的形状和 b 相同？
# 2. b 加到两行上。两份贡献在哪里汇合？
# 3. 为什么 w.grad 的各行都等于 b.grad？

import torch

torch.manual_seed(0)

x = torch.ones(2, 5)                       # 两个输入，各有五个特征
y = torch.zeros(2, 3)                      # 想要的输出
w = torch.randn(5, 3, requires_grad=True)
b = torch.randn(3, requires_grad=True)

z = torch.matmul(x, w) + b
loss_fn = torch.nn.MSELoss()
loss = loss_fn(z, y)
loss.backward()

print(w.grad)
print(b.grad)
