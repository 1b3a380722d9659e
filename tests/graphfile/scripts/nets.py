import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(1)
x = torch.randn(2, 1, 8, 8)
conv = nn.Conv2d(1, 2, 3, stride=2, padding=1)
h = F.max_pool2d(F.gelu(conv(x)), 2)
n = nn.LayerNorm(8)
q = n(h.flatten(1))
lstm = nn.LSTM(4, 3, batch_first=True)
o, (hn, cn) = lstm(q.view(2, 2, 4))
att = torch.softmax(o @ o.transpose(1, 2) / 3 ** 0.5, dim=-1)
mask = torch.triu(torch.ones(2, 2), 1).bool()
att = att.masked_fill(mask, float("-inf")).exp()
loss = F.nll_loss(F.log_softmax(o[:, -1], dim=1), torch.tensor([0, 2])) + att.sum() + F.kl_div(hn[0].log_softmax(1), cn[0].softmax(1), reduction="batchmean")
loss.backward()
