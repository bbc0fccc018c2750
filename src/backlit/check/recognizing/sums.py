"""Sums over the wrong axes, and those of nothing at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from backlit.check.trials import Match, Seen
from backlit.pure.nested import flat

Numbers = Any


def axes_of_a_bias(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
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


def nothing(wrong: Sequence[Seen], seen: Sequence[Seen]) -> Match | None:
    """Zeros everywhere, as if the bias or the error were forgotten."""
    if any(any(flat(each.got.raw)) for each in wrong):
        return None
    if wrong[0].result != "bias" and any(each.got.numbers is None for each in wrong):
        return None
    if wrong[0].result == "bias":
        return Match(("bias-forgotten",), told="0 everywhere")
    return Match(("error-ignored",), told="0 everywhere")
