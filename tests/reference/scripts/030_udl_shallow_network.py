# Shallow network in plain matrices, He initialisation, loss going down.
import numpy as np
import torch, torch.nn as nn
from torch.utils.data import TensorDataset, DataLoader
from torch.optim.lr_scheduler import StepLR

np.random.seed(1)
torch.manual_seed(1)
D_i, D_k, D_o = 4, 20, 3
model = nn.Sequential(
    nn.Linear(D_i, D_k),
    nn.ReLU(),
    nn.Linear(D_k, D_k),
    nn.ReLU(),
    nn.Linear(D_k, D_o))


def weights_init(layer_in):
    if isinstance(layer_in, nn.Linear):
        nn.init.kaiming_normal_(layer_in.weight)
        layer_in.bias.data.fill_(0.0)


model.apply(weights_init)
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
scheduler = StepLR(optimizer, step_size=4, gamma=0.5)
x = torch.randn(60, D_i)
y = torch.stack([x[:, 0] * x[:, 1], x.sum(1), x[:, 2].abs()], dim=1)
data_loader = DataLoader(TensorDataset(x, y), batch_size=20, shuffle=True, worker_init_fn=np.random.seed(1))
for epoch in range(12):
    epoch_loss = 0.0
    for i, data in enumerate(data_loader):
        x_batch, y_batch = data
        optimizer.zero_grad()
        pred = model(x_batch)
        loss = criterion(pred, y_batch)
        loss.backward()
        optimizer.step()
        epoch_loss += loss.item()
    if epoch % 3 == 2:
        print(f'Epoch {epoch:5d}, loss {epoch_loss:.3f}, lr {scheduler.get_last_lr()}')
    scheduler.step()
