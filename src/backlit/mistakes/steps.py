"""An optimizer's step on one number, right and in every wrong way that is known.

sgd        W − η·(g + λ·W)
momentum   v = μ·v + g;  W − η·v
nesterov   v = μ·v + g;  W − η·(g + μ·v)
rmsprop    s = ρ·s + (1 − ρ)·g²;  W − η·g/(√s + ε)
adam       m̂, ŝ: averages of g and g², each divided by 1 − βᵗ;  W − η·m̂/(√ŝ + ε)
adamw      the same, and W − η·λ·W besides
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

Settings = Mapping[str, float]


@dataclass(frozen=True)
class WrongStep:
    """One way to get a step wrong.

    Attributes:
        mistake: its name; "" for the right step.
        words: which of several ways.
        rules: the optimizers in which it can be made; all if empty.
    """

    mistake: str
    words: str = ""
    rules: tuple[str, ...] = ()


RIGHT = WrongStep("")
_KEEPING = ("momentum", "nesterov", "rmsprop", "adam", "adamw")
_ADAM = ("adam", "adamw")

WRONG_STEPS = (
    WrongStep("step-uphill"),
    WrongStep("learning-rate-forgotten"),
    WrongStep("learning-rate-twice"),
    WrongStep("momentum-forgotten", rules=("momentum", "nesterov")),
    WrongStep("state-not-kept", rules=_KEEPING),
    WrongStep("state-not-kept", "the number of the step", rules=_ADAM),
    WrongStep("bias-correction-forgotten", rules=_ADAM),
    WrongStep("bias-correction-forgotten", "of the first average", rules=_ADAM),
    WrongStep("bias-correction-forgotten", "of the second average", rules=_ADAM),
    WrongStep("epsilon-inside-root", rules=("rmsprop", *_ADAM)),
    WrongStep("weight-decay-wrong", "added with the wrong sign"),
    WrongStep("weight-decay-wrong", "without the learning rate"),
    WrongStep("weight-decay-wrong", "left out"),
    WrongStep("weight-decay-wrong", "in the gradient", rules=("adamw",)),
)


def walk(
    rule: str, start: float, gradients: Sequence[float], settings: Settings, wrong: WrongStep
) -> list[float]:
    """The weight after each step.

    Args:
        rule: "sgd", "adam", …
        start: the weight before.
        gradients: one for each step.
        settings: learning_rate, momentum, weight_decay, beta1, beta2, rho, epsilon.
        wrong: what is done wrong; ``RIGHT`` for nothing.
    """
    w, v, m, s = start, 0.0, 0.0, 0.0
    eta, decay, eps = settings["learning_rate"], settings["weight_decay"], settings["epsilon"]
    mistake, words = wrong.mistake, wrong.words
    rate = {"learning-rate-forgotten": 1.0, "learning-rate-twice": eta * eta}.get(mistake, eta)
    sign = -1.0 if mistake == "step-uphill" else 1.0
    found = []
    for t, g in enumerate(gradients, 1):
        if mistake == "state-not-kept" and not words:
            v = m = s = 0.0
        count = 1 if mistake == "state-not-kept" else t
        own = decay * w
        apart = 0.0
        if mistake == "weight-decay-wrong":
            own = {"added with the wrong sign": -own, "left out": 0.0}.get(words, own)
        if rule == "adamw" and words != "in the gradient":
            apart = own if words == "without the learning rate" else rate * own
        elif words == "without the learning rate":
            apart = own
        else:
            g = g + own
        if rule == "sgd":
            step = rate * g
        elif rule in ("momentum", "nesterov"):
            mu = 0.0 if mistake == "momentum-forgotten" else settings["momentum"]
            v = mu * v + g
            step = rate * (g + mu * v if rule == "nesterov" else v)
        else:
            adam = rule != "rmsprop"
            b1, b2 = settings["beta1"], settings["beta2"] if adam else settings["rho"]
            m, s = b1 * m + (1 - b1) * g, b2 * s + (1 - b2) * g * g
            first, second = (m / (1 - b1**count), s / (1 - b2**count)) if adam else (g, s)
            if mistake == "bias-correction-forgotten":
                first = first if words == "of the second average" else m
                second = second if words == "of the first average" else s
            inside = mistake == "epsilon-inside-root"
            step = rate * first / (sqrt(second + eps) if inside else sqrt(second) + eps)
        w = w - sign * step - apart
        found.append(w)
    return found
