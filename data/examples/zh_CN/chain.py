# 一串函数
#
# 先取 sin，再平方，再取指数：三个环节，三个局部导数。反向传播从右向左把它们乘起
# 来；每个环节都不必知道别的环节。
#
# 1. 每个环节贡献的局部导数各是多少？自己乘一遍。
# 2. 反向传播需要 sin(x) 的值。从前向传播到现在，它保存在哪里？
# 3. 链条的哪个位置导数为 0，就会让一切停下来？

import torch

x = torch.tensor(0.5, requires_grad=True)

a = torch.sin(x)
b = a ** 2
y = torch.exp(b)
y.backward()

by_hand = torch.exp(b) * 2 * a * torch.cos(x)
print(f"y = {y.item():.6f}")
print(f"dy/dx = {x.grad.item():.6f}, by hand {by_hand.item():.6f}")
