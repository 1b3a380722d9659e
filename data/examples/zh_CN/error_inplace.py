# 错误：保存的张量被改写了
#
# exp 保存的是自己的结果，因为 exp 的斜率就是 exp。下一行却把这个结果就地修改
# 了；反向传播走到这里时，版本计数器发现了它。
#
# 1. 错误发生在哪一步，又在哪一步才报告？
# 2. 为什么 y = y + 1 没有害处，而 y += 1 有？
# 3. 把 exp 换成 sin，同样的一行还会出错吗？

import torch

x = torch.tensor([0.0, 1.0, 2.0], requires_grad=True)

y = torch.exp(x)
y += 1
loss = y.sum()
loss.backward()
