"""The functions of a NumPy program: whole arrays at once, windows by im2col and col2im.

Each has the name, the arguments and the results of the function with loops that it stands for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import ClassVar

from backlit.layers import AvgPool2d, BatchNorm2d, Conv2d, Dropout
from backlit.pure.window import Axis

from .functions import Function, Use
from .printing import Printer, identifier

IM2COL = '''
def im2col(X, kernel, stride, padding, dilation, around=0.0):
    """What the windows see: (N, C, kH·kW, OH·OW), a column for each window.

    Then a convolution is a product of two matrices.  The price is room: a
    pixel stands in as many columns as there are windows over it.
    """
    N, C, IH, IW = X.shape
    (kH, kW), (sH, sW), (dH, dW) = kernel, stride, dilation
    X = np.pad(X, ((0, 0), (0, 0), *padding), constant_values=around)
    OH = (X.shape[2] - dH * (kH - 1) - 1) // sH + 1
    OW = (X.shape[3] - dW * (kW - 1) - 1) // sW + 1
    columns = np.empty((N, C, kH, kW, OH, OW))
    for u in range(kH):
        for v in range(kW):  # for all windows: what is at (u, v) in them
            h, w = u * dH, v * dW
            columns[:, :, u, v] = X[:, :, h:h + sH * OH:sH, w:w + sW * OW:sW]
    return columns.reshape(N, C, kH * kW, OH * OW), (OH, OW)
'''

COL2IM = '''
def col2im(columns, size, output, kernel, stride, padding, dilation):
    """The way back of im2col: each number goes to where it was taken from.

    It is a sum, so += and not =: a pixel that stands in several columns, since
    windows overlap, gets an error from each.  Copying's derivative is adding;
    as a matrix, col2im is the transpose of im2col.  One (u, v) never meets a
    pixel twice, so whole slices are added.  With an array of places in their
    stead, dX[places] += errors would keep only the last of the errors of a
    pixel that occurs twice; np.add.at(dX, places, errors) adds them all.
    """
    N, C = columns.shape[:2]
    (kH, kW), (sH, sW), (dH, dW) = kernel, stride, dilation
    (top, bottom), (left, right) = padding
    (IH, IW), (OH, OW) = size, output
    columns = columns.reshape(N, C, kH, kW, OH, OW)
    dX = np.zeros((N, C, top + IH + bottom, left + IW + right))
    for u in range(kH):
        for v in range(kW):
            h, w = u * dH, v * dW
            dX[:, :, h:h + sH * OH:sH, w:w + sW * OW:sW] += columns[:, :, u, v]
    return dX[:, :, top:top + IH, left:left + IW]
'''


class NumpyPrinter(Printer):
    """Expressions of one number, which work on arrays."""

    functions: ClassVar[Mapping[str, str]] = {
        "max": "np.maximum",
        "min": "np.minimum",
        **{name: f"np.{name}" for name in ("exp", "expm1", "log1p", "sqrt", "tanh")},
    }
    constants: ClassVar[Mapping[str, str]] = {"π": "np.pi", "−∞": "-np.inf"}

    def choice(self, branches: list[tuple[str, str]]) -> str:
        """``np.where(condition, value, …)``."""
        text = branches[-1][0]
        for value, condition in reversed(branches[:-1]):
            text = f"np.where({condition}, {value}, {text})"
        return text


def body(use: Use, function: Function) -> str:
    """What stands in a function after its description."""
    if function.value is not None:
        return f"return {NumpyPrinter().text(function.value)}"
    name = re.sub(r"_\d+(_[a-z]+)$", r"\1", function.name)
    return _BODIES[name](use, function)


def _window(use: Use, function: Function) -> dict[str, str]:
    """The options of a window: numbers, or letters where they are arguments."""
    axes = use.part.layer.window(use.part.shapes[0])
    assert axes is not None

    def pair(letter: str, value: Callable[[Axis], int]) -> str:
        names = [
            each if each in function.options else letter if letter in function.options else ""
            for each in (f"{letter}H", f"{letter}W")
        ]
        found = [name or str(value(axis)) for name, axis in zip(names, axes, strict=True)]
        return f"({', '.join(found)})"

    open_padding = "p" in function.options
    pads = [(str(axis.before), str(axis.after)) for axis in axes]
    padding = "((p, p), (p, p))" if open_padding else str(pads).replace("'", "")
    return {
        "KERNEL": "W.shape[2:]" if use.part.parameters else pair("k", lambda axis: axis.kernel),
        "STRIDE": pair("s", lambda axis: axis.stride),
        "PADDING": padding.replace("[", "(").replace("]", ")"),
        "DILATION": pair("d", lambda axis: axis.dilation),
    }


def _with_window(use: Use, function: Function, text: str) -> str:
    window = _window(use, function)
    first = (
        f"kernel, stride = {window['KERNEL']}, {window['STRIDE']}\n"
        f"padding, dilation = {window['PADDING']}, {window['DILATION']}\n"
    )
    return first + text.strip("\n").replace("@WINDOW@", "kernel, stride, padding, dilation")


def _conv(use: Use, function: Function) -> str:
    layer = use.part.layer
    assert isinstance(layer, Conv2d)
    bias = " + b[:, None]" if layer.bias else ""
    if layer.groups == 1:
        text = f"""
columns, output = im2col(X, @WINDOW@)
N, (O, C, kH, kW) = len(X), W.shape
columns = columns.reshape(N, C * kH * kW, -1)
Y = W.reshape(O, C * kH * kW) @ columns{bias}
return Y.reshape(N, O, *output)"""
    else:
        text = f"""
columns, output = im2col(X, @WINDOW@)
G, N, (O, C, kH, kW) = {layer.groups}, len(X), W.shape
columns = columns.reshape(N, G, C * kH * kW, -1)  # each group sees its own
Y = W.reshape(G, O // G, C * kH * kW) @ columns
return (Y.reshape(N, O, -1){bias}).reshape(N, O, *output)"""
    return _with_window(use, function, text)


def _conv_backward(use: Use, function: Function) -> str:
    layer = use.part.layer
    assert isinstance(layer, Conv2d)
    bias = "\ndb = dY.sum(axis=(0, 2, 3))" if layer.bias else ""
    results = ", ".join(identifier(each.symbol) for each in function.results)
    groups = (
        ("G, ", f"{layer.groups}, ", "G, ", "G, O // G, ")
        if layer.groups > 1
        else ("", "", "", "O, ")
    )
    text = f"""
columns, output = im2col(X, @WINDOW@)
{groups[0]}N, (O, C, kH, kW) = {groups[1]}len(X), W.shape
columns = columns.reshape(N, {groups[2]}C * kH * kW, -1)
errors = dY.reshape(N, {groups[3]}-1){bias}
dW = (errors @ columns.swapaxes(-1, -2)).sum(axis=0).reshape(W.shape)
dX = W.reshape({groups[3]}C * kH * kW).swapaxes(-1, -2) @ errors
dX = dX.reshape(N, X.shape[1], -1)
dX = col2im(dX, X.shape[2:], output, @WINDOW@)
return {results}"""
    return _with_window(use, function, text)


def _max_pool2d(use: Use, function: Function) -> str:
    text = """
columns, output = im2col(X, @WINDOW@, around=-np.inf)
return columns.max(axis=2).reshape(*X.shape[:2], *output)"""
    return _with_window(use, function, text)


def _max_pool2d_backward(use: Use, function: Function) -> str:
    text = """
columns, output = im2col(X, @WINDOW@, around=-np.inf)
winners = columns.argmax(axis=2)[:, :, None]  # of equals, the first
errors = np.zeros(columns.shape)
np.put_along_axis(errors, winners, dY.reshape(winners.shape), axis=2)
return col2im(errors, X.shape[2:], output, @WINDOW@)"""
    return _with_window(use, function, text)


def _count(use: Use) -> str:
    """How many numbers each window averages."""
    layer = use.part.layer
    assert isinstance(layer, AvgPool2d)
    if layer.count_include_pad:
        return "count = kernel[0] * kernel[1]"
    return "count = im2col(np.ones(X.shape), @WINDOW@)[0].sum(axis=2)  # real inputs"


def _avg_pool(use: Use, function: Function) -> str:
    text = f"""
columns, output = im2col(X, @WINDOW@)
{_count(use)}
return (columns.sum(axis=2) / count).reshape(*X.shape[:2], *output)"""
    return _with_window(use, function, text)


def _avg_pool_backward(use: Use, function: Function) -> str:
    text = f"""
N, C = X.shape[:2]
{_count(use)}
shares = (dY.reshape(N, C, -1) / count)[:, :, None]
errors = np.repeat(shares, kernel[0] * kernel[1], axis=2)
return col2im(errors, X.shape[2:], dY.shape[2:], @WINDOW@)"""
    return _with_window(use, function, text)


def _dense(use: Use, function: Function) -> str:
    return "return X @ W.T" + (" + b" if "bias" in use.part.parameters else "")


def _dense_backward(use: Use, function: Function) -> str:
    bias = ", dY.sum(axis=0)" if "bias" in use.part.parameters else ""
    return f"return dY @ W, dY.T @ X{bias}"


def _epsilon(use: Use, function: Function) -> str:
    layer = use.part.layer
    assert isinstance(layer, BatchNorm2d)
    return "epsilon" if "ε" in function.options else repr(layer.eps)


_EACH = "[:, None, None]"  # one number for each channel


def _batch_norm(use: Use, function: Function) -> str:
    return f"""root = np.sqrt(sigma2 + {_epsilon(use, function)}){_EACH}
x_hat = (X - mu{_EACH}) / root
return gamma{_EACH} * x_hat + beta{_EACH}"""


def _statistics(use: Use, function: Function) -> str:
    return "return X.mean(axis=(0, 2, 3)), X.var(axis=(0, 2, 3))"


def _batch_norm_backward(use: Use, function: Function) -> str:
    return f"""root = np.sqrt(sigma2 + {_epsilon(use, function)}){_EACH}
x_hat = (X - mu{_EACH}) / root
M = X[:, 0].size
dgamma = (dY * x_hat).sum(axis=(0, 2, 3))
dbeta = dY.sum(axis=(0, 2, 3))
dX = M * dY - dbeta{_EACH} - x_hat * dgamma{_EACH}
return gamma{_EACH} / (M * root) * dX, dgamma, dbeta"""


def _dropped(array: str) -> Callable[[Use, Function], str]:
    def text(use: Use, function: Function) -> str:
        layer = use.part.layer
        assert isinstance(layer, Dropout)
        rate = "r" if "r" in function.options else repr(layer.rate)
        return f"return {array} * M / (1 - {rate})"

    return text


def _slopes(use: Use) -> str:
    """The slopes of a PReLU, so that they fit to its inputs."""
    maps = len(use.part.shapes[0]) == 3
    return "a[:, None, None]" if maps else "a"


def _prelu(use: Use, function: Function) -> str:
    return f"return np.where(X > 0, X, {_slopes(use)} * X)"


def _prelu_backward(use: Use, function: Function) -> str:
    shared = getattr(use.part.layer, "shared", False)
    axes = (0, *range(2, 1 + len(use.part.shapes[0])))
    axis = f"axis={axes if len(axes) > 1 else 0}"
    total = "errors.sum().reshape(1)" if shared else f"errors.sum({axis})"
    return f"""errors = np.where(X > 0, 0, dY * X)
return dY * np.where(X > 0, 1, {_slopes(use)}), {total}"""


def _add(use: Use, function: Function) -> str:
    return "return " + " + ".join(identifier(each.symbol) for each in function.arguments)


def _concat(use: Use, function: Function) -> str:
    names = ", ".join(identifier(each.symbol) for each in function.arguments)
    return f"return np.concatenate(({names}), axis=1)"


def _concat_backward(use: Use, function: Function) -> str:
    ends: list[int] = []
    for shape in use.part.shapes[:-1]:
        ends.append((ends[-1] if ends else 0) + shape[0])
    return f"return np.split(dY, {ends}, axis=1)"


_BODIES: dict[str, Callable[[Use, Function], str]] = {
    "conv2d_forward": _conv,
    "conv2d_backward": _conv_backward,
    "max_pool2d_forward": _max_pool2d,
    "max_pool2d_backward": _max_pool2d_backward,
    "avg_pool2d_forward": _avg_pool,
    "avg_pool2d_backward": _avg_pool_backward,
    "global_avg_pool2d_forward": lambda use, function: "return X.mean(axis=(2, 3))",
    "global_avg_pool2d_backward": lambda use, function: (
        "size = X.shape[2] * X.shape[3]\n"
        "return np.broadcast_to((dY / size)[:, :, None, None], X.shape)"
    ),
    "flatten_forward": lambda use, function: "return X.reshape(len(X), -1)",
    "flatten_backward": lambda use, function: "return dY.reshape(X.shape)",
    "dense_forward": _dense,
    "dense_backward": _dense_backward,
    "batch_norm2d_forward": _batch_norm,
    "batch_norm2d_statistics": _statistics,
    "batch_norm2d_backward": _batch_norm_backward,
    "dropout_forward": _dropped("X"),
    "dropout_backward": _dropped("dY"),
    "prelu_forward": _prelu,
    "prelu_backward": _prelu_backward,
    "add_forward": _add,
    "concat_forward": _concat,
    "concat_backward": _concat_backward,
}
