# SPDX-License-Identifier: MIT
"""Steps scaled by the gradients seen so far."""

import torch

from .optimizer import PerParameter, check, decayed


class Adagrad(PerParameter):
    """w ← w − lr · grad / (√Σ grad² + eps). Duchi, Hazan and Singer, 2011."""

    def __init__(self, params, lr=1e-2, lr_decay=0, weight_decay=0, initial_accumulator_value=0, eps=1e-10, foreach=None, *,
                 maximize=False):
        check(lr >= 0.0, "Invalid learning rate: {}", lr)
        check(lr_decay >= 0.0, "Invalid lr_decay value: {}", lr_decay)
        check(weight_decay >= 0.0, "Invalid weight_decay value: {}", weight_decay)
        check(initial_accumulator_value >= 0.0, "Invalid initial_accumulator_value value: {}", initial_accumulator_value)
        check(eps >= 0.0, "Invalid epsilon value: {}", eps)
        super().__init__(params, dict(lr=lr, lr_decay=lr_decay, eps=eps, weight_decay=weight_decay,
                                      initial_accumulator_value=initial_accumulator_value, foreach=foreach, maximize=maximize))
        for group in self.param_groups:
            for param in group["params"]:
                self.state[param] = self._begin(param, group)

    def _begin(self, param, group):
        return {"step": torch.tensor(0.0), "sum": torch.full_like(param, group["initial_accumulator_value"])}

    def _update(self, param, grad, state, group):
        state["step"] += 1
        grad = decayed(grad, param, group)
        lr = group["lr"] / (1 + (state["step"].item() - 1) * group["lr_decay"])
        state["sum"].addcmul_(grad, grad, value=1)
        param.addcdiv_(grad, state["sum"].sqrt().add_(group["eps"]), value=-lr)


class Adadelta(PerParameter):
    """Steps as large, on the average, as the steps before, in units of the gradient. Zeiler, 2012."""

    def __init__(self, params, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0, foreach=None, *, maximize=False):
        check(lr >= 0.0, "Invalid learning rate: {}", lr)
        check(0.0 <= rho <= 1.0, "Invalid rho value: {}", rho)
        check(eps >= 0.0, "Invalid epsilon value: {}", eps)
        check(weight_decay >= 0.0, "Invalid weight_decay value: {}", weight_decay)
        super().__init__(params, dict(lr=lr, rho=rho, eps=eps, weight_decay=weight_decay, maximize=maximize, foreach=foreach))

    def _begin(self, param, group):
        return {"step": 0, "square_avg": torch.zeros_like(param), "acc_delta": torch.zeros_like(param)}

    def _update(self, param, grad, state, group):
        rho, eps = group["rho"], group["eps"]
        state["step"] += 1
        grad = decayed(grad, param, group)
        state["square_avg"].mul_(rho).addcmul_(grad, grad, value=1 - rho)
        deviation = state["square_avg"].add(eps).sqrt_()
        delta = state["acc_delta"].add(eps).sqrt_().div_(deviation).mul_(grad)
        state["acc_delta"].mul_(rho).addcmul_(delta, delta, value=1 - rho)
        param.add_(delta, alpha=-group["lr"])


class RMSprop(PerParameter):
    """w ← w − lr · grad / (√v + eps), v the running mean of grad². Hinton's lectures, 2012."""

    def __init__(self, params, lr=1e-2, alpha=0.99, eps=1e-8, weight_decay=0, momentum=0, centered=False, foreach=None,
                 maximize=False, differentiable=False):
        check(lr >= 0.0, "Invalid learning rate: {}", lr)
        check(eps >= 0.0, "Invalid epsilon value: {}", eps)
        check(momentum >= 0.0, "Invalid momentum value: {}", momentum)
        check(weight_decay >= 0.0, "Invalid weight_decay value: {}", weight_decay)
        check(alpha >= 0.0, "Invalid alpha value: {}", alpha)
        super().__init__(params, dict(lr=lr, momentum=momentum, alpha=alpha, eps=eps, centered=centered, weight_decay=weight_decay,
                                      foreach=foreach, maximize=maximize, differentiable=differentiable))

    def _begin(self, param, group):
        state = {"step": 0, "square_avg": torch.zeros_like(param)}
        if group["momentum"] > 0:
            state["momentum_buffer"] = torch.zeros_like(param)
        if group["centered"]:
            state["grad_avg"] = torch.zeros_like(param)
        return state

    def _update(self, param, grad, state, group):
        alpha = group["alpha"]
        state["step"] += 1
        grad = decayed(grad, param, group)
        state["square_avg"].mul_(alpha).addcmul_(grad, grad, value=1 - alpha)
        if group["centered"]:
            mean = state["grad_avg"]
            mean.mul_(alpha).add_(grad, alpha=1 - alpha)
            deviation = state["square_avg"].addcmul(mean, mean, value=-1).sqrt_().add_(group["eps"])
        else:
            deviation = state["square_avg"].sqrt().add_(group["eps"])
        if group["momentum"] > 0:
            velocity = state["momentum_buffer"]
            velocity.mul_(group["momentum"]).addcdiv_(grad, deviation)
            param.add_(velocity, alpha=-group["lr"])
        else:
            param.addcdiv_(grad, deviation, value=-group["lr"])
