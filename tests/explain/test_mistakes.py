#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Mistakes without an error: each is recognised at its line, and what only looks like it is left alone."""

import glob
import os
import re
import subprocess
import sys
import tempfile
import unittest

EXAMPLES = sys.argv.pop(2)
TOOL = sys.argv.pop(1)
BEGIN = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\ntorch.manual_seed(0)\n"


def hints_of(path):
    done = subprocess.run([TOOL, "hints", path], capture_output=True, text=True, encoding="utf-8", env={**os.environ, "LC_ALL": "C.UTF-8"})
    if done.returncode:
        raise AssertionError(done.stderr)
    return [(int(m.group(1)), m.group(2)) for m in re.finditer(r"^\S+:(\d+), step \d+: (.*)$", done.stdout, re.M)], done.stdout


def hints(script):
    """Lines, counted in @script, and titles."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "script.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(BEGIN + script)
        return [(line - BEGIN.count("\n"), title) for line, title in hints_of(path)[0]]


def titles(script):
    return [title for _, title in hints(script)]


LOOP = "w = torch.tensor(3., requires_grad=True)\nfor i in range(6):\n    loss = (w - 1) ** 2\n    loss.backward()\n"
NET = "net = nn.Linear(3, 1)\nopt = torch.optim.SGD(net.parameters(), lr={lr})\nx, y = torch.randn(8, 3), torch.randn(8, {shape})\n"


class Mistakes(unittest.TestCase):
    def test_not_cleared(self):
        self.assertEqual(hints(LOOP + "    with torch.no_grad():\n        w -= 0.01 * w.grad\n"), [(4, "Nobody cleared the gradient")])
        self.assertEqual(hints(LOOP + "    w.data = w.data - 0.01 * w.grad\n"), [(4, "Nobody cleared the gradient")])

    def test_cleared_or_meant(self):
        for end in ["    w.grad.zero_()\n", "    w.grad = None\n"]:
            self.assertEqual(hints(LOOP + "    with torch.no_grad():\n        w -= 0.01 * w.grad\n" + end), [])
        batches = ("w = torch.tensor(3., requires_grad=True)\nfor i in range(3):\n    for k in range(4):\n        ((w - k) ** 2).backward()\n"
                   "    with torch.no_grad():\n        w -= 0.01 * w.grad\n    w.grad = None\n")
        self.assertEqual(hints(batches), [])
        gan = (NET.format(lr=0.01, shape="1") + "g = torch.randn(8, 3, requires_grad=True)\ngopt = torch.optim.SGD([g], lr=0.1)\n"
               "for i in range(4):\n    opt.zero_grad()\n    F.mse_loss(net(x), y).backward()\n    opt.step()\n    gopt.zero_grad()\n"
               "    net(g).mean().backward()\n    gopt.step()\n")
        self.assertEqual(hints(gan), [])

    def test_rebound(self):
        found = hints("w = torch.tensor(3., requires_grad=True)\nloss = (w - 1) ** 2\nloss.backward()\nw = w - 0.1 * w.grad\nprint(w.grad)\n")
        self.assertEqual(found, [(4, "The name has left the parameter")])
        self.assertEqual(hints("w = torch.tensor(3., requires_grad=True)\n((w - 1) ** 2).backward()\nwith torch.no_grad():\n    w = w - 0.1 * w.grad\n"), [])
        self.assertEqual(hints("w = torch.tensor(3., requires_grad=True)\n((w - 1) ** 2).backward()\nw = (w - 0.1 * w.grad).detach().requires_grad_()\n"), [])

    def test_no_gradient(self):
        script = ("class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(2, 1)\n        self.b = nn.Linear(2, 1)\n"
                  "    def forward(self, x):\n        return self.a(x)\nnet = Net()\nnet(torch.ones(1, 2)).sum().backward()\n")
        self.assertEqual([title for _, title in hints(script)], ["A parameter that nothing depends on"])
        self.assertEqual(hints(script.replace("return self.a(x)", "return self.a(x) + self.b(x)")), [])

    def test_broadcast(self):
        script = NET.format(lr=0.01, shape="") .replace("torch.randn(8, )", "torch.randn(8)") + "loss = ((net(x) - y) ** 2).mean()\nloss.backward()\n"
        self.assertEqual(hints(script), [(4, "Every one against every other")])
        self.assertEqual(hints(script.replace("net(x) - y", "net(x).squeeze(1) - y")), [])
        self.assertEqual(hints("a = torch.randn(5, requires_grad=True)\n((a - a.unsqueeze(1)) ** 2).sum().backward()\n"), [])

    def test_nan(self):
        found = hints("x = torch.tensor([1., 0.], requires_grad=True)\ny = x * 2\nz = torch.log(y)\nloss = (z * 0).sum()\nloss.backward()\n")
        self.assertEqual(found, [(3, "Here the first number was lost")])
        mask = "x = torch.randn(2, 3, requires_grad=True)\nm = x.masked_fill(torch.tensor([False, True, False]), float('-inf'))\nF.softmax(m, 1)[0, 0].backward()\n"
        self.assertEqual(hints(mask), [])

    def test_learning_rates(self):
        loop = "for i in range(30):\n    loss = F.mse_loss(net(x), y)\n    opt.zero_grad()\n    loss.backward()\n    opt.step()\n"
        self.assertEqual([t for _, t in hints(NET.format(lr=5, shape="1") + loop)][:1], ["The loss grows: steps too large"])
        self.assertEqual([t for _, t in hints(NET.format(lr=1e-6, shape="1") + loop)], ["The loss hardly falls: steps too small"])
        self.assertEqual(hints(NET.format(lr=0.1, shape="1") + loop), [])
        # It has arrived.
        self.assertEqual(hints(NET.format(lr=0.1, shape="1") + loop.replace("30", "400")), [])

    def test_units(self):
        loop = ("w = torch.tensor([{w}], requires_grad=True)\nfor i in range(8):\n    y = {f}(w * torch.ones(2, 1))\n    y.sum().backward()\n    w.grad = None\n")
        self.assertEqual(hints(loop.format(w="-1.", f="torch.relu")), [(3, "A dead ReLU")])
        self.assertEqual(hints(loop.format(w="1.", f="torch.relu")), [])
        self.assertEqual(hints(loop.format(w="30.", f="torch.sigmoid")), [(3, "A saturated unit")])
        self.assertEqual(hints(loop.format(w="-20.", f="torch.tanh")), [(3, "A saturated unit")])
        self.assertEqual(hints(loop.format(w="2.", f="torch.tanh")), [])

    def test_no_step(self):
        loop = "for i in range(6):\n    opt.zero_grad()\n    loss = F.mse_loss(net(x), y)\n    loss.backward()\n"
        self.assertEqual(titles(NET.format(lr=0.1, shape="1") + loop), ["Gradients that nobody uses"])
        late = "for i in range(6):\n    loss = F.mse_loss(net(x), y)\n    loss.backward()\n    opt.zero_grad()\n    opt.step()\n"
        self.assertEqual(titles(NET.format(lr=0.1, shape="1") + late), ["Cleared before it was used"])
        self.assertEqual(hints(NET.format(lr=0.1, shape="1") + late)[0][0], 7)
        for fine in [
            loop + "    opt.step()\n",
            # gradients are all that is wanted
            "for i in range(6):\n    net.zero_grad()\n    F.mse_loss(net(x), y).backward()\n    print(net.weight.grad.norm())\n",
            # accumulated on purpose, one update for four batches
            "opt.zero_grad()\nfor i in range(8):\n    (F.mse_loss(net(x), y) / 4).backward()\n    if i % 4 == 3:\n        opt.step()\n        opt.zero_grad()\n",
        ]:
            script = NET.format(lr=0.1, shape="1") + fine
            if "net.zero_grad" in fine:
                script = script.replace("opt = torch.optim.SGD(net.parameters(), lr=0.1)\n", "")
            self.assertEqual(titles(script), [], fine)
        lbfgs = ("net = nn.Linear(3, 1)\nx, y = torch.randn(8, 3), torch.randn(8, 1)\nopt = torch.optim.LBFGS(net.parameters(), max_iter=4)\n"
                 "def closure():\n    opt.zero_grad()\n    loss = F.mse_loss(net(x), y)\n    loss.backward()\n    return loss\n"
                 "for i in range(3):\n    opt.step(closure)\n")
        self.assertEqual(titles(lbfgs), [])

    def test_left_out(self):
        script = ("w = torch.tensor(1., requires_grad=True)\nb = torch.tensor(0., requires_grad=True)\nopt = torch.optim.SGD([w{b}], lr=0.01)\n"
                  "x = torch.linspace(0, 1, 5)\nfor i in range(8):\n    opt.zero_grad()\n    loss = ((w * x + b - 2 * x) ** 2).mean()\n    loss.backward()\n"
                  "    opt.step()\n")
        self.assertEqual(titles(script.format(b="")), ["A parameter that no optimizer changes"])
        self.assertEqual(titles(script.format(b=", b")), [])
        two = ("net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))\n{freeze}opt = torch.optim.SGD(net{part}.parameters(), lr=0.01)\n"
               "x, y = torch.randn(8, 3), torch.randn(8, 1)\nfor i in range(8):\n    opt.zero_grad()\n    loss = F.mse_loss(net(x), y)\n    loss.backward()\n"
               "    opt.step()\n")
        self.assertEqual(titles(two.format(freeze="", part="[2]")), ["A parameter that no optimizer changes"])
        self.assertEqual(titles(two.format(freeze="net[0].requires_grad_(False)\n", part="[2]")), [])
        self.assertEqual(titles(two.format(freeze="for p in net[0].parameters():\n    p.requires_grad = False\n", part="")), [])

    def test_cut(self):
        script = ("a = torch.tensor(2., requires_grad=True)\nw = torch.tensor(1., requires_grad=True)\nopt = torch.optim.SGD([a, w], lr=0.01)\n"
                  "for i in range(4):\n    opt.zero_grad()\n    h = {way}\n    loss = (w * h - 1) ** 2\n    loss.backward()\n    opt.step()\n")
        self.assertEqual(hints(script.format(way="(a * 3).detach()"))[0], (6, "Here the way to the loss is cut"))
        self.assertEqual(titles(script.format(way="a.data * 3")), ["Here the way to the loss is cut"])
        self.assertEqual(titles(script.format(way="a * 3")), [])
        self.assertEqual(titles(script.format(way="a * a.detach()")), [])
        by_hand = "w = torch.tensor(2., requires_grad=True)\nv = torch.tensor(1., requires_grad=True)\nloss = w.detach() * v\nloss.backward()\nwith torch.no_grad():\n    w -= 0.1 * w.grad\n"
        self.assertIn((3, "Here the way to the loss is cut"), hints(by_hand))
        # a target network, a truncated history, a teacher, a baseline: cut on purpose
        for fine in [
            "import copy\nnet = nn.Linear(3, 1)\ntarget = copy.deepcopy(net)\nopt = torch.optim.SGD(net.parameters(), lr=0.01)\nx = torch.randn(8, 3)\n"
            "for i in range(6):\n    with torch.no_grad():\n        goal = 1 + 0.9 * target(x)\n    loss = F.mse_loss(net(x), goal)\n    opt.zero_grad()\n"
            "    loss.backward()\n    opt.step()\n    if i % 3 == 2:\n        target.load_state_dict(net.state_dict())\n",
            "rnn = nn.RNN(2, 3, batch_first=True)\nopt = torch.optim.SGD(rnn.parameters(), lr=0.01)\nx = torch.randn(4, 12, 2)\nh = torch.zeros(1, 4, 3).requires_grad_()\n"
            "for i in range(4):\n    out, h = rnn(x[:, 3 * i:3 * i + 3], h.detach())\n    loss = (out ** 2).mean()\n    opt.zero_grad()\n    loss.backward()\n    opt.step()\n",
            "pi = nn.Linear(2, 2)\nv = nn.Linear(2, 1)\nopt = torch.optim.SGD(list(pi.parameters()) + list(v.parameters()), lr=0.01)\ns, r = torch.randn(6, 2), torch.randn(6)\n"
            "for i in range(4):\n    value = v(s).squeeze(1)\n    advantage = r - value.detach()\n    logp = F.log_softmax(pi(s), 1)[:, 0]\n"
            "    loss = -(logp * advantage).mean() + F.mse_loss(value, r)\n    opt.zero_grad()\n    loss.backward()\n    opt.step()\n",
        ]:
            self.assertEqual(titles(fine), [], fine)

    def test_alternating(self):
        """A GAN: the generator's pass leaves gradients in the discriminator, which are cleared before they are used."""
        gan = ("G, D = nn.Linear(2, 2), nn.Linear(2, 1)\ngo = torch.optim.SGD(G.parameters(), lr=0.01)\ndo = torch.optim.SGD(D.parameters(), lr=0.01)\n"
               "loss_fn = nn.BCEWithLogitsLoss()\nones, zeros = torch.ones(8, 1), torch.zeros(8, 1)\n"
               "for i in range(6):\n    real, fake = torch.randn(8, 2) + 2, G(torch.randn(8, 2))\n    do.zero_grad()\n"
               "    d = loss_fn(D(real), ones) + loss_fn(D(fake.detach()), zeros)\n    d.backward()\n    do.step()\n"
               "    go.zero_grad()\n    g = loss_fn(D(fake), ones)\n    g.backward()\n    go.step()\n")
        self.assertEqual(titles(gan), [])

    def test_validation(self):
        script = (NET.format(lr=0.05, shape="1") + "best = None\nfor i in range(8):\n    net.train()\n    opt.zero_grad()\n    loss = F.mse_loss(net(x), y)\n    loss.backward()\n"
                  "    opt.step()\n    net.eval()\n    with torch.no_grad():\n        v = F.mse_loss(net(x), y)\n        best = v if best is None else torch.min(best, v)\n")
        self.assertEqual(titles(script), [])

    def test_not_a_leaf(self):
        script = "w = torch.tensor(3., requires_grad=True)\ny = w * 2\n{retain}z = y ** 2\nz.backward()\nprint(y.grad)\n"
        self.assertEqual(hints(script.format(retain="")), [(5, "The .grad of a computed tensor")])
        self.assertEqual(hints(script.format(retain="y.retain_grad()\n")), [])
        self.assertEqual(hints(script.format(retain="").replace("print(y.grad)", "print(w.grad)")), [])
        self.assertEqual(hints("net = nn.Linear(2, 1)\nout = net(torch.ones(1, 2))\nout.sum().backward()\nprint(out.grad)\n"), [(4, "The .grad of a computed tensor")])

    def test_two_softmax(self):
        script = "net = nn.Linear(2, 3)\nx, y = torch.randn(4, 2), torch.tensor([0, 1, 2, 1])\np = {f}(net(x){d})\n{loss}.backward()\n"
        ce, nll = "nn.CrossEntropyLoss()(p, y)", "F.nll_loss(torch.log(p), y)"
        self.assertEqual(hints(script.format(f="F.softmax", d=", dim=1", loss=ce)), [(4, "Probabilities where scores belong")])
        bce = "F.binary_cross_entropy{e}(p[:, 0], y.clamp(0, 1).float())"
        self.assertEqual(titles(script.format(f="torch.sigmoid", d="[:, 0]", loss="F.binary_cross_entropy_with_logits(p, y.clamp(0, 1).float())")), ["Probabilities where scores belong"])
        self.assertEqual(titles(script.format(f="F.softmax", d=", dim=1", loss=nll)), [])
        self.assertEqual(titles(script.format(f="torch.sigmoid", d="", loss=bce.format(e=""))), [])
        soft = "net = nn.Linear(2, 3)\nx = torch.randn(4, 2)\ngoal = F.softmax(torch.randn(4, 3), 1)\nF.cross_entropy(net(x), goal).backward()\n"
        self.assertEqual(titles(soft), [])

    def test_sums_of_graphs(self):
        script = (NET.format(lr=0.05, shape="1") + "total = 0\nfor i in range(8):\n    opt.zero_grad()\n    loss = F.mse_loss(net(x), y)\n    loss.backward()\n    opt.step()\n"
                  "    total += loss{item}\nprint(total / 8)\n")
        self.assertEqual(hints(script.format(item="")), [(10, "A sum that keeps every graph")])
        self.assertEqual(titles(script.format(item="").replace("total += loss", "total = total + loss")), ["A sum that keeps every graph"])
        self.assertEqual(titles(script.format(item=".item()")), [])
        self.assertEqual(titles(script.format(item=".detach()")), [])
        # one backward for the sum of all time steps
        steps = NET.format(lr=0.05, shape="1") + "for k in range(3):\n    total = 0\n    for i in range(8):\n        total = total + F.mse_loss(net(x[i]), y[i])\n    opt.zero_grad()\n    total.backward()\n    opt.step()\n"
        self.assertEqual(titles(steps), [])

    def test_broadcast_in_a_loss(self):
        script = NET.format(lr=0.01, shape="").replace("torch.randn(8, )", "torch.randn(8)") + "loss = nn.MSELoss()(net(x){s}, y)\nloss.backward()\n"
        self.assertEqual(hints(script.format(s="")), [(4, "Every one against every other")])
        self.assertEqual(hints(script.format(s=".squeeze(1)")), [])
        self.assertEqual(hints(script.format(s="[:, 0]")), [])

    def test_examples_raise_no_false_alarm(self):
        meant = {"forgetting.py": ["Nobody cleared the gradient"], "rates.py": ["The loss grows: steps too large"]}
        for path in sorted(glob.glob(os.path.join(EXAMPLES, "*.py"))):
            name = os.path.basename(path)
            with self.subTest(name):
                self.assertEqual([title for _, title in hints_of(path)[0]], meant.get(name, []))

    def test_advice_names_the_parameter(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "script.py")
            with open(path, "w", encoding="utf-8") as file:
                file.write(BEGIN + LOOP + "    w.data -= 0.1 * w.grad\n")
            self.assertIn("or w.grad.zero_(), before each backward()", hints_of(path)[1])

    def test_what_can_be_mended(self):
        """Only where nothing must be guessed."""
        def said(script):
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "script.py")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(BEGIN + script)
                return hints_of(path)[1]

        self.assertIn("The window can mend it: Clear the gradient before backward().", said(LOOP + "    w.data -= 0.1 * w.grad\n"))
        late = "for i in range(6):\n    loss = F.mse_loss(net(x), y)\n    loss.backward()\n    opt.zero_grad()\n    opt.step()\n"
        self.assertIn("The window can mend it: Move zero_grad() before backward().", said(NET.format(lr=0.1, shape="1") + late))
        rates = "w = torch.tensor(6., requires_grad=True)\nfor lr in (1.1, 1.2):\n    for i in range(9):\n        loss = w ** 2\n        loss.backward()\n        with torch.no_grad():\n            w -= lr * w.grad\n        w.grad = None\n"
        self.assertIn("The loss grows", said(rates))
        self.assertNotIn("can mend", said(rates))


if __name__ == "__main__":
    unittest.main()
