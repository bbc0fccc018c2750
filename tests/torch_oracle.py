"""PyTorch's answer to a case of :mod:`tests.cases`, in float64."""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name

from backlit import pure
from backlit.pure.window import padding_pairs, pair
from tests.adapters import Array, Operands
from tests.cases import Case


class TorchAdapter:
    """Forward through torch.nn.functional, backward through autograd."""

    def forward(self, case: Case, operands: Operands) -> Array:
        y = _run(case, _tensors(operands))
        return np.asarray(y.detach().numpy())

    def backward(self, case: Case, dy: Array, operands: Operands) -> Operands:
        tensors = _tensors(operands)
        _run(case, tensors).backward(torch.from_numpy(np.asarray(dy)))
        return {name: tensor.grad.numpy() for name, tensor in tensors.items()}


def _tensors(operands: Operands) -> dict[str, Any]:
    return {
        name: torch.from_numpy(array.astype(np.float64)).requires_grad_()
        for name, array in operands.items()
    }


def _run(case: Case, tensors: dict[str, Any]) -> Any:
    options = dict(case.options)
    if case.operation in {"max_pool2d", "avg_pool2d"}:
        return pool(case.operation, tensors["x"], options)
    return _OPERATIONS[case.operation](tensors, options)


def _padded(x: Any, options: dict[str, Any], kernel: Any, value: float) -> Any:
    """The image padded by hand, since torch knows no unequal padding of the two sides."""
    stride = pair("stride", options.get("stride") or kernel)
    dilation = pair("dilation", options.get("dilation", 1))
    size = (x.shape[2], x.shape[3])
    both = padding_pairs(
        options.get("padding", 0), size, pair("kernel_size", kernel), stride, dilation
    )
    return F.pad(x, (*both[1], *both[0]), value=value)


def conv2d(x: Any, w: Any, b: Any, options: dict[str, Any]) -> Any:
    x = _padded(x, {"stride": 1, **options}, tuple(w.shape[2:]), 0.0)
    stride, dilation, groups = (options.get(name, 1) for name in ("stride", "dilation", "groups"))
    return F.conv2d(x, w, b, stride, 0, dilation, groups)


def pool(operation: str, x: Any, options: dict[str, Any]) -> Any:
    kernel, stride = options["kernel_size"], options.get("stride")
    if operation == "max_pool2d":
        return F.max_pool2d(_padded(x, options, kernel, -np.inf), kernel, stride)
    y = F.avg_pool2d(_padded(x, options, kernel, 0.0), kernel, stride)
    if options.get("count_include_pad", True):
        return y
    # The same average of ones tells which share of each window is real.
    share = F.avg_pool2d(_padded(torch.ones_like(x), options, kernel, 0.0), kernel, stride)
    return y / share


def _batch_norm2d(tensors: dict[str, Any], options: dict[str, Any]) -> Any:
    mean, variance = (
        torch.tensor(options[name], dtype=torch.float64) if name in options else None
        for name in ("mean", "variance")
    )
    x, scale, shift = tensors["x"], tensors["gamma"], tensors["beta"]
    eps = options.get("eps", 1e-5)
    return F.batch_norm(x, mean, variance, scale, shift, mean is None, 0.1, eps)


def _dropout(tensors: dict[str, Any], options: dict[str, Any]) -> Any:
    x = tensors["x"]
    mask = pure.dropout_mask(x.numel(), options["rate"], options["key"])
    return x * torch.tensor(mask, dtype=x.dtype).reshape(x.shape) / (1 - options["rate"])


_OPERATIONS: dict[str, Any] = {
    "conv2d": lambda t, o: conv2d(t["x"], t["w"], t.get("b"), o),
    "dense": lambda t, o: F.linear(t["x"], t["w"], t.get("b")),
    "global_avg_pool2d": lambda t, o: t["x"].mean((2, 3)),
    "flatten": lambda t, o: t["x"].flatten(1),
    "add": lambda t, o: sum(t.values()),
    "concat": lambda t, o: torch.cat(list(t.values()), 1),
    "dropout": _dropout,
    "batch_norm2d": _batch_norm2d,
    "relu": lambda t, o: F.relu(t["x"]),
    "relu6": lambda t, o: F.relu6(t["x"]),
    "leaky_relu": lambda t, o: F.leaky_relu(t["x"], o.get("slope", 0.01)),
    "prelu": lambda t, o: F.prelu(t["x"], t["a"]),
    "elu": lambda t, o: F.elu(t["x"], o.get("alpha", 1.0)),
    "sigmoid": lambda t, o: torch.sigmoid(t["x"]),
    # F.hardsigmoid is the same, but its slope is a sixth as a float32 has it.
    "hard_sigmoid": lambda t, o: F.relu6(t["x"] + 3) / 6,
    "tanh": lambda t, o: torch.tanh(t["x"]),
    "gelu": lambda t, o: F.gelu(t["x"]),
    "hard_swish": lambda t, o: F.hardswish(t["x"]),
    "softplus": lambda t, o: F.softplus(t["x"]),
    "silu": lambda t, o: F.silu(t["x"]),
    "softmax_cross_entropy": lambda t, o: F.cross_entropy(t["x"], torch.tensor(o["labels"])),
}
