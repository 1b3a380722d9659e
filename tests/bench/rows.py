"""rows.py [ROW...]: the five works of the speed table, as a teaching script would write them.

Runs unchanged under PyTorch and under `backstep python`; prints "ROW NANOSECONDS" (the best of several runs: what the
machine does when nobody disturbs it; the driver takes medians over processes).
"""
import gc
import random
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(1)


def best(work, repeat, runs=5):
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        for _ in range(repeat):
            work()
        times.append((time.perf_counter() - start) / repeat)
    return min(times)


def quadratic():
    w = torch.tensor([3.0], requires_grad=True)

    def step():
        loss = (w ** 2 + 20).sum()
        loss.backward()
        with torch.no_grad():
            w.sub_(w.grad, alpha=1e-6)
        w.grad = None

    return best(step, 5000)


def linear():
    x, y = torch.randn(2, 5), torch.randn(2, 3)
    w = torch.randn(3, 5, requires_grad=True)
    b = torch.randn(3, requires_grad=True)

    def step():
        F.mse_loss(F.linear(x, w, b), y).backward()
        w.grad = None
        b.grad = None

    return best(step, 5000)


SCALAR_NODES = 65818  # values, numbers and results, as micrograd counts them


def scalars():
    random.seed(1337)

    def neuron(n):
        return [torch.tensor(random.uniform(-1, 1), requires_grad=True) for _ in range(n)], torch.tensor(0.0, requires_grad=True)

    def layer(n_in, n_out):
        return [neuron(n_in) for _ in range(n_out)]

    model = [layer(2, 16), layer(16, 16), layer(16, 1)]
    parameters = [p for one in model for w, b in one for p in (*w, b)]
    points = [[torch.tensor(random.uniform(-1, 1)) for _ in range(2)] for _ in range(100)]
    signs = [random.choice((-1, 1)) for _ in range(100)]

    def forward(x):
        for k, one in enumerate(model):
            out = []
            for w, b in one:
                act = b
                for wi, xi in zip(w, x):
                    act = act + wi * xi
                out.append(act.relu() if k < 2 else act)
            x = out
        return x[0]

    def step():
        losses = [(1 + -yi * forward(x)).relu() for x, yi in zip(points, signs)]
        data_loss = sum(losses) * (1.0 / len(losses))
        reg_loss = 1e-4 * sum((p * p for p in parameters))
        (data_loss + reg_loss).backward()
        for p in parameters:
            p.grad = None

    gc.collect()
    return best(step, 1, 3) / SCALAR_NODES


def training():
    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    parameters = list(model.parameters())
    x, y = torch.randn(64, 784), torch.randint(0, 10, (64,))

    def step():
        F.cross_entropy(model(x), y).backward()
        with torch.no_grad():
            for p in parameters:
                p.sub_(p.grad, alpha=1e-6)
                p.grad = None

    return best(step, 300)


def large():
    n = 1000000
    x, seed = torch.randn(n), torch.ones(n)
    w = torch.randn(n, requires_grad=True)
    b = torch.randn(n, requires_grad=True)

    def step():
        torch.tanh(x * w + b).backward(seed)
        w.grad = None
        b.grad = None

    return best(step, 20)


ROWS = {"quadratic": quadratic, "linear": linear, "scalars": scalars, "training": training, "large": large}

for name in sys.argv[1:] or ROWS:
    print(name, ROWS[name]() * 1e9, flush=True)
