# Linear regression with MSELoss and two features
#
# The same as by hand, with matmul for the prediction and MSELoss for the loss. The
# graph is shorter, the numbers are of the same kind.
#
# 1. Which operations of the hand-written version hide in mse_loss?
# 2. Why does the loss need y with the same shape as the prediction?
# 3. Which parameter converges last, and what has the data to do with it?

import torch

torch.manual_seed(2)
x = torch.randn(30, 2)
true_w = torch.tensor([[1.5], [-0.5]])
y = x @ true_w + 0.25

w = torch.zeros(2, 1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
loss_fn = torch.nn.MSELoss()

for step in range(25):
    z = torch.matmul(x, w) + b
    loss = loss_fn(z, y)
    loss.backward()
    for p in (w, b):
        p.data -= 0.2 * p.grad
        p.grad.zero_()
    if step % 5 == 4:
        print(step + 1, f"{loss.item():.6f}")

print(w)
print(b)
