"""From an equation to the loops that compute it for a whole batch, forward and backward.

Forward, each element of the output is worked out in turn.  Backward there are three ways:

* Where the equation is a sum of products, each product sends its error to the weight and to the
  input that it was made of.  So the loops of the forward pass run once more, and where they had
  ``total += W[o][c][u][v] * X[n][c][h][w]`` they have a line for each of the two.
* Where it is a maximum, the error goes to the place that won.
* Everything else states its gradients, and each is worked out element by element.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from backlit.equations import Equation, Operation
from backlit.equations.expressions import (
    Comparison,
    Constant,
    Expression,
    FunctionCall,
    Let,
    Maximum,
    Product,
    Ratio,
    Scalar,
    Sum,
    SumIndex,
    Total,
    WholeNumber,
    descendants,
)
from backlit.equations.indices import (
    Bracketed,
    Floor,
    IndexExpression,
    Letter,
    Quotient,
    Remainder,
    index,
    whole,
)
from backlit.equations.substitution import rebuild
from backlit.equations.tensors import Reference, Tensor

from .tree import Assign, ForLoop, Inside, Places, Statement, TakeLargest, When, nested

Sizes = Sequence[Mapping[str, int]]  # the sizes of each layer that uses a function, by letter

TOTAL = Scalar("total", "the sum so far")
ERROR = Scalar("error", "the error of this output")
LARGEST = Scalar("largest", "the largest input so far")
_ZERO, _BELOW_ALL = Constant(0), Constant(-1, "−∞")


def elements(equation: Equation, sizes: Sizes) -> tuple[Statement, ...]:
    """Loops over all elements of the left-hand side, and in them what each is."""
    body = tuple(_element(equation, sizes))
    return nested(_loops(equation.left), body)


def _element(equation: Equation, sizes: Sizes) -> Iterator[Statement]:
    """What sets one element."""
    right = equation.right
    if isinstance(right, Maximum):
        yield Assign(LARGEST, _BELOW_ALL)
        yield from _run(right, lambda body: (TakeLargest(LARGEST, body),), sizes)
        yield Assign(equation.left, LARGEST)
        return
    sums = [each for each in descendants(right) if isinstance(each, Sum)]
    if not sums:
        yield Assign(equation.left, right)
        return
    assert len(sums) == 1
    start, value = _apart(right, sums[0])
    yield Assign(TOTAL, start)
    yield from _run(sums[0], lambda body: (Assign(TOTAL, body, adds=True),), sizes)
    yield Assign(equation.left, value)


def _apart(right: Expression, inner: Sum) -> tuple[Expression, Expression]:
    """What a total begins with, and what is made of it at the end."""
    if isinstance(right, Total) and any(part is inner for _, part in right.parts):
        others = tuple((sign, part) for sign, part in right.parts if part is not inner)
        if not others:
            return _ZERO, TOTAL
        return (others[0][1] if len(others) == 1 and others[0][0] > 0 else Total(others)), TOTAL
    if isinstance(right, Product):
        return _ZERO, scaled(TOTAL, [each for each in right.factors if each is not inner])
    return _ZERO, TOTAL


def scaled(value: Expression, factors: Sequence[Expression]) -> Expression:
    """A value times factors, ``1/4`` as a division by 4."""
    for factor in factors:
        if isinstance(factor, Ratio) and factor.numerator == Constant(1):
            value = Ratio(value, factor.denominator)
        else:
            value = Product((factor, value))
    return value


# --- backward -----------------------------------------------------------------------------------


def is_linear(equation: Equation) -> bool:
    """Whether its right-hand side is a sum of products, so that errors can be sent back by it."""
    kinds = (Total, Product, Ratio, Sum, Reference, WholeNumber, Constant)
    nodes = list(descendants(equation.right))
    return any(isinstance(each, Sum) for each in nodes) and all(isinstance(e, kinds) for e in nodes)


def products_backward(operation: Operation, sizes: Sizes) -> tuple[Statement, ...]:
    """The loops of the forward pass; each product sends its error to all that it was made of."""
    forward = operation.forward
    wanted = {each.left.tensor.symbol: each.left.tensor for each in operation.gradients.values()}
    right = forward.right
    parts = right.parts if isinstance(right, Total) else ((1, right),)
    body: list[Statement] = []
    scale: list[Expression] = []
    for _, part in parts:
        factors = part.factors if isinstance(part, Product) else (part,)
        inner = next((each for each in factors if isinstance(each, Sum)), None)
        if inner is None:
            body += _sent(part, wanted)
            continue
        scale = [each for each in factors if each is not inner]
        body += _run(inner, lambda product: tuple(_sent(product, wanted)), sizes)
    error: Statement = Assign(ERROR, scaled(replace_tensor(forward.left), scale))
    return nested(_loops(forward.left), (error, *body))


def replace_tensor(reference: Reference) -> Reference:
    """``dY[n][o]`` of ``Y[n][o]``."""
    return replace(reference, tensor=reference.tensor.gradient)


def _sent(product: Expression, wanted: Mapping[str, Tensor]) -> Iterator[Statement]:
    """``dW[o][c] += error * X[n][c]`` for each factor of a product, weights first."""
    factors = product.factors if isinstance(product, Product) else (product,)
    for factor in factors:
        if isinstance(factor, Reference) and factor.tensor.gradient.symbol in wanted:
            others = tuple(each for each in factors if each is not factor)
            value = Product((ERROR, *others)) if others else ERROR
            yield Assign(replace_tensor(factor), value, adds=True)


def winner_backward(forward: Equation, sizes: Sizes) -> tuple[Statement, ...]:
    """For each window the place of its largest input, to which the error goes."""
    window = forward.right
    assert isinstance(window, Maximum)
    read = window.body
    assert isinstance(read, Reference)
    axes = [axis.letter for axis in read.tensor.axes or () if axis.letter is not None]
    moving = [
        (where, axis)
        for where, axis in zip(read.indices or (), axes, strict=True)
        if where.letter != axis
    ]
    best = [index(f"best_{axis.symbol}", 1, f"{axis.words} that won") for _, axis in moving]

    winner = tuple(each.letter for each in best if each.letter is not None)

    def compare(body: Expression) -> tuple[Statement, ...]:
        assert isinstance(body, Reference)
        found = [
            where
            for where, axis in zip(body.indices or (), axes, strict=True)
            if where.letter != axis or any(axis == moved for _, moved in moving)
        ]
        won = (Assign(LARGEST, body, again=True), Places(winner, tuple(found), again=True))
        return (When((Comparison(body, ">", LARGEST),), won),)

    winners = iter(best)
    to = tuple(
        next(winners) if any(axis == moved for _, moved in moving) else where
        for where, axis in zip(read.indices or (), axes, strict=True)
    )
    body = (
        Assign(LARGEST, _BELOW_ALL),
        Places(winner, tuple(whole(0) for _ in winner)),
        *_run(window, compare, sizes),
        Assign(Reference(read.tensor.gradient, to), replace_tensor(forward.left), adds=True),
    )
    return nested(_loops(forward.left), body)


# --- loops and places --------------------------------------------------------------------------


def _loops(left: Reference) -> list[ForLoop]:
    """One loop for each index on the left-hand side."""
    letters = [each.letter for each in left.indices or () if each.letter is not None]
    return [ForLoop(letter, whole(0), letter.size or whole(1), ()) for letter in letters]


def _run(node: Sum | Maximum, finish: object, sizes: Sizes) -> tuple[Statement, ...]:
    """The loops of a sum; in them the places that are read, as far as they exist, and the rest."""
    assert callable(finish)
    lets = node.lets if isinstance(node, Sum) else ()
    only = node.only if isinstance(node, Sum) else None
    named = list(_computed_places(node, lets, sizes))
    body = _with_places(node.body, {value: letter for letter, value, _, _ in named})
    inner: tuple[Statement, ...] = finish(body)
    conditions: list[Inside | Comparison] = [
        Inside(letter, size) for letter, _, size, may_leave in named if may_leave
    ]
    if only is not None:
        conditions.append(only)
    if conditions:
        inner = (When(tuple(conditions), inner),)
    if named:
        letters = tuple(letter for letter, _, _, _ in named)
        inner = (Places(letters, tuple(value for _, value, _, _ in named)), *inner)
    return nested([_loop(each) for each in node.loops], inner)


def _loop(each: SumIndex) -> ForLoop:
    return ForLoop(each.letter, each.start, each.count, ())


Named = tuple[Letter, IndexExpression, IndexExpression, bool]


def _computed_places(node: Sum | Maximum, lets: tuple[Let, ...], sizes: Sizes) -> Iterator[Named]:
    """The places that get a letter of their own: those that are long, or may not exist."""
    taken = {loop.letter.symbol for loop in node.loops}
    for let in lets:
        assert let.letter.size is not None
        taken.add(let.letter.symbol)
        leaves = may_leave(let.expression, let.letter.size, sizes)
        yield let.letter, let.expression, let.letter.size, leaves
    known: set[IndexExpression] = set()
    for read in descendants(node.body):
        if not isinstance(read, Reference):
            continue
        for where, axis in zip(read.indices or (), read.tensor.axes or (), strict=True):
            letter = axis.letter
            if where.letter or where.constant is not None or where in known or letter is None:
                continue
            assert letter.size is not None
            leaves = may_leave(where, letter.size, sizes)
            if leaves or not _is_short(where):
                known.add(where)
                while letter.symbol in taken:
                    letter = replace(letter, symbol=letter.symbol + "_")
                taken.add(letter.symbol)
                yield letter, where, axis.letter.size, leaves  # type: ignore[union-attr, misc]


def _is_short(where: IndexExpression) -> bool:
    """Whether a place is read as it stands: ``i + u``."""
    plain = all(
        coefficient == 1 and len(atoms) == 1 and isinstance(atoms[0], Letter)
        for coefficient, atoms in where.terms
    )
    return plain and len(where.terms) <= 2


def _with_places(node: Expression, named: Mapping[IndexExpression, Letter]) -> Expression:
    """The expression with the letters of places in place of what they are."""
    if isinstance(node, Reference):
        places = tuple(
            IndexExpression(((1, (named[each],)),)) if each in named else each
            for each in node.indices or ()
        )
        return replace(node, indices=None if node.indices is None else places)
    return rebuild(node, lambda child: _with_places(child, named))


def may_leave(where: IndexExpression, size: IndexExpression, sizes: Sizes) -> bool:
    """Whether a place can lie outside of its range for any of these sizes."""
    for values in sizes:
        low, high = _range(where, values)
        if low < 0 or high >= size.evaluate(values):
            return True
    return False


def _range(where: IndexExpression, values: Mapping[str, int]) -> tuple[int, int]:
    """The smallest and the largest number that it can be."""
    low = high = 0
    for coefficient, atoms in where.terms:
        ends = [(coefficient, coefficient)]
        for atom in atoms:
            least, most = _range_of_atom(atom, values)
            ends.append((least, most))
        first, last = ends[0]
        for least, most in ends[1:]:
            products = (first * least, first * most, last * least, last * most)
            first, last = min(products), max(products)
        low, high = low + first, high + last
    return low, high


def _range_of_atom(atom: object, values: Mapping[str, int]) -> tuple[int, int]:
    match atom:
        case Letter("" | _, "index", size) if size is not None:
            return 0, size.evaluate(values) - 1
        case Letter(symbol):
            return values[symbol], values[symbol]
        case Bracketed(inner):
            return _range(inner, values)
        case Floor(numerator, divisor) | Quotient(numerator, divisor):
            by = divisor.evaluate(values)
            low, high = _range(numerator, values)
            return low // by, high // by
        case Remainder(_, divisor):
            return 0, divisor.evaluate(values) - 1
    raise TypeError(f"no range of {atom!r}")


def reads(equations: Iterable[Equation]) -> list[Tensor]:
    """The tensors on their right-hand sides, each once, in the order of the vocabulary."""
    equations = list(equations)
    found = {
        each.tensor.symbol: each.tensor
        for equation in equations
        for each in descendants(equation.right)
        if isinstance(each, Reference)
    }
    order = [tensor.symbol for equation in equations for tensor in equation.vocabulary]
    return sorted(
        found.values(), key=lambda t: order.index(t.symbol) if t.symbol in order else len(order)
    )


def functions_called(expression: Expression) -> set[str]:
    """The functions of mathematics in an expression."""
    return {each.function for each in descendants(expression) if isinstance(each, FunctionCall)}
