"""The rules of the optimizers, to be shown like the equations of a layer.

They are those of :mod:`backlit.equations.optimizers`, line by line, with letters that every form of
an equation can write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from .. import optimizers as rules
from ..equation import Equation
from ..expressions import Constant, Expression, Number, Power, Product, Scalar
from ..operation import Operation
from ..substitution import rebuild
from ..tensors import Tensor
from ..update_equations import DW, ETA, UpdateEquations, W

_WEIGHT = Tensor(W.symbol, None, "what is learned", learned=True)
_WORDS: Mapping[Scalar, str] = {
    rules.V: "The velocity: a share of the old one stays, and the gradient is added.",
    rules.M: "The average gradient: a share β₁ of the old one, and the rest from the new gradient.",
    rules.M_HAT: "m began at 0 and is too small at first; the division makes up for it.",
    rules.S_HAT: "The same for s.",
}
_BEGINS = "What stands on both sides of an arrow is kept from step to step, and 0 before the first."
_FIRST_STEP = (
    "The first step: at t = 1, m is (1 − β₁) · dW and m̂ = dW, s is (1 − β₂) · dW² and ŝ = dW². So "
    "the step is η · dW/(|dW| + ε): as long as |dW| is far above ε, about η towards the side that "
    "the sign of dW says, whatever its size."
)


def sgd(learning_rate: Number | None = None) -> Operation:
    """W ← W − η·dW, the rule that :func:`update` also shows."""
    words = "A step against the gradient."
    return _shown("sgd", "Plain gradient descent", rules.sgd(), words, learning_rate)


def momentum(learning_rate: Number | None = None) -> Operation:
    """v ← μ·v + dW, W ← W − η·v."""
    words = "A step against the velocity, not against the gradient itself."
    rule = rules.sgd(momentum=True)
    note = "Where all gradients are equal, v grows to 1/(1 − μ) times the gradient."
    return _shown("momentum", "Gradient descent with momentum", rule, words, learning_rate, note)


def nesterov(learning_rate: Number | None = None) -> Operation:
    """v ← μ·v + dW, W ← W − η·(dW + μ·v)."""
    words = "A step against the gradient and the velocity that the next step would begin with."
    rule = rules.sgd(momentum=True, nesterov=True)
    return _shown(
        "nesterov", "Gradient descent with Nesterov's momentum", rule, words, learning_rate
    )


def rmsprop(learning_rate: Number | None = None) -> Operation:
    """s ← α·s + (1 − α)·dW², W ← W − η·dW/(√s + ε)."""
    words = "The gradient is divided by its own usual size."
    return _shown("rmsprop", "RMSprop", rules.rmsprop(), words, learning_rate)


def adam(learning_rate: Number | None = None) -> Operation:
    """The averages m of dW and s of dW², without their bias; W ← W − η·m̂/(√ŝ + ε)."""
    words = "A step against the average gradient, divided by the gradient's usual size."
    return _shown("adam", "Adam", rules.adam(), words, learning_rate, _FIRST_STEP)


def adamw(learning_rate: Number | None = None) -> Operation:
    """As :func:`adam`, and every weight shrinks by η·λ·W besides."""
    words = "The step of Adam; besides, every weight shrinks by the same share η · λ."
    title = "AdamW: Adam with decoupled weight decay"
    return _shown("adamw", title, rules.adamw(), words, learning_rate, _FIRST_STEP)


RULES: Mapping[str, Callable[..., Operation]] = MappingProxyType(
    {each.__name__: each for each in (sgd, momentum, nesterov, rmsprop, adam, adamw)}
)


def _shown(
    name: str,
    title: str,
    rule: UpdateEquations,
    words: str,
    learning_rate: Number | None,
    *notes: str,
) -> Operation:
    """The rule's lines as equations; W, its gradient, and what is computed of them are tensors."""
    tensors = {each.letter: _tensor(each.letter) for each in rule.assignments}
    letters: dict[Expression, Expression] = {
        **{letter: tensor[...] for letter, tensor in tensors.items()},
        W: _WEIGHT[...],
        DW: _WEIGHT.gradient[...],
    }
    if learning_rate is not None:
        letters[ETA] = Constant(learning_rate)
    vocabulary = (_WEIGHT, _WEIGHT.gradient, *tensors.values())

    def line(tensor: Tensor, right: Expression, words: str) -> Equation:
        return Equation(
            name=f"new {tensor.symbol}",
            kind="update",
            left=tensor[...],
            right=_written(right, letters),
            relation="←",
            words=words,
            vocabulary=vocabulary,
        )

    lines = [
        line(tensors[each.letter], each.expression, _words(each.letter, name))
        for each in rule.assignments
    ]
    begins = (_BEGINS,) if rule.kept else ()
    last = line(_WEIGHT, W - rule.descent, words)
    return Operation(name, title, (*lines, last), notes=(*begins, *notes))


def _words(letter: Scalar, name: str) -> str:
    if letter == rules.S:
        kept = "α" if name == "rmsprop" else "β₂"
        return f"The average squared gradient: a share {kept} of the old one, and the rest new."
    return _WORDS[letter]


def _tensor(letter: Scalar) -> Tensor:
    return Tensor(_symbol(letter), None, letter.words)


def _symbol(letter: Scalar) -> str:
    """β₁ as β_1 and ŝ as s with a hat, which is how glyphs are named."""
    return _GLYPHS.get(letter, letter.symbol)


_GLYPHS = {rules.BETA1: "β_1", rules.BETA2: "β_2", rules.S_HAT: "s\u0302"}


def _written(expression: Expression, letters: Mapping[Expression, Expression]) -> Expression:
    """The expression in the letters that are shown, with g·g as a square."""
    match expression:
        case Scalar():
            plain = Scalar(_symbol(expression), expression.words, expression.alias)
            return letters.get(expression, plain)
        case Product((*first, one, other)) if one == other:
            return _written(Product((*first, Power(one, 2))), letters)
    return rebuild(expression, lambda part: _written(part, letters))
