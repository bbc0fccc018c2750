"""What came of one result in one trial, compared with what should have come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backlit.equations import Operation
from backlit.mistakes import Mutation, Way
from backlit.pure.nested import flat

from .adapting import Got
from .probes import Probe

Numbers = Any


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
        return self.probe.count


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
        why: why it is wrong here, where the mistake's own reason does not fit.
    """

    mistakes: tuple[str, ...]
    words: str = ""
    way: Way | None = None
    changes: tuple[Mutation, ...] = ()
    factor: float | None = None
    told: str = ""
    why: str = ""


def close(found: Numbers, wanted: Numbers, rounding: float) -> bool:
    """Whether two arrays of the same shape hold the same numbers, up to rounding.

    Probes are whole numbers, so that sums which are not the same differ by much more than rounding.
    """
    largest = max((abs(each) for each in flat(wanted)), default=0.0)
    limit = rounding * max(largest, 1e-9)
    return all(
        abs(one - other) <= limit or one == other
        for one, other in zip(flat(found), flat(wanted), strict=True)
    )


def sizes_for(probe: Probe) -> Mapping[str, Any]:
    """Letters of the equations that no shape tells."""
    return {
        {"eps": "ε", "learning_rate": "η"}.get(name, name): value
        for name, value in probe.options.items()
        if name in ("eps", "learning_rate")
    }


def ratio_of(found: Numbers, computed: Numbers) -> float | None:
    """The one factor between two arrays, or None."""
    ratio = None
    for one, other in zip(flat(found), flat(computed), strict=True):
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


def minus(one: Numbers, other: Numbers) -> Numbers:
    """The differences of two arrays of the same shape."""
    if isinstance(one, list):
        return [minus(*pair) for pair in zip(one, other, strict=True)]
    return one - other
