# 一个小小的循环网络
#
# 六个时间步用的是同样三个权重，所以每个权重收集六份贡献。网络学着把第一个输入一
# 直记到最后。
#
# 1. 跟着一份贡献沿时间往回走。它含有几个 tanh 的斜率？
# 2. 哪个时间步对循环权重的梯度贡献最大？
# 3. 为什么叫“随时间反向传播”？

import torch

torch.manual_seed(6)
w_in = torch.randn((), requires_grad=True)
w_rec = torch.randn((), requires_grad=True)
w_out = torch.randn((), requires_grad=True)
sequences = [([1.0, 0, 0, 0, 0, 0], 1.0), ([-1.0, 0, 0, 0, 0, 0], -1.0)]

for epoch in range(20):
    loss = 0
    for inputs, wanted in sequences:
        h = torch.zeros(())
        for x in inputs:
            h = torch.tanh(w_in * x + w_rec * h)
        loss = loss + (w_out * h - wanted) ** 2
    loss.backward()
    with torch.no_grad():
        for w in (w_in, w_rec, w_out):
            w -= 0.1 * w.grad
            w.grad = None
    if epoch % 4 == 3:
        print(f"{epoch + 1:2d}: loss = {loss.item():.5f}")
