# A function of your own
#
# A Function tells autograd both directions by hand: forward computes, and keeps what
# backward will need; backward turns the upstream gradient into that of the input.
#
# 1. What goes wrong if backward forgets to multiply by the upstream gradient?
# 2. Why save the input and not the output here?
# 3. How would you check your formula without trusting it?

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
