"""Equations as plain data: what JSON can hold, for an evaluator in the browser.

Expressions become lists whose first item is the kind, places become sums of products::

    b[o] + Σ_{c,u,v} W[o,c,u,v] · X[n,c,i+u,j+v]
    ["total", [[1, ["read", "b", [o], [O]]], [1, ["sum", loops, body, lets, only, text]]], text]
    i + u − 1 = [[1, ["i"]], [1, ["u"]], [-1, []]]

A read says how far each axis runs, so that places outside can be left out.  Of everything else the
last item is how it is written.  The counterpart is ``web/front/algebra.js``.
"""

from __future__ import annotations

from typing import Any

from backlit.equations import Equation
from backlit.equations.expressions import (
    Cases,
    Comparison,
    Constant,
    Expression,
    FunctionCall,
    Indicator,
    Maximum,
    Power,
    Product,
    Ratio,
    Scalar,
    Sum,
    SumIndex,
    Total,
    WholeNumber,
    Wins,
)
from backlit.equations.indices import Atom, Bracketed, Floor, IndexExpression, Letter, Remainder
from backlit.equations.tensors import Reference
from backlit.equations.typeset import plain_text

Plain = list[Any]


def equation_data(equation: Equation, right: Expression | None = None) -> dict[str, Any]:
    """Everything that a page shows of an equation, and what it needs to evaluate it.

    Args:
        equation: which.
        right: what is evaluated, where that is another form of its right-hand side.
    """
    left = equation.left
    return {
        "name": equation.name,
        "kind": equation.kind,
        "text": equation.text(),
        "mathml": equation.mathml(),
        "python": equation.python(),
        "scatters": equation.scatters,
        "words": equation.words,
        "conditions": [condition.text() for condition in equation.conditions],
        "letters": equation.letters,
        "symbol": left.tensor.symbol,
        "at": None if left.indices is None else [place_data(each) for each in left.indices],
        "right": expression_data(equation.right if right is None else right),
        "sources": [equation_data(source) for source in equation.sources],
        "skipped": equation.skipped_words,
    }


def expression_data(expression: Expression) -> Plain:
    """An expression as nested lists."""
    match expression:
        case Reference(tensor, None):
            return ["read", tensor.symbol, None, None]
        case Reference(tensor, indices):
            return ["read", tensor.symbol, *_places(tensor.letters, indices or ())]
    return [*_node(expression), plain_text(expression)]


def _node(expression: Expression) -> Plain:
    """The kind of a node and what it is made of."""
    match expression:
        case Constant(value):
            return ["constant", float(value)]
        case Scalar(symbol):
            return ["scalar", symbol]
        case WholeNumber(inner):
            return ["size", place_data(inner)]
        case Total(parts):
            return ["total", [[sign, expression_data(part)] for sign, part in parts]]
        case Product(factors):
            return ["product", [expression_data(factor) for factor in factors]]
        case Ratio(above, below):
            return ["ratio", expression_data(above), expression_data(below)]
        case Power(base, exponent):
            return ["power", expression_data(base), exponent]
        case FunctionCall(function, arguments):
            return ["call", function, [expression_data(each) for each in arguments]]
        case Sum(loops, body, lets, only):
            follow = [
                [let.letter.symbol, place_data(let.expression), _size(let.letter)] for let in lets
            ]
            condition = None if only is None else _comparison(only)
            return ["sum", _loops(loops), expression_data(body), follow, condition]
        case Maximum(loops, body):
            return ["maximum", _loops(loops), expression_data(body), [], None]
        case Indicator(Wins(window, at, _, _)):
            return ["wins", expression_data(window), [place_data(each) for each in at]]
        case Indicator(Comparison() as condition):
            return ["indicator", _comparison(condition)]
        case Cases(branches):
            return ["cases", [_branch(value, condition) for value, condition in branches]]
    raise TypeError(f"an expression without a form in JSON: {expression!r}")


def place_data(expression: IndexExpression) -> Plain:
    """A whole-number expression: pairs of a coefficient and the atoms it is multiplied with."""
    return [[factor, [_atom(atom) for atom in atoms]] for factor, atoms in expression.terms]


def _atom(atom: Atom) -> str | Plain:
    match atom:
        case Letter(symbol):
            return symbol
        case Bracketed(inner):
            return ["whole", place_data(inner)]
    kind = {Floor: "floor", Remainder: "remainder"}.get(type(atom), "quotient")
    return [kind, place_data(atom.numerator), place_data(atom.divisor)]


def _loops(loops: tuple[SumIndex, ...]) -> Plain:
    return [[each.letter.symbol, place_data(each.start), place_data(each.count)] for each in loops]


def _places(letters: tuple[Letter, ...], indices: tuple[IndexExpression, ...]) -> list[Plain]:
    sizes = [_size(letter) for letter in letters]
    return [[place_data(each) for each in indices], sizes[: len(indices)]]


def _size(letter: Letter) -> Plain | None:
    return None if letter.size is None else place_data(letter.size)


def _comparison(condition: Comparison) -> Plain:
    left, right = expression_data(condition.left), expression_data(condition.right)
    return [condition.relation, left, right]


def _branch(value: Expression, condition: Comparison | None) -> Plain:
    return [expression_data(value), None if condition is None else _comparison(condition)]
