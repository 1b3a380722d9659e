# More than a thousand elements are summarised.
import torch

print(torch.arange(1001))
print(torch.arange(1000)[-3:], torch.arange(1000).shape)
print(torch.arange(1200.0).view(40, 30))
print(torch.arange(2000).view(10, 10, 20))
print(torch.zeros(1100))
print(torch.linspace(-1, 1, 1500, dtype=torch.float64))
x = torch.zeros(1001)
x[500] = 1e6
print(x)
x[1] = 1e6
print(x)
print(torch.ones(4, 300, requires_grad=True))
print(torch.ones(300, 4) * 2.5)
print(torch.arange(1008).view(7, 12, 12)[:, :, :2].shape)
print(torch.arange(1009 * 2).view(2, 1009).float() / 7)
print(torch.arange(1100) % 2 == 0)
print(torch.arange(7 * 7 * 7 * 7).view(7, 7, 7, 7))
