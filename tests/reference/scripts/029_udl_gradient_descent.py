# Line search and gradient descent on a two-parameter model, notebook style.
import numpy as np
import torch

data = np.array([[0.03, 0.19, 0.34, 0.46, 0.78, 0.81, 1.08, 1.18, 1.39, 1.60, 1.65, 1.90],
                 [0.67, 0.85, 1.05, 1.00, 1.40, 1.50, 1.30, 1.54, 1.55, 1.68, 1.73, 1.60]])


def model(phi, x):
    y_pred = phi[0] + phi[1] * x
    return y_pred


def compute_loss(data_x, data_y, model, phi):
    pred_y = model(phi, data_x)
    return ((pred_y - data_y) ** 2).sum()


x = torch.from_numpy(data[0, :])
y = torch.from_numpy(data[1, :])
phi = torch.tensor([1.6, -0.5], dtype=torch.float64, requires_grad=True)
for c_step in range(6):
    loss = compute_loss(x, y, model, phi)
    loss.backward()
    g = phi.grad.clone()
    # finite differences agree
    delta = 0.0001
    p = phi.detach().numpy()
    num = np.zeros(2)
    for k in range(2):
        e = np.zeros(2)
        e[k] = delta
        num[k] = (compute_loss(data[0], data[1], model, p + e) - compute_loss(data[0], data[1], model, p - e)) / (2 * delta)
    assert np.allclose(num, g.numpy(), atol=1e-5)
    step = 0.05
    with torch.no_grad():
        phi -= step * g
    phi.grad = None
    print('Step {:d}, loss = {:.6f}, phi = {}'.format(c_step, loss.item(), phi.data.numpy().round(5)))
print(phi)
