"""What the zoo's programs are tried on: arguments, the right results, and what is special there.

A probe *needs* what a program must be able to take ("stride", "padding", …), and has *traits*: all
that it needs, and what a mistake may depend on beyond that ("remainder", "overlap", …).  The
numbers are small and whole, so that sums have no rounding; the right results are the book's.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

import backlit.pure as book
from backlit.training.optimizers import SGD, Adam, AdamW, Optimizer

Pair = int | tuple[int, int]


@dataclass(frozen=True)
class Probe:
    """Arguments by name, the right results by name, what a program must take, and the traits."""

    name: str
    values: Mapping[str, Any]
    right: Mapping[str, Any]
    needs: frozenset[str]
    traits: frozenset[str]


def both(value: Pair) -> tuple[int, int]:
    """An option for rows and columns."""
    return (value, value) if isinstance(value, int) else value


def numbers(random_: random.Random, *shape: int, low: int = -4, high: int = 4) -> Any:
    """Whole numbers as floats, none of them 0, in nested lists."""
    if not shape:
        return float(random_.choice([n for n in range(low, high + 1) if n]))
    return [numbers(random_, *shape[1:], low=low, high=high) for _ in range(shape[0])]


def different(random_: random.Random, *shape: int, first: int) -> Any:
    """Whole numbers from ``first`` on, no two alike, in any order."""
    count = int(np.prod(shape))
    order = random_.sample(range(first, first + count), count)
    return np.reshape(np.array(order, dtype=float), shape).tolist()


def spatial_words(
    size: tuple[int, int], kernel: Pair, stride: Pair, padding: Pair, dilation: Pair = 1
) -> tuple[set[str], set[str]]:
    """The needs and the other traits of a window that slides over a map."""
    needs, traits = set(), set()
    for word, option, plain in (
        ("stride", stride, 1),
        ("padding", padding, 0),
        ("dilation", dilation, 1),
    ):
        rows, columns = both(option)
        if (rows, columns) != (plain, plain):
            needs.add(word)
        if rows != columns:
            needs |= {word, "unequal options"}
            traits.add(f"unequal {word}")
    (kh, kw), (sh, sw), (ph, pw), (dh, dw) = map(both, (kernel, stride, padding, dilation))
    if kh != kw:
        needs.add("kernel not square")
    if kh > 1 or kw > 1:
        traits.add("kernel above 1")
    if kh > 1:
        traits.add("kernel rows above 1")
    if kh > sh or kw > sw:
        traits.add("overlap")
    left = [
        (size[0] + 2 * ph - (dh * (kh - 1) + 1)) % sh,
        (size[1] + 2 * pw - (dw * (kw - 1) + 1)) % sw,
    ]
    if any(left):
        traits.add("remainder")
    if left[0] > ph or left[1] > pw:
        traits.add("pixels that no window sees")
    if "padding" not in needs:
        traits.add("no padding")
    if "stride" in needs and (kh > 1 or kw > 1):
        traits.add("stride and kernel above 1")
    if size[0] != size[1]:
        traits.add("map not square")
    return needs, traits


def conv(
    name: str,
    images: int,
    channels: int,
    filters: int,
    size: tuple[int, int],
    kernel: Pair,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> Probe:
    """A convolution, with the three gradients and the output of the book."""
    r = random.Random(name)
    kh, kw = both(kernel)
    x = numbers(r, images, channels, *size)
    w = numbers(r, filters, channels // groups, kh, kw)
    b = numbers(r, filters)
    options: dict[str, Any] = {
        **{"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    }
    y = book.conv2d_forward(x, w, b, **options)
    dy = numbers(r, images, filters, len(y[0][0]), len(y[0][0][0]))
    dx, dw, db = book.conv2d_backward(dy, x, w, **options)
    needs, traits = spatial_words(size, kernel, stride, padding, dilation)
    needs |= {"images"} if images > 1 else set()
    needs |= {"channels"} if channels > 1 else set()
    needs |= {"filters"} if filters > 1 else set()
    needs |= {"groups"} if groups > 1 else set()
    needs |= {"kernel not 3"} if both(kernel) != (3, 3) else set()
    traits |= {"C != O"} if channels != filters else set()
    traits |= {"an input feeds several outputs"} if filters > 1 or "overlap" in traits else set()
    traits |= {"several maps"} if max(channels, filters) > 1 else set()
    values = {
        **{"x": x, "w": w, "b": b, "dy": dy, "y": y},
        **{"N": images, "C": channels, "O": filters, "H": size[0], "W": size[1]},
        **{"KH": kh, "KW": kw, "k": kernel, "s": stride, "p": padding, "d": dilation, "g": groups},
    }
    return finished(name, values, {"y": y, "dx": dx, "dw": dw, "db": db}, needs, traits)


def finished(
    name: str,
    values: Mapping[str, Any],
    right: Mapping[str, Any],
    needs: Iterable[str],
    traits: Iterable[str] = (),
) -> Probe:
    """A probe; what it needs is one of its traits, too."""
    return Probe(name, values, right, frozenset(needs), frozenset({*needs, *traits}))


def pool(
    kind: str,
    name: str,
    images: int,
    channels: int,
    size: tuple[int, int],
    kernel: Pair,
    stride: Pair,
    padding: Pair = 0,
    ties: bool = False,
    negative: bool = False,
    count_include_pad: bool = True,
) -> Probe:
    """A max pool or an average pool; without ties unless they are asked for."""
    r = random.Random(kind + name)
    shape = (images, channels, *size)
    if ties:
        x = numbers(r, *shape, low=1, high=2)
    else:
        x = different(r, *shape, first=-int(np.prod(shape)) if negative else 1)
    needs, traits = spatial_words(size, kernel, stride, padding)
    if kind == "max":
        y = book.max_pool2d_forward(x, kernel, stride, padding)
    else:
        y = book.avg_pool2d_forward(x, kernel, stride, padding, count_include_pad)
    dy = numbers(r, images, channels, len(y[0][0]), len(y[0][0][0]))
    if kind == "max":
        dx = book.max_pool2d_backward(dy, x, kernel, stride, padding)
    else:
        dx = book.avg_pool2d_backward(dy, x, kernel, stride, padding, count_include_pad)
    needs |= {"images"} if images > 1 else set()
    needs |= {"channels"} if channels > 1 else set()
    if not count_include_pad:  # which is another pool where there is padding
        needs, traits = needs - {"padding"} | {"real count"}, traits | {"padding"}
    needs |= {"stride not kernel"} if both(stride) != both(kernel) else set()
    needs |= {"kernel not 2"} if both(kernel) != (2, 2) else set()
    traits |= {"ties"} if ties else set()
    traits |= {"negative"} if negative else set()
    traits |= needs & {"stride"}  # every pool has one: it is told, or the kernel's size
    needs -= {"stride"}
    if kind == "max":
        ones = np.ones_like(dy).tolist()
        wins = book.max_pool2d_backward(ones, x, kernel, stride, padding)
        traits |= {"shared winners"} if np.max(wins) > 1 else set()
    kh, kw = both(kernel)
    values = {
        **{"x": x, "dy": dy, "y": y, "k": kernel, "s": stride, "p": padding, "KH": kh, "KW": kw},
        **{"N": images, "C": channels, "H": size[0], "W": size[1]},
    }
    return finished(name, values, {"y": y, "dx": dx}, needs, traits)


def pools(kind: str) -> list[Probe]:
    """The probes that both kinds of pool share."""
    return [
        pool(kind, "one map", 1, 1, (4, 4), 2, 2),
        pool(kind, "maps and images", 2, 3, (4, 6), 2, 2),
        pool(kind, "remainder", 1, 2, (5, 7), 2, 2),
        pool(kind, "remainder in one map", 1, 1, (5, 5), 2, 2),
        pool(kind, "overlap", 2, 2, (5, 5), 3, 1),
        pool(kind, "overlap in one map", 1, 1, (7, 8), 3, 2),
        pool(kind, "overlap, stride 2", 1, 2, (7, 5), 3, 2),
        pool(kind, "gaps", 1, 2, (8, 5), 2, 3),
        pool(kind, "kernel not square", 1, 2, (6, 6), (2, 3), (2, 3)),
        pool(kind, "unequal", 1, 2, (6, 7), (3, 2), (1, 2)),
    ]


def global_pool(name: str, images: int, channels: int, size: tuple[int, int]) -> Probe:
    """A global average pool."""
    r = random.Random(name)
    x, dy = numbers(r, images, channels, *size), numbers(r, images, channels)
    right = {"y": book.global_avg_pool2d_forward(x), "dx": book.global_avg_pool2d_backward(dy, x)}
    needs = {"images"} if images > 1 else set()
    traits = {"map not square"} if size[0] != size[1] else set()
    return finished(name, {"x": x, "dy": dy, "H": size[0], "W": size[1]}, right, needs, traits)


def dense(name: str, images: int, inputs: int, units: int) -> Probe:
    """A dense layer."""
    r = random.Random(name)
    x, w, b = numbers(r, images, inputs), numbers(r, units, inputs), numbers(r, units)
    dy = numbers(r, images, units)
    dx, dw, db = book.dense_backward(dy, x, w)
    needs = {"images"} if images > 1 else set()
    traits = {"F != O"} if inputs != units else set()
    values = {"x": x, "w": w, "b": b, "dy": dy, "N": images, "F": inputs, "O": units}
    right = {"y": book.dense_forward(x, w, b), "dx": dx, "dw": dw, "db": db}
    return finished(name, values, right, needs, traits)


def activation(kind: str) -> list[Probe]:
    """One activation on rows and on maps, at the kink of a ReLU, and far out."""
    r = random.Random(kind)
    rows = [[-2.5, 0.75, 1.25], [0.5, -0.25, 2.0]]
    maps = [[[[-1.5, 0.25], [2.25, -0.75]]], [[[1.75, -2.0], [0.125, -3.5]]]]
    found = []
    for name, x, needs in (
        ("rows", rows, set()),
        ("maps", maps, {"maps"}),
        ("kink", [[-1.0, 0.0, 2.0]], {"kink"}),
        ("large", [[-800.0, 800.0, 1.0]], {"large"}),
    ):
        dy = numbers(r, *np.shape(x))
        right = {
            "y": getattr(book, f"{kind}_forward")(x),
            "dx": getattr(book, f"{kind}_backward")(dy, x),
        }
        found.append(finished(name, {"x": x, "dy": dy, "y": right["y"]}, right, needs))
    return found


def batch_norm(
    name: str, images: int, channels: int, size: tuple[int, int], eps: float = 1e-5
) -> Probe:
    """Batch normalization in training."""
    r = random.Random(name)
    x, dy = numbers(r, images, channels, *size), numbers(r, images, channels, *size)
    gamma, beta = different(r, channels, first=2), numbers(r, channels)
    dx, dgamma, dbeta = book.batch_norm2d_backward(dy, x, gamma, eps=eps)
    right = {
        "y": book.batch_norm2d_forward(x, gamma, beta, eps=eps),
        **{"dx": dx, "dgamma": dgamma, "dbeta": dbeta},
    }
    needs = {"maps"} if size != (1, 1) else set()
    needs |= {"eps"} if eps != 1e-5 else set()
    values = {"x": x, "dy": dy, "gamma": gamma, "beta": beta, "eps": eps, "C": channels}
    return finished(name, values, right, needs)


def cross_entropy(name: str, z: list[list[float]], labels: list[int]) -> Probe:
    """Softmax and the mean cross-entropy."""
    right = {
        "loss": book.softmax_cross_entropy_forward(z, labels),
        "dx": book.softmax_cross_entropy_backward(z, labels),
    }
    onehot = [[float(k == label) for k in range(len(z[0]))] for label in labels]
    needs = {"images"} if len(z) > 1 else set()
    traits = {"large"} if max(map(max, z)) > 700 else set()
    values = {"x": z, "labels": labels, "onehot": onehot, "N": len(z)}
    return finished(name, values, right, needs, traits)


def network(name: str, images: int, channels: int, filters: int) -> Probe:
    """Convolution 3x3, ReLU, max pool 2, dense layer, softmax with cross-entropy: all gradients."""
    r = random.Random(name)
    x = different(r, images, channels, 6, 6, first=-40)
    w1, b1 = numbers(r, filters, channels, 3, 3), numbers(r, filters)
    w2, b2 = numbers(r, 3, filters * 4), numbers(r, 3)
    w2 = (np.array(w2) / 4096).tolist()
    labels = [r.randrange(3) for _ in range(images)]
    z = book.conv2d_forward(x, w1, b1)
    a = book.relu_forward(z)
    pooled = book.max_pool2d_forward(a, 2)
    flat = book.flatten_forward(pooled)
    scores = book.dense_forward(flat, w2, b2)
    dscores = book.softmax_cross_entropy_backward(scores, labels)
    dflat, dw2, db2 = book.dense_backward(dscores, flat, w2)
    da = book.max_pool2d_backward(book.flatten_backward(dflat, pooled), a, 2)
    _, dw1, db1 = book.conv2d_backward(book.relu_backward(da, z), x, w1)
    right = {
        "loss": book.softmax_cross_entropy_forward(scores, labels),
        **{"dw1": dw1, "db1": db1, "dw2": dw2, "db2": db2},
    }
    values = {"x": x, "labels": labels, "w1": w1, "b1": b1, "w2": w2, "b2": b2}
    return finished(name, values, right, {"images"} if images > 1 else set())


def update(kind: str, name: str, steps: int, **options: float) -> Probe:
    """Some steps of an optimizer, with a gradient of its own for each."""
    r = random.Random(kind + name)
    w = np.array(numbers(r, 2, 3))
    gradients = [np.array(numbers(r, 2, 3)) / 4 for _ in range(steps)]
    if kind == "sgd":
        rule: Optimizer = SGD(0.1, weight_decay=options.get("decay", 0.0))
    elif kind == "momentum":
        rule = SGD(0.1, momentum=0.9)
    elif kind == "adam":
        rule = Adam(0.1, eps=options.get("eps", 1e-8))
    else:
        rule = AdamW(0.1, weight_decay=options.get("decay", 0.0))
    new, state = w, None
    for gradient in gradients:
        change, state = rule.update(new, gradient, state)
        new = new + change
    values = {
        **{"w": w.tolist(), "gradients": [each.tolist() for each in gradients], "lr": 0.1},
        **{"momentum": 0.9, "decay": 0.0, "eps": 1e-8, **options},
    }
    traits = {"steps"} if steps > 1 else set()
    return finished(name, values, {"w": new.tolist()}, set(options), traits)


PROBES: dict[str, list[Probe]] = {
    "conv2d": [
        conv("one map", 1, 1, 1, (5, 5), 3),
        conv("one map, kernel 2", 1, 1, 1, (4, 5), 2),
        conv("one map, padding", 1, 1, 1, (4, 4), 3, padding=1),
        conv("filters", 1, 1, 3, (5, 6), 3),
        conv("channels and filters", 1, 2, 3, (5, 6), 3),
        conv("as many channels as filters", 2, 3, 3, (5, 5), 2),
        conv("images", 2, 2, 3, (4, 5), 3),
        conv("kernel of one", 2, 3, 2, (4, 4), 1),
        conv("kernel of one, one map", 1, 1, 1, (3, 4), 1),
        conv("kernel not square", 1, 2, 2, (4, 5), (2, 3)),
        conv("one map, kernel not square", 1, 1, 1, (4, 5), (1, 3)),
        conv("stride 2", 2, 2, 3, (7, 5), 3, stride=2),
        conv("stride 2, one map", 1, 1, 1, (7, 5), 3, stride=2),
        conv("stride 2, no overlap", 1, 2, 3, (6, 6), 2, stride=2),
        conv("stride 2, remainder", 2, 2, 3, (8, 6), 3, stride=2),
        conv("stride 3, remainder", 1, 2, 2, (9, 7), 2, stride=3),
        conv("padding", 2, 2, 3, (5, 4), 3, padding=1),
        conv("padding 2", 1, 2, 2, (4, 4), 3, padding=2),
        conv("stride and padding", 2, 3, 2, (7, 5), 3, stride=2, padding=1),
        conv("stride and padding, remainder", 1, 2, 3, (6, 4), 3, stride=2, padding=1),
        conv("unequal stride", 1, 2, 2, (7, 6), 3, stride=(2, 1)),
        conv("unequal padding", 1, 2, 2, (4, 5), 3, padding=(1, 2)),
        conv("unequal all", 2, 2, 3, (7, 6), (2, 3), stride=(2, 3), padding=(0, 1)),
        conv("dilation", 1, 2, 3, (7, 6), 3, dilation=2),
        conv("dilation and padding", 2, 2, 2, (5, 5), 3, padding=2, dilation=2),
        conv("dilation and stride", 1, 2, 2, (8, 9), 2, stride=2, dilation=3),
        conv("groups", 2, 4, 6, (5, 5), 3, groups=2),
        conv("groups, stride, padding", 1, 4, 2, (6, 6), 3, stride=2, padding=1, groups=2),
    ],
    "max_pool2d": [
        *pools("max"),
        pool("max", "ties", 2, 2, (4, 4), 2, 2, ties=True),
        pool("max", "ties in one map", 1, 1, (4, 6), 2, 2, ties=True),
        pool("max", "padding", 1, 2, (5, 5), 3, 2, padding=1),
        pool("max", "negative", 2, 2, (4, 6), 2, 2, negative=True),
        pool("max", "negative, padding", 1, 2, (5, 5), 3, 2, padding=1, negative=True),
    ],
    "avg_pool2d": [
        *pools("avg"),
        pool("avg", "padding", 1, 2, (5, 5), 3, 2, padding=1),
        pool("avg", "real count", 1, 2, (5, 5), 3, 2, padding=1, count_include_pad=False),
    ],
    "global_avg_pool2d": [
        global_pool("one image", 1, 2, (3, 3)),
        global_pool("images", 2, 3, (3, 4)),
    ],
    "dense": [
        dense("one image", 1, 4, 3),
        dense("images", 3, 4, 2),
        dense("as many units as inputs", 2, 3, 3),
    ],
    **{
        kind: activation(kind)
        for kind in ("relu", "leaky_relu", "elu", "sigmoid", "tanh", "silu", "gelu", "softplus")
    },
    "batch_norm2d": [
        batch_norm("rows", 5, 3, (1, 1)),
        batch_norm("maps", 2, 3, (3, 2)),
        batch_norm("maps with their own eps", 2, 2, (3, 3), eps=0.5),
        batch_norm("rows with their own eps", 4, 2, (1, 1), eps=0.5),
    ],
    "softmax_cross_entropy": [
        cross_entropy("one image", [[1.0, -2.0, 0.5]], [1]),
        cross_entropy("images", [[1.0, 2.0, 0.5], [0.25, -1.0, 3.0]], [2, 0]),
        cross_entropy("large scores", [[800.0, 799.0, 1.0], [798.0, 0.0, 799.5]], [1, 2]),
    ],
    "network": [network("one image", 1, 1, 2), network("images", 3, 2, 3)],
    "sgd": [
        update("sgd", "one step", 1),
        update("sgd", "steps", 3),
        update("sgd", "decay", 2, decay=0.5),
    ],
    "momentum": [update("momentum", "one step", 1), update("momentum", "steps", 3)],
    "adam": [
        update("adam", "one step", 1),
        update("adam", "steps", 3),
        update("adam", "eps", 2, eps=0.25),
    ],
    "adamw": [update("adamw", "one step", 1), update("adamw", "decay", 3, decay=0.5)],
}
