# Linear regression with a module and an optimizer
#
# nn.Linear owns the parameters, SGD updates them. Step (F7) into layer(x), loss.backward()
# and optimizer.step(): they do what the hand-written loop did.
#
# 1. Where do the first values of weight and bias come from?
# 2. What exactly does optimizer.zero_grad() do to .grad?
# 3. In which order must zero_grad, backward and step stand?

import torch
from torch import nn

torch.manual_seed(3)
x = torch.linspace(0, 1, 20).unsqueeze(1)
y = 3 * x + 0.5

layer = nn.Linear(1, 1)
optimizer = torch.optim.SGD(layer.parameters(), lr=0.6)
loss_fn = nn.MSELoss()

for epoch in range(40):
    loss = loss_fn(layer(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 10 == 9:
        print(f"{epoch + 1}: loss = {loss.item():.6f}")

for name, parameter in layer.named_parameters():
    print(name, parameter.data)
