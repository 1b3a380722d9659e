# 逻辑回归
#
# 两团点，中间一条直线。sigmoid 把得分变成概率；损失对得分的梯度就是 p - y。
#
# 1. 哪些点对梯度几乎没有贡献？
# 2. 所有点都在正确的一侧之后，直线就不动了吗？
# 3. 损失为什么取对数，而不用 (p - y)²？

import torch
import torch.nn.functional as F

torch.manual_seed(0)
x = torch.cat([torch.randn(20, 2) + 2.0, torch.randn(20, 2) - 2.0])
y = torch.cat([torch.ones(20), torch.zeros(20)])

w = torch.zeros(2, requires_grad=True)
b = torch.zeros((), requires_grad=True)

for epoch in range(20):
    p = torch.sigmoid(x.mv(w) + b)
    loss = F.binary_cross_entropy(p, y)
    loss.backward()
    with torch.no_grad():
        for parameter in (w, b):
            parameter -= 0.5 * parameter.grad
            parameter.grad.zero_()
    if epoch % 5 == 4:
        right = ((p > 0.5) == (y > 0.5)).float().mean()
        print(f"{epoch + 1:2d}: loss {loss.item():.4f}, {right.item():.0%} right")
print(w, b)
