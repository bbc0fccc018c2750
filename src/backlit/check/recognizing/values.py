"""Other numbers in the right places: slopes, statistics, roundings, factors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import floor, sqrt
from operator import mul
from typing import Any

from backlit.check.trials import Match, Seen, close, minus, ratio_of, sizes_for
from backlit.equations import format_number
from backlit.mistakes import right_line
from backlit.mistakes.pooling import INSIDE
from backlit.pure.nested import flat
from backlit.pure.nested import shape as shape_of

Numbers = Any


def zeros_win(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
    """The largest of a window and of the zeros that its padding is taken for."""
    for each in seen:
        if each.probe.kind.name != "max_pool2d" or each.result != "output":
            return None
        inside, whole = each.probe.letters[INSIDE], each.probe.sizes["u"] * each.probe.sizes["v"]
        places = product(*map(range, shape_of(each.right)))
        wanted = [
            max(value, 0.0) if inside[i][j] < whole else value
            for (_, _, i, j), value in zip(places, flat(each.right), strict=True)
        ]
        if each.got.numbers is None or not close(flat(each.got.numbers), wanted, each.rounding):
            return None
    return Match(("padding-wins",))


def slope(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
    """Whether the error is multiplied by one function of the input, though not by the slope."""
    if set(wrong[0].probe.kind.axes.values()) != {"nf"} or wrong[0].result != "input":
        return None
    slopes: dict[float, float] = {}
    sure = False
    for each in (one for one in seen if "large" not in one.probe.features):
        if each.got.numbers is None or "slope" in each.probe.features:
            continue
        x, dy = flat(each.probe.tensors["x"]), flat(each.probe.tensors["dy"])
        for z, error, found in zip(x, dy, flat(each.got.numbers), strict=True):
            slope = found / error
            known = slopes.setdefault(z, slope)
            sure |= z in slopes
            if abs(known - slope) > 1e-6 * max(1.0, abs(known)):
                return None
    if not sure:
        return None
    one = min((e for e in wrong if e.got.numbers is not None), key=lambda each: each.size)
    for z, error, found, right in zip(
        flat(one.probe.tensors["x"]),
        flat(one.probe.tensors["dy"]),
        flat(one.got.numbers),
        flat(one.right),
        strict=True,
    ):
        if abs(found - right) > 1e-7 * max(1.0, abs(right)):
            told = f"at {z:g} the slope is {right / error:.6g}, not {found / error:.6g}"
            return Match(("wrong-slope",), told=told.replace("-", "−"))
    return None


def updated_weights(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
    """dX made with W − η·dW: what it is off by is η times the same sum over dW."""
    if wrong[0].result != "input" or "w" not in wrong[0].probe.tensors:
        return None
    for each in wrong:
        line = right_line(each.operation, "input")
        if line is None or each.got.numbers is None or "weight" not in each.probe.right:
            return None
        letters = {**each.probe.letters, "W": each.probe.right["weight"]}
        base = line.compute(letters, sizes_for(each.probe))
        ratio = ratio_of(minus(each.right, each.got.numbers), base)
        if ratio is None or ratio <= 0:
            return None
    return Match(("updated-weights",))


def statistics_axes(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
    """Mean and variance of each image, of each position, or of everything."""
    if wrong[0].probe.kind.name != "batch_norm2d" or any(e.got.numbers is None for e in seen):
        return None
    for words, keep in (
        ("over each image alone", lambda n, c, h, w: (n, c)),
        ("over the images only", lambda n, c, h, w: (c, h, w)),
        ("over all channels together", lambda n, c, h, w: ()),
        ("over the channels of each image", lambda n, c, h, w: (n,)),
        ("over the channels at each position", lambda n, c, h, w: (n, h, w)),
    ):
        if all(_normalized_over(each, keep) for each in seen):
            return Match(("statistics-axes",), words)
    return None


def _normalized_over(seen: Seen, keep: Callable[..., tuple[int, ...]]) -> bool:
    """Whether that is what comes of normalizing each of these groups alone."""
    tensors = seen.probe.tensors
    x, dy, gamma, beta = (tensors[role] for role in ("x", "dy", "gamma", "beta"))
    N, C, IH, IW = shape_of(x)
    groups: dict[tuple[int, ...], list[tuple[int, int, int, int]]] = {}
    for place in product(range(N), range(C), range(IH), range(IW)):
        groups.setdefault(keep(*place), []).append(place)
    found: dict[tuple[int, ...], float] = {}
    totals = [0.0] * C
    for places in groups.values():
        M = len(places)
        values = [x[n][c][h][w] for n, c, h, w in places]
        mean = sum(values) / M
        root = sqrt(sum((v - mean) ** 2 for v in values) / M + seen.probe.options["eps"])
        x_hat = [(v - mean) / root for v in values]
        errors = [dy[n][c][h][w] * gamma[c] for n, c, h, w in places]
        direct, along = sum(errors) / M, sum(map(mul, errors, x_hat)) / M
        for (n, c, h, w), hat, error in zip(places, x_hat, errors, strict=True):
            totals[c] += dy[n][c][h][w] * hat
            found[n, c, h, w] = (
                gamma[c] * hat + beta[c]
                if seen.result == "output"
                else (error - direct - hat * along) / root
            )
    wanted: Numbers = totals
    if seen.result in ("output", "input"):
        wanted = [
            [[[found[n, c, h, w] for w in range(IW)] for h in range(IH)] for c in range(C)]
            for n in range(N)
        ]
    return close(seen.got.numbers, wanted, seen.rounding)


def rounded_down(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
    """Whole numbers where fractions belong."""
    for each in wrong:
        if each.got.numbers is None:
            return None
        pairs = list(zip(flat(each.got.numbers), flat(each.right), strict=True))
        if not any(right != floor(right) for _, right in pairs):
            return None
        if not all(found == floor(found) for found, _ in pairs):
            return None
        if not all(abs(found - right) < len(pairs) for found, right in pairs):
            return None
    return Match(("whole-number-division",))


def factor(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
    """Off by a factor, which may depend on the sizes."""
    shaped = [each for each in seen if each.got.numbers is not None and any(flat(each.right))]
    if not shaped or len(shaped) < len(seen) or any("large" in e.probe.features for e in wrong):
        return None
    ratios = [ratio_of(each.got.numbers, each.right) for each in shaped]
    if any(ratio is None for ratio in ratios):
        return None
    values = [each for each in ratios if each is not None]
    first = ratio_of(wrong[0].got.numbers, wrong[0].right)
    if max(values) - min(values) <= 1e-6 * max(map(abs, values)):
        return Match(("scaled",), factor=first)
    if all(len(flat(each.right)) == 1 for each in shaped):
        return None  # of one number any other one is a multiple
    other = next(each for each in shaped if ratio_of(each.got.numbers, each.right) != first)
    told = ", and ".join(
        f"with {each.probe.setting} every number is "
        f"{format_number(ratio_of(each.got.numbers, each.right) or 0, 6)} times what it should be"
        for each in (wrong[0], other)
    )
    return Match(
        ("scaled",),
        told=told,
        why="The factor depends on the sizes: something is divided by another count than it "
        "should be, or not at all.",
    )
