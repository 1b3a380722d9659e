# SPDX-License-Identifier: MIT
"""Rprop and averaged SGD."""

import math

import torch

from .optimizer import PerParameter, check, decayed


class Rprop(PerParameter):
    """Each element has a step of its own: longer while the sign of its gradient stays, shorter when it turns. Only the sign
    counts. Riedmiller and Braun, 1993."""

    def __init__(self, params, lr=1e-2, etas=(0.5, 1.2), step_sizes=(1e-6, 50), foreach=None, maximize=False):
        check(lr >= 0.0, "Invalid learning rate: {}", lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError("Invalid eta values: {}, {}".format(etas[0], etas[1]))
        super().__init__(params, dict(lr=lr, etas=etas, step_sizes=step_sizes, foreach=foreach, maximize=maximize))

    def _begin(self, param, group):
        return {"step": 0, "prev": torch.zeros_like(param), "step_size": torch.full_like(param.grad, group["lr"])}

    def _update(self, param, grad, state, group):
        shrink, grow = group["etas"]
        state["step"] += 1
        factor = grad.mul(state["prev"]).sign()
        factor[factor.gt(0)] = grow
        factor[factor.lt(0)] = shrink
        factor[factor.eq(0)] = 1
        state["step_size"].mul_(factor).clamp_(*group["step_sizes"])
        grad = grad.clone()
        grad[factor.eq(shrink)] = 0
        param.addcmul_(grad.sign(), state["step_size"], value=-1)
        state["prev"].copy_(grad)


class ASGD(PerParameter):
    """SGD that also keeps the mean of the points it has passed, state["ax"]. Polyak and Juditsky, 1992."""

    def __init__(self, params, lr=1e-2, lambd=1e-4, alpha=0.75, t0=1e6, weight_decay=0, foreach=None, maximize=False):
        check(lr >= 0.0, "Invalid learning rate: {}", lr)
        check(weight_decay >= 0.0, "Invalid weight_decay value: {}", weight_decay)
        super().__init__(params, dict(lr=lr, lambd=lambd, alpha=alpha, t0=t0, weight_decay=weight_decay, foreach=foreach,
                                      maximize=maximize))

    def _begin(self, param, group):
        return {"step": torch.tensor(0.0), "eta": torch.tensor(group["lr"]), "mu": torch.tensor(1.0), "ax": torch.zeros_like(param)}

    def _update(self, param, grad, state, group):
        eta, mu, mean = state["eta"], state["mu"], state["ax"]
        state["step"] += 1
        step = state["step"].item()
        grad = decayed(grad, param, group)
        param.mul_(1 - group["lambd"] * eta.item())
        param.add_(grad, alpha=-eta.item())
        if mu.item() != 1:
            mean.add_(param.sub(mean).mul(mu))
        else:
            mean.copy_(param)
        eta.copy_(torch.tensor(group["lr"] / math.pow(1 + group["lambd"] * group["lr"] * step, group["alpha"])))
        mu.copy_(torch.tensor(1 / max(1, step - group["t0"])))
