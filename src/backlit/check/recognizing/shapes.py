"""Results of another shape than the right one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backlit.check.probes import pair_of
from backlit.check.trials import Match, Seen

Numbers = Any


def other_shape(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
    """The reason why all that is wrong has another shape."""
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
    padding = pair_of(seen.probe.options.get("padding", 0))
    if seen.result != "input" or not max(padding):
        return False
    axes = _spatial_axes(seen)
    shape = list(seen.got.wanted)
    for axis, p in zip(axes, padding, strict=False):
        shape[axis] += 2 * p
    if len(shape) != len(seen.got.shape):
        return False
    return all(got >= want for got, want in zip(seen.got.shape, seen.got.wanted, strict=True))


def _spatial_axes(seen: Seen) -> tuple[int, ...]:
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
        pair_of(options.get(name, plain))[axis]
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
            pair_of(options.get(name, plain))[axis]
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
