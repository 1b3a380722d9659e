# Softmax and cross-entropy
#
# Three scores become probabilities that add to one; the loss is minus the logarithm of
# the one that should be large. Its gradient by the scores: probabilities minus one-hot.
#
# 1. Why do the three gradients of a row add up to zero?
# 2. Add 100 to all scores. What changes?
# 3. Which of the two ways below is safer with large scores, and why?

import torch
import torch.nn.functional as F

scores = torch.tensor([[2.0, 1.0, 0.1], [0.5, 2.5, 0.3]], requires_grad=True)
target = torch.tensor([0, 2])

loss = F.cross_entropy(scores, target)
loss.backward()
print(loss)
print(scores.grad)

p = torch.softmax(scores.detach(), dim=1)
print((p - F.one_hot(target, 3)) / 2)

by_hand = -torch.log(p[torch.arange(2), target]).mean()
print(by_hand)
