# SPDX-License-Identifier: MIT
"""How a loss is made of the losses of the elements: 'none', 'mean' or 'sum'."""


def legacy_get_string(size_average, reduce, emit_warning=True):
    """The reduction that the old arguments size_average and reduce stand for."""
    size_average = True if size_average is None else size_average
    reduce = True if reduce is None else reduce
    reduction = "none" if not reduce else "mean" if size_average else "sum"
    if emit_warning:
        import warnings

        warnings.warn("size_average and reduce args will be deprecated, "
                      f"please use reduction='{reduction}' instead.")
    return reduction


def choose(size_average, reduce, reduction):
    """The reduction asked for by new or old arguments, checked."""
    if size_average is not None or reduce is not None:
        return legacy_get_string(size_average, reduce)
    if reduction == "elementwise_mean":
        import warnings

        warnings.warn("reduction='elementwise_mean' is deprecated, please use reduction='mean' instead.")
        return "mean"
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return reduction


def apply(loss, reduction):
    """One number of the losses of the elements, or the losses themselves."""
    return loss.mean() if reduction == "mean" else loss.sum() if reduction == "sum" else loss
