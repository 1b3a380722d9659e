import torch
from torch.autograd import Function, gradcheck
from torch.autograd.function import once_differentiable
torch.manual_seed(1)
class MyReLU(Function):
    @staticmethod
    def forward(ctx, input): ctx.save_for_backward(input); return input.clamp(min=0)
    @staticmethod
    def backward(ctx, grad_output):
        input, = ctx.saved_tensors; grad_input = grad_output.clone(); grad_input[input < 0] = 0; return grad_input
class Exp(Function):
    @staticmethod
    def forward(ctx, i): r = i.exp(); ctx.save_for_backward(r); return r
    @staticmethod
    @once_differentiable
    def backward(ctx, g): r, = ctx.saved_tensors; return g * r
class Inplace(Function):
    @staticmethod
    def forward(ctx, x): ctx.mark_dirty(x); x.mul_(2); return x
    @staticmethod
    def backward(ctx, g): return g * 2
class Two(Function):
    @staticmethod
    def forward(ctx, x, k, flag=True): ctx.k = k; ctx.set_materialize_grads(False); ctx.mark_non_differentiable(idx := x.argsort()); return x * k, idx
    @staticmethod
    def backward(ctx, g, gi): print('g', g, gi, ctx.needs_input_grad); return (g * ctx.k if g is not None else None), None, None
x = torch.randn(3, requires_grad=True)
print(MyReLU.apply(x)); MyReLU.apply(x).sum().backward(); print(x.grad)
y = Exp.apply(x); g, = torch.autograd.grad(y.sum(), x, create_graph=True); print(g)
try: g.sum().backward()
except RuntimeError as e: print(e)
z = Inplace.apply(x * 1); print(z); z.sum().backward(); print(x.grad)
try: Inplace.apply(x)
except RuntimeError as e: print(e)
a, i = Two.apply(x, 3.0); print(a, i, i.requires_grad); a.sum().backward(); print(x.grad)
print(gradcheck(MyReLU.apply, (torch.randn(4, dtype=torch.double, requires_grad=True),)))
class Bad(Function):
    @staticmethod
    def forward(ctx, x): return x ** 2
    @staticmethod
    def backward(ctx, g): return g * 3
try: gradcheck(Bad.apply, (torch.randn(2, dtype=torch.double, requires_grad=True),))
except Exception as e: print(type(e).__name__, str(e)[:60])
class NoBack(Function):
    @staticmethod
    def forward(ctx, x): return x * 1
try: NoBack.apply(x).sum().backward()
except Exception as e: print(type(e).__name__, e)
class Wrong(Function):
    @staticmethod
    def forward(ctx, x): return x * 1
    @staticmethod
    def backward(ctx, g): return torch.ones(7)
try: Wrong.apply(x).sum().backward()
except Exception as e: print(type(e).__name__, e)
class Str(Function):
    @staticmethod
    def forward(ctx, x): return x * 1
    @staticmethod
    def backward(ctx, g): return 'a'
try: Str.apply(x).sum().backward()
except Exception as e: print(type(e).__name__, e)
class Raises(Function):
    @staticmethod
    def forward(ctx, x): return x * 1
    @staticmethod
    def backward(ctx, g): raise ValueError('in backward')
try: Raises.apply(x).sum().backward()
except Exception as e: print(type(e).__name__, e)
try: MyReLU(x)
except Exception as e: print(type(e).__name__, e)
try: MyReLU.apply()
except Exception as e: print(type(e).__name__, e)
@torch.no_grad()
def f(x): return x * 2
print(f(x).requires_grad, f.__name__)
with torch.autograd.set_grad_enabled(False): print(torch.is_grad_enabled())
x = torch.tensor([1., 2.], requires_grad=True)
print(torch.autograd.grad([x.sum(), (x ** 2).sum()], x), torch.autograd.grad((x ** 2), x, grad_outputs=torch.tensor([1., 10.])))
from torch.autograd.functional import jacobian, hessian, vjp, jvp, hvp, vhp
print(jacobian(lambda a, b: a * b.sum(), (x, x * 2)), hvp(lambda a: (a ** 3).sum(), x, torch.ones(2)), vjp(lambda a: a ** 2, x, torch.ones(2)), jvp(lambda a: a ** 2, x, torch.ones(2)))
y = x ** 2; y.register_hook(lambda g: g * 2); y.retain_grad(); y.sum().backward(); print(x.grad, y.grad)
w = torch.ones(2, requires_grad=True); o = (w * 2).sum(); o.backward(inputs=[w]); print(w.grad); torch.autograd.backward([(w * 3).sum(), (w * 4).sum()]); print(w.grad)
torch.autograd.backward([w * 1], [torch.tensor([1., 2.])]); print(w.grad)
v = torch.ones(3, requires_grad=True); u = v[:2]; u2 = u.detach(); u2.zero_(); print(v)
try: (v.exp() * v).sum().backward(); print(v.grad)
except RuntimeError as e: print(e)
s = torch.zeros(3); s[0] = v[0] * 2; s[1:] = v[1:] ** 2; s.sum().backward(); print(v.grad)
