"""An optimizer's step on one number, right and in every wrong way that is known.

The wrong ways are made of the rules in :mod:`backlit.equations.optimizers`, as all mistakes are
made of the right equations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import sqrt

from backlit.equations.expressions import (
    Constant,
    Expression,
    FunctionCall,
    Scalar,
    Total,
    call,
)
from backlit.equations.optimizers import (
    ALPHA,
    BETA1,
    BETA2,
    EPSILON,
    LAMBDA,
    M_HAT,
    MU,
    S_HAT,
    G,
    M,
    S,
    adam,
    adamw,
    rmsprop,
    sgd,
)
from backlit.equations.update_equations import DW, ETA, T, UpdateEquations, W, evaluate

from .stated import replaced

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
    WrongStep("step-late", rules=("momentum",)),
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


_RULES = {
    "sgd": sgd(decay=True),
    "momentum": sgd(momentum=True, decay=True),
    "nesterov": sgd(momentum=True, nesterov=True, decay=True),
    "rmsprop": rmsprop(decay=True),
    "adam": adam(decay=True),
    "adamw": adamw(),
}
_LETTERS = {
    ETA: "learning_rate",
    LAMBDA: "weight_decay",
    MU: "momentum",
    BETA1: "beta1",
    BETA2: "beta2",
    ALPHA: "rho",
    EPSILON: "epsilon",
}
_FUNCTIONS = {"sqrt": sqrt}


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
    equations = wrong_equations(rule, wrong)
    given = {letter: settings[name] for letter, name in _LETTERS.items()}
    forgets = wrong.mistake == "state-not-kept"
    kept, w, found = dict.fromkeys(equations.kept, 0.0), start, []
    for t, gradient in enumerate(gradients, 1):
        if forgets and not wrong.words:
            kept = dict.fromkeys(kept, 0.0)
        values = {**given, **kept, W: w, DW: gradient, T: 1 if forgets else t}
        for each in equations.assignments:
            values[each.letter] = evaluate(each.expression, values, _FUNCTIONS)
        kept = {letter: values[letter] for letter in kept}
        w -= evaluate(equations.descent, values, _FUNCTIONS)
        found.append(w)
    return [start, *found[:-1]] if wrong.mistake == "step-late" else found


@cache
def wrong_equations(rule: str, wrong: WrongStep) -> UpdateEquations:
    """The rule with a mistake in it; what is not kept is no matter of the equations."""
    right = _RULES[rule]
    match wrong.mistake, wrong.words:
        case "step-uphill", _:
            return replace(right, descent=_uphill(right.descent))
        case "learning-rate-forgotten", _:
            return replace(right, descent=_put(right.descent, ETA, Constant(1)))
        case "learning-rate-twice", _:
            return replace(right, descent=_put(right.descent, ETA, ETA * ETA))
        case "momentum-forgotten", _:
            return _everywhere(right, MU, Constant(0))
        case "bias-correction-forgotten", words:
            first = words != "of the second average"
            second = words != "of the first average"
            plain = {**({M_HAT: M} if first else {}), **({S_HAT: S} if second else {})}
            corrected = [
                replace(each, expression=plain.get(each.letter, each.expression))
                for each in right.assignments
            ]
            return replace(right, assignments=tuple(corrected))
        case "epsilon-inside-root", _:
            return replace(right, descent=replaced(right.descent, _epsilon_inside))
        case "weight-decay-wrong", "added with the wrong sign":
            return _everywhere(right, LAMBDA, -LAMBDA)
        case "weight-decay-wrong", "left out":
            return _everywhere(right, LAMBDA, Constant(0))
        case "weight-decay-wrong", "in the gradient":
            return _RULES["adam"]
        case "weight-decay-wrong", _:
            return _decay_without_rate(right)
    return right


def _put(expression: Expression, letter: Scalar, new: Expression) -> Expression:
    return replaced(expression, lambda each: new if each == letter else None)


def _everywhere(rule: UpdateEquations, letter: Scalar, new: Expression) -> UpdateEquations:
    assignments = [
        replace(each, expression=_put(each.expression, letter, new)) for each in rule.assignments
    ]
    return UpdateEquations(tuple(assignments), _put(rule.descent, letter, new))


def _uphill(descent: Expression) -> Expression:
    match descent:
        case Total((decay, (_, step))):  # whose decay stands apart
            return Total((decay, (-1, step)))
    return -descent


def _epsilon_inside(each: Expression) -> Expression | None:
    match each:
        case Total(((1, FunctionCall("sqrt", (inner,))), (1, epsilon))) if epsilon == EPSILON:
            return call("sqrt", inner + EPSILON)
    return None


def _decay_without_rate(rule: UpdateEquations) -> UpdateEquations:
    """W shrinks by λ·W, and not by η·λ·W."""
    match rule.descent:
        case Total((_, step)):
            return replace(rule, descent=Total(((1, LAMBDA * W), step)))
    plain = _everywhere(rule, G, DW)
    others = tuple(each for each in plain.assignments if each.letter != G)
    return UpdateEquations(others, plain.descent + LAMBDA * W)
