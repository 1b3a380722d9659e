# Module with an optimizer
#
# A small network as a class of its own, a loss function, and Adam.

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(1, 4)
        self.out = nn.Linear(4, 1)

    def forward(self, x):
        return self.out(torch.tanh(self.hidden(x)))


torch.manual_seed(0)
x = torch.linspace(-1, 1, 16).unsqueeze(1)
y = torch.sin(3 * x)

net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
loss_fn = nn.MSELoss()

for epoch in range(50):
    loss = loss_fn(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 10 == 9:
        print(f"{epoch + 1}: loss = {loss.item():.6f}")
