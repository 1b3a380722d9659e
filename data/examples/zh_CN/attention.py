# 一个注意力头
#
# 四个词元互相看：查询与键相乘得到得分，softmax 把得分变成权重，权重把值混合起
# 来。除了一步以外，全是矩阵乘法。
#
# 1. 得分为什么要除以宽度的平方根？
# 2. 遮住后面的词元：哪些权重恰好变成零，哪些梯度也是？
# 3. 三个矩阵中，哪一个在这里得到最大的梯度？

import math

import torch

torch.manual_seed(8)
tokens = torch.randn(4, 6)
w_query, w_key, w_value = (torch.randn(6, 3, requires_grad=True) for _ in range(3))

q, k, v = tokens @ w_query, tokens @ w_key, tokens @ w_value
scores = q @ k.T / math.sqrt(3)
mask = torch.ones(4, 4).triu(1).bool()
weights = torch.softmax(scores.masked_fill(mask, float("-inf")), dim=-1)
out = weights @ v

loss = (out - tokens[:, :3]).pow(2).mean()
loss.backward()

print(weights)
print(f"loss = {loss.item():.5f}")
for name, w in (("query", w_query), ("key", w_key), ("value", w_value)):
    print(f"{name:<6} gradient norm {w.grad.norm().item():.5f}")
