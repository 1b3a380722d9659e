# 梯度消失
#
# 十个 sigmoid 接成一串，每个的斜率至多 1/4：到达第一层的是十个小数的乘积。换成
# tanh、换成更大的权重，情形就不同了。
#
# 1. 梯度每过一层缩小到几分之几？请在图中跟着它走。
# 2. 把权重 1.0 换成 4.0。变好还是变坏，为什么？
# 3. 哪个激活函数让梯度原样通过？在哪里？

import torch

for name, f in (("sigmoid", torch.sigmoid), ("tanh", torch.tanh), ("relu", torch.relu)):
    weights = [torch.tensor(1.0, requires_grad=True) for _ in range(10)]
    h = torch.tensor(0.5)
    for w in weights:
        h = f(w * h)
    h.backward()
    print(name, [f"{w.grad.item():.1e}" for w in weights])
