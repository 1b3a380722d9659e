# A tiny convolution
#
# One 3 × 3 kernel learns to find vertical edges in 6 × 6 pictures. The kernel is used
# at sixteen places of each picture, and gathers the gradients of them all.
#
# 1. How many products is each number of the kernel part of?
# 2. Which picture would give the kernel no gradient at all?
# 3. Compare the learned kernel with the wanted one. What is still missing?

import torch
import torch.nn.functional as F

torch.manual_seed(7)
pictures = torch.randint(0, 2, (8, 1, 6, 6)).float()
wanted = torch.tensor([[[[1.0, 0.0, -1.0], [2.0, 0.0, -2.0], [1.0, 0.0, -1.0]]]])
target = F.conv2d(pictures, wanted)

kernel = torch.zeros(1, 1, 3, 3, requires_grad=True)
for step in range(40):
    loss = F.mse_loss(F.conv2d(pictures, kernel), target)
    loss.backward()
    with torch.no_grad():
        kernel -= 0.15 * kernel.grad
        kernel.grad.zero_()
    if step % 10 == 9:
        print(f"{step + 1}: loss = {loss.item():.4f}")

print(kernel.data)
