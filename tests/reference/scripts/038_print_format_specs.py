# Tensors inside f-strings and format.
import torch

t = torch.tensor(3.14159265)
print(f"{t:.2f} {t:8.3f}| {t:e} {t:g} {t}")
print("{:.3f} {:>8.1f} {:+.2f}".format(t, t, t))
print("%.4f %d %s" % (t, t, t))
n = torch.tensor(42)
print(f"{n} {n:d} {n:5d}| {n:05d} {n:,}")
print(f"{torch.tensor(True)} {torch.tensor([1.5, 2])}")
print(f"{t.item():.10f} {t.double():.10f}")
print(f"{t!r} {n!s}")
print(round(t.item(), 3), round(float(t)), int(t), bool(t), float(n), complex(1, 2))
print(torch.tensor([1.0]).item(), torch.tensor([[7]]).item(), torch.tensor(0.1).item(), torch.tensor(0.1, dtype=torch.float64).item())
print(t.tolist(), torch.tensor([[1.0, 0.1], [2, 3]]).tolist(), torch.tensor([True]).tolist(), torch.tensor([]).tolist())
loss = torch.tensor(0.25, requires_grad=True) * 2
print(f'loss: {loss:.4f}, {loss}, {loss.item()}')
print('loss', loss.data, 'vals', *torch.tensor([1.0, 2.0]))
for i, v in enumerate(torch.tensor([0.5, 1.5])):
    print(i, v, float(v))
print(round(torch.tensor(2.567), 2) if hasattr(torch.Tensor, '__round__') else 'no round')
print(format(torch.tensor(1.5)), str(torch.float32), repr(torch.int64), torch.float, torch.double, torch.long, torch.bool)
print(torch.device('cpu'), repr(torch.device('cpu')), torch.zeros(1).device, torch.device('cpu').type)
print(torch.strided, torch.zeros(1).layout, torch.get_default_dtype())
