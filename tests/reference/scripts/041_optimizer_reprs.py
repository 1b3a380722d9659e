# What optimizers look like when printed, and their groups.
import torch
from torch import nn, optim

w = nn.Parameter(torch.ones(2))
b = nn.Parameter(torch.zeros(1))
print(optim.SGD([w], lr=0.1))
print(optim.SGD([w], lr=0.1, momentum=0.9, weight_decay=1e-4, nesterov=True))
print(optim.Adam([w]))
print(optim.Adam([w, b], lr=1e-2, betas=(0.5, 0.99), amsgrad=True))
print(optim.AdamW([w]))
print(optim.RMSprop([w], lr=0.01))
print(optim.Adagrad([w]))
print(optim.Adadelta([w]))
print(optim.Adamax([w]))
print(optim.NAdam([w]))
print(optim.RAdam([w]))
print(optim.Rprop([w]))
print(optim.ASGD([w]))
opt = optim.SGD([{'params': [w]}, {'params': [b], 'lr': 0.5, 'momentum': 0.1}], lr=0.01)
print(opt)
print(len(opt.param_groups), [g['lr'] for g in opt.param_groups], sorted(opt.param_groups[0]))
print(opt.state_dict())
print(optim.Adam([w]).state_dict())
