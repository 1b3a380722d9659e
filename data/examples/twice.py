# A value used twice: gradients add
#
# b = a + a and c = a · b: the value a reaches the result on three paths. Backward
# walks each of them and adds up what arrives. Step slowly where the edges meet.
#
# 1. In which order do the contributions reach a? Does the order matter?
# 2. c = 2a², so the slope is 4a. Which contributions make up this number?
# 3. What would be wrong if the last contribution replaced the earlier ones?

import torch

a = torch.tensor(3.0, requires_grad=True)

b = a + a
c = a * b
c.backward()

print(b.item(), c.item())
print(a.grad)
