# SPDX-License-Identifier: MIT
"""Programs by chance: teaching-like scripts of tensors, functions, classes, containers, loops and errors."""

import random

SHAPES = ["()", "(3,)", "(2, 3)", "(3, 1)", "(1, 3)", "(2, 1)"]
UNARY = ["torch.tanh({a})", "torch.relu({a})", "torch.sigmoid({a})", "{a} ** 2", "-{a}", "torch.exp(-{a} ** 2)", "{a} * 0.5 + 1",
         "torch.sin({a})", "({a} + {a})", "{a}.abs()", "{a}.clamp(-1, 1)", "helper({a})", "box({a})", "{a}.clone()", "{a}.T if {a}.dim() == 2 else {a}"]
BINARY = ["{a} + {b}", "{a} * {b}", "{a} - {b}", "{a} / ({b} ** 2 + 1)", "torch.maximum({a}, {b})", "torch.where({a} > {b}, {a}, {b})"]
PLAIN = ["n = n + 1", "items.append(n)", "table['k'] = n * 2", "items[0] = n / 3", "word = word + '.'", "flag = not flag",
         "table = dict(table, j=n)", "pair = (n, word)", "items = items[-3:]", "box.count += 1", "items += [n]", "holder.append({t})",
         "holder = [{t}, {t}]", "table['t'] = {t}", "del pair; pair = None", "n, m = n + 1, n"]
UPDATES = ["with torch.no_grad():\n    {p} -= 0.1 * {p}.grad", "{p}.data = {p}.data - 0.05 * {p}.grad", "{p}.data.sub_(0.1 * {p}.grad)",
           "with torch.no_grad():\n    {p}.mul_(0.9)", "{p}.data[...] = {p}.detach() * 0.5"]
CLEARS = ["{p}.grad.zero_()", "{p}.grad = None", "pass", "{p}.grad *= 0.5"]


class Program:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines, self.tensors, self.n = [], [], 0

    def add(self, text, indent=0):
        self.lines += ["    " * indent + line for line in text.split("\n")]

    def fresh(self):
        self.n += 1
        return f"t{self.n}"

    def expression(self):
        choose = self.random.choice
        if self.random.random() < 0.45:
            return choose(UNARY).format(a=choose(self.tensors))
        return choose(BINARY).format(a=choose(self.tensors), b=choose(self.tensors))

    def body(self, indent, parameters):
        choose, chance = self.random.choice, self.random.random
        self.tensors = list(parameters) + ["x"]
        for _ in range(self.random.randint(2, 7)):
            if chance() < 0.3:
                self.add(choose(PLAIN).format(t=choose(self.tensors)), indent)
            name = self.fresh()
            self.add(f"try:\n    {name} = {self.expression()}\nexcept RuntimeError:\n    {name} = {choose(parameters)} * 1", indent)
            self.tensors.append(name)
        if chance() < 0.2:
            self.add(f"{self.tensors[-1]}.retain_grad() if {self.tensors[-1]}.requires_grad else None", indent)
        if chance() < 0.2:
            self.add(f"side = {self.tensors[-1]}.detach()\nside.add_(0)", indent)
        self.add(f"loss = ({self.tensors[-1]} ** 2).{choose(['sum', 'mean'])}() + sum((q ** 2).sum() for q in [{', '.join(parameters)}])", indent)
        self.add(choose(["loss.backward()", "loss.backward(retain_graph=True)\nloss.backward()",
                         "g, = torch.autograd.grad(loss, [p0], create_graph=True)\n(loss + g.sum()).backward()"]), indent)
        for p in parameters:
            self.add(choose(UPDATES).format(p=p), indent)
            self.add(choose(CLEARS).format(p=p), indent)
        self.add("print(n, loss.item(), items, sorted(table), word, flag)", indent)

    def text(self):
        parameters = [f"p{i}" for i in range(self.random.randint(1, 3))]
        self.add("import torch\ntorch.manual_seed(%d)" % self.random.randint(0, 99))
        self.add("n, m, items, table, word, flag, pair, holder = 0, 0, [1], {'a': 1}, 'w', True, None, []")
        self.add("def helper(a):\n    h = a * 2\n    if n % 2:\n        h = h + 1\n    return h")
        self.add("class Box:\n    def __init__(self):\n        self.count = 0\n        self.w = torch.ones(1, requires_grad=True)\n"
                 "    def __call__(self, a):\n        self.count += 1\n        return a * self.w\nbox = Box()")
        for p in parameters:
            self.add(f"{p} = torch.randn({self.random.choice(SHAPES)}, requires_grad=True)")
        self.add(f"x = torch.randn({self.random.choice(SHAPES)})")
        self.add(f"for i in range({self.random.randint(1, 4)}):")
        self.body(1, parameters)
        if self.random.random() < 0.2:
            self.add("p0 += 1" if self.random.random() < 0.5 else "loss.backward()")
        return "\n".join(self.lines) + "\n"


def program(seed):
    return Program(seed).text()


if __name__ == "__main__":
    import sys

    print(program(int(sys.argv[1])), end="")
