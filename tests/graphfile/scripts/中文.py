import torch
学习率 = 0.01
权重 = torch.tensor(2.0, requires_grad=True)
for 步 in range(2):
    损失 = (权重 * 3 - 1) ** 2
    损失.backward()
    with torch.no_grad():
        权重 -= 学习率 * 权重.grad
    权重.grad.zero_()
