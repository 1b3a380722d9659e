# 线性回归：从零开始实现
import random
import torch

torch.manual_seed(1)
random.seed(1)

num_inputs = 2
num_examples = 100
true_w = [2, -3.4]
true_b = 4.2
features = torch.randn(num_examples, num_inputs, dtype=torch.float32)
labels = true_w[0] * features[:, 0] + true_w[1] * features[:, 1] + true_b
labels += torch.normal(0, 0.01, size=labels.size())
print("第一个样本：", features[0], labels[0])


def data_iter(batch_size, features, labels):
    num_examples = len(features)
    indices = list(range(num_examples))
    random.shuffle(indices)  # 样本的读取顺序是随机的
    for i in range(0, num_examples, batch_size):
        j = torch.LongTensor(indices[i: min(i + batch_size, num_examples)])
        yield features.index_select(0, j), labels.index_select(0, j)


for X, y in data_iter(10, features, labels):
    print(X, '\n', y)
    break

w = torch.normal(0, 0.01, (num_inputs, 1)).requires_grad_(True)
b = torch.zeros(1, dtype=torch.float32, requires_grad=True)


def linreg(X, w, b):
    return torch.mm(X, w) + b


def squared_loss(y_hat, y):
    return (y_hat - y.view(y_hat.size())) ** 2 / 2


def sgd(params, lr, batch_size):
    for param in params:
        param.data -= lr * param.grad / batch_size


lr, num_epochs = 0.03, 3
for epoch in range(num_epochs):
    for X, y in data_iter(10, features, labels):
        l = squared_loss(linreg(X, w, b), y).sum()
        l.backward()
        sgd([w, b], lr, 10)
        w.grad.data.zero_()
        b.grad.data.zero_()
    train_l = squared_loss(linreg(features, w, b), labels)
    print('第 %d 轮, 损失 %f' % (epoch + 1, train_l.mean().item()))
print(f'真实的 w: {true_w}，学到的 w: {w.detach().flatten().tolist()[0]:.4f}')
print(w.shape, b)
