# A tiny recurrent network
#
# The same three weights are used at each of six time steps, so each weight collects six
# contributions. The network learns to remember the first input until the end.
#
# 1. Follow one contribution back through time. How many tanh slopes are in it?
# 2. Which time step contributes most to the gradient of the recurrent weight?
# 3. Why is it called backpropagation through time?

import torch

torch.manual_seed(6)
w_in = torch.randn((), requires_grad=True)
w_rec = torch.randn((), requires_grad=True)
w_out = torch.randn((), requires_grad=True)
sequences = [([1.0, 0, 0, 0, 0, 0], 1.0), ([-1.0, 0, 0, 0, 0, 0], -1.0)]

for epoch in range(20):
    loss = 0
    for inputs, wanted in sequences:
        h = torch.zeros(())
        for x in inputs:
            h = torch.tanh(w_in * x + w_rec * h)
        loss = loss + (w_out * h - wanted) ** 2
    loss.backward()
    with torch.no_grad():
        for w in (w_in, w_rec, w_out):
            w -= 0.1 * w.grad
            w.grad = None
    if epoch % 4 == 3:
        print(f"{epoch + 1:2d}: loss = {loss.item():.5f}")
