# 用 MSELoss 做两个特征的线性回归
#
# 和手写的一样，只是预测用 matmul，损失用 MSELoss。计算图更短，数的含义不变。
#
# 1. 手写版本里的哪些运算藏在 mse_loss 里？
# 2. 为什么损失要求 y 和预测的形状相同？
# 3. 哪个参数最后收敛？这和数据有什么关系？

import torch

torch.manual_seed(2)
x = torch.randn(30, 2)
true_w = torch.tensor([[1.5], [-0.5]])
y = x @ true_w + 0.25

w = torch.zeros(2, 1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
loss_fn = torch.nn.MSELoss()

for step in range(25):
    z = torch.matmul(x, w) + b
    loss = loss_fn(z, y)
    loss.backward()
    for p in (w, b):
        p.data -= 0.2 * p.grad
        p.grad.zero_()
    if step % 5 == 4:
        print(step + 1, f"{loss.item():.6f}")

print(w)
print(b)
