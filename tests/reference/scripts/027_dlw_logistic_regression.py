# Logistic regression, course style with steps.
import torch
import torch.nn as nn
from torch.autograd import Variable

'''
STEP 1: DATA
'''
torch.manual_seed(5)
features = torch.randn(200, 10)
labels = (features.sum(1) > 0).long()
train_dataset = torch.utils.data.TensorDataset(features, labels)
batch_size = 50
n_iters = 24
num_epochs = n_iters / (len(train_dataset) / batch_size)
num_epochs = int(num_epochs)
train_loader = torch.utils.data.DataLoader(dataset=train_dataset, batch_size=batch_size, shuffle=True)
'''
STEP 2: MODEL CLASS
'''


class LogisticRegressionModel(nn.Module):
    def __init__(self, input_size, num_classes):
        super(LogisticRegressionModel, self).__init__()
        self.linear = nn.Linear(input_size, num_classes)

    def forward(self, x):
        out = self.linear(x)
        return out


model = LogisticRegressionModel(10, 2)
print(type(model.parameters()).__name__, len(list(model.parameters())))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
iter = 0
for epoch in range(num_epochs):
    for i, (images, labels) in enumerate(train_loader):
        images = Variable(images.view(-1, 10))
        labels = Variable(labels)
        optimizer.zero_grad()
        outputs = model(images)
        loss = criterion(outputs, labels)
        loss.backward()
        optimizer.step()
        iter += 1
        if iter % 6 == 0:
            correct = 0
            total = 0
            for images, labels in train_loader:
                outputs = model(images)
                _, predicted = torch.max(outputs.data, 1)
                total += labels.size(0)
                correct += (predicted == labels).sum()
            accuracy = 100 * correct / total
            print('Iteration: {}. Loss: {:.4f}. Accuracy: {}'.format(iter, loss.item(), accuracy))
