"""Which mistake gives these numbers?

What came back is compared with the right numbers, and where it differs, with those of every known
mistake: on the smallest probe first, then on all others.  A name is given only if the mistake gives
what came on *every* probe, also where it makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from time import monotonic
from typing import Any

from backlit.equations import Operation
from backlit.mistakes import Mutation, Way, mutations_of, wrong_way, wrong_ways

from .adapting import Got
from .calling import numbers
from .probes import Probe

Numbers = Any
# Pairs of mistakes are many, and whoever waits wants to know that it is wrong.
SECONDS_FOR_PAIRS = 1.0


@dataclass(frozen=True)
class Seen:
    """One result of one probe."""

    probe: Probe
    result: str
    got: Got

    @property
    def right(self) -> Numbers:
        """What should have come."""
        return self.probe.right[self.result]

    @property
    def is_right(self) -> bool:
        """Whether it came."""
        return self.got.numbers is not None and close(self.got.numbers, self.right, self.rounding)

    @property
    def rounding(self) -> float:
        """How far sums of these numbers may be off, relative to the largest."""
        return 1e-4 if "32" in self.got.type else 2e-3 if "16" in self.got.type else 1e-7

    @property
    def operation(self) -> Operation:
        """The equations with the options of the probe."""
        return self.probe.operation

    @property
    def size(self) -> int:
        """How much there is to compute."""
        product = 1
        for each in self.probe.sizes.values():
            product *= each
        return product


@dataclass(frozen=True)
class Match:
    """A mistake that gives what came.

    Attributes:
        mistakes: its name, or two names.
        words: which of several ways.
        way: what computes the wrong numbers, if an equation does.
        changes: what was done to the right line.
        factor: by which everything is multiplied besides.
        told: a sentence in place of the mistake's own.
    """

    mistakes: tuple[str, ...]
    words: str = ""
    way: Way | None = None
    changes: tuple[Mutation, ...] = ()
    factor: float | None = None
    told: str = ""


def close(found: Numbers, wanted: Numbers, rounding: float) -> bool:
    """Whether two arrays of the same shape hold the same numbers, up to rounding.

    Probes are whole numbers, so that sums which are not the same differ by much more than rounding.
    """
    largest = max((abs(each) for each in numbers(wanted)), default=0.0)
    limit = rounding * max(largest, 1e-9)
    return all(
        abs(one - other) <= limit or one == other
        for one, other in zip(numbers(found), numbers(wanted), strict=True)
    )


def match(seen: Sequence[Seen]) -> Match | None:
    """The mistake in one result, from what came of all probes; None if none is known."""
    wrong = [each for each in seen if not each.is_right]
    if any(not all(map(isfinite, numbers(each.got.raw))) for each in wrong):
        return Match(("not-finite",))
    # Where an exponential leaves the range of floats, equations give nothing to compare with.
    shaped = [
        each for each in seen if each.got.numbers is not None and "large" not in each.probe.features
    ]
    failing = sorted((each for each in shaped if not each.is_right), key=lambda each: each.size)
    if not failing:
        return None
    lines = _Lines()
    single = _by_equations(failing[0], lines)
    for factor, way in single:
        if _holds(way, factor, shaped, lines):
            return _matched(way, factor)
    scaled = _common_factor(failing)
    if scaled is not None:
        return scaled
    return _two(failing, shaped, [way for _, way in single], lines)


def _matched(way: Way, factor: str) -> Match:
    names = way.mistakes if not factor else (*way.mistakes, factor)
    return Match(tuple(dict.fromkeys(names)), way.words, way, way.changes)


class _Lines:
    """Wrong numbers, each computed once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str, tuple[int, ...]], Numbers] = {}

    def compute(self, way: Way, seen: Seen) -> Numbers:
        key = (id(seen.probe), seen.result, tuple(map(id, way.changes)))
        if key not in self._known:
            self._known[key] = way.line.compute(seen.probe.letters, sizes_for(seen.probe))
        return self._known[key]


def sizes_for(probe: Probe) -> Mapping[str, Any]:
    """Letters of the equations that no shape tells."""
    return {
        {"eps": "ε", "learning_rate": "η"}.get(name, name): value
        for name, value in probe.options.items()
        if name in ("eps", "learning_rate")
    }


# Factors by which everything may be off besides another mistake.
def factors(probe: Probe) -> Iterator[tuple[str, float]]:
    """Name of a mistake, and its factor for a probe."""
    sizes = probe.sizes
    N = sizes.get("n", 1)
    positions = sizes.get("i", 1) * sizes.get("j", 1)
    yield "sign", -1.0
    if N > 1:
        yield "batch-average-extra", 1 / N
    if positions > 1:
        yield "positions-averaged", 1 / positions
        yield "positions-averaged", 1 / (positions * N)


def _by_equations(seen: Seen, lines: _Lines) -> list[tuple[str, Way]]:
    """All ways that give what came on one probe; with the name of a factor, if there is one."""
    found: list[tuple[str, Way]] = []
    scaled: list[tuple[str, Way]] = []
    for way in wrong_ways(seen.operation, seen.result):
        computed = lines.compute(way, seen)
        if close(computed, seen.got.numbers, seen.rounding):
            found.append(("", way))
            continue
        ratio = _ratio(seen.got.numbers, computed)
        if ratio is None:
            continue
        for name, factor in factors(seen.probe):
            if abs(ratio - factor) < 1e-6 and name not in way.mistakes:
                scaled.append((name, way))
    return [*found, *scaled]


def _ratio(found: Numbers, computed: Numbers) -> float | None:
    """The one factor between two arrays, or None."""
    ratio = None
    for one, other in zip(numbers(found), numbers(computed), strict=True):
        if abs(other) < 1e-9:
            if abs(one) > 1e-9:
                return None
            continue
        this = one / other
        if ratio is None:
            ratio = this
        elif abs(this - ratio) > 1e-6 * max(abs(ratio), 1e-9):
            return None
    return ratio


def _holds(way: Way, factor: str, seen: Sequence[Seen], lines: _Lines) -> bool:
    """Whether a way gives what came of every probe."""
    for each in seen:
        again = wrong_way(each.operation, each.result, way.changes)
        if again is None:
            return False
        computed = lines.compute(again, each)
        if not factor:
            if not close(computed, each.got.numbers, each.rounding):
                return False
            continue
        ratio = _ratio(each.got.numbers, computed)
        known = [value for name, value in factors(each.probe) if name == factor] or [1.0]
        if ratio is None or all(abs(ratio - value) > 1e-6 for value in known):
            return False
    return True


def _common_factor(failing: Sequence[Seen]) -> Match | None:
    """A factor that no equation of ours has."""
    ratios = [_ratio(each.got.numbers, each.right) for each in failing]
    if any(ratio is None for ratio in ratios):
        return None
    known = [ratio for ratio in ratios if ratio is not None]
    first = known[0]
    if all(abs(each - first) < 1e-6 * abs(first) for each in known):
        return Match(("scaled",), factor=first)
    return None


def _two(
    failing: Sequence[Seen], shaped: Sequence[Seen], fitting: Sequence[Way], lines: _Lines
) -> Match | None:
    """Two mistakes, one made after the other.

    Where one of them shows alone, as that of a stride does where there is no padding, it was found
    there already; otherwise all pairs are tried on the smallest probe.
    """
    smallest = failing[0]
    starts = fitting or list(wrong_ways(smallest.operation, smallest.result))
    until = monotonic() + SECONDS_FOR_PAIRS
    for first in starts:
        line = wrong_way(smallest.operation, smallest.result, first.changes)
        assert line is not None
        for second in _further(smallest, line):
            if monotonic() > until:
                return None
            if fitting:
                if _holds(second, "", shaped, lines):
                    return _matched(second, "")
                continue
            computed = second.line.compute(smallest.probe.letters, sizes_for(smallest.probe))
            if close(computed, smallest.got.numbers, smallest.rounding) and _holds(
                second, "", shaped, lines
            ):
                return _matched(second, "")
    return None


def _further(seen: Seen, first: Way) -> Iterator[Way]:
    """The first mistake with each of the others, in both orders."""
    for change in mutations_of(seen.operation, seen.result):
        if change.mistake in first.mistakes:
            continue
        for changes in ((*first.changes, change), (change, *first.changes)):
            way = wrong_way(seen.operation, seen.result, changes)
            if way is not None:
                yield way


def first_difference(seen: Seen) -> tuple[tuple[int, ...], float, float] | None:
    """The first wrong element: its index, what came, and what is right."""
    largest = max((abs(each) for each in numbers(seen.right)), default=0.0)
    limit = seen.rounding * max(largest, 1e-9)

    def walk(found: Numbers, wanted: Numbers, index: tuple[int, ...]) -> Any:
        if isinstance(wanted, list):
            for k, (one, other) in enumerate(zip(found, wanted, strict=True)):
                result = walk(one, other, (*index, k))
                if result is not None:
                    return result
            return None
        wrong = not abs(found - wanted) <= limit and found != wanted
        return (index, found, wanted) if wrong else None

    found: tuple[tuple[int, ...], float, float] | None = walk(seen.got.numbers, seen.right, ())
    return found
