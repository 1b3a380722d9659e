# Reading by index: numbers, slices, lists, masks, None, Ellipsis.
import torch

x = torch.arange(24).view(2, 3, 4)
print(x[0], x[1, 2], x[1, 2, 3], x[-1, -1, -1])
print(x[:, 0], x[..., 0], x[0, ...], x[:, :, 1:3])
print(x[:, ::2, ::3], x[:, 1:, -2:])
print(x[None].shape, x[:, None].shape, x[..., None].shape, x[None, 0, None, :, 1].shape)
print(x[[1, 0]].shape, x[[0, 1], [1, 2]], x[[0, 1], [1, 2], [3, 0]])
print(x[x > 20], (x % 5 == 0).nonzero())
print(x[torch.tensor([0, 0, 1])].shape, x[:, torch.tensor([2, 0])][0], x[0, :, torch.tensor([1, 3])])
m = torch.tensor([True, False])
print(x[m], x[~m].shape, x[:, torch.tensor([True, False, True]), 0])
print(x[torch.tensor(1)][torch.tensor(2), 0], x[True].shape, x[slice(0, 1)].shape)
a = torch.arange(5.0)
print(a[2:], a[:-1], a[1::2], a[10:], a[3:1], a[-100:2])
i = torch.tensor([[0, 1], [2, 3]])
print(a[i], a[a > 2], a[a.argsort(descending=True)])
print([row.tolist() for row in x[0]], len(x), list(a))
print(torch.masked_select(a, a < 2), a.index_select(0, torch.tensor([4, 0])), a.take(torch.tensor([0, 2])))
first, *rest = a
print(first, rest[-1])
p, q = x
print(p.shape, q[0, 0])
print(x[0][1][2], x[0, 1][2], x.select(1, 0), x.narrow(2, 1, 2).shape)
print(3 in torch.tensor([1, 2, 3]), 7 in torch.tensor([1, 2, 3]))
