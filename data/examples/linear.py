# A linear layer and its two gradients
#
# z = x·w + b for two rows of five ones; the loss is the mean of the six squares of z.
# Each row of w meets the same x = 1, so all rows of w.grad are equal, and b, which is
# added to both rows, collects the gradient of both.
#
# 1. Why has w.grad the shape of w, and b.grad the shape of b?
# 2. b is added to two rows. Where do the two contributions meet?
# 3. Why are the rows of w.grad equal to b.grad?

import torch

torch.manual_seed(0)

x = torch.ones(2, 5)                       # two inputs of five features
y = torch.zeros(2, 3)                      # the wanted outputs
w = torch.randn(5, 3, requires_grad=True)
b = torch.randn(3, requires_grad=True)

z = torch.matmul(x, w) + b
loss_fn = torch.nn.MSELoss()
loss = loss_fn(z, y)
loss.backward()

print(w.grad)
print(b.grad)
