# Forward and backward of (x + y) * z, by hand and by machine.
import torch

x = torch.tensor(-2.0, requires_grad=True)
y = torch.tensor(5.0, requires_grad=True)
z = torch.tensor(-4.0, requires_grad=True)

q = x + y
q.retain_grad()
f = q * z
f.backward()

print("f =", f.item())
print("dq", q.grad, "dz", z.grad)
print("dx", x.grad, "dy", y.grad)

dz = q.item()
dq = z.item()
assert dz == z.grad.item() and dq == q.grad.item()
assert x.grad == dq * 1.0
print(q)
print(f)
print(x.is_leaf, q.is_leaf, q.retains_grad, x.retains_grad)
