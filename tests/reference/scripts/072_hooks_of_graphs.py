"""Custom functions, hooks of nodes and of saved tensors."""
import torch
class Sq(torch.autograd.Function):
    @staticmethod
    def forward(ctx,x):
        ctx.save_for_backward(x); return x*x
    @staticmethod
    def backward(ctx,g):
        x,=ctx.saved_tensors
        return 2*x*g
x=torch.tensor(3.,requires_grad=True)
y=Sq.apply(x); print(y, y.grad_fn.saved_tensors, type(y.grad_fn), y.grad_fn.name())
y.backward(); print(x.grad)
try: y.backward()
except Exception as e: print(e)
try: print(y.grad_fn.saved_tensors)
except Exception as e: print(e)
z=(x*x)
h=z.grad_fn.register_hook(lambda gi,go: print('hook',gi,go))
z.backward(retain_graph=True)
h.remove()
z.backward()
with torch.autograd.graph.saved_tensors_hooks(lambda t: (print('pack',t),t.numpy() if not t.requires_grad else t.detach().numpy())[1], lambda n: (print('unpack',n),torch.from_numpy(n))[1]):
    w=torch.tensor([1.,2.],requires_grad=True)
    o=(w*w).exp().sum()
o.backward(); print(w.grad)
class Bad(torch.autograd.Function):
    @staticmethod
    def forward(ctx,x):
        return x*2
    @staticmethod
    def backward(ctx,g):
        return g,g
try: Bad.apply(x).backward()
except Exception as e: print(type(e),e)
try: print(Sq()(x))
except Exception as e: print(type(e),e)
