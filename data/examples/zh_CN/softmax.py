# softmax 与交叉熵
#
# 三个得分变成和为 1 的概率；损失是应当最大的那个概率的负对数。它对得分的梯度：
# 概率减去独热编码。
#
# 1. 一行的三个梯度为什么加起来是零？
# 2. 所有得分都加 100，什么会变？
# 3. 得分很大时，下面两种写法哪一种更稳妥？为什么？

import torch
import torch.nn.functional as F

scores = torch.tensor([[2.0, 1.0, 0.1], [0.5, 2.5, 0.3]], requires_grad=True)
target = torch.tensor([0, 2])

loss = F.cross_entropy(scores, target)
loss.backward()
print(loss)
print(scores.grad)

p = torch.softmax(scores.detach(), dim=1)
print((p - F.one_hot(target, 3)) / 2)

by_hand = -torch.log(p[torch.arange(2), target]).mean()
print(by_hand)
