# Rows that are wrapped at eighty characters.
import torch

print(torch.arange(30.0) * 1.5)
print((torch.arange(24.0) * 1000 + 0.5).view(2, 12))
print(torch.arange(25) * 100000)
print((torch.arange(60) % 3 == 0))
print((torch.arange(44.0).view(2, 22) - 20) / 7)
print(torch.arange(13.0, requires_grad=True) * 2.25)
print(torch.arange(26.0).view(2, 1, 13) / 3)
print(torch.arange(20, dtype=torch.float64) / 3)
print(torch.tensor([[1e-6] * 9, [1.0] * 9]))
print(torch.ones(15, requires_grad=True))
print(torch.ones(17, dtype=torch.int32))
print(torch.arange(11.0, dtype=torch.float64, requires_grad=True) * 1.1)
