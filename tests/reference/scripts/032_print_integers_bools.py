# Whole numbers and truth values.
import torch

print(torch.tensor(7), torch.tensor(-7), torch.tensor(True), torch.tensor(False))
print(torch.tensor([1, -20, 300]))
print(torch.tensor([[1, 2], [30, -400]]))
print(torch.tensor([True, False]), torch.tensor([[True], [False]]))
print(torch.tensor([1, 2], dtype=torch.int32), torch.tensor([1, 2], dtype=torch.int16))
print(torch.tensor([1, 2], dtype=torch.uint8), torch.tensor([-1, 2], dtype=torch.int8))
print(torch.tensor([1.9, -1.9]).int(), torch.tensor([1.9, -1.9]).long())
print(torch.tensor([0.0, 2.0]).bool())
print(torch.arange(20))
print(torch.arange(100, 130).view(5, 6))
print(torch.tensor([2**62, -2**62]))
print(torch.tensor([1, 2, 3]) > 2, torch.tensor([1, 2, 3]).eq(2))
print(torch.ones(2, 2, dtype=torch.bool), torch.zeros(2, dtype=torch.short))
print(torch.tensor(5, dtype=torch.int32), torch.tensor(5, dtype=torch.uint8))
print(torch.arange(3, dtype=torch.float64), torch.arange(3, dtype=torch.half), torch.tensor(1.5, dtype=torch.float16))
print(torch.tensor([0.1, 100.0]).half(), torch.tensor([0.1, 100.0], dtype=torch.bfloat16))
