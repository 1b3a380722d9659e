# An error: backward through a freed graph
#
# backward() lets go of the saved values when it is done with them, to give their
# memory back. A second walk over the same graph finds them gone.
#
# 1. Which operation misses its saved value? Which ones need none?
# 2. What changes with retain_graph=True in the first call?
# 3. Would the second call work if loss were 3 * x + 1?

import torch

x = torch.tensor(2.0, requires_grad=True)
loss = torch.exp(x) * x

loss.backward()
print("first:", x.grad.item())

loss.backward()
print("this line is never reached")
