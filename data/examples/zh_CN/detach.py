# no_grad 和 detach：记录什么，共享什么
#
# x ** 2 要为反向传播保存 x；而在 no_grad() 里什么都不记录，也什么都不保存，内存
# 就省下来了。detach() 给出共享同一块内存的另一个张量，但它不在计算图中：写入其中一
# 个，另一个也随之改变。在“变量”页依次单击 y、z、d：检查器会说明保存了什么，和谁共
# 享内存。
#
# 1. 下面的张量哪些有 grad_fn？
# 2. d[0] = 100 也改了 x。为什么 x.grad 仍然正确？
# 3. 把 d[0] = 100 移到 y.sum().backward() 之前。谁会发现，怎样发现？

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
