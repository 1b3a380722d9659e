# What flows back through reading by index.
import torch

x = torch.arange(6.0).view(2, 3).requires_grad_()
def show(name, y, seed=None):
    x.grad = None
    y.backward(torch.arange(1.0, y.numel() + 1).view(y.shape))
    print(name, y.grad_fn.name(), x.grad.tolist())


show('row', x[0])
show('element', x[1, 2])
show('column', x[:, 1])
show('step', x[:, ::2])
show('list', x[[0, 0, 1]])
show('pairs', x[[0, 1, 1], [2, 0, 0]])
show('mask', x[x > 2])
show('select', x.index_select(1, torch.tensor([2, 2])))
show('gather', x.gather(1, torch.tensor([[0, 0], [2, 1]])))
show('take', x.take(torch.tensor([5, 0, 5])))
show('masked_select', x.masked_select(x < 2))
show('masked_fill', x.masked_fill(x < 2, -1.0))
show('where', torch.where(x > 2, x, x * 10))
show('newaxis', x[None, :, 1])
show('narrow', x.narrow(1, 0, 2))
show('unbind', x.unbind(0)[1])
show('split', x.split(2, dim=1)[0])
show('chunk', x.chunk(2)[1])
show('diagonal', x.diagonal())
show('flip', x.flip(0, 1))
show('roll', x.roll(1, 1))
show('ellipsis', x[..., -1])
