import torch
e = torch.nn.Embedding(5, 3)
torch.nn.init.constant_(e.weight, 0.5)
i = torch.tensor([0, 3, 3])
x = e(i)
picked = x[torch.tensor([0, 2]), torch.tensor([1, 1])]
g = x.gather(1, torch.tensor([[0], [1], [2]]))
z = torch.zeros(4).index_add(0, torch.tensor([1, 1, 3]), x[:, 0])
c = torch.cat([picked, g.flatten(), z], dim=0)
s = torch.stack([c, c * 2])
loss = torch.nn.functional.cross_entropy(x, torch.tensor([0, 1, 2])) + s.cumsum(1).var() + torch.einsum("ij,kj->", x, x)
loss.backward()
