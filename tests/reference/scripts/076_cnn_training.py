# CNN with DataLoader, scheduler, checkpoints in memory, early stopping, freezing
import copy, torch, torch.nn as nn, torch.nn.functional as F
from torch.utils.data import Dataset, DataLoader, random_split, TensorDataset
torch.manual_seed(42)
class Squares(Dataset):
    def __init__(self, n=60):
        self.x = torch.rand(n, 1, 8, 8) * 0.1; self.y = torch.randint(0, 2, (n,))
        for i in range(n): self.x[i, 0, :4 if self.y[i] else 8, 2:5] += 1.0
    def __len__(self): return len(self.y)
    def __getitem__(self, i): return self.x[i], self.y[i]
ds = Squares(); train, val = random_split(ds, [45, 15], generator=torch.Generator().manual_seed(1))
tl = DataLoader(train, batch_size=15, shuffle=True); vl = DataLoader(val, batch_size=15)
class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, padding=1); self.bn = nn.BatchNorm2d(4); self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(4, 6, 3); self.drop = nn.Dropout2d(0.2)
        self.fc1 = nn.Linear(6 * 1 * 1, 10); self.fc2 = nn.Linear(10, 2)
    def forward(self, x):
        x = self.pool(F.relu(self.bn(self.conv1(x)))); x = self.drop(self.pool(F.relu(self.conv2(x))))
        return self.fc2(F.relu(self.fc1(torch.flatten(x, 1))))
def weights_init(m):
    if isinstance(m, nn.Conv2d): nn.init.kaiming_normal_(m.weight); nn.init.zeros_(m.bias)
    elif isinstance(m, nn.Linear): nn.init.xavier_uniform_(m.weight); nn.init.constant_(m.bias, 0.01)
net = Net(); net.apply(weights_init)
crit = nn.CrossEntropyLoss(); opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4, nesterov=True)
sched = torch.optim.lr_scheduler.StepLR(opt, step_size=2, gamma=0.5)
best, best_state = float('inf'), None
for epoch in range(5):
    net.train(); running = 0.0
    for i, (inputs, labels) in enumerate(tl, 0):
        opt.zero_grad(); loss = crit(net(inputs), labels); loss.backward(); opt.step(); running += loss.item()
    net.eval(); correct = total = 0
    with torch.no_grad():
        for data in vl:
            images, labels = data; _, predicted = torch.max(net(images).data, 1)
            total += labels.size(0); correct += (predicted == labels).sum().item()
            vloss = crit(net(images), labels).item()
    if vloss < best: best, best_state = vloss, copy.deepcopy(net.state_dict())
    print('[%d] loss: %.3f val %.3f acc %d %% lr %.4f' % (epoch + 1, running / 3, vloss, 100 * correct / total, sched.get_last_lr()[0])); sched.step()
net.load_state_dict(best_state); print(list(best_state.keys()))
for p in net.parameters(): p.requires_grad = False
net.fc2 = nn.Linear(10, 3); print([n for n, p in net.named_parameters() if p.requires_grad])
opt = torch.optim.Adam(filter(lambda p: p.requires_grad, net.parameters()), lr=1e-3)
x, y = next(iter(vl)); l = crit(net(x), y); l.backward(); print(net.conv1.weight.grad, net.fc2.weight.grad.shape); opt.step()
cm = torch.zeros(2, 2, dtype=torch.int64)
for t, p in zip(y, net(x).argmax(1).clamp(max=1)): cm[t.long(), p.long()] += 1
print(cm); print(opt)
