# Vanishing gradients
#
# Ten sigmoids in a row, each with slope at most 1/4: what arrives at the first layer
# is a product of ten small numbers. With tanh and larger weights the picture changes.
#
# 1. By which factor does the gradient shrink from layer to layer? Follow it in the graph.
# 2. Replace the weight 1.0 by 4.0. Better or worse, and why?
# 3. Which activation lets the gradient through unchanged, and where?

import torch

for name, f in (("sigmoid", torch.sigmoid), ("tanh", torch.tanh), ("relu", torch.relu)):
    weights = [torch.tensor(1.0, requires_grad=True) for _ in range(10)]
    h = torch.tensor(0.5)
    for w in weights:
        h = f(w * h)
    h.backward()
    print(name, [f"{w.grad.item():.1e}" for w in weights])
