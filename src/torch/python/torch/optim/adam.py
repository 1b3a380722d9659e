# SPDX-License-Identifier: MIT
"""Adam and its relatives: running means of the gradient and of its square, freed of the bias of their beginning at zero.
Kingma and Ba, "Adam: a method for stochastic optimization", 2015."""

import math

import torch

from .optimizer import PerParameter, check, check_betas, decayed


def _zeros(param):
    return torch.zeros_like(param)


def _follow_means(state, grad, beta1, beta2):
    state["exp_avg"].mul_(beta1).add_(grad, alpha=1 - beta1)
    state["exp_avg_sq"].mul_(beta2).addcmul_(grad, grad, value=1 - beta2)


def _count(state):
    state["step"] += 1
    return state["step"].item()


class Adam(PerParameter):
    """w ← w − lr · m̂ / (√v̂ + eps), where m̂ and v̂ are the running means of grad and grad², divided by 1 − βᵗ."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, amsgrad=False, *, foreach=None,
                 maximize=False, capturable=False, differentiable=False, fused=False):
        self._check(lr, betas, eps, weight_decay)
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, amsgrad=amsgrad, maximize=maximize,
                                      foreach=foreach, capturable=capturable, differentiable=differentiable, fused=fused))

    @staticmethod
    def _check(lr, betas, eps, weight_decay):
        check(lr >= 0.0, "Invalid learning rate: {}", lr)
        check(eps >= 0.0, "Invalid epsilon value: {}", eps)
        check_betas(betas)
        check(weight_decay >= 0.0, "Invalid weight_decay value: {}", weight_decay)

    def _begin(self, param, group):
        state = {"step": torch.tensor(0.0), "exp_avg": _zeros(param), "exp_avg_sq": _zeros(param)}
        if group["amsgrad"]:
            state["max_exp_avg_sq"] = _zeros(param)
        return state

    def _decay(self, param, grad, group):
        return decayed(grad, param, group)

    def _update(self, param, grad, state, group):
        beta1, beta2 = group["betas"]
        step = _count(state)
        grad = self._decay(param, grad, group)
        _follow_means(state, grad, beta1, beta2)
        step_size = group["lr"] / (1 - beta1 ** step)
        square = state["exp_avg_sq"]
        if group["amsgrad"]:
            torch.maximum(state["max_exp_avg_sq"], square, out=state["max_exp_avg_sq"])
            square = state["max_exp_avg_sq"]
        denominator = (square.sqrt() / math.sqrt(1 - beta2 ** step)).add_(group["eps"])
        param.addcdiv_(state["exp_avg"], denominator, value=-step_size)


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameter itself and stays out of the means."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2, amsgrad=False, *, maximize=False,
                 foreach=None, capturable=False):
        self._check(lr, betas, eps, weight_decay)
        PerParameter.__init__(self, params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, amsgrad=amsgrad,
                                                 foreach=foreach, maximize=maximize, capturable=capturable))

    def _decay(self, param, grad, group):
        param.mul_(1 - group["lr"] * group["weight_decay"])
        return grad


class Adamax(PerParameter):
    """Adam with the largest gradient so far, slowly forgotten, in place of the mean square."""

    def __init__(self, params, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, foreach=None, *, maximize=False):
        Adam._check(lr, betas, eps, weight_decay)
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, foreach=foreach, maximize=maximize))

    def _begin(self, param, group):
        return {"step": torch.tensor(0.0), "exp_avg": _zeros(param), "exp_inf": _zeros(param)}

    def _update(self, param, grad, state, group):
        beta1, beta2 = group["betas"]
        step = _count(state)
        grad = decayed(grad, param, group)
        state["exp_avg"].mul_(beta1).add_(grad, alpha=1 - beta1)
        both = torch.stack([state["exp_inf"].mul_(beta2), grad.abs().add_(group["eps"])])
        state["exp_inf"].copy_(torch.amax(both, 0))
        param.addcdiv_(state["exp_avg"], state["exp_inf"], value=-group["lr"] / (1 - beta1 ** step))


class NAdam(PerParameter):
    """Adam that looks ahead as Nesterov's momentum does. Dozat, 2016."""

    def __init__(self, params, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, momentum_decay=4e-3, foreach=None):
        Adam._check(lr, betas, eps, weight_decay)
        check(momentum_decay >= 0.0, "Invalid momentum_decay value: {}", momentum_decay)
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay,
                                      foreach=foreach))

    def _begin(self, param, group):
        return {"step": torch.tensor(0.0), "mu_product": torch.tensor(1.0), "exp_avg": _zeros(param), "exp_avg_sq": _zeros(param)}

    def _update(self, param, grad, state, group):
        (beta1, beta2), lr, decay = group["betas"], group["lr"], group["momentum_decay"]
        step = _count(state)
        grad = decayed(grad, param, group)
        mu = beta1 * (1.0 - 0.5 * (0.96 ** (step * decay)))
        mu_next = beta1 * (1.0 - 0.5 * (0.96 ** ((step + 1) * decay)))
        product = state["mu_product"]
        product *= mu
        product_next = product * mu * mu_next
        _follow_means(state, grad, beta1, beta2)
        denominator = state["exp_avg_sq"].div(1 - beta2 ** step).sqrt().add_(group["eps"])
        param.addcdiv_(grad, denominator, value=-lr * (1.0 - mu) / (1.0 - product.item()))
        param.addcdiv_(state["exp_avg"], denominator, value=-lr * mu_next / (1.0 - product_next.item()))


class RAdam(PerParameter):
    """Adam that waits with its adaptive step until the variance can be trusted. Liu and others, 2020."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, foreach=None):
        Adam._check(lr, betas, eps, weight_decay)
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, foreach=foreach))

    def _begin(self, param, group):
        return {"step": torch.tensor(0.0), "exp_avg": _zeros(param), "exp_avg_sq": _zeros(param)}

    def _update(self, param, grad, state, group):
        beta1, beta2 = group["betas"]
        step = _count(state)
        grad = decayed(grad, param, group)
        _follow_means(state, grad, beta1, beta2)
        mean = state["exp_avg"] / (1 - beta1 ** step)
        longest = 2 / (1 - beta2) - 1
        length = longest - 2 * step * (beta2 ** step) / (1 - beta2 ** step)
        if length > 5.0:
            trust = math.sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))
            adaptive = math.sqrt(1 - beta2 ** step) / state["exp_avg_sq"].sqrt().add_(group["eps"])
            param.add_(mean * group["lr"] * adaptive * trust, alpha=-1.0)
        else:
            param.add_(mean * group["lr"], alpha=-1.0)
