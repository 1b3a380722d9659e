# XOR with a hidden layer
#
# No line separates XOR; four hidden units with tanh bend the plane until one does. The
# first graph here that is worth folding: press F on the frame of a layer. The curve of the
# loss is flat for long, then it falls.
#
# 1. For some thirty epochs almost nothing happens. What are the gradients then?
# 2. Start all weights at zero. Why does it never learn?
# 3. Which of the hidden units does the work in the end?

import torch
from torch import nn

torch.manual_seed(5)
x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])

net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1), nn.Sigmoid())
optimizer = torch.optim.SGD(net.parameters(), lr=1.0)
loss_fn = nn.BCELoss()

for epoch in range(100):
    out = net(x)
    loss = loss_fn(out, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 20 == 19:
        print(f"epoch {epoch + 1:3d}: loss {loss.item():.4f}")

print((net(x) > 0.5).int().flatten().tolist())
