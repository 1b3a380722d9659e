# 自己写的函数
#
# 用 Function 亲手把两个方向告诉自动微分：forward 计算，并保存反向传播要用的张量；
# backward 把上游梯度变成输入的梯度。
#
# 1. 如果 backward 忘了乘以上游梯度，会出什么错？
# 2. 这里为什么保存输入，而不保存输出？
# 3. 不轻信自己的公式，该怎样检查它？

import torch


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 3

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return upstream * 3 * x ** 2


x = torch.tensor([1.0, 2.0, -3.0], requires_grad=True)
y = Cube.apply(x)
(2 * y).sum().backward()
print(y)
print(x.grad)

probe = torch.tensor([0.7, -1.2], dtype=torch.double, requires_grad=True)
print(torch.autograd.gradcheck(Cube.apply, probe))
