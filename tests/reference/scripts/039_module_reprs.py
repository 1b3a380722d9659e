# What modules look like when printed.
import torch
from torch import nn

for m in [nn.Linear(3, 4), nn.Linear(3, 4, bias=False), nn.Bilinear(2, 3, 4), nn.Identity(), nn.Flatten(), nn.Flatten(0, 1), nn.Unflatten(1, (2, 2)),
          nn.ReLU(), nn.ReLU(inplace=True), nn.ReLU6(), nn.LeakyReLU(), nn.LeakyReLU(0.2), nn.PReLU(), nn.ELU(), nn.ELU(0.5), nn.SELU(), nn.CELU(), nn.GELU(),
          nn.GELU(approximate='tanh'), nn.SiLU(), nn.Mish(), nn.Sigmoid(), nn.Tanh(), nn.Softplus(), nn.Softsign(), nn.Softmax(dim=1), nn.LogSoftmax(dim=-1),
          nn.Softmin(dim=0), nn.Hardtanh(), nn.Hardtanh(-2, 2), nn.Hardsigmoid(), nn.Hardswish(), nn.LogSigmoid(), nn.Tanhshrink(), nn.Hardshrink(),
          nn.Softshrink(), nn.Threshold(0.1, 20), nn.GLU(),
          nn.Dropout(), nn.Dropout(0.2), nn.Dropout2d(0.3), nn.AlphaDropout(),
          nn.Conv1d(1, 2, 3), nn.Conv2d(1, 6, 5), nn.Conv2d(3, 8, (3, 5), stride=2, padding=1), nn.Conv2d(4, 4, 3, groups=2, bias=False, dilation=2),
          nn.Conv2d(1, 1, 3, padding='same'), nn.ConvTranspose2d(4, 2, 2, stride=2), nn.MaxPool1d(2), nn.MaxPool2d(2), nn.MaxPool2d((2, 2), stride=1, padding=1),
          nn.AvgPool2d(2), nn.AvgPool1d(3), nn.AdaptiveAvgPool2d((1, 1)), nn.AdaptiveAvgPool2d(1), nn.AdaptiveMaxPool2d(2),
          nn.BatchNorm1d(3), nn.BatchNorm2d(6, momentum=0.2), nn.BatchNorm1d(4, affine=False), nn.LayerNorm(5), nn.LayerNorm([2, 3], eps=1e-3),
          nn.GroupNorm(2, 4), nn.InstanceNorm2d(3), nn.Embedding(10, 3), nn.Embedding(10, 3, padding_idx=0), nn.EmbeddingBag(4, 2),
          nn.RNN(3, 5), nn.RNN(3, 5, 2, nonlinearity='relu', batch_first=True), nn.LSTM(2, 4, num_layers=2, dropout=0.1), nn.GRU(2, 4, bidirectional=True),
          nn.RNNCell(2, 3), nn.LSTMCell(2, 3), nn.GRUCell(2, 3),
          nn.MSELoss(), nn.MSELoss(reduction='sum'), nn.L1Loss(), nn.CrossEntropyLoss(), nn.NLLLoss(), nn.BCELoss(), nn.BCEWithLogitsLoss(), nn.SmoothL1Loss(),
          nn.HuberLoss(), nn.KLDivLoss(), nn.CosineSimilarity(dim=1), nn.PairwiseDistance(), nn.ZeroPad2d(1), nn.ConstantPad1d(2, 0.5), nn.ReflectionPad2d(1),
          nn.Upsample(scale_factor=2), nn.PixelShuffle(2), nn.CosineEmbeddingLoss(), nn.MultiheadAttention(4, 2)]:
    print(m)
