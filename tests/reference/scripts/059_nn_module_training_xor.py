# XOR with a hidden layer, module class, Adam.
import torch
import torch.nn as nn
import torch.optim as optim


class XOR(nn.Module):
    def __init__(self, hidden=8):
        super().__init__()
        self.hidden = nn.Linear(2, hidden)
        self.out = nn.Linear(hidden, 1)
        self.sigmoid = nn.Sigmoid()

    def forward(self, x):
        x = torch.tanh(self.hidden(x))
        return self.sigmoid(self.out(x))


torch.manual_seed(1)
X = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float32)
Y = torch.tensor([[0], [1], [1], [0]], dtype=torch.float32)
model = XOR()
criterion = nn.BCELoss()
optimizer = optim.Adam(model.parameters(), lr=0.05)
for epoch in range(100):
    optimizer.zero_grad()
    output = model(X)
    loss = criterion(output, Y)
    loss.backward()
    optimizer.step()
    if (epoch + 1) % 20 == 0:
        print(f'Epoch [{epoch+1}/100], Loss: {loss.item():.4f}')
with torch.no_grad():
    predicted = model(X).round()
    print(predicted, (predicted == Y).float().mean())
for name, p in model.named_parameters():
    print(name, p.shape, p.requires_grad, f'{p.grad.norm().item():.4f}')
model.eval()
print(model.training, model.hidden.training)
