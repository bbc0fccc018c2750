"""Results whose equation is stated, since they are not linear: a bend, a norm, a softmax.

A mistake changes the right-hand side, or that of an equation whose result it uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
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
    Product,
    Ratio,
    Scalar,
    Sum,
    Total,
    WholeNumber,
    over,
)
from backlit.equations.indices import IndexExpression, index, size
from backlit.equations.substitution import rebuild
from backlit.equations.tensors import Reference

from .mutation import GRADIENTS, Mutation
from .programs import Numbers, compute


@dataclass(frozen=True, eq=False)
class Stated:
    """An equation that gives a whole result, with the forward equation that it belongs to."""

    equation: Equation
    forward: Equation

    def __str__(self) -> str:
        return str(self.equation)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stated) and self._said == other._said

    def __hash__(self) -> int:
        return hash(str(self))

    @property
    def _said(self) -> tuple[object, ...]:
        return self.equation.right, *(source.right for source in self.equation.sources)

    def compute(self, tensors: Mapping[str, Numbers], sizes: Mapping[str, Any]) -> Numbers:
        """The whole array."""
        return compute(self.equation, tensors, sizes)

    def saying(self, right: Expression) -> Stated:
        """With another right-hand side."""
        return replace(self, equation=replace(self.equation, right=right, written=None))

    def with_source(self, symbol: str, right: Callable[[Expression], Expression | None]) -> Stated:
        """With another right-hand side for what it uses; the others are made of that, too."""

        def changed(equation: Equation) -> Equation:
            if equation.left.tensor.symbol == symbol:
                new = right(equation.right)
                return equation if new is None else replace(equation, right=new)
            return replace(equation, sources=tuple(map(changed, equation.sources)))

        sources = tuple(map(changed, self.equation.sources))
        return replace(self, equation=replace(self.equation, sources=sources))


Changed = Stated | None


def replaced(
    expression: Expression, change: Callable[[Expression], Expression | None]
) -> Expression:
    """The expression with nodes replaced, wherever ``change`` gives another one."""
    new = change(expression)
    if new is not None:
        return new

    def again(each: Expression) -> Expression:
        return replaced(each, change)

    match expression:
        case Sum(loops, body, lets, only):
            return Sum(loops, again(body), lets, only)
        case Cases(branches):
            return Cases(
                tuple(
                    (
                        again(value),
                        None
                        if when is None
                        else Comparison(again(when.left), when.relation, again(when.right)),
                    )
                    for value, when in branches
                )
            )
    return rebuild(expression, again)


def put(symbol: str, new: Expression) -> Callable[[Expression], Expression | None]:
    """Replace a tensor."""

    def change(each: Expression) -> Expression | None:
        return new if isinstance(each, Reference) and each.tensor.symbol == symbol else None

    return change


def drop_scalar(symbol: str, value: float = 0) -> Callable[[Expression], Expression | None]:
    """Put a number for a letter."""

    def change(each: Expression) -> Expression | None:
        return Constant(value) if isinstance(each, Scalar) and each.symbol == symbol else None

    return change


# --- activations ----------------------------------------------------------------------------------


def _error(line: Stated) -> Reference | None:
    found = line.equation.right
    factors = found.factors if isinstance(found, Product) else (found,)
    return next((f for f in factors if isinstance(f, Reference) and f.tensor.symbol == "dY"), None)


def _slope(line: Stated) -> Expression | None:
    """What the error is multiplied by, written for X alone."""
    right = line.equation.right
    if _error(line) is None or not isinstance(right, Product):
        return None
    rest = tuple(f for f in right.factors if f is not _error(line))
    slope = rest[0] if len(rest) == 1 else Product(rest)
    return replaced(slope, put("Y", line.forward.right))


def _with_slope(line: Stated, slope: Expression) -> Stated:
    error = _error(line)
    assert error is not None
    return line.saying(Product((error, slope)))


def _pointwise(change: Callable[[Expression, Stated], Expression | None]) -> Callable[..., Changed]:
    """A change of the slope."""

    def changed(line: Stated) -> Changed:
        slope = _slope(line)
        if slope is None:
            return None
        new = change(slope, line)
        return None if new is None else _with_slope(line, new)

    return changed


# Numbers on all sides of whatever kinks there are.
_MANY = [[k / 4 for k in range(-32, 33)]]


def _at_output(slope: Expression, line: Stated) -> Expression | None:
    """None where the output is always on the same side of the kinks as the input, as a ReLU's."""
    new = replaced(slope, put("X", line.forward.right))
    tensors = {"X": _MANY, "dY": [[1] * len(_MANY[0])]}
    slopes = [compute(_with_slope(line, each).equation, tensors, {}) for each in (slope, new)]
    return None if slopes[0] == slopes[1] else new


def _formula_at_input(line: Stated) -> Changed:
    """``z · (1 − z)`` for ``f(z) · (1 − f(z))``."""
    X = next(t for t in line.equation.vocabulary if t.symbol == "X")
    new = replaced(line.equation.right, put("Y", Reference(X, None)))
    return None if new == line.equation.right else line.saying(new)


def _of_error(slope: Expression, line: Stated) -> Expression | None:
    error = _error(line)
    assert error is not None
    return replaced(slope, put("X", error))


def _sign(line: Stated) -> Changed:
    return line.saying(Product((Constant(-1), line.equation.right)))


def _error_ignored(line: Stated) -> Changed:
    return line.saying(replaced(line.equation.right, put("dY", Constant(1))))


def _complement(slope: Expression, line: Stated) -> Expression | None:
    """Where the neuron was off instead of on."""
    del line

    def change(each: Expression) -> Expression | None:
        match each:
            case Indicator(Comparison(left, ">", right)):
                return Indicator(Comparison(left, "<", right))
            case Cases(((first, Comparison(left, ">", right)), (second, None))):
                return Cases(((first, Comparison(left, "<", right)), (second, None)))
        return None

    new = replaced(slope, change)
    return None if new == slope else new


def _function_itself(slope: Expression, line: Stated) -> Expression | None:
    del slope
    return line.forward.right


def _part_of_slope(line: Stated) -> Changed:
    """``dY · 1 − t²`` for ``dY · (1 − t²)``."""
    slope, error = _slope(line), _error(line)
    factors = slope.factors if isinstance(slope, Product) else (slope,)
    total = next((each for each in factors if isinstance(each, Total)), None)
    if error is None or total is None or len(total.parts) < 2:
        return None
    (sign, first), *others = total.parts
    rest = tuple(each for each in factors if each is not total and each is not None)
    return line.saying(Total(((sign, Product((error, *rest, first))), *others)))


def activation_mutations() -> Iterator[Mutation]:
    """What goes wrong in the way back through an activation."""
    only = ("input",)
    yield Mutation("sign", _sign, only)
    yield Mutation("slope-forgotten", _pointwise(lambda slope, line: Constant(1)), only)
    yield Mutation("error-ignored", _error_ignored, only)
    yield Mutation("slope-at-output", _pointwise(_at_output), only)
    yield Mutation("slope-at-input", _formula_at_input, only)
    yield Mutation("mask-of-error", _pointwise(_of_error), only)
    yield Mutation("parentheses", _part_of_slope, only, "the error times its first part only")
    yield Mutation("wrong-slope", _pointwise(_complement), only, "where it was off, not on")
    yield Mutation("wrong-slope", _pointwise(_function_itself), only, "the function, not its slope")


# --- batch normalization --------------------------------------------------------------------------


def _without_part(*symbols: str) -> Callable[[Stated], Changed]:
    """The direct way, without those through dβ or dγ."""

    def change(line: Stated) -> Changed:
        def less(each: Expression) -> Expression | None:
            if not isinstance(each, Total):
                return None
            parts = tuple(
                (sign, part)
                for sign, part in each.parts
                if not any(
                    isinstance(f, Reference) and f.tensor.symbol in symbols
                    for f in (part.factors if isinstance(part, Product) else (part,))
                )
            )
            return Total(parts) if len(parts) < len(each.parts) else None

        new = replaced(line.equation.right, less)
        return None if new == line.equation.right else line.saying(new)

    return change


def _everywhere(change: Callable[[Expression], Expression | None]) -> Callable[[Stated], Changed]:
    """Changed here and in all that is used."""

    def changed(line: Stated) -> Changed:
        def again(equation: Equation) -> Equation:
            return replace(
                equation,
                right=replaced(equation.right, change),
                sources=tuple(map(again, equation.sources)),
                written=None,
            )

        new = replace(line, equation=again(line.equation))
        return None if new == line else new

    return changed


def _halved(line: Stated) -> Changed:
    """The part through dγ, which comes through the variance, by half."""

    def half(each: Expression) -> Expression | None:
        if not isinstance(each, Total):
            return None
        parts = tuple(
            (sign, Product((Constant(0.5), part)) if _has(part, "dγ") else part)
            for sign, part in each.parts
        )
        return None if parts == each.parts else Total(parts)

    new = replaced(line.equation.right, half)
    return None if new == line.equation.right else line.saying(new)


def _has(part: Expression, symbol: str) -> bool:
    factors = part.factors if isinstance(part, Product) else (part,)
    return any(isinstance(f, Reference) and f.tensor.symbol == symbol for f in factors)


def _outside_root(each: Expression) -> Expression | None:
    """``√σ² + ε`` for ``√(σ² + ε)``."""
    if not isinstance(each, FunctionCall) or each.function != "sqrt":
        return None
    (inside,) = each.arguments
    if not isinstance(inside, Total) or len(inside.parts) != 2:
        return None
    (sign, variance), last = inside.parts
    return Total(((sign, FunctionCall("sqrt", (variance,))), last))


def _no_scale(line: Stated) -> Changed:
    new = replaced(line.equation.right, put("γ", Constant(1)))
    return None if new == line.equation.right else line.saying(new)


def _unbiased(line: Stated) -> Changed:
    M = WholeNumber(size("M", "how many numbers a channel has"))
    new = line.with_source("σ²", lambda right: Product((Ratio(M, M - 1), right)))
    return None if new == line else new


def _mean_divided_alone(line: Stated) -> Changed:
    """``x − μ/√(σ² + ε)`` for ``(x − μ)/√(σ² + ε)``."""

    def changed(right: Expression) -> Expression | None:
        if not isinstance(right, Ratio) or not isinstance(right.numerator, Total):
            return None
        *first, (sign, last) = right.numerator.parts
        return Total((*first, (sign, Ratio(last, right.denominator))))

    new = line.with_source("x\u0302", changed)
    return None if new == line else new


def _scaled_and_shifted(line: Stated) -> Changed:
    """``γ · (x̂ + β)`` for ``γ · x̂ + β``."""
    right = line.equation.right
    if not isinstance(right, Total) or len(right.parts) != 2:
        return None
    (sign, first), last = right.parts
    if not isinstance(first, Product):
        return None
    scale, *rest = first.factors
    return line.saying(Product((scale, Total(((sign, Product(tuple(rest))), last)))))


def _normalized_forgotten(line: Stated) -> Changed:
    new = replaced(line.equation.right, lambda each: _raw(each, line))
    return None if new == line.equation.right else line.saying(new)


def _raw(each: Expression, line: Stated) -> Expression | None:
    if isinstance(each, Reference) and each.tensor.symbol == "x\u0302":
        X = next(t for t in line.equation.vocabulary if t.symbol == "X")
        return Reference(X, each.indices)
    return None


def normalization_mutations() -> Iterator[Mutation]:
    """What goes wrong in batch normalization."""
    only = ("input",)
    yield Mutation("sign", _sign, GRADIENTS)
    yield Mutation("mean-way-forgotten", _without_part("dβ"), only)
    yield Mutation("variance-way-forgotten", _without_part("dγ"), only)
    yield Mutation("statistics-constant", _without_part("dβ", "dγ"), only)
    yield Mutation("variance-way-halved", _halved, only)
    yield Mutation("eps-outside-root", _everywhere(_outside_root), ("output", "input", "weight"))
    yield Mutation("eps-forgotten", _everywhere(drop_scalar("ε")), ("output", "input", "weight"))
    yield Mutation("unbiased-variance", _unbiased, ("output", "input", "weight"))
    yield Mutation("scale-forgotten", _no_scale, ("input", "output"))
    yield Mutation("error-ignored", _error_ignored, GRADIENTS)
    yield Mutation("wrong-operand", _normalized_forgotten, ("weight",), "X in place of x̂")
    yield Mutation("parentheses", _mean_divided_alone, ("output",), "the mean is divided alone")
    yield Mutation("parentheses", _scaled_and_shifted, ("output",), "β is multiplied, too")
    for symbols in (("n",), ("h", "w")):
        yield Mutation("batch-average-extra" if symbols == ("n",) else "positions-averaged",
                       _divided_by(*symbols), ("weight", "bias"))  # fmt: skip
    yield Mutation("positions-averaged", _divided_by("n", "h", "w"), ("weight", "bias"))
    for mistake, symbol, first in (("one-image-only", "n", True), ("one-image-only", "n", False)):
        yield Mutation(mistake, _one_only(symbol, first), ("weight", "bias"))


def _divided_by(*symbols: str) -> Callable[[Stated], Changed]:
    def change(line: Stated) -> Changed:
        total = line.equation.right
        if not isinstance(total, Sum):
            return None
        count: Any = None
        for loop in total.loops:
            if loop.letter.symbol in symbols:
                count = loop.count if count is None else count * loop.count
        if count is None:
            return None
        return line.saying(Product((Ratio(Constant(1), WholeNumber(count)), total)))

    return change


def _one_only(symbol: str, first: bool) -> Callable[[Stated], Changed]:
    def change(line: Stated) -> Changed:
        total = line.equation.right
        if not isinstance(total, Sum):
            return None
        for loop in total.loops:
            if loop.letter.symbol == symbol:
                from backlit.equations.indices import single, whole

                place = whole(0) if first else loop.count - 1
                only = Indicator(
                    Comparison(WholeNumber(single(loop.letter)), "=", WholeNumber(place))
                )
                return line.saying(Sum(total.loops, Product((only, total.body)), total.lets))
        return None

    return change


# --- softmax and cross-entropy --------------------------------------------------------------------


def _numerator(line: Stated) -> tuple[Expression, Expression] | None:
    right = line.equation.right
    return (right.numerator, right.denominator) if isinstance(right, Ratio) else None


def _batch_forgotten(line: Stated) -> Changed:
    parts = _numerator(line)
    return None if parts is None else line.saying(parts[0])


def _batch_twice(line: Stated) -> Changed:
    parts = _numerator(line)
    return None if parts is None else line.saying(Ratio(line.equation.right, parts[1]))


def _truth_forgotten(line: Stated) -> Changed:
    new = replaced(
        line.equation.right,
        lambda each: each.parts[0][1] if isinstance(each, Total) and len(each.parts) == 2 else None,
    )
    return None if new == line.equation.right else line.saying(new)


def _truth_added(line: Stated) -> Changed:
    def change(each: Expression) -> Expression | None:
        if not isinstance(each, Total) or len(each.parts) != 2:
            return None
        (sign, first), (_, truth) = each.parts
        return Total(((sign, first), (sign, truth)))

    new = replaced(line.equation.right, change)
    return None if new == line.equation.right else line.saying(new)


def _divided_in_part(which: int) -> Callable[[Stated], Changed]:
    """``P − T/N`` or ``P/N − T`` for ``(P − T)/N``."""

    def change(line: Stated) -> Changed:
        right = line.equation.right
        if not isinstance(right, Ratio) or not isinstance(right.numerator, Total):
            return None
        parts = list(right.numerator.parts)
        sign, part = parts[which]
        parts[which] = sign, Ratio(part, right.denominator)
        return line.saying(Total(tuple(parts)))

    return change


def _scores(less_largest: bool) -> Callable[[Stated], Changed]:
    """Scores where probabilities belong, perhaps without each image's largest."""

    def changed(line: Stated) -> Changed:
        Z = next((t for t in line.equation.vocabulary if t.symbol == "Z"), None)
        classes = None if Z is None else Z.letters[1].size
        if Z is None or classes is None:
            return None

        def change(each: Expression) -> Expression | None:
            if not isinstance(each, Reference) or each.tensor.symbol != "P" or not each.indices:
                return None
            score = Reference(Z, each.indices)
            q = index("q", classes, "class, in a search for the largest")
            largest = Maximum(over(q), Reference(Z, (each.indices[0], q)))
            return score - largest if less_largest else score

        new = replaced(line.equation.right, change)
        return None if new == line.equation.right else line.saying(new)

    return changed


def _probabilities(change: Callable[[Reference], Expression]) -> Callable[[Stated], Changed]:
    """With other probabilities, made of the scores ``Z[n,k]`` as ``change`` says."""

    def wrong(right: Expression) -> Expression | None:
        if not isinstance(right, Ratio):
            return None
        above = right.numerator
        assert isinstance(above, FunctionCall)
        (read,) = above.arguments
        assert isinstance(read, Reference)
        return change(read)

    def changed(line: Stated) -> Changed:
        if line.equation.left.tensor.symbol == "P":
            new = wrong(line.equation.right)
            return None if new is None else line.saying(new)
        other = line.with_source("P", wrong)
        return None if other == line else other

    return changed


def _normalized(over_images: bool, over_classes: bool, less: str = "") -> Callable[..., Changed]:
    """Scores normalized over these axes, after the largest of an image or a class is subtracted."""

    def change(scores: Reference) -> Expression:
        images, classes = scores.tensor.letters
        N, K = images.size, classes.size
        assert N is not None
        assert K is not None
        assert scores.indices is not None
        n, k = scores.indices
        r = index("r", N, "image, in a sum over all of them")
        m = index("m", K, "class, in a sum over all of them")

        def score(image: IndexExpression, of: IndexExpression) -> Expression:
            number = Reference(scores.tensor, (image, of))
            if less == "image":
                q = index("q", K, "class, in a search for the largest")
                largest = Maximum(over(q), Reference(scores.tensor, (image, q)))
            elif less == "class":
                q = index("q", N, "image, in a search for the largest")
                largest = Maximum(over(q), Reference(scores.tensor, (q, of)))
            else:
                return FunctionCall("exp", (number,))
            return FunctionCall("exp", (number - largest,))

        loops = (*((r,) if over_images else ()), *((m,) if over_classes else ()))
        place = (r if over_images else n, m if over_classes else k)
        return Ratio(score(n, k), Sum(over(*loops), score(*place)))

    return _probabilities(change)


def _softmax_twice(line: Stated) -> Changed:
    """The softmax of probabilities, which are taken for scores."""

    def again(equation: Equation) -> Equation:
        if equation.left.tensor.symbol != "P":
            return replace(equation, sources=tuple(map(again, equation.sources)))
        first = replace(equation.left.tensor, symbol="Q")
        known = replace(equation, left=Reference(first, equation.left.indices))

        def taken(each: Expression) -> Expression | None:
            is_score = isinstance(each, Reference) and each.tensor.symbol == "Z"
            return Reference(first, each.indices) if is_score else None  # type: ignore[attr-defined]

        right = replaced(equation.right, taken)
        vocabulary = (*equation.vocabulary, first)
        return replace(equation, right=right, sources=(known,), vocabulary=vocabulary)

    changed = replace(line, equation=again(line.equation))
    return None if changed == line else changed


def _classes_divided(line: Stated) -> Changed:
    K = WholeNumber(size("K", "number of classes"))
    return line.saying(Ratio(line.equation.right, K))


def softmax_mutations() -> Iterator[Mutation]:
    """What goes wrong in softmax and cross-entropy."""
    gradient = ("input",)
    yield Mutation("sign", _sign, ("input", "loss"))
    yield Mutation("batch-average-forgotten", _batch_forgotten, gradient)
    yield Mutation("batch-average-twice", _batch_twice, gradient)
    yield Mutation("onehot-forgotten", _truth_forgotten, gradient)
    yield Mutation("onehot-added", _truth_added, gradient)
    yield Mutation("parentheses", _divided_in_part(1), gradient, "only the truth is divided by N")
    yield Mutation(
        "parentheses", _divided_in_part(0), gradient, "only the probability is divided by N"
    )
    yield Mutation("softmax-forgotten", _scores(False), ("input", "loss"))
    yield Mutation("softmax-forgotten", _scores(True), gradient, "the largest is subtracted")
    everywhere = ("input", "loss", "output")
    of_image = "after each image's largest score is subtracted"
    yield Mutation("softmax-axis", _normalized(True, False), everywhere)
    yield Mutation("softmax-axis", _normalized(True, True), everywhere, "over all")
    yield Mutation("softmax-axis", _normalized(True, False, "image"), everywhere, of_image)
    yield Mutation(
        "softmax-axis", _normalized(True, True, "image"), everywhere, f"over all, {of_image}"
    )
    yield Mutation(
        "softmax-axis",
        _normalized(False, True, "class"),
        everywhere,
        "the largest score of each class is subtracted, in place of each image's",
    )
    yield Mutation("softmax-twice", _softmax_twice, ("input", "loss"))
    yield Mutation("scaled", _classes_divided, gradient, "divided by the number of classes")
    yield Mutation("batch-average-forgotten", _loss_not_averaged, ("loss",))
    for base in (2, 10):
        yield Mutation("other-logarithm", _to_base(base), ("loss",), f"to the base {base}")


def _to_base(base: int) -> Callable[[Stated], Changed]:
    def change(line: Stated) -> Changed:
        if line.equation.left.tensor.symbol != "L":
            return None
        return line.saying(Ratio(line.equation.right, FunctionCall("log", (Constant(base),))))

    return change


def _loss_not_averaged(line: Stated) -> Changed:
    N = WholeNumber(size("N", "number of images"))
    if line.equation.left.tensor.symbol != "L":
        return None
    return line.saying(Product((N, line.equation.right)))
