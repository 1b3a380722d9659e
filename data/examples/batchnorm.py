# Batch normalisation
#
# Each column of the batch is shifted to mean 0 and scaled to variance 1, then scaled and
# shifted by what the layer has learned. So every sample's gradient depends on its batch.
#
# 1. The gradients of one column add up to zero. Why must they?
# 2. What does the layer remember for the time after the training?
# 3. What changes between train() and eval()?

import torch
from torch import nn

x = torch.tensor([[1.0, 52.0], [2.0, 60.0], [3.0, 10.0], [7.0, 80.0]], requires_grad=True)
layer = nn.BatchNorm1d(2)

y = layer(x)
print(y)
(y ** 3).sum().backward()
print(x.grad.sum(0).abs() < 1e-2)
print(layer.weight.grad)
print(layer.running_mean, layer.running_var)

layer.eval()
print(layer(x))
