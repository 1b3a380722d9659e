# Broadcasting and the way back
#
# A column of 3 and a row of 4 make a table of 3 × 4. Backward turns it round: each
# input collects the gradients of all the places it was copied to.
#
# 1. Each number of the column is used how often? What is its gradient?
# 2. Over which axis is the gradient of the row summed?
# 3. (n,) minus (n, 1) in a loss is an n × n table. Why is there no error?

import torch

column = torch.tensor([[1.0], [2.0], [3.0]], requires_grad=True)
row = torch.tensor([10.0, 20.0, 30.0, 40.0], requires_grad=True)
scale = torch.tensor(0.5, requires_grad=True)

table = column * row + scale
table.sum().backward()

print(table)
print(column.grad)
print(row.grad)
print(scale.grad)
