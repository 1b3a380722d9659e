# One attention head
#
# Four tokens look at each other: queries against keys give scores, softmax turns them
# into weights, the weights mix the values. Everything is matrix products but one step.
#
# 1. Why are the scores divided by the square root of the width?
# 2. Mask the future: which weights become exactly zero, and which gradients?
# 3. Which of the three matrices gets the largest gradient here?

import math

import torch

torch.manual_seed(8)
tokens = torch.randn(4, 6)
w_query, w_key, w_value = (torch.randn(6, 3, requires_grad=True) for _ in range(3))

q, k, v = tokens @ w_query, tokens @ w_key, tokens @ w_value
scores = q @ k.T / math.sqrt(3)
mask = torch.ones(4, 4).triu(1).bool()
weights = torch.softmax(scores.masked_fill(mask, float("-inf")), dim=-1)
out = weights @ v

loss = (out - tokens[:, :3]).pow(2).mean()
loss.backward()

print(weights)
print(f"loss = {loss.item():.5f}")
for name, w in (("query", w_query), ("key", w_key), ("value", w_value)):
    print(f"{name:<6} gradient norm {w.grad.norm().item():.5f}")
