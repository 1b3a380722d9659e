# 自动求导：标量、向量、梯度清零
import torch

x = torch.arange(4.0)
print(x)
x.requires_grad_(True)  # 等价于 x = torch.arange(4.0, requires_grad=True)
print(x.grad)  # 默认值是 None
y = 2 * torch.dot(x, x)
print(y)
y.backward()
print(x.grad)
print(x.grad == 4 * x)

# 在默认情况下，梯度会累积，需要清除之前的值
x.grad.zero_()
y = x.sum()
y.backward()
print(x.grad)

x.grad.zero_()
y = x * x
y.sum().backward()
print(f"非标量变量的反向传播: {x.grad}")

x.grad.zero_()
y = x * x
u = y.detach()
z = u * x
z.sum().backward()
print("分离计算", x.grad == u)
x.grad.zero_()
y.sum().backward()
print(x.grad == 2 * x)


def f(a):
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    if b.sum() > 0:
        c = b
    else:
        c = 100 * b
    return c


torch.manual_seed(42)
a = torch.randn(size=(), requires_grad=True)
d = f(a)
d.backward()
print("控制流的梯度：", a.grad == d / a, a.grad)
