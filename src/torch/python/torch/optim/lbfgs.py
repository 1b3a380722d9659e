# SPDX-License-Identifier: MIT
"""L-BFGS: Newton's direction, with the curvature guessed from the last steps and gradients. Nocedal and Wright, "Numerical
optimization", chapter 7 (the two loops) and algorithm 3.5 and 3.6 (the strong Wolfe line search)."""

import torch

from .optimizer import Optimizer


class LBFGS(Optimizer):
    """step(closure) calls closure, which clears the gradients, computes the loss and its gradient, several times."""

    def __init__(self, params, lr=1, max_iter=20, max_eval=None, tolerance_grad=1e-7, tolerance_change=1e-9, history_size=100,
                 line_search_fn=None):
        super().__init__(params, dict(lr=lr, max_iter=max_iter, max_eval=max_iter * 5 // 4 if max_eval is None else max_eval,
                                      tolerance_grad=tolerance_grad, tolerance_change=tolerance_change,
                                      history_size=history_size, line_search_fn=line_search_fn))
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")
        self._params = self.param_groups[0]["params"]

    # --- all parameters as one vector ---

    def _gradient(self):
        return torch.cat([(torch.zeros_like(p) if p.grad is None else p.grad).reshape(-1) for p in self._params], 0)

    def _move(self, size, direction):
        at = 0
        for param in self._params:
            param.add_(direction[at:at + param.numel()].view_as(param), alpha=size)
            at += param.numel()

    def _evaluate(self, closure, start, size, direction):
        """Loss and gradient at start + size · direction; the parameters stand at start again afterwards."""
        self._move(size, direction)
        loss = float(closure())
        gradient = self._gradient()
        for param, value in zip(self._params, start):
            param.copy_(value)
        return loss, gradient

    # --- the direction ---

    @staticmethod
    def _remember(state, gradient, history_size):
        """The last step and how the gradient changed over it, if they speak of positive curvature."""
        change = gradient.sub(state["prev_flat_grad"])
        step = state["d"].mul(state["t"])
        curvature = change.dot(step)
        if curvature > 1e-10:
            for old in ("old_dirs", "old_stps", "ro"):
                if len(state[old]) == history_size:
                    state[old].pop(0)
            state["old_dirs"].append(change)
            state["old_stps"].append(step)
            state["ro"].append(1.0 / curvature)
            state["H_diag"] = curvature / change.dot(change)

    @staticmethod
    def _direction(state, gradient, history_size):
        changes, steps, ro = state["old_dirs"], state["old_stps"], state["ro"]
        al = state.setdefault("al", [None] * history_size)
        q = gradient.neg()
        for i in range(len(changes) - 1, -1, -1):
            al[i] = steps[i].dot(q) * ro[i]
            q.add_(changes[i], alpha=-al[i])
        r = torch.mul(q, state["H_diag"])
        for i in range(len(changes)):
            r.add_(steps[i], alpha=al[i] - changes[i].dot(r) * ro[i])
        return r

    @torch.no_grad()
    def step(self, closure):
        """Up to max_iter steps; returns the loss before the first."""
        closure = torch.enable_grad()(closure)
        group = self.param_groups[0]
        lr, history_size = group["lr"], group["history_size"]
        state = self.state[self._params[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        first = closure()
        loss = float(first)
        evaluations = 1
        state["func_evals"] += 1
        gradient = self._gradient()
        if gradient.abs().max() <= group["tolerance_grad"]:
            return first
        iteration = 0
        while iteration < group["max_iter"]:
            iteration += 1
            state["n_iter"] += 1
            if state["n_iter"] == 1:
                state.update(d=gradient.neg(), old_dirs=[], old_stps=[], ro=[], H_diag=1)
            else:
                self._remember(state, gradient, history_size)
                state["d"] = self._direction(state, gradient, history_size)
            direction = state["d"]
            state["prev_flat_grad"] = gradient.clone()
            state["prev_loss"] = before = loss
            size = min(1.0, 1.0 / gradient.abs().sum()) * lr if state["n_iter"] == 1 else lr
            slope = gradient.dot(direction)
            if slope > -group["tolerance_change"]:
                state["t"] = size
                break
            loss, gradient, size, used = self._advance(closure, iteration, loss, gradient, size, direction, slope)
            state["t"] = size
            evaluations += used
            state["func_evals"] += used
            if self._is_over(group, iteration, evaluations, gradient, direction.mul(size), loss - before):
                break
        return first

    def _advance(self, closure, iteration, loss, gradient, size, direction, slope):
        group = self.param_groups[0]
        if group["line_search_fn"] is None:
            self._move(size, direction)
            if iteration == group["max_iter"]:
                return loss, gradient, size, 0
            with torch.enable_grad():
                loss = float(closure())
            return loss, self._gradient(), size, 1
        if group["line_search_fn"] != "strong_wolfe":
            raise RuntimeError("only 'strong_wolfe' is supported")
        start = [param.clone() for param in self._params]
        search = StrongWolfe(lambda t: self._evaluate(closure, start, t, direction), direction, loss, gradient, slope)
        loss, gradient, size = search.run(size)
        self._move(size, direction)
        return loss, gradient, size, search.evaluations

    @staticmethod
    def _is_over(group, iteration, evaluations, gradient, step, gain):
        return (iteration == group["max_iter"] or evaluations >= group["max_eval"]
                or bool(gradient.abs().max() <= group["tolerance_grad"])
                or bool(step.abs().max() <= group["tolerance_change"]) or abs(gain) < group["tolerance_change"])


class StrongWolfe:
    """A step size that lowers the loss enough (c1) where the slope has flattened enough (c2)."""

    def __init__(self, evaluate, direction, loss, gradient, slope, c1=1e-4, c2=0.9, tolerance=1e-9, most=25):
        self.evaluate, self.direction = evaluate, direction
        self.loss, self.gradient, self.slope = loss, gradient, slope
        self.c1, self.c2, self.tolerance, self.most = c1, c2, tolerance, most
        self.evaluations = 0

    def _at(self, t):
        loss, gradient = self.evaluate(t)
        self.evaluations += 1
        return t, loss, gradient, gradient.dot(self.direction)

    def _is_too_high(self, point):
        return point[1] > self.loss + self.c1 * point[0] * self.slope

    def _is_flat(self, point):
        return abs(point[3]) <= -self.c2 * self.slope

    def run(self, t):
        before = (0, self.loss, self.gradient, self.slope)
        point = self._at(t)
        tries = 0
        bracket = None
        while tries < self.most:
            if self._is_too_high(point) or (tries > 1 and point[1] >= before[1]):
                bracket = [before, point]
                break
            if self._is_flat(point):
                return point[1], point[2], point[0]
            if point[3] >= 0:
                bracket = [before, point]
                break
            bounds = (point[0] + 0.01 * (point[0] - before[0]), point[0] * 10)
            t = lowest_of_cubic(before, point, bounds)
            before, point = point, self._at(t)
            tries += 1
        if bracket is None:
            bracket = [(0, self.loss, self.gradient, self.slope), point]
        return self._zoom(bracket, tries)

    def _zoom(self, bracket, tries):
        stuck = False
        low, high = (0, 1) if bracket[0][1] <= bracket[1][1] else (1, 0)
        while tries < self.most:
            ends = [bracket[0][0], bracket[1][0]]
            if abs(ends[1] - ends[0]) * self.direction.abs().max() < self.tolerance:
                break
            t = lowest_of_cubic(bracket[0], bracket[1])
            margin = 0.1 * (max(ends) - min(ends))
            if min(max(ends) - t, t - min(ends)) < margin:
                if stuck or t >= max(ends) or t <= min(ends):
                    t = max(ends) - margin if abs(t - max(ends)) < abs(t - min(ends)) else min(ends) + margin
                    stuck = False
                else:
                    stuck = True
            else:
                stuck = False
            point = self._at(t)
            tries += 1
            if self._is_too_high(point) or point[1] >= bracket[low][1]:
                bracket[high] = point
                low, high = (0, 1) if bracket[0][1] <= bracket[1][1] else (1, 0)
                continue
            done = self._is_flat(point)
            if not done and point[3] * (bracket[high][0] - bracket[low][0]) >= 0:
                bracket[high] = bracket[low]
            bracket[low] = point
            if done:
                break
        return bracket[low][1], bracket[low][2], bracket[low][0]


def lowest_of_cubic(a, b, bounds=None):
    """Where the cubic through two points with their slopes is lowest, within bounds (formula 3.59)."""
    (x1, f1, _, g1), (x2, f2, _, g2) = a, b
    least, most = bounds if bounds is not None else (min(x1, x2), max(x1, x2))
    d1 = g1 + g2 - 3 * (f1 - f2) / (x1 - x2)
    square = d1 ** 2 - g1 * g2
    if square < 0:
        return (least + most) / 2.0
    d2 = square.sqrt()
    if x1 <= x2:
        lowest = x2 - (x2 - x1) * ((g2 + d2 - d1) / (g2 - g1 + 2 * d2))
    else:
        lowest = x1 - (x1 - x2) * ((g1 + d2 - d1) / (g1 - g2 + 2 * d2))
    return min(max(lowest, least), most)
