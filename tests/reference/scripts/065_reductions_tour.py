# Sums, means, maxima and more: over everything, over a dimension, kept or dropped.
import torch

x = torch.tensor([[3.0, -1.0, 2.0], [0.5, 4.0, -2.5]], requires_grad=True)
print(x.sum(), x.sum(0), x.sum(1), x.sum(-1, keepdim=True), x.sum((0, 1)), torch.sum(x, dim=1), x.sum(axis=0))
print(x.mean(), x.mean(0), x.mean(dim=1, keepdim=True), torch.mean(x, 1))
print(x.prod(), x.prod(0), x.prod(1, keepdim=True), torch.prod(x, dim=0))
print(x.max(), x.max(0), x.max(dim=1), x.max(1, keepdim=True)[0], torch.max(x, 1).indices, torch.max(x, 1).values)
print(x.min(), x.min(0), torch.min(x, dim=1, keepdim=True), torch.amax(x, 1), x.amin(0), x.aminmax())
print(x.argmax(), x.argmax(0), x.argmax(dim=1), x.argmin(1, keepdim=True), torch.argmax(x))
print(x.std(), x.std(0), x.std(1, unbiased=False), x.var(), x.var(0, unbiased=True), x.var(1, keepdim=True), torch.std(x, dim=0), torch.var(x, 1), torch.var_mean(x), torch.std_mean(x, 0))
print(x.norm(), x.norm(1), x.norm(2, 0), x.norm(p=2, dim=1, keepdim=True), torch.norm(x, float('inf')), x.norm('fro'), torch.linalg.norm(x), torch.linalg.vector_norm(x, 3))
print(x.median(), x.median(0), x.mode(1), x.quantile(0.5), torch.quantile(x, torch.tensor([0.25, 0.75]), dim=1), torch.nanmean(x), x.nansum())
print(x.cumsum(0), x.cumsum(1), torch.cumsum(x, -1), x.cumprod(1), torch.cummax(x, 1), x.logcumsumexp(1))
print(x.logsumexp(1), torch.logsumexp(x, (0, 1)), x.softmax(1).sum(1))
print((x > 0).all(), (x > 0).any(), (x > -9).all(), (x > 0).all(0), (x > 0).any(dim=1, keepdim=True), torch.all(x != 0), torch.any(x == 4), (x > 0).sum(), (x > 0).sum(1), torch.count_nonzero(x))
for r in (x.max(), x.max(0).values.sum(), x.min(1)[0].sum(), x.prod(), x.std(), x.var(1).sum(), x.norm(), x.norm(1), x.norm(dim=1).sum(), x.median(), x.logsumexp(0).sum(), x.cumprod(1).sum(), x.amax(), x.mean(0).prod(), x.cumsum(0)[1].sum()):
    x.grad = None
    r.backward()
    print(r.grad_fn.name(), r.item(), x.grad.tolist())
t = torch.tensor([1.0, 3.0, 3.0], requires_grad=True)
t.max().backward()
print(t.grad)
t.grad = None
t.max(0)[0].backward()
print(t.grad)
t.grad = None
t.amax().backward()
print(t.grad)
v, i = torch.sort(torch.tensor([3, 1, 2]))
print(v, i, torch.sort(torch.tensor([3, 1, 2]), descending=True), torch.topk(torch.tensor([3.0, 1.0, 2.0]), 2), torch.tensor([3, 1, 2]).argsort(), torch.kthvalue(torch.tensor([3.0, 1.0, 2.0]), 2))
