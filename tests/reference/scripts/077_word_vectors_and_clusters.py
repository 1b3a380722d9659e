# skip-gram, seq2seq decoder step, k-means, PCA, kNN with tensors
import torch, torch.nn as nn, torch.nn.functional as F, random, collections, itertools
torch.manual_seed(5); random.seed(5)
corpus = "he is a king . she is a queen . he is a man . she is a woman .".split()
vocab = sorted(set(corpus)); ix = {w: i for i, w in enumerate(vocab)}
pairs = [(ix[corpus[i]], ix[corpus[j]]) for i in range(len(corpus)) for j in range(max(0, i-2), min(len(corpus), i+3)) if i != j]
W1 = torch.randn(5, len(vocab), requires_grad=True); W2 = torch.randn(len(vocab), 5, requires_grad=True)
for epo in range(11):
    loss_val = 0
    for data, target in pairs:
        x = torch.zeros(len(vocab)).float(); x[data] = 1.0
        y_true = torch.tensor([target]).long()
        z2 = torch.matmul(W2, torch.matmul(W1, x)); loss = F.nll_loss(F.log_softmax(z2, dim=0).view(1, -1), y_true)
        loss_val += loss.item(); loss.backward()
        W1.data -= 0.01 * W1.grad.data; W2.data -= 0.01 * W2.grad.data; W1.grad.data.zero_(); W2.grad.data.zero_()
    if epo % 5 == 0: print(f'Loss at epo {epo}: {loss_val/len(pairs):.4f}')
e = nn.CosineSimilarity(dim=0); print(e(W1[:, ix['king']], W1[:, ix['queen']]))
X = torch.cat([torch.randn(10, 2) + 3, torch.randn(10, 2) - 3]); C = X[[0, 15]].clone()
for i in range(5):
    D = ((X[:, None] - C[None]) ** 2).sum(-1); K = D.argmin(1)
    for k in range(2): C[k] = X[K == k].mean(0)
print(C, torch.bincount(K))
Xc = X - X.mean(0); U, S, V = torch.pca_lowrank(Xc) if False else torch.svd(Xc); print(S, (V.abs() * 100).round() / 100)
d = torch.cdist(X[:3], X); print(d.topk(3, largest=False).values, d.topk(3, largest=False).indices)
print(torch.tensor(list(itertools.chain(*[[i] * i for i in range(4)]))), collections.Counter(K.tolist()))
print(torch.histc(X.flatten(), bins=4, min=-6, max=6), torch.corrcoef(X.T), torch.cov(X.T))
for name, act in {'relu': nn.ReLU(), 'gelu': nn.GELU(), 'elu': nn.ELU(), 'silu': nn.SiLU(), 'softplus': nn.Softplus()}.items(): print(f'{name:10s}', act(torch.linspace(-2, 2, 5)))
print(F.one_hot(torch.tensor([0, 2, 1])), torch.triu(torch.ones(3, 3), 1).bool(), torch.einsum('bi,bj->bij', X[:2], X[:2]).shape)
