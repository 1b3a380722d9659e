# SPDX-License-Identifier: MIT
"""Stochastic gradient descent, with momentum where wanted."""

import torch

from .optimizer import PerParameter, check, decayed, required


class SGD(PerParameter):
    """w ← w − lr · grad. With momentum: v ← momentum · v + (1 − dampening) · grad, w ← w − lr · v; with nesterov, the step is
    taken along grad + momentum · v."""

    def __init__(self, params, lr=required, momentum=0, dampening=0, weight_decay=0, nesterov=False, *, maximize=False,
                 foreach=None, differentiable=False):
        check(lr is required or lr >= 0.0, "Invalid learning rate: {}", lr)
        check(momentum >= 0.0, "Invalid momentum value: {}", momentum)
        check(weight_decay >= 0.0, "Invalid weight_decay value: {}", weight_decay)
        check(not nesterov or (momentum > 0 and dampening == 0), "Nesterov momentum requires a momentum and zero dampening", None)
        super().__init__(params, dict(lr=lr, momentum=momentum, dampening=dampening, weight_decay=weight_decay, nesterov=nesterov,
                                      maximize=maximize, foreach=foreach, differentiable=differentiable))

    def _begin(self, param, group):
        return {"momentum_buffer": None}

    def _update(self, param, grad, state, group):
        grad = decayed(grad, param, group)
        momentum = group["momentum"]
        if momentum != 0:
            velocity = state["momentum_buffer"]
            if velocity is None:
                velocity = state["momentum_buffer"] = torch.clone(grad).detach()
            else:
                velocity.mul_(momentum).add_(grad, alpha=1 - group["dampening"])
            grad = grad.add(velocity, alpha=momentum) if group["nesterov"] else velocity
        param.add_(grad, alpha=-group["lr"])
