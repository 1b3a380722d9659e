# Empty tensors, zero-dimensional tensors, many dimensions.
import torch

print(torch.tensor([]), torch.empty(0), torch.empty(0, 3), torch.zeros(2, 0))
print(torch.tensor([], dtype=torch.long), torch.empty(0, dtype=torch.bool), torch.empty(2, 0, 3, dtype=torch.float64))
print(torch.tensor([[]]), torch.tensor([[], []]).shape)
print(torch.zeros(()), torch.tensor(3.5).shape, torch.tensor(3.5).dim(), torch.zeros(()).size())
print(torch.arange(8).view(2, 2, 2))
print(torch.arange(8.0).view(2, 2, 2) / 3)
print(torch.arange(16).view(2, 2, 2, 2))
print(torch.zeros(1, 1, 1, 1), torch.zeros(2, 1, 3))
print(torch.arange(4).view(4, 1), torch.arange(4).view(1, 4))
print(torch.arange(6.).view(3, 2).t())
print(torch.rand(2, 3).shape, torch.rand(2, 3).size(0), torch.Size([2, 3]), torch.Size([]), tuple(torch.rand(2, 3).shape))
print(torch.empty(0).sum(), torch.empty(0).mean(), torch.empty(0).prod(), torch.empty(0, 3).sum(0))
