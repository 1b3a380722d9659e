# The loss functions, each with its reductions.
import torch
from torch import nn
import torch.nn.functional as F

x = torch.tensor([[0.5, -1.0, 2.0], [1.5, 0.2, -0.3]], requires_grad=True)
t = torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
c = torch.tensor([2, 0])


def show(name, loss, *args):
    x.grad = None
    v = loss(*args)
    v.sum().backward()
    print(name, v.detach(), x.grad)


for r in ('mean', 'sum', 'none'):
    show('MSE ' + r, nn.MSELoss(reduction=r), x, t)
    show('L1 ' + r, nn.L1Loss(reduction=r), x, t)
    show('SmoothL1 ' + r, nn.SmoothL1Loss(reduction=r), x, t)
    show('Huber ' + r, nn.HuberLoss(reduction=r, delta=0.7), x, t)
    show('CE ' + r, nn.CrossEntropyLoss(reduction=r), x, c)
    show('NLL ' + r, nn.NLLLoss(reduction=r), x.log_softmax(1), c)
    show('BCE ' + r, nn.BCELoss(reduction=r), x.sigmoid(), t)
    show('BCElogits ' + r, nn.BCEWithLogitsLoss(reduction=r), x, t)
    show('KL ' + r, nn.KLDivLoss(reduction=r), x.log_softmax(1), t.softmax(1))
    show('SoftMargin ' + r, nn.SoftMarginLoss(reduction=r), x, t * 2 - 1)
    show('Hinge ' + r, nn.HingeEmbeddingLoss(reduction=r), x, t * 2 - 1)
    show('Poisson ' + r, nn.PoissonNLLLoss(reduction=r), x, t)
    show('MultiMargin ' + r, nn.MultiMarginLoss(reduction=r), x, c)
    show('MultiLabelMargin ' + r, nn.MultiLabelMarginLoss(reduction=r), x, torch.tensor([[2, 0, -1], [1, -1, -1]]))
    show('MultiLabelSoftMargin ' + r, nn.MultiLabelSoftMarginLoss(reduction=r), x, t)
    show('MarginRanking ' + r, nn.MarginRankingLoss(margin=0.5, reduction=r), x[0], x[1], torch.tensor([1.0, -1.0, 1.0]))
    show('Cosine ' + r, nn.CosineEmbeddingLoss(reduction=r), x, t, torch.tensor([1.0, -1.0]))
    show('Triplet ' + r, nn.TripletMarginLoss(reduction=r), x, t, torch.zeros(2, 3))
    show('GaussianNLL ' + r, nn.GaussianNLLLoss(reduction=r), x, t, torch.full((2, 3), 0.5))
show('KL batchmean', nn.KLDivLoss(reduction='batchmean'), x.log_softmax(1), t.softmax(1))
show('KL log', F.kl_div, x.log_softmax(1), t.log_softmax(1), None, None, 'sum', True)
show('CE weight', nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0])), x, c)
show('CE ignore', nn.CrossEntropyLoss(ignore_index=0), x, c)
show('CE smoothing', nn.CrossEntropyLoss(label_smoothing=0.1), x, c)
show('CE probabilities', F.cross_entropy, x, t.softmax(1))
show('BCE weight', nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1.0, 2.0, 3.0])), x, t)
show('F.mse', F.mse_loss, x, t)
show('F.l1', F.l1_loss, x, t)
show('F.smooth', lambda a, b: F.smooth_l1_loss(a, b, beta=0.5), x, t)
show('F.bce', lambda a, b: F.binary_cross_entropy(torch.sigmoid(a), b), x, t)
show('F.bcel', F.binary_cross_entropy_with_logits, x, t)
show('F.nll', F.nll_loss, F.log_softmax(x, dim=1), c)
print(nn.CrossEntropyLoss()(torch.tensor([1.0, 2.0]), torch.tensor(1)))
print(nn.CrossEntropyLoss()(torch.randn(2, 3, 4).zero_(), torch.zeros(2, 4, dtype=torch.long)))
print(F.cross_entropy(x, c), F.nll_loss(F.log_softmax(x, 1), c), nn.functional.cross_entropy(x, c).grad_fn.name())
