"""How a whole network of the reader's own is graded: by its slopes, and by what it learned."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from backlit.check import Finding
from backlit.check.judging import told_error
from backlit.check.report import number
from backlit.equations import format_number
from backlit.mistakes import MISTAKES

from .digits import digits
from .parts import Nested
from .work import Work, step

Place = tuple[str, tuple[int, ...]]

_STEP = 1e-5
_NEAR = 1e-4  # the error of a difference of that step, many times over
_PLACES = 5
CLASSES = 10


@dataclass(frozen=True)
class Slopes:
    """Graded by the loss itself: a gradient is how fast the loss changes with a number.

    Attributes:
        function: gives the loss and the gradients of ``(net, image, label)``.
        make: gives a new network, a dictionary of arrays.
        scores: gives the scores of ``(net, image)``.
    """

    function: str
    make: str
    scores: str

    def judge(self, work: Work) -> Finding:
        """Right, or the first number whose gradient is not the slope of the loss."""
        random = Random(0)
        # Noise, not a digit: where pixels are equal a pool has ties, and there is no slope.
        image = [[random.random() for _ in range(8)] for _ in range(8)]
        label = 3
        made = work.call(self.make)
        if made.error or not isinstance(made.value, dict):
            return self._failed(self.make, made.error, "gives no dictionary of arrays")
        net = made.value
        scored = work.call(self.scores, _given(net), image)
        if scored.error or not _is_row(scored.value, CLASSES):
            return self._failed(self.scores, scored.error, f"gives no list of {CLASSES} numbers")
        answer = work.call(self.function, _given(net), image, label)
        if answer.error or not (isinstance(answer.value, list) and len(answer.value) == 2):
            return self._failed(self.function, answer.error, "gives no loss and gradients")
        loss, gradients = answer.value
        right = _cross_entropy(scored.value, label)
        if not isinstance(loss, float) or not math.isclose(loss, right, rel_tol=1e-9):
            return self._wrong(
                f"The loss is {_short(loss)}, and the cross-entropy of the scores is "
                f"{number(right)}."
            )
        return self._compared(work, net, image, label, gradients)

    def _compared(
        self, work: Work, net: dict[str, Nested], image: Nested, label: int, gradients: Any
    ) -> Finding:
        missing = [name for name in net if name not in (gradients or {})]
        if not isinstance(gradients, dict) or missing:
            return self._wrong(f"There is no gradient for {', '.join(missing)}.")
        for name in net:
            pairs = []
            for place in _some_places(net[name]):
                yours = _at(gradients[name], place)
                if yours is None:
                    return self._wrong(
                        f"The gradient of {name} is not as large as {name} itself.", "wrong-shape"
                    )
                losses = []
                for change in (_STEP, -_STEP):
                    moved = {**net, name: _changed(net[name], place, change)}
                    answer = work.call(self.function, _given(moved), image, label)
                    losses.append(answer.value[0])
                pairs.append((place, yours, (losses[0] - losses[1]) / (2 * _STEP)))
            wrong = [pair for pair in pairs if not _near(pair[1], pair[2])]
            if wrong:
                place, yours, slope = wrong[0]
                where = name + "".join(f"[{k}]" for k in place)
                mistake = _mistake(pairs)
                title = f" It is this: {MISTAKES[mistake].title}." if mistake else ""
                return self._wrong(
                    f"The gradient of {where} is {_short(yours)}, but the loss itself changes by "
                    f"{_short(slope)} for each 1 that {where} changes.{title}",
                    mistake,
                )
        return Finding(
            "network",
            self.function,
            "right",
            None,
            "The gradients are the slopes of the loss.",
        )

    def _failed(self, function: str, error: Mapping[str, Any] | None, words: str) -> Finding:
        told = told_error(function, error) if error else f"{function} {words}"
        return Finding("network", self.function, "failed", None, f"{told}.")

    def _wrong(self, sentence: str, mistake: str | None = None) -> Finding:
        why = MISTAKES[mistake].why if mistake else ""
        named = (mistake,) if mistake else ()
        return Finding(
            "network", self.function, "wrong", mistake, sentence, mistakes=named, why=why
        )


@dataclass(frozen=True)
class Learned:
    """Graded by what came of training on the digits.

    Attributes:
        function: gives a trained network for ``(images, labels)``.
        predict: gives the classes that it reads in ``(net, images)``.
        wanted: how many of the test digits have to be read rightly.
        seconds: how long all of that may take.
    """

    function: str
    predict: str
    wanted: int
    seconds: float

    def judge(self, work: Work) -> Finding:
        """How many test digits it reads."""
        images, labels, test_images, truth = digits()
        answers = work.steps(
            [
                step(self.function, images, labels),
                step(self.predict, {"from": 0}, test_images, show=True),
            ],
            self.seconds,
        )
        last = answers[-1]
        if last.error:
            return self._finding("failed", f"{told_error(self.function, last.error)}.")
        if not _is_row(last.value, len(truth)):
            return self._finding("failed", f"{self.predict} gives no list of {len(truth)} numbers.")
        right = sum(int(a) == b for a, b in zip(last.value, truth, strict=True))
        told = f"After training it reads {right} of {len(truth)} digits that it had never seen"
        if right >= self.wanted:
            return self._finding("right", f"{told}.")
        if len(set(last.value)) == 1:
            more = (
                f"it always says {number(last.value[0])}. Are the weights changed, against the "
                "gradient and not along it, and by steps that are not too large?"
            )
        elif right < 2 * len(truth) / CLASSES:
            more = (
                "hardly more than by guessing. Are the weights changed, and against the gradient?"
            )
        else:
            more = (
                f"{self.wanted} are wanted: try more passes over the pictures, or another "
                "learning rate."
            )
        return self._finding("wrong", f"{told}; {more}")

    def _finding(self, verdict: Any, sentence: str) -> Finding:
        return Finding("network", self.function, verdict, None, sentence)


def _given(net: dict[str, Nested]) -> dict[str, Any]:
    """A dictionary of arrays as an argument of :func:`step`."""
    return {"options": {name: {"array": value} for name, value in net.items()}}


def _cross_entropy(scores: list[float], label: int) -> float:
    largest = max(scores)
    return math.log(sum(math.exp(each - largest) for each in scores)) + largest - scores[label]


def _is_row(value: Any, length: int) -> bool:
    return (
        isinstance(value, list)
        and len(value) == length
        and all(isinstance(each, int | float) and math.isfinite(each) for each in value)
    )


def _places(nested: Nested) -> Iterator[tuple[int, ...]]:
    if isinstance(nested, list):
        for k, each in enumerate(nested):
            yield from ((k, *rest) for rest in _places(each))
    else:
        yield ()


def _some_places(nested: Nested) -> list[tuple[int, ...]]:
    every = list(_places(nested))
    return Random(1).sample(every, min(_PLACES, len(every)))


def _at(nested: Nested, place: tuple[int, ...]) -> float | None:
    for k in place:
        if not isinstance(nested, list) or k >= len(nested):
            return None
        nested = nested[k]
    return float(nested) if isinstance(nested, int | float) else None


def _changed(nested: Nested, place: tuple[int, ...], change: float) -> Nested:
    if not place:
        return nested + change
    first, *rest = place
    return [_changed(e, tuple(rest), change) if k == first else e for k, e in enumerate(nested)]


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=_NEAR, abs_tol=_NEAR)


def _mistake(pairs: list[tuple[tuple[int, ...], float, float]]) -> str | None:
    """What a common factor says."""
    factors = [yours / slope for _, yours, slope in pairs if abs(slope) > _NEAR]
    if not factors or any(not _near(each, factors[0]) for each in factors) or not factors[0]:
        return None
    return "sign" if _near(factors[0], -1) else "scaled"


def _short(value: Any) -> str:
    return format_number(value, 4) if isinstance(value, int | float) else repr(value)
