# no_grad and detach: what is recorded, what is shared
#
# x ** 2 keeps x for its backward, but inside no_grad() nothing is recorded and nothing is
# kept: memory saved. detach() gives a second handle on the same memory, without the graph:
# a write through one handle is seen through the other. Under Variables click y, then z,
# then d: the inspector tells what is saved, and whose memory is shared.
#
# 1. Which of the tensors below have a grad_fn?
# 2. d[0] = 100 changes x as well. Why is x.grad still right?
# 3. Move d[0] = 100 above y.sum().backward(). Who notices, and how?

import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)

y = x ** 2
with torch.no_grad():
    z = x ** 2
print(y.requires_grad, z.requires_grad)
print(y.grad_fn is None, z.grad_fn is None)

d = x.detach()
print(d.data_ptr() == x.data_ptr(), d.requires_grad)

y.sum().backward()
d[0] = 100.0
print(x)
print(x.grad)

array = x.detach().numpy()
array[1] = -5.0
print(x.data)
