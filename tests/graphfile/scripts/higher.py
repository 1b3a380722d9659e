import torch
x = torch.tensor([0.3, 0.8], requires_grad=True)
y = (x.sin() * x ** 3).sum()
y.backward(create_graph=True)
g = x.grad.clone()
x.grad = None
(g ** 2).sum().backward()
(grad,) = torch.autograd.grad((x ** 2).prod(), x, create_graph=True)
(grad.norm() + x.sum()).backward()
