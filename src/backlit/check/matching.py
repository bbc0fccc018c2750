"""Which mistake gives these numbers?

What came back is compared with the right numbers, and where it differs, with those of every known
mistake: on the smallest probe first, then on all others.  A name is given only if the mistake gives
what came on *every* probe, also where it makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

from backlit.mistakes import Way, mutations_of, wrong_way, wrong_ways
from backlit.pure.nested import flat

from .probes import Probe
from .recognizing import recognized
from .trials import Match, Seen, close, ratio_of, sizes_for

Numbers = Any
# Pairs of mistakes are many, and whoever waits wants to know that it is wrong.  They are counted
# and not timed, so that a slow machine gives the same answer.
MOST_PAIRS = 500


def match(seen: Sequence[Seen]) -> Match | None:
    """The mistake in one result, from what came of all probes; None if none is known."""
    # Where an exponential leaves the range of floats, equations give nothing to compare with.
    shaped = [
        each for each in seen if each.got.numbers is not None and "large" not in each.probe.features
    ]
    if any(not each.is_right and "kink" not in each.probe.features for each in shaped):
        shaped = [each for each in shaped if "kink" not in each.probe.features]  # a convention
    failing = sorted((each for each in shaped if not each.is_right), key=lambda each: each.size)
    if not failing or any(not all(map(isfinite, flat(e.got.raw))) for e in shaped):
        return recognized(seen)
    lines = _Lines()
    single = _by_equations(failing[0], lines)
    for factor, way in single:
        if _holds(way, factor, shaped, lines):
            return _matched(way, factor, failing[0])
    directly = recognized(seen)
    if directly is not None and directly.mistakes != ("whole-number-division",):
        return directly
    # Numbers may be whole because two mistakes together left nothing to divide.
    return _two(failing, shaped, [way for _, way in single], lines) or directly


def _matched(way: Way, factor: str, seen: Seen | None = None) -> Match:
    """A way by its names, and the factor besides as one more change."""
    if not factor:
        return Match(way.mistakes, way.words, way, way.changes)
    assert seen is not None
    for each in mutations_of(seen.operation, seen.result):
        both = wrong_way(seen.operation, seen.result, (*way.changes, each))
        if each.mistake == factor and both is not None:
            computed = _computed(both, seen)
            if computed is not None and close(computed, seen.got.numbers, seen.rounding):
                return Match(both.mistakes, both.words, both, both.changes)
    return Match((*way.mistakes, factor), way.words, None, way.changes)


class _Lines:
    """Wrong numbers, each computed once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str, tuple[int, ...]], Numbers] = {}

    def compute(self, way: Way, seen: Seen) -> Numbers | None:
        key = (id(seen.probe), seen.result, tuple(map(id, way.changes)))
        if key not in self._known:
            self._known[key] = _computed(way, seen)
        return self._known[key]


def _computed(way: Way, seen: Seen) -> Numbers | None:
    """What a wrong way gives; None where two changes lead to places that there are not."""
    try:
        return way.line.compute(seen.probe.letters, sizes_for(seen.probe))
    except IndexError:
        return None


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
        ratio = ratio_of(seen.got.numbers, computed)
        if ratio is None:
            continue
        for name, factor in factors(seen.probe):
            if abs(ratio - factor) < 1e-6 and name not in way.mistakes:
                scaled.append((name, way))
    return [*found, *scaled]


def _holds(way: Way, factor: str, seen: Sequence[Seen], lines: _Lines) -> bool:
    """Whether a way gives what came of every probe."""
    for each in seen:
        again = wrong_way(each.operation, each.result, way.changes)
        if again is None:
            return False
        computed = lines.compute(again, each)
        if computed is None:
            return False
        if not factor:
            if not close(computed, each.got.numbers, each.rounding):
                return False
            continue
        ratio = ratio_of(each.got.numbers, computed)
        known = [value for name, value in factors(each.probe) if name == factor] or [1.0]
        if ratio is None or all(abs(ratio - value) > 1e-6 for value in known):
            return False
    return True


def _two(
    failing: Sequence[Seen], shaped: Sequence[Seen], fitting: Sequence[Way], lines: _Lines
) -> Match | None:
    """Two mistakes, one made after the other.

    Where one of them shows alone, as that of a stride does where there is no padding, it was found
    there already; otherwise all pairs are tried on the smallest probe.
    """
    smallest = failing[0]
    starts = fitting or list(wrong_ways(smallest.operation, smallest.result))
    tried = 0
    for first in starts:
        line = wrong_way(smallest.operation, smallest.result, first.changes)
        assert line is not None
        for second in _further(smallest, line):
            tried += 1
            if tried > MOST_PAIRS:
                return None
            if fitting:
                if _holds(second, "", shaped, lines):
                    return _matched(second, "")
                continue
            computed = _computed(second, smallest)
            fits = computed is not None and close(computed, smallest.got.numbers, smallest.rounding)
            if fits and _holds(second, "", shaped, lines):
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
    largest = max((abs(each) for each in flat(seen.right)), default=0.0)
    return first_apart(seen.got.numbers, seen.right, seen.rounding * max(largest, 1e-9))


def first_apart(
    found: Numbers, wanted: Numbers, limit: float, index: tuple[int, ...] = ()
) -> tuple[tuple[int, ...], float, float] | None:
    """The first two numbers of nested lists of one shape that are farther apart than a limit."""
    if isinstance(wanted, list):
        pairs = enumerate(zip(found, wanted, strict=True))
        apart = (first_apart(*pair, limit, (*index, k)) for k, pair in pairs)
        return next(filter(None, apart), None)
    wrong = not abs(found - wanted) <= limit and found != wanted
    return (index, found, wanted) if wrong else None
