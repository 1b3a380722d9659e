import torch
a = torch.tensor([0.1, 1e-30, float("inf"), -0.0], dtype=torch.float64, requires_grad=True)
b = torch.tensor([1 / 3, 1e38, 3.4028234e38, 1e-45], requires_grad=True)
h = torch.tensor([0.1, 65504.0], dtype=torch.float16)
i = torch.tensor([2 ** 62 + 1, -5, 7, 0])
m = torch.tensor([True, False, True, True])
u = torch.tensor([255, 0], dtype=torch.uint8)
x = torch.where(m, a * 2, b.double() - 0.3) + i
y = x[m].sum() + (b * torch.tensor(float("nan"))).sum() + h.float().sum() + u.sum() * b[0]
y.backward()
