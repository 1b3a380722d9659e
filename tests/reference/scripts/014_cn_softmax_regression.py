# softmax 回归：交叉熵损失
import torch

torch.manual_seed(0)
X = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
print(X.sum(dim=0, keepdim=True), X.sum(dim=1, keepdim=True))


def softmax(X):
    X_exp = X.exp()
    partition = X_exp.sum(dim=1, keepdim=True)
    return X_exp / partition  # 这里应用了广播机制


X = torch.normal(0, 1, (2, 5))
X_prob = softmax(X)
print(X_prob, X_prob.sum(1))
y = torch.tensor([0, 2])
y_hat = torch.tensor([[0.1, 0.3, 0.6], [0.3, 0.2, 0.5]])
print(y_hat[[0, 1], y])
print(y_hat.gather(1, y.view(-1, 1)))


def cross_entropy(y_hat, y):
    return - torch.log(y_hat[range(len(y_hat)), y])


print(cross_entropy(y_hat, y))


def accuracy(y_hat, y):
    if len(y_hat.shape) > 1 and y_hat.shape[1] > 1:
        y_hat = y_hat.argmax(axis=1)
    cmp = y_hat.type(y.dtype) == y
    return float(cmp.type(y.dtype).sum())


print(accuracy(y_hat, y) / len(y))

W = torch.normal(0, 0.01, size=(4, 3), requires_grad=True)
b = torch.zeros(3, requires_grad=True)
data = torch.randn(60, 4)
target = data[:, :3].argmax(dim=1)
for epoch in range(20):
    l = cross_entropy(softmax(torch.matmul(data.reshape((-1, W.shape[0])), W) + b), target)
    l.mean().backward()
    with torch.no_grad():
        for param in [W, b]:
            param -= 0.5 * param.grad
            param.grad.zero_()
    if (epoch + 1) % 5 == 0:
        print(f'第{epoch + 1}轮 损失 {l.mean():.4f} 准确率 {accuracy(softmax(data @ W + b), target) / len(target):.3f}')
