# An error: backward through a freed graph
#
# Backward lets go of the saved values when it is done with them, to give their memory
# back. A second walk over the same graph finds them gone. Select x ** 3 and watch what it
# keeps, step by step.
#
# 1. Which of the three operations misses its saved value? Which ones need none?
# 2. What does retain_graph=True in the first call change, and what is x.grad then?
# 3. Would the second call work if loss were 5 * x + 1?

import torch

x = torch.tensor(2.0, requires_grad=True)
loss = x ** 3 + 5 * x

loss.backward()
print("first:", x.grad.item())

loss.backward()
print("this line is never reached")
