# 一个值用了两次：梯度相加
#
# b = a + a，c = a · b：a 经过三条路径影响结果。反向传播走过每一条路径，把到达的
# 梯度加在一起。在几条边汇合的地方请慢慢走。
#
# 1. 各份贡献按什么次序到达 a？次序要紧吗？
# 2. c = 2a²，斜率是 4a。这个数由哪几份贡献组成？
# 3. 如果最后一份贡献覆盖了前面的，会错在哪里？

import torch

a = torch.tensor(3.0, requires_grad=True)

b = a + a
c = a * b
c.backward()

print(b.item(), c.item())
print(a.grad)
