"""What is left over from one call to the next: gradients that add up from batch to batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backlit.system.words import listing

from .adapting import CallPlan, TrialOutcome
from .calling import Message
from .process import Worker
from .trials import Seen, close

Numbers = Any


def second_call_words(worker: Worker, plan: CallPlan, outcomes: Sequence[TrialOutcome]) -> str:
    """What is to be said where one object gives other numbers when it is used again.

    It goes forward and back twice with the same numbers.  That its gradients then are twice as
    large is a convention, that of PyTorch, and whoever uses it has to know.
    """
    first = next((each for each in outcomes if each.error is None), None)
    if first is None or not plan.subject.is_class or plan.subject.described.get("static"):
        return ""
    message = plan.message(first.probe)
    answer = worker.ask({**message, "steps": _twice(message["steps"])})
    if "error" in answer:
        return ""
    again = plan.read(answer, first.probe)
    added: list[str] = []
    other: list[str] = []
    for result, got in first.results.items():
        second = again.results.get(result)
        if got.numbers is None or second is None or second.numbers is None:
            continue
        rounding = Seen(first.probe, result, got).rounding
        name = first.probe.kind.letter(result)
        if close(second.numbers, got.numbers, rounding):
            continue
        if result in ("output", "loss"):
            return ""  # its parameters are others by now, since it takes its steps itself
        (added if close(second.numbers, _doubled(got.numbers), rounding) else other).append(name)
    if other:
        return (
            f"Used a second time with the same numbers, the same object gives others for "
            f"{listing(other)}: something is left over from the first time."
        )
    if added:
        be = "is" if len(added) == 1 else "are"
        return (
            f"{listing(added)} of a second call {be} added to what the first one left, as PyTorch "
            "does it. That is a convention and no mistake, but whoever uses it has to set "
            f"{'it' if len(added) == 1 else 'them'} to 0 before each batch."
        )
    return ""


def _twice(steps: Sequence[Message]) -> list[Message]:
    *made, forward, backward, attributes = steps
    return [*made, forward, backward, forward, backward, attributes]


def _doubled(numbers: Numbers) -> Numbers:
    return [_doubled(each) for each in numbers] if isinstance(numbers, list) else 2 * numbers
