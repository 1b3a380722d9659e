# CTC loss on a small alphabet.
import torch
from torch import nn

torch.manual_seed(0)
T, C, N, S = 10, 5, 2, 3
logits = torch.randn(T, N, C, requires_grad=True)
target = torch.tensor([[1, 2, 3], [2, 2, 4]])
input_lengths = torch.full((N,), T, dtype=torch.long)
target_lengths = torch.tensor([3, 2])
loss = nn.CTCLoss()(logits.log_softmax(2), target, input_lengths, target_lengths)
print(loss)
loss.backward()
print(logits.grad[0])
print(nn.CTCLoss(reduction='none')(logits.log_softmax(2), target, input_lengths, target_lengths))
