# Matrix gradients and why the transpose
#
# c = a·b with a 2 × 3 and b 3 × 4. With the upstream gradient g (2 × 4) the two
# gradients are g·bᵀ and aᵀ·g: the only products of the right shapes, and the right ones.
#
# 1. Write down one element of c. Which elements of a and b does it touch?
# 2. Check the shapes: why can it not be bᵀ·g?
# 3. What is the gradient when c.sum() is differentiated, where every g is 1?

import torch

a = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
b = torch.tensor([[1.0, 0.0, 2.0, 0.0], [0.0, 1.0, 0.0, 2.0], [1.0, 1.0, 1.0, 1.0]], requires_grad=True)

c = a @ b
g = torch.tensor([[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
c.backward(g)

print(c)
print(a.grad)
print(torch.equal(a.grad, g @ b.detach().t()))
print(b.grad)
print(torch.equal(b.grad, a.detach().t() @ g))
