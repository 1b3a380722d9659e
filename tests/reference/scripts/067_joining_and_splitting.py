# cat, stack, split, chunk, unbind, meshgrid and friends.
import torch

a = torch.arange(6.0).view(2, 3).requires_grad_()
b = torch.ones(2, 3)
print(torch.cat([a, b]), torch.cat((a, b), dim=1), torch.cat([a, b], -1).shape, torch.concat([b, b]).shape)
print(torch.stack([a, b]), torch.stack((a[0], b[0]), dim=1), torch.stack([torch.tensor(1.0), torch.tensor(2.0)]))
print(torch.hstack((b, b)), torch.vstack([b[0], b[1]]), torch.dstack([b, b]).shape, torch.column_stack([b[0], b[0]]))
print(a.split(2, dim=1), torch.split(a, [1, 2], 1), a.chunk(2, dim=0), torch.chunk(a, 2, 1), a.unbind(1), torch.tensor_split(b, 2, dim=1))
xs, ys = torch.meshgrid(torch.arange(3), torch.arange(2), indexing='ij')
print(xs, ys)
print(torch.meshgrid(torch.arange(3), torch.arange(2), indexing='xy'))
print(torch.cartesian_prod(torch.tensor([1, 2]), torch.tensor([3, 4])), torch.combinations(torch.tensor([1, 2, 3])))
p, q = a.split([1, 2], dim=1)
(p.sum() * 2 + q.sum() * 3).backward()
print(a.grad)
a.grad = None
(torch.cat([a, a * 2], 1) * torch.arange(12.0).view(2, 6)).sum().backward()
print(a.grad)
a.grad = None
(torch.stack([a, a ** 2], 2)[..., 1]).sum().backward()
print(a.grad)
print(torch.cat([torch.tensor([1]), torch.tensor([2.5])]), torch.cat([torch.empty(0), torch.ones(2)]))
print(torch.where(torch.tensor([True, False]), torch.tensor([1.0, 2.0]), torch.tensor([-1.0, -2.0])), torch.where(torch.tensor([0, 3]) > 1), torch.where(b > 0, b, 0.0), torch.nonzero(torch.tensor([0, 2, 0, 5])), torch.nonzero(torch.tensor([[0, 1], [2, 0]]), as_tuple=True))
print(torch.unique(torch.tensor([3, 1, 2, 3, 1])), torch.unique(torch.tensor([3, 1, 3]), return_counts=True), torch.unique(torch.tensor([3.0, 1.0]), return_inverse=True), torch.tensor([1, 1, 2]).unique(), torch.unique_consecutive(torch.tensor([1, 1, 2, 1])), torch.bincount(torch.tensor([0, 1, 1, 3])), torch.histc(torch.tensor([1.0, 2.0, 1.0]), bins=4, min=0, max=3))
print(torch.histogram(torch.tensor([1.0, 2.0, 1.0, 4.0]), bins=4, range=(0.0, 4.0)))
print(torch.gather(torch.tensor([[1, 2], [3, 4]]), 1, torch.tensor([[0, 0], [1, 0]])), torch.zeros(2, 3).scatter_(1, torch.tensor([[0], [2]]), 1.0), torch.zeros(3).index_add(0, torch.tensor([0, 2, 0]), torch.ones(3)), torch.zeros(3).scatter_add(0, torch.tensor([0, 0, 2]), torch.tensor([1.0, 2.0, 3.0])), torch.zeros(2, 2).index_copy(0, torch.tensor([1]), torch.ones(1, 2)), torch.zeros(3).put_(torch.tensor([1]), torch.tensor([5.0])))
print(torch.roll(torch.arange(4), 1), torch.flip(torch.arange(3), [0]), torch.fliplr(b).shape, torch.rot90(torch.arange(4).view(2, 2)), torch.searchsorted(torch.tensor([1, 3, 5]), torch.tensor([2, 5])), torch.bucketize(torch.tensor([2.0, 9.0]), torch.tensor([1.0, 3.0])), torch.diff(torch.tensor([1, 4, 9])), torch.trapz(torch.tensor([1.0, 2.0, 3.0])), torch.isin(torch.tensor([1, 2]), torch.tensor([2])), torch.tril_indices(2, 2))
print(torch.nn.functional.one_hot(torch.tensor([0, 2, 1])), torch.nn.functional.one_hot(torch.tensor([[0], [2]]), num_classes=4).shape, torch.nn.functional.pad(torch.arange(3.0), (1, 2)), torch.nn.functional.pad(b, (0, 1, 1, 0), value=-1.0))
