"""Mistakes that no equation expresses, told from what came back directly.

Wrong shapes, sums over the wrong axes, arrays that were read in another order, divisions that
round down, weights from after the update, slopes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations, product
from math import floor, isfinite, sqrt
from operator import mul
from typing import Any

from backlit.equations import format_number
from backlit.mistakes import right_line
from backlit.mistakes.pooling import INSIDE
from backlit.pure.nested import flat, shaped
from backlit.pure.nested import shape as shape_of

from .layouts import arranged
from .probes import Probe
from .trials import Match, Seen, close, minus, ratio_of, sizes_for

Numbers = Any


def recognized(seen: Sequence[Seen]) -> Match | None:
    """The mistake, if it is one of those that can be seen without an equation."""
    wrong = [each for each in seen if not each.is_right]
    for look in (
        _not_finite,
        _axes_of_a_bias,
        _nothing,
        _shared_rows,
        _other_shape,
        _zeros_win,
        _slope,
        _updated_weights,
        _statistics_axes,
        _rounded_down,
        _misread,
        _factor,
        _only_with_a_remainder,
    ):
        found = look(wrong, seen)
        if found is not None:
            return found
    return None


def _not_finite(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
    plain = [each for each in wrong if "large" not in each.probe.features] or wrong
    if all(all(map(isfinite, flat(each.got.raw))) for each in plain):
        return None
    if all("large" in each.probe.features for each in wrong):
        return Match(("overflow",))
    return Match(("not-finite",))


# --- shapes ---------------------------------------------------------------------------------------


def _other_shape(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
    shaped = [each for each in wrong if each.got.numbers is None]
    if not shaped:
        return None
    if len(shaped) < len(wrong):
        return None
    for name, test in (
        ("padding-not-cropped", _padded),
        ("square-assumed", _square),
        ("image-square-assumed", _square_image),
        ("channels-mixed", _filters_and_channels),
        ("transposed", _transposed),
        ("padding-forgotten", _one_sided),
        ("last-row-forgotten", _one_less),
        ("padding-cropped-wrongly", _cut_away),
    ):
        if all(test(each) for each in shaped):
            return _shape_match(shaped[0], name)
    if all("remainder" in each.probe.features for each in shaped):
        return _shape_match(shaped[0], "remainder-ignored")
    return _shape_match(shaped[0], "wrong-shape")


_SHAPE_TITLES = {
    "padding-not-cropped": "the padding is not cut off",
    "channels-mixed": "filters and channels are exchanged",
    "transposed": "rows and columns are exchanged",
    "square-assumed": "the filter is taken for a square one",
    "image-square-assumed": "the image is taken for a square one",
    "padding-forgotten": "the size counts the padding on one side only",
    "last-row-forgotten": "a row or column too few",
    "remainder-ignored": "rows that no window reaches are missing",
}


def _shape_match(seen: Seen, name: str, why: str = "") -> Match:
    told = _SHAPE_TITLES.get(name, "")
    if name == "padding-cropped-wrongly":
        told = "a slice such as [p:−p] that cuts the padding off leaves nothing where p is 0"
        why = "On each side p rows and columns belong to the padding; −0 is 0, so [0:−0] is empty."
    if name == "wrong-shape" and seen.result == "output":
        why = "An output has one number for each place at which the whole window fits."
        why = why if "u" in seen.probe.sizes else "Each shape follows from those that went in."
    if name == "padding-forgotten":
        why = "There are p rows above the image and p rows below it: 2·p more in all."
    if name == "remainder-ignored" and seen.result == "output":
        told = "the size is rounded up where the stride leaves a remainder"
        why = "Only whole windows count, so the size of the output is rounded down."
    told += f"{'; ' if told else ''}with {seen.probe.setting} its shape is {seen.got.shape} and "
    return Match((name,), told=f"{told}should be {seen.got.wanted}", why=why)


def _padded(seen: Seen) -> bool:
    """Whether the middle of it is right."""
    padding = _pair(seen.probe.options.get("padding", 0))
    if seen.result != "input" or not max(padding):
        return False
    axes = spatial_axes(seen)
    shape = list(seen.got.wanted)
    for axis, p in zip(axes, padding, strict=False):
        shape[axis] += 2 * p
    if len(shape) != len(seen.got.shape):
        return False
    return all(got >= want for got, want in zip(seen.got.shape, seen.got.wanted, strict=True))


def spatial_axes(seen: Seen) -> tuple[int, ...]:
    """Which axes of what came are rows and columns."""
    return tuple(
        k
        for k, (got, want) in enumerate(zip(seen.got.shape, seen.got.wanted, strict=False))
        if got != want
    )


def _filters_and_channels(seen: Seen) -> bool:
    shape, wanted = seen.got.shape, seen.got.wanted
    return (
        seen.result == "weight"
        and len(wanted) == 4
        and shape != wanted
        and sorted(shape) == sorted(wanted)
        and shape == (wanted[1], wanted[0], *wanted[2:])
    )


def _square(seen: Seen) -> bool:
    """As many columns as rows, or the other way round."""
    sizes, wanted = seen.probe.sizes, seen.got.wanted
    if "v" not in sizes or len(seen.got.shape) != len(wanted):
        return False
    other = [(got, want) for got, want in zip(seen.got.shape, wanted, strict=True) if got != want]
    if seen.result == "weight":
        return [set(pair) for pair in other] == [{sizes["u"], sizes["v"]}]
    if seen.result == "output" and len(other) == 1 and "rectangular" in seen.probe.features:
        return any(
            _counted(seen, axis, window=1 - axis) == other[0][0]
            and _counted(seen, axis) == other[0][1]
            for axis in (0, 1)
        )
    return False


def _square_image(seen: Seen) -> bool:
    """As many columns of the image as it has rows, or the other way round."""
    sizes, wanted = seen.probe.sizes, seen.got.wanted
    if "v" not in sizes or len(seen.got.shape) != len(wanted):
        return False
    other = [(got, want) for got, want in zip(seen.got.shape, wanted, strict=True) if got != want]
    if seen.result == "input":
        return [set(pair) for pair in other] == [{sizes["h"], sizes["w"]}]
    if seen.result == "output" and len(other) == 1 and "oblong" in seen.probe.features:
        return any(
            _counted(seen, axis, image=1 - axis) == other[0][0]
            and _counted(seen, axis) == other[0][1]
            for axis in (0, 1)
        )
    return False


def _counted(seen: Seen, axis: int, window: int | None = None, image: int | None = None) -> int:
    """How many windows fit along an axis, with the window's or the image's size along another."""
    options, sizes = seen.probe.options, seen.probe.sizes
    stride, padding, dilation = (
        _pair(options.get(name, plain))[axis]
        for name, plain in (("stride", 1), ("padding", 0), ("dilation", 1))
    )
    k = sizes["uv"[axis if window is None else window]]
    length = sizes["hw"[axis if image is None else image]]
    return int((length + 2 * padding - dilation * (k - 1) - 1) // stride) + 1


def _transposed(seen: Seen) -> bool:
    shape, wanted = seen.got.shape, seen.got.wanted
    return shape != wanted and sorted(shape) == sorted(wanted)


def _one_sided(seen: Seen) -> bool:
    """p in place of 2·p in the size of the output."""
    options, sizes = seen.probe.options, seen.probe.sizes
    if seen.result != "output" or "u" not in sizes or len(seen.got.shape) != len(seen.got.wanted):
        return False
    pairs = zip(seen.got.shape, seen.got.wanted, strict=True)
    found = sorted(got for got, want in pairs if got != want)
    fewer = []
    for axis, (out, window) in enumerate((("i", "u"), ("j", "v"))):
        padding, stride, dilation = (
            _pair(options.get(name, plain))[axis]
            for name, plain in (("padding", 0), ("stride", 1), ("dilation", 1))
        )
        length = sizes["hw"[axis]] + padding - dilation * (sizes[window] - 1) - 1
        count = length // stride + 1
        fewer += [count] if count != sizes[out] else []
    return bool(found) and found == sorted(fewer)


def _one_less(seen: Seen) -> bool:
    shape, wanted = seen.got.shape, seen.got.wanted
    return (
        seen.result == "output"
        and len(shape) == len(wanted)
        and all(0 <= want - got <= 1 for got, want in zip(shape, wanted, strict=True))
    )


def _cut_away(seen: Seen) -> bool:
    """``[p:-p]`` leaves nothing where p = 0."""
    return seen.result == "input" and 0 in seen.got.shape


# --- sums and zeros -------------------------------------------------------------------------------


def _axes_of_a_bias(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
    """The error summed over other axes than all but the filters'."""
    if any(each.result != "bias" or "dy" not in each.probe.tensors for each in wrong):
        return None
    if not wrong or not all(_sums(each) for each in wrong):
        return None
    told = f"the error is summed over the wrong axes; its shape is {wrong[0].got.shape}"
    return Match(("bias-axes",), told=told if wrong[0].got.numbers is None else "")


def _sums(seen: Seen) -> bool:
    """Whether what came is the error summed over some axes, the filters' own perhaps among them."""
    found = sorted(flat(seen.got.raw))
    axes = seen.probe.kind.axes["dy"]
    filters = axes[1]
    for keep in _subsets(axes):
        if keep == filters:
            continue
        totals = sorted(flat(_summed(seen.probe.tensors["dy"], axes, keep)))
        repeated = len(found) // max(len(totals), 1)
        whole = len(totals) * repeated == len(found)
        limit = seen.rounding * max(1.0, *(abs(each) for each in totals))
        same = whole and all(
            abs(one - other) <= limit
            for one, other in zip(
                found, sorted(t for t in totals for _ in range(repeated)), strict=True
            )
        )
        if same and (len(found) > 1 or len(seen.probe.tensors["dy"][0]) > 1):
            return True
    return False


def _subsets(axes: str) -> Iterator[str]:
    for mask in range(2 ** len(axes)):
        yield "".join(letter for k, letter in enumerate(axes) if mask >> k & 1)


def _summed(nested: Numbers, axes: str, keep: str) -> Numbers:
    totals: dict[tuple[int, ...], float] = {}

    def walk(part: Numbers, depth: int, at: tuple[int, ...]) -> None:
        if depth == len(axes):
            totals[at] = totals.get(at, 0) + part
            return
        for k, each in enumerate(part):
            walk(each, depth + 1, (*at, k) if axes[depth] in keep else at)

    walk(nested, 0, ())
    return list(totals.values())


def _nothing(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
    if any(any(flat(each.got.raw)) for each in wrong):
        return None
    if wrong[0].result != "bias" and any(each.got.numbers is None for each in wrong):
        return None
    if wrong[0].result == "bias":
        return Match(("bias-forgotten",), told="0 everywhere")
    return Match(("error-ignored",), told="0 everywhere")


# --- rows that are one list -----------------------------------------------------------------------


def _shared_rows(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
    """Lists that hold one row several times: all are alike, the sum of all rows or the last one."""
    shaped = [each for each in seen if each.got.numbers is not None]
    if any(each.got.numbers is None for each in wrong):
        return _one_long_row(wrong)
    first = min(wrong, key=lambda each: each.size)
    axes = len(shape_of(first.right))
    for mask in range(1, 2**axes):
        kept = [axis for axis in range(axes) if not mask >> axis & 1]
        for told, total in (("each is the sum of all", True), ("each is the last", False)):
            if all(_is_shared(each, kept, total) for each in (first, *shaped)):
                return Match(
                    ("rows-shared",), told=f"all rows are alike, {told}, as if they were one list"
                )
    return None


def _is_shared(seen: Seen, kept: Sequence[int], total: bool) -> bool:
    sizes = shape_of(seen.right)
    places = list(product(*map(range, sizes)))
    found: dict[tuple[int, ...], float] = {}
    for place, value in zip(places, flat(seen.right), strict=True):
        key = tuple(place[axis] for axis in kept)
        found[key] = found.get(key, 0) + value if total else value
    wanted = [found[tuple(place[axis] for axis in kept)] for place in places]
    return close(flat(seen.got.numbers), wanted, seen.rounding)


def _one_long_row(wrong: Sequence[Seen]) -> Match | None:
    """A row that is made once, outside of the loop, and so gets the numbers of all rows."""
    for each in wrong:
        if len(each.got.shape) != 2 or len(each.got.wanted) != 2:
            return None
        right = flat(each.right)
        if any(len(row) != len(right) or row != each.got.raw[0] for row in each.got.raw):
            return None
        if not close(each.got.raw[0], right, each.rounding):
            return None
    return Match(
        ("rows-shared",),
        told="all rows are alike, and each has the numbers of all of them",
    )


# --- the padding of a max pool --------------------------------------------------------------------


def _zeros_win(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
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


# --- other numbers --------------------------------------------------------------------------------


def _slope(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
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


def _updated_weights(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
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


def _statistics_axes(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
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


def _rounded_down(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
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


def _misread(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
    """An array that was reshaped where its axes had to be exchanged."""
    shaped = [each for each in seen if each.got.numbers is not None]
    if not shaped or len(shaped_wrong := [e for e in shaped if not e.is_right]) == 0:
        return None
    first = min(shaped_wrong, key=lambda each: each.size)
    for role in ("dy", "x", "w", "result"):
        axes = first.probe.kind.axes.get(
            first.probe.kind.results[first.result] if role == "result" else role, ""
        )
        if len(axes) < 3:
            continue
        was = first.right if role == "result" else first.probe.tensors.get(role)
        if was is None:
            continue
        fitting: dict[tuple[Any, ...], bool] = {}  # many orders give the same numbers here
        for order in permutations(axes):
            for how in _reader(role, axes, "".join(order)):
                same = tuple(flat(how(was)))
                if same not in fitting:
                    fitting[same] = _fits(how, role, first)
                if fitting[same] and all(_fits(how, role, each) for each in shaped):
                    mixed = "".join(order)[:2] != axes[:2]
                    what = {"dy": "dY", "x": "X", "w": "W", "result": "the result"}[role]
                    return Match(
                        ("channels-mixed" if mixed else "transposed",),
                        told=f"{what} was reshaped where its axes had to be exchanged",
                        why="reshape keeps all numbers in their order and counts them anew; what "
                        "brings one axis before another is transpose.",
                    )
    return None


def _reader(role: str, axes: str, order: str) -> list[Callable[[Numbers], Numbers]]:
    if order == axes:
        return []

    def as_ordered(nested: Numbers) -> Numbers:
        """The flat numbers taken for an array with its axes in that order."""
        sizes = dict(zip(axes, shape_of(nested), strict=True))
        return arranged(shaped(flat(nested), *(sizes[a] for a in order)), order, axes)

    def back(nested: Numbers) -> Numbers:
        """Exchanged, and then taken for what it was."""
        sizes = shape_of(nested)
        return shaped(flat(arranged(nested, axes, order)), *sizes)

    return [as_ordered, back]


def _fits(how: Callable[[Numbers], Numbers], role: str, seen: Seen) -> bool:
    if role == "result":
        return close(seen.got.numbers, how(seen.right), seen.rounding)
    line = right_line(seen.operation, seen.result)
    if line is None or role not in seen.probe.tensors:
        return False
    symbol = seen.probe.kind.symbols[role]
    letters = {**seen.probe.letters, symbol: how(seen.probe.tensors[role])}
    return close(seen.got.numbers, line.compute(letters, sizes_for(seen.probe)), seen.rounding)


def _factor(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
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


def _only_with_a_remainder(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
    fine = [each for each in seen if each.is_right]
    if fine and all("remainder" in each.probe.features for each in wrong):
        if any("remainder" in each.probe.features and _is_strided(each.probe) for each in fine):
            return None
        return Match(("remainder-ignored",))
    return None


def _is_strided(probe: Probe) -> bool:
    return "stride" in probe.features


def _pair(value: Any) -> tuple[int, int]:
    return value if isinstance(value, tuple) else (value, value)
