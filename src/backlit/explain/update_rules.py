"""The rules of the optimizers as lines that a reader can follow: symbols, then numbers.

The state before and after and the change itself come from :meth:`Optimizer.update`; what is worked
out here are only the small steps between them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil, isfinite, log10, sqrt
from typing import Any

from .words import json_number
from .words import number as n

State = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """``symbol ← equation = numbers = value``."""

    symbol: str
    equation: str
    numbers: str
    value: float
    digits: int = 4  # as many as show that the weight moved

    def with_letter(self, letter: str) -> Line:
        """The same for what is not called W: a bias b, a scale γ."""
        symbol, equation = (text.replace("W", letter) for text in (self.symbol, self.equation))
        return replace(self, symbol=symbol, equation=equation)

    def to_dict(self) -> dict[str, Any]:
        """For JSON: the fields."""
        return {
            "symbol": self.symbol,
            "equation": self.equation,
            "numbers": self.numbers,
            "value": json_number(self.value),
            "digits": self.digits,
        }


@dataclass(frozen=True)
class Clip:
    """Gradient clipping, see :func:`backlit.training.clipping.clipped`.

    Attributes:
        limit: how long all gradients of a batch together may be.
        length: how long they are, √(Σ g²).
    """

    limit: float
    length: float

    @property
    def shortens(self) -> bool:
        """Whether they are too long."""
        return self.length > self.limit

    def apply(self, gradient: float) -> float:
        """What it makes of one of them."""
        return gradient * (self.limit / self.length) if self.shortens else gradient

    def lines(self, gradient: float) -> tuple[Line, ...]:
        """The same for a reader; nothing where nothing happens."""
        if not self.shortens:
            return ()
        numbers = f"{n(gradient)} · {n(self.limit)} / {n(self.length)}"
        return (Line("dW", "dW·c/ℓ", numbers, self.apply(gradient)),)


@dataclass(frozen=True)
class Step:
    """One step of one weight: what the optimizer saw, and what came out."""

    optimizer: Any
    value: float
    gradient: float
    before: State
    after: State
    change: float

    @property
    def new(self) -> float:
        """The weight afterwards."""
        return self.value + self.change

    @property
    def digits(self) -> int:
        """How many significant digits show that the weight moved."""
        if not self.change or not isfinite(self.change) or not isfinite(self.value):
            return 4
        return min(max(4, 2 + ceil(log10(1 + abs(self.value / self.change)))), 12)


_LETTERS = {
    "η": "the learning rate: how large a step is",
    "μ": "the momentum: how much of v is kept",
    "v": "the velocity: the gradients so far, older ones faded",
    "m": "the average gradient",
    "s": "the average squared gradient",
    "a": "the average gradient",
    "β₁": "how much of m is kept",
    "β₂": "how much of s is kept",
    "α": "how much of s is kept",
    "λ": "the weight decay: a pull towards 0",
    "t": "the number of the step",
    "ε": "a tiny number that keeps the division away from 0",
    "c": "how long the gradients of all weights together may be (clipping)",
    "ℓ": "how long they are, the root of the sum of their squares",
}


_KEPT = {
    "momentum": "v",
    "first_moment": "m",
    "second_moment": "s",
    "gradient_average": "a",
    "square_average": "s",
}


def remembered(step: Step) -> dict[str, float]:
    """What was kept of the steps before, by the letters of the lines."""
    from backlit.training.optimizers import SGD, Adam, RMSprop

    if not isinstance(step.optimizer, SGD | Adam | RMSprop):
        return {}
    return {letter: float(step.before[k]) for k, letter in _KEPT.items() if k in step.before}


def rule_letters(lines: tuple[Line, ...]) -> tuple[str, ...]:
    """``η is the learning rate``, for each letter that the lines use."""
    used = " ".join(f"{line.symbol} {line.equation}" for line in lines)
    used = used.replace("ᵗ", " t").replace("dW", "")
    letters = set(re.findall(r"[βα][₁₂]?|[a-zεημλℓ]", used))
    return tuple(f"{letter} is {words}" for letter, words in _LETTERS.items() if letter in letters)


def rule_lines(step: Step) -> tuple[Line, ...]:
    """The lines of one step; of an optimizer that is not known here only the last."""
    from backlit.training.optimizers import SGD, Adam, AdamW, RMSprop

    match step.optimizer:
        case SGD():
            return tuple(_with_decay(step, _sgd))
        case AdamW():
            return tuple(_adam(step, "dW", step.gradient))
        case Adam():
            return tuple(_with_decay(step, _adam))
        case RMSprop():
            return tuple(_with_decay(step, _rmsprop))
    numbers = f"{n(step.value, step.digits)} + {_b(step.change)}"
    return (Line("W", "W + ΔW", numbers, step.new, step.digits),)


def _with_decay(step: Step, rule: Any) -> list[Line]:
    """Weight decay pulls the weight towards 0: g = dW + λ·W takes the gradient's place."""
    decay = step.optimizer.weight_decay
    if not decay:
        lines: list[Line] = rule(step, "dW", step.gradient)
        return lines
    slope = step.gradient + decay * step.value
    numbers = f"{n(step.gradient)} + {n(decay)} · {_b(step.value)}"
    return [Line("g", "dW + λ·W", numbers, slope), *rule(step, "g", slope)]


def _sgd(step: Step, g: str, slope: float) -> list[Line]:
    rate, momentum = step.optimizer.learning_rate, step.optimizer.momentum
    lines, direction, numbers = [], g, _b(slope)
    if momentum:
        old, new = float(step.before["momentum"]), float(step.after["momentum"])
        lines.append(Line("v", f"μ·v + {g}", f"{n(momentum)} · {_b(old)} + {_b(slope)}", new))
        direction, numbers = "v", _b(new)
        if step.optimizer.nesterov:
            direction, numbers = f"({g} + μ·v)", f"({n(slope)} + {n(momentum)} · {_b(new)})"
    return [*lines, _last(step, f"η·{direction}", f"{n(rate)} · {numbers}")]


def _adam(step: Step, g: str, slope: float) -> list[Line]:
    options, time = step.optimizer, int(step.after["step"])
    first, second = options.beta1, options.beta2
    m, s = float(step.after["first_moment"]), float(step.after["second_moment"])
    m_hat, s_hat = m / (1 - first**time), s / (1 - second**time)
    old_m, old_s = float(step.before["first_moment"]), float(step.before["second_moment"])
    decay, decay_numbers = "", ""
    if g == "dW" and options.weight_decay:  # decoupled, as AdamW does it
        decay = "η·λ·W − "
        rate = n(options.learning_rate)
        decay_numbers = f"{rate} · {n(options.weight_decay)} · {_b(step.value)} − "
    return [
        Line("m", f"β₁·m + (1 − β₁)·{g}", _average(first, old_m, _b(slope)), m),
        Line("s", f"β₂·s + (1 − β₂)·{g}²", _average(second, old_s, f"({n(slope)})²"), s),
        Line("m̂", "m/(1 − β₁ᵗ)", f"{n(m)} / (1 − {n(first)}^{time})", m_hat),
        Line("ŝ", "s/(1 − β₂ᵗ)", f"{n(s)} / (1 − {n(second)}^{time})", s_hat),
        _last(
            step,
            f"{decay}η·m̂/(√ŝ + ε)",
            f"{decay_numbers}{n(options.learning_rate)} · {_b(m_hat)} / "
            f"({n(sqrt(s_hat))} + {n(options.eps)})",
        ),
    ]


def _rmsprop(step: Step, g: str, slope: float) -> list[Line]:
    options = step.optimizer
    s, old_s = float(step.after["square_average"]), float(step.before["square_average"])
    lines = [Line("s", f"α·s + (1 − α)·{g}²", _average(options.alpha, old_s, f"({n(slope)})²"), s)]
    spread, root = s, "√s"
    if options.centered:
        a, old_a = float(step.after["gradient_average"]), float(step.before["gradient_average"])
        numbers = _average(options.alpha, old_a, _b(slope))
        lines.append(Line("a", f"α·a + (1 − α)·{g}", numbers, a))
        spread, root = max(s - a * a, 0.0), "√(s − a²)"
    scaled, below = f"{g}/({root} + ε)", sqrt(spread) + options.eps
    numbers = f"{_b(slope)} / ({n(sqrt(spread))} + {n(options.eps)})"
    rate = n(options.learning_rate)
    if not options.momentum:
        return [*lines, _last(step, f"η·{scaled}", f"{rate} · {numbers}")]
    old, new = float(step.before["momentum"]), float(step.after["momentum"])
    moved = f"{n(options.momentum)} · {_b(old)} + {_b(slope)} / {n(below)}"
    lines.append(Line("v", f"μ·v + {scaled}", moved, new))
    return [*lines, _last(step, "η·v", f"{rate} · {_b(new)}")]


def _average(keep: float, old: float, new: str) -> str:
    return f"{n(keep)} · {_b(old)} + {n(1 - keep)} · {new}"


def _last(step: Step, taken: str, numbers: str) -> Line:
    written = f"{n(step.value, step.digits)} − {numbers}"
    return Line("W", f"W − {taken}", written, step.new, step.digits)


def _b(value: float) -> str:
    """A number after a sign: negative ones in brackets."""
    return f"({n(value)})" if value < 0 else n(value)
