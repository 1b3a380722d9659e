# Tensors and NumPy arrays share their memory.
import numpy as np
import torch

a = torch.ones(5)
b = a.numpy()
print(a, b)
a.add_(1)
print(a)
print(b)

a = np.ones(5)
b = torch.from_numpy(a)
np.add(a, 1, out=a)
print(a)
print(b)

data = np.arange(6).reshape(2, 3)
t = torch.from_numpy(data)
t[0, 0] = 42
print(data, t.dtype)
copied = torch.tensor(data)
copied[0, 1] = 7
print(data[0, 1], copied[0, 1].item())
shared = torch.as_tensor(data)
shared[1, 2] = -1
print(data)
print(np.array(torch.eye(2)), np.asarray(torch.arange(3)))
print(torch.tensor(np.float64(2.5)), torch.tensor([np.float32(1.5), np.float32(2)]))
print(np.sin(torch.tensor([0.0, 1.0])))
print(torch.linspace(0, 1, 5).numpy().dtype, torch.zeros(2, dtype=torch.float64).numpy().dtype)
for v in torch.tensor([[1.0, 2.0], [3.0, 4.0]]).numpy():
    print(v, v.sum())
print(torch.ones(2, 3).T.numpy().strides)
x = torch.ones(3, requires_grad=True)
print((x * 2).detach().numpy())
print(torch.from_numpy(np.array([True, False])), torch.from_numpy(np.array([1, 2], dtype=np.uint8)))
print(torch.from_numpy(np.array([1.5, 2.5], dtype=np.float16)))
