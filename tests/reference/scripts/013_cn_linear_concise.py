# 线性回归的简洁实现
import numpy as np
import torch
from torch.utils import data
from torch import nn
from torch.nn import init
import torch.optim as optim

torch.manual_seed(1)
torch.set_default_tensor_type('torch.FloatTensor')
true_w, true_b = torch.tensor([2, -3.4]), 4.2


def synthetic_data(w, b, num_examples):
    """生成 y = Xw + b + 噪声"""
    X = torch.normal(0, 1, (num_examples, len(w)))
    y = torch.matmul(X, w) + b
    y += torch.normal(0, 0.01, y.shape)
    return X, y.reshape((-1, 1))


features, labels = synthetic_data(true_w, true_b, 120)


def load_array(data_arrays, batch_size, is_train=True):
    dataset = data.TensorDataset(*data_arrays)
    return data.DataLoader(dataset, batch_size, shuffle=is_train)


batch_size = 10
data_iter = load_array((features, labels), batch_size)
print(next(iter(data_iter)))


class LinearNet(nn.Module):
    def __init__(self, n_feature):
        super(LinearNet, self).__init__()
        self.linear = nn.Linear(n_feature, 1)

    def forward(self, x):
        return self.linear(x)


net = LinearNet(2)
print(net)
net = nn.Sequential()
net.add_module('linear', nn.Linear(2, 1))
print(net)
print(net[0])
for param in net.parameters():
    print(param)
init.normal_(net[0].weight, mean=0, std=0.01)
init.constant_(net[0].bias, val=0)
loss = nn.MSELoss()
optimizer = optim.SGD(net.parameters(), lr=0.03)
print(optimizer)
for param_group in optimizer.param_groups:
    param_group['lr'] *= 1.0
for epoch in range(1, 4):
    for X, y in data_iter:
        output = net(X)
        l = loss(output, y.view(-1, 1))
        optimizer.zero_grad()
        l.backward()
        optimizer.step()
    print('epoch %d, loss: %.5f' % (epoch, l.item()))
print("w 的估计误差：", (true_w - net[0].weight.data.reshape(true_w.shape)).abs().max() < 0.05)
