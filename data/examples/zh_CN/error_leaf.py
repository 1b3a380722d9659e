# 错误：就地更新叶子节点
#
# w -= lr * w.grad 这次更新，在记录梯度的时候就地修改了叶子节点。PyTorch 拒绝这
# 样做：否则计算图就说不清 w 原来是多少了。
#
# 1. backward() 需要的什么，会被这次就地更新毁掉？
# 2. 这次更新有哪两种允许的写法？
# 3. w = w - lr * w.grad 不报错。它为什么仍然是错的？

import torch

w = torch.tensor(5.0, requires_grad=True)
lr = 0.1

loss = w ** 2
loss.backward()
print("gradient:", w.grad.item())

w -= lr * w.grad
print("this line is never reached")
