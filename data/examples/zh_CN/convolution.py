# 一个小小的卷积
#
# 一个 3 × 3 的卷积核学着在 6 × 6 的图片里找竖直的边缘。它用在每张图片的十六个位
# 置上，也就把所有这些位置的梯度收集起来。
#
# 1. 卷积核的每个数参与了多少个乘积？
# 2. 什么样的图片根本不给卷积核梯度？
# 3. 把学到的卷积核和想要的对照。还差什么？

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
