# Several own functions: constants, several inputs and outputs, None gradients, non-tensor arguments.
import torch
from torch.autograd import Function


class Exp(Function):
    @staticmethod
    def forward(ctx, i):
        result = i.exp()
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx, grad_output):
        result, = ctx.saved_tensors
        return grad_output * result


class Scale(Function):
    @staticmethod
    def forward(ctx, x, k):
        ctx.k = k
        ctx.shape = x.shape
        return x * k

    @staticmethod
    def backward(ctx, g):
        print('needs', ctx.needs_input_grad)
        return g * ctx.k, None


class LinearFunction(Function):
    @staticmethod
    def forward(ctx, input, weight, bias=None):
        ctx.save_for_backward(input, weight, bias)
        output = input.mm(weight.t())
        if bias is not None:
            output += bias.unsqueeze(0).expand_as(output)
        return output

    @staticmethod
    def backward(ctx, grad_output):
        input, weight, bias = ctx.saved_tensors
        grad_input = grad_weight = grad_bias = None
        if ctx.needs_input_grad[0]:
            grad_input = grad_output.mm(weight)
        if ctx.needs_input_grad[1]:
            grad_weight = grad_output.t().mm(input)
        if bias is not None and ctx.needs_input_grad[2]:
            grad_bias = grad_output.sum(0)
        return grad_input, grad_weight, grad_bias


class SinCos(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sin(), x.cos()

    @staticmethod
    def backward(ctx, gs, gc):
        x, = ctx.saved_tensors
        return gs * x.cos() - gc * x.sin()


class MyReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return input.clamp(min=0)

    @staticmethod
    def backward(ctx, grad_output):
        input, = ctx.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input < 0] = 0
        return grad_input


class StraightThrough(Function):
    @staticmethod
    def forward(ctx, x):
        return (x > 0).float()

    @staticmethod
    def backward(ctx, g):
        return torch.nn.functional.hardtanh(g)


class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 3

    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return 3 * g * x ** 2


class DoubleInPlace(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2)

    @staticmethod
    def backward(ctx, g):
        return g * 2


class ArgMaxLike(Function):
    @staticmethod
    def forward(ctx, x):
        values, idx = x.max(0)
        ctx.mark_non_differentiable(idx)
        ctx.save_for_backward(idx)
        ctx.n = len(x)
        return values, idx

    @staticmethod
    def backward(ctx, g, _):
        idx, = ctx.saved_tensors
        out = torch.zeros(ctx.n)
        out[idx] = g
        return out


x = torch.tensor([0.0, 1.0], requires_grad=True)
y = Exp.apply(x)
print(y, y.grad_fn.name())
y.sum().backward()
print(x.grad)
x.grad = None
Scale.apply(x, 3.0).sum().backward()
print(x.grad)
w = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], requires_grad=True)
b = torch.zeros(3, requires_grad=True)
inp = torch.tensor([[1.0, -1.0]])
o = LinearFunction.apply(inp, w, b)
print(o)
o.sum().backward()
print(w.grad, b.grad)
print(LinearFunction.apply(inp, w))
x.grad = None
s, c = SinCos.apply(x)
print(s, c)
(s + 2 * c).sum().backward()
print(x.grad)
t = torch.tensor([-1.0, 2.0], requires_grad=True)
MyReLU.apply(t).sum().backward()
print(t.grad)
t.grad = None
(StraightThrough.apply(t) * torch.tensor([5.0, -0.5])).sum().backward()
print(t.grad)
q = torch.tensor(2.0, requires_grad=True)
g1, = torch.autograd.grad(Cube.apply(q), q, create_graph=True)
g2, = torch.autograd.grad(g1, q)
print(g1, g2)
z = t * 1
DoubleInPlace.apply(z)
print(z)
v, i = ArgMaxLike.apply(t)
print(v, i, i.requires_grad)
print(torch.autograd.gradcheck(Exp.apply, (torch.rand(3, dtype=torch.double, requires_grad=True),)))
print(torch.autograd.gradcheck(lambda a: a.tanh().sum(), torch.tensor([0.1, 0.2], dtype=torch.double, requires_grad=True), eps=1e-6, atol=1e-4))
