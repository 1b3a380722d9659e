# Own optimizer class and learner loop.
import torch
from torch import nn
from torch.utils.data import DataLoader

torch.manual_seed(0)


class BasicOptim:
    def __init__(self, params, lr): self.params, self.lr = list(params), lr

    def step(self, *args, **kwargs):
        for p in self.params: p.data -= p.grad.data * self.lr

    def zero_grad(self, *args, **kwargs):
        for p in self.params: p.grad = None


train_x = torch.cat([torch.randn(40, 6) + 0.7, torch.randn(40, 6) - 0.7])
train_y = torch.tensor([1]*40 + [0]*40).unsqueeze(1)
print(train_x.shape, train_y.shape)
dset = list(zip(train_x, train_y))
x, y = dset[0]
print(x.shape, y)
dl = DataLoader(dset, batch_size=16)
xb, yb = next(iter(dl))
print(xb.shape, yb.shape)


def mnist_loss(predictions, targets):
    predictions = predictions.sigmoid()
    return torch.where(targets==1, 1-predictions, predictions).mean()


def batch_accuracy(xb, yb):
    preds = xb.sigmoid()
    correct = (preds>0.5) == yb
    return correct.float().mean()


linear_model = nn.Linear(6, 1)
w, b = linear_model.parameters()
print(w.shape, b.shape)
opt = BasicOptim(linear_model.parameters(), 1.)


def train_epoch(model):
    for xb, yb in dl:
        loss = mnist_loss(model(xb), yb)
        loss.backward()
        opt.step()
        opt.zero_grad()


def validate_epoch(model):
    accs = [batch_accuracy(model(xb), yb) for xb, yb in dl]
    return round(torch.stack(accs).mean().item(), 4)


for i in range(5):
    train_epoch(linear_model)
    print(validate_epoch(linear_model), end=' ')
print()
