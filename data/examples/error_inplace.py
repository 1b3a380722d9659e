# An error: a saved value was overwritten
#
# exp keeps its own result, because the slope of exp is exp. The line after overwrites
# that result in place; the version counter notices it when backward arrives.
#
# 1. At which step does the mistake happen, and at which step is it reported?
# 2. Why is y = y + 1 harmless where y += 1 is not?
# 3. Would the same line be an error after sin instead of exp?

import torch

x = torch.tensor([0.0, 1.0, 2.0], requires_grad=True)

y = torch.exp(x)
y += 1
loss = y.sum()
loss.backward()
