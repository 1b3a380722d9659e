# Quadratic descent by hand, step by step, and the mnist-style loss.
import torch
from torch import tensor
import torch.nn.functional as F
from torch import nn


def f(x): return x**2


xt = tensor(3.).requires_grad_()
yt = f(xt)
print(yt)
yt.backward()
print(xt.grad)
xt = tensor([3., 4., 10.]).requires_grad_()
print(xt)


def f(x): return (x**2).sum()


yt = f(xt)
print(yt)
yt.backward()
print(xt.grad)

torch.manual_seed(12)
time = torch.arange(0, 20).float()
speed = torch.randn(20)*3 + 0.75*(time-9.5)**2 + 1


def f(t, params):
    a, b, c = params
    return a*(t**2) + (b*t) + c


def mse(preds, targets): return ((preds-targets)**2).mean()


params = torch.randn(3).requires_grad_()
lr = 1e-5


def apply_step(params, prn=True):
    preds = f(time, params)
    loss = mse(preds, speed)
    loss.backward()
    params.data -= lr * params.grad.data
    params.grad = None
    if prn: print(f'{loss.item():.3f}')
    return preds


for i in range(10): apply_step(params)
print(params)


def mnist_loss(predictions, targets):
    predictions = predictions.sigmoid()
    return torch.where(targets==1, 1-predictions, predictions).mean()


trgts = tensor([1, 0, 1])
prds = tensor([0.9, 0.4, 0.2])
print(torch.where(trgts==1, 1-prds, prds))
print(mnist_loss(prds, trgts), mnist_loss(tensor([0.9, 0.4, 0.8]), trgts))
simple_net = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 1))
print(simple_net)
