# Leaves, functions of the graph, walking next_functions.
import torch

a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0)
c = a * b
d = torch.relu(c) + a.exp()
e = d.mean()
for name, t in dict(a=a, b=b, c=c, d=d, e=e).items():
    print(name, t.is_leaf, t.requires_grad, t.grad_fn.name() if t.grad_fn else None)


def walk(fn, depth=0):
    if fn is None:
        print('  ' * depth + 'None')
        return
    extra = ' ' + str(tuple(fn.variable.shape)) if hasattr(fn, 'variable') else ''
    print('  ' * depth + fn.name() + extra)
    for child, index in fn.next_functions:
        walk(child, depth + 1)


walk(e.grad_fn)
net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
walk(torch.nn.functional.mse_loss(net(torch.ones(4, 2)), torch.zeros(4, 1)).grad_fn)
x = torch.ones(2, 2, requires_grad=True)
walk((x @ x.t()).sum(1)[0].grad_fn)
walk(torch.cat([x, x * 2]).view(-1).softmax(0).log().grad_fn)
walk((1 - x / 2 - 3 * x ** 2).norm().grad_fn)
print(str(e.grad_fn).split(' at ')[0], type(a.grad_fn), e.grad_fn.next_functions[0][1])
print((x * 1).grad_fn.next_functions[0][0].variable is x)
