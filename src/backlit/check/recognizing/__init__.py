"""Mistakes that no equation expresses, told from what came back directly.

Wrong shapes, sums over the wrong axes, arrays that were read in another order, divisions that
round down, weights from after the update, slopes.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from backlit.check.probes import Probe
from backlit.check.trials import Match, Seen
from backlit.pure.nested import flat

from .arrays import misread, shared_rows
from .shapes import other_shape
from .sums import axes_of_a_bias, nothing
from .values import factor, rounded_down, slope, statistics_axes, updated_weights, zeros_win


def recognized(seen: Sequence[Seen]) -> Match | None:
    """The mistake, if it is one of those that can be seen without an equation."""
    wrong = [each for each in seen if not each.is_right]
    for look in (
        _not_finite,
        axes_of_a_bias,
        nothing,
        shared_rows,
        other_shape,
        zeros_win,
        slope,
        updated_weights,
        statistics_axes,
        rounded_down,
        misread,
        factor,
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


def _only_with_a_remainder(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
    fine = [each for each in seen if each.is_right]
    if fine and all("remainder" in each.probe.features for each in wrong):
        if any("remainder" in each.probe.features and _is_strided(each.probe) for each in fine):
            return None
        return Match(("remainder-ignored",))
    return None


def _is_strided(probe: Probe) -> bool:
    return "stride" in probe.features
