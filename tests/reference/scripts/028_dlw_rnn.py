# Recurrent network with tanh over rows of a small picture.
import torch
import torch.nn as nn

torch.manual_seed(0)


class RNNModel(nn.Module):
    def __init__(self, input_dim, hidden_dim, layer_dim, output_dim):
        super(RNNModel, self).__init__()
        self.hidden_dim = hidden_dim
        self.layer_dim = layer_dim
        self.rnn = nn.RNN(input_dim, hidden_dim, layer_dim, batch_first=True, nonlinearity='tanh')
        self.fc = nn.Linear(hidden_dim, output_dim)

    def forward(self, x):
        h0 = torch.zeros(self.layer_dim, x.size(0), self.hidden_dim).requires_grad_()
        out, hn = self.rnn(x, h0.detach())
        out = self.fc(out[:, -1, :])
        return out


model = RNNModel(5, 8, 1, 3)
print(model)
for i in range(len(list(model.parameters()))):
    print(list(model.parameters())[i].size())
x = torch.randn(30, 5, 5)
y = x[:, -1, :3].argmax(1)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
for it in range(20):
    optimizer.zero_grad()
    loss = criterion(model(x.view(-1, 5, 5).requires_grad_()), y)
    loss.backward()
    optimizer.step()
    if it % 5 == 4:
        print('Iteration: {}. Loss: {:.5f}'.format(it + 1, loss.item()))
