"""Schedules: how the learning rate changes while a network trains.

A schedule is a frozen description of a factor on the optimizer's learning rate,

    η(t) = η · factor(t, T),        t = 0, 1, …, T − 1 the step, T the number of all steps.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from backlit.errors import ConfigurationError

from .options import require, take_positive, take_share


class Schedule(ABC):
    """A factor on the learning rate for every step.

    Attributes:
        depends_on_total: whether T takes part, so that a run cannot be made longer afterwards
            and be what it would have been.
    """

    depends_on_total: ClassVar[bool] = True

    @abstractmethod
    def factor(self, step: int, total_steps: int) -> float:
        """The factor at ``step``, counted from 0, of ``total_steps``."""

    def to_config(self) -> dict[str, Any]:
        """The schedule as a dictionary that JSON can hold."""
        return {"schedule": type(self).__name__, **asdict(self)}  # type: ignore[call-overload]


@dataclass(frozen=True)
class ConstantRate(Schedule):
    """factor(t) = 1: the optimizer's learning rate all the time."""

    depends_on_total: ClassVar[bool] = False

    def factor(self, step: int, total_steps: int) -> float:
        """1."""
        return 1.0


@dataclass(frozen=True)
class StepDecay(Schedule):
    """factor(t) = γᵏ, where k is how many of the milestones have been reached.

    A milestone m, a share of the whole training, is reached at step m·T (rounded).

    Args:
        milestones: shares of the training, rising, each above 0 and below 1.
        gamma: γ.

    Raises:
        ConfigurationError: a number out of its range.

    Source: the milestones are those of Huang et al., "Densely connected convolutional networks",
    2017, section 4.2: the rate is divided by 10 after 50 % and 75 % of the training.
    """

    milestones: tuple[float, ...] = (0.5, 0.75)
    gamma: float = 0.1

    def __post_init__(self) -> None:
        take_positive(self, "gamma")
        try:
            shares = tuple(map(float, self.milestones))
        except (TypeError, ValueError):
            shares = ()
        usable = all(0 < share < 1 for share in shares) and list(shares) == sorted(set(shares))
        require(
            len(shares) > 0 and usable,
            self,
            "milestones must be rising shares of the training, each above 0 and below 1",
            self.milestones,
        )
        object.__setattr__(self, "milestones", shares)

    def factor(self, step: int, total_steps: int) -> float:
        """γ to the number of milestones reached."""
        reached = sum(step >= round(share * total_steps) for share in self.milestones)
        return self.gamma**reached


@dataclass(frozen=True)
class CosineDecay(Schedule):
    """factor(t) = f + (1 − f)·(1 + cos(π·t/T))/2: half a wave from 1 down to the floor f.

    Args:
        floor: f, 0 ≤ f < 1.

    Raises:
        ConfigurationError: a floor out of its range.

    Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017,
    equation 5, without restarts.
    """

    floor: float = 0.0

    def __post_init__(self) -> None:
        take_share(self, "floor")

    def factor(self, step: int, total_steps: int) -> float:
        """From 1 at step 0 to the floor after the last step."""
        return _cosine(1.0, self.floor, step / total_steps)


@dataclass(frozen=True)
class OneCycle(Schedule):
    """Up to the optimizer's learning rate and down again, far below where it began.

    With ρ the share of the training that rises, both parts follow half a cosine wave:

        from 1/d at t = 0       up to 1        at t = ρ·T − 1
        from there              down to 1/(d·e) at t = T − 1

    The momentum stays as it is.

    Args:
        rise: ρ, 0 < ρ < 1.
        start_divisor: d.
        end_divisor: e.

    Raises:
        ConfigurationError: a number out of its range.

    Sources: Smith and Topin, "Super-convergence", 2018; as ``OneCycleLR`` of PyTorch 2.13 with
    ``cycle_momentum=False``, with the learning rate as its ``max_lr``.
    """

    rise: float = 0.3
    start_divisor: float = 25.0
    end_divisor: float = 1e4

    def __post_init__(self) -> None:
        take_share(self, "rise")
        take_positive(self, "rise", "start_divisor", "end_divisor")

    def factor(self, step: int, total_steps: int) -> float:
        """Two half waves; a training too short to rise begins at the peak."""
        start, end = 1 / self.start_divisor, 1 / (self.start_divisor * self.end_divisor)
        peak, last = max(self.rise * total_steps - 1, 0.0), total_steps - 1
        if step <= peak:
            return _cosine(start, 1.0, step / peak) if peak else 1.0
        return _cosine(1.0, end, (step - peak) / (last - peak))


@dataclass(frozen=True)
class WarmUp(Schedule):
    """A rising line in the first steps, then another schedule over the steps that remain.

        factor(t) = a + (1 − a)·t/w                    t < w = share·T (rounded)
        factor(t) = the other's factor(t − w, T − w)   from there on

    Args:
        share: how much of the training warms up, 0 ≤ share < 1.
        start: a, the factor of the first step, 0 ≤ a < 1.
        then: the schedule that follows.

    Raises:
        ConfigurationError: a number out of its range.

    Source: Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour", 2017,
    section 2.2.
    """

    share: float = 0.05
    start: float = 0.1
    then: Schedule = field(default_factory=ConstantRate)

    def __post_init__(self) -> None:
        take_share(self, "share", "start")
        require(isinstance(self.then, Schedule), self, "then must be a schedule", self.then)

    def factor(self, step: int, total_steps: int) -> float:
        """The line, then the other schedule."""
        warm = round(self.share * total_steps)
        if step < warm:
            return self.start + (1 - self.start) * step / warm
        return self.then.factor(step - warm, total_steps - warm)

    def to_config(self) -> dict[str, Any]:
        """The schedule as a dictionary that JSON can hold, the other one inside."""
        return {
            "schedule": "WarmUp",
            "share": self.share,
            "start": self.start,
            "then": self.then.to_config(),
        }


def _cosine(first: float, last: float, share: float) -> float:
    """Half a cosine wave from ``first`` (share 0) to ``last`` (share 1)."""
    return last + (first - last) * (1 + math.cos(math.pi * share)) / 2


SCHEDULES: dict[str, type[Schedule]] = {
    schedule.__name__: schedule
    for schedule in (ConstantRate, StepDecay, CosineDecay, OneCycle, WarmUp)
}


def schedule_from_config(config: Mapping[str, Any]) -> Schedule:
    """The schedule that :meth:`Schedule.to_config` described.

    Raises:
        ConfigurationError: an unknown schedule, or options that it does not have.
    """
    options = dict(config)
    kind = options.pop("schedule", None)
    if kind not in SCHEDULES:
        raise ConfigurationError(f"unknown schedule {kind!r}; there are {', '.join(SCHEDULES)}")
    if "then" in options:
        options["then"] = schedule_from_config(options["then"])
    try:
        return SCHEDULES[kind](**options)
    except TypeError as problem:
        raise ConfigurationError(f"{kind}: {problem}") from None
