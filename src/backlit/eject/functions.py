"""The functions of a program: one pair for each operation with the options that a network uses.

Where layers of one kind differ in an option, such as two convolutions in their padding, it stays a
letter of the equation and becomes an argument.  An option that all of them share is a number from
the start, so that a plain convolution has nothing of a stride or of groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from types import SimpleNamespace
from typing import Any

from backlit.equations import Equation, Operation, sigmoid
from backlit.equations.expressions import (
    Expression,
    Maximum,
    Product,
    Scalar,
    Total,
    WholeNumber,
    call,
    descendants,
)
from backlit.equations.indices import IndexExpression, Letter
from backlit.equations.sizes import resolve
from backlit.equations.tensors import Reference, Tensor

from . import loops
from .description import Description, PlacedLayer
from .tree import Statement, expressions, places

Make = Callable[..., Operation]
Options = dict[str, Any]
Member = tuple[PlacedLayer, Options]
_SEEN_IN_SHAPES = ("groups",)  # no letter stands for it that a function could be given
_OF_AXES = ("kernel_size", "stride", "dilation")  # one number, or one for each axis


@dataclass(frozen=True)
class Function:
    """A function of whole batches, or of single numbers, before it is written in a language.

    Attributes:
        name: such as "conv2d_forward".
        equations: what it computes.
        arguments: the tensors that it is given.
        options: the letters of options that it is given, too.
        made: the arrays that it makes, beginning with zeros.
        body: what is done with them.
        results: what it returns.
        value: of a function of single numbers, what it returns instead.
        sizes: letter -> where it is found: (argument, axis), or the expression that it is.
    """

    name: str
    equations: tuple[Equation, ...]
    arguments: tuple[Tensor, ...]
    results: tuple[Tensor, ...]
    options: tuple[str, ...] = ()
    made: tuple[Tensor, ...] = ()
    body: tuple[Statement, ...] = ()
    value: Expression | None = None
    sizes: Mapping[str, IndexExpression | None] = field(default_factory=dict)

    @property
    def backward(self) -> bool:
        """Whether it gives errors and gradients."""
        return any(each.kind == "gradient" for each in self.equations)

    @property
    def of_numbers(self) -> bool:
        """Whether it is a function of single numbers."""
        return self.value is not None


@dataclass(frozen=True)
class LayerKind:
    """What some layers of a network do.

    Attributes:
        forward: the function of the output.
        statistics: the function of what a batch brings along, such as its mean; or None.
        backward: the function of the errors and gradients; None if the error passes as it is.
        letters: option -> its letters, where it is an argument.
    """

    forward: Function
    statistics: Function | None
    backward: Function | None
    letters: Mapping[str, tuple[str, ...]]

    @property
    def functions(self) -> tuple[Function, ...]:
        """All that it has, in the order in which a reader meets them."""
        every = (self.statistics, self.forward, self.backward)
        return tuple(each for each in every if each is not None)


@dataclass(frozen=True)
class Use:
    """A layer and what it does; ``options`` are its numbers for the letters of the kind.

    Without a kind the output is the input.
    """

    part: PlacedLayer
    kind: LayerKind | None
    options: Mapping[str, float] = field(default_factory=dict)


def uses(description: Description) -> list[Use]:
    """What each layer of a network does, with as few functions as say it plainly."""
    parts = [part for part in description.parts if not _passes(part, description)]
    groups: dict[Make, list[Member]] = {}
    for part in parts:
        make, options = part.layer.stated_by(part.shapes, True)
        groups.setdefault(make, []).append((part, _plain(part, options)))
    found: dict[str, Use] = {}
    for make, members in groups.items():
        numbers = count(1)
        for variant in _variants(members):
            for use in _kind(make, variant, numbers, description):
                found[use.part.name] = use
    return [found.get(part.name, Use(part, None)) for part in description.parts]


def _passes(part: PlacedLayer, description: Description) -> bool:
    """Whether a layer hands on what it gets."""
    modes = (False, True) if description.training else (False,)
    return all(part.layer.is_identity(part.shapes[0], mode) for mode in modes)


def _plain(part: PlacedLayer, options: Options) -> Options:
    """The options with numbers for names: "same" as the padding that it is here."""
    plain = dict(options)
    axes = part.layer.window(part.shapes[0])
    if axes is None:
        return plain
    pads = tuple((axis.before, axis.after) for axis in axes)
    plain["padding"] = pads[0][0] if len({*pads[0], *pads[1]}) == 1 else pads
    if part.parameters:
        plain["kernel_size"] = None  # the shape of the weights tells it
    return {name: _single(v) if name in _OF_AXES else v for name, v in plain.items()}


def _single(value: Any) -> Any:
    """(2, 2) as 2."""
    if isinstance(value, list | tuple):
        return value[0] if value[0] == value[1] else tuple(value)
    return value


def _variants(
    members: list[Member],
) -> list[list[Member]]:
    """The members whose options can be letters, together; the others with their equals."""
    names = list(members[0][1])
    fixed = [
        name
        for name in names
        if name in _SEEN_IN_SHAPES or not all(_is_number(options[name]) for _, options in members)
    ]
    found: dict[Any, list[Member]] = {}
    for part, options in members:
        found.setdefault(tuple(options[name] for name in fixed), []).append((part, options))
    return list(found.values())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind(
    make: Make, members: list[Member], numbers: Iterator[int], description: Description
) -> Iterator[Use]:
    """One kind for all members, or where an option cannot be a letter, one for each kind."""
    shared = members[0][1]
    differing = [n for n in shared if len({options[n] for _, options in members}) > 1]
    opened = _opened(make, shared, differing)
    if any(not letters for letters in opened.values()):
        equal: dict[Any, list[Member]] = {}
        for part, options in members:
            equal.setdefault(tuple(options.values()), []).append((part, options))
        for same in equal.values():
            yield from _kind(make, same, numbers, description)
        return
    options = {name: None if name in opened else value for name, value in shared.items()}
    operation = make(**options)
    given = [_given(opened, own) for _, own in members]
    sizes = [
        _sizes(operation, part, values) for (part, _), values in zip(members, given, strict=True)
    ]
    number = next(numbers)
    name = operation.name + (f"_{number}" if number > 1 else "")
    kind = _functions(name, operation, members[0][0], sizes, opened, description)
    for (part, _), values in zip(members, given, strict=True):
        yield Use(part, kind, values)


def _opened(make: Make, options: Options, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The letters of each option that is left open."""
    open_options = {name: None if name in names else value for name, value in options.items()}
    if not names:
        return {}
    every = _letters(make(**open_options))
    found = {}
    for name in names:
        closed = _letters(make(**{**open_options, name: options[name]}))
        found[name] = tuple(letter for letter in every if letter not in closed)
    for name in sorted(found, key=lambda name: len(found[name])):
        for other in found:
            if other != name and len(found[other]) > len(found[name]):
                found[other] = tuple(x for x in found[other] if x not in found[name])
    return found


def _letters(operation: Operation) -> list[str]:
    """The letters of sizes and options in its equations, but for those of other faces.

    Sizes of arrays are none: what an array is like tells them, whatever the options are.
    """
    equations = (*operation.steps, *operation.gradients.values())
    found = [
        role.partition(":")[2]
        for each in equations
        for role in each.letters
        if role.startswith(("size:", "option:"))
    ]
    found += [symbol for each in equations for symbol in _lengths(each.running)]
    of_arrays = [s for each in operation.forward.vocabulary for s in _lengths(each.letters)]
    return [letter for letter in dict.fromkeys(found) if letter not in of_arrays]


def _lengths(indices: Iterable[Letter]) -> Iterator[str]:
    """How far indices run, where a letter alone says it."""
    for index in indices:
        if index.size is not None and index.size.letter is not None:
            yield index.size.letter.symbol


def _given(opened: Mapping[str, tuple[str, ...]], options: Options) -> dict[str, float]:
    return {letter: options[name] for name, letters in opened.items() for letter in letters}


def _sizes(operation: Operation, part: PlacedLayer, given: Mapping[str, float]) -> dict[str, int]:
    """The number behind each letter, for one layer and a batch of two."""
    forward = operation.forward
    if forward.left.tensor.axes is None:
        return {}
    shapes: dict[str, Any] = {}
    inputs = [t for t in forward.vocabulary if t.symbol.startswith("X")]
    for tensor, shape in zip(inputs, part.shapes, strict=True):
        shapes[tensor.symbol] = SimpleNamespace(shape=(2, *shape))
    for name, shape in part.parameters.items():
        shapes[part.layer.letters[name]] = SimpleNamespace(shape=shape)
    whole = {letter: value for letter, value in given.items() if isinstance(value, int)}
    return resolve(shapes, forward.vocabulary, forward.definitions, whole)


def _functions(
    name: str,
    operation: Operation,
    part: PlacedLayer,
    sizes: loops.Sizes,
    opened: Mapping[str, tuple[str, ...]],
    description: Description,
) -> LayerKind:
    """The functions of an operation."""
    forward = operation.forward
    if forward.left.tensor.axes is None:
        return LayerKind(
            _of_numbers(f"{name}_forward", forward),
            None,
            _of_numbers(f"{name}_backward", *dict.fromkeys(operation.gradients.values()))
            if description.training and not _hands_on(operation)
            else None,
            opened,
        )
    letters = part.layer.letters
    extra = {letters[key] for key in letters if key not in part.parameters}
    side = [step for step in operation.steps if step.left.tensor.symbol in extra]
    own = [step for step in operation.steps if step not in side]
    statistics = backward = None
    if side and description.training:
        statistics = _function(f"{name}_statistics", tuple(side), sizes)
    if description.training:
        backward = _backward(f"{name}_backward", operation, extra, sizes)
    return LayerKind(_function(f"{name}_forward", tuple(own), sizes), statistics, backward, opened)


def _hands_on(operation: Operation) -> bool:
    """Whether each input gets the whole error as it is."""
    error = operation.forward.left.tensor.gradient.symbol
    return all(_only(each.right) == error for each in operation.gradients.values())


def _only(expression: Expression) -> str:
    """The symbol of the one tensor that an expression is, or ""."""
    match expression:
        case Reference(tensor):
            return tensor.symbol
        case Total(((1, part),)):
            return _only(part)
        case Product((factor,)):
            return _only(factor)
    return ""


def _of_numbers(name: str, *equations: Equation) -> Function:
    """A function of single numbers."""
    (equation,) = equations
    return Function(
        name,
        (equation,),
        tuple(_backward_order(loops.reads([equation]))),
        (equation.left.tensor,),
        options=tuple(_open_numbers(equation)),
        value=_as_computed(equation.right),
    )


def _as_computed(expression: Expression) -> Expression:
    """1/(1 + e^(−X)) by the function that never takes a large power, all others as they are."""
    stated = sigmoid().forward
    (reference,) = (each for each in descendants(stated.right) if isinstance(each, Reference))
    return call("sigmoid", reference) if expression == stated.right else expression


def _open_numbers(equation: Equation) -> Iterator[str]:
    seen = set()
    for each in descendants(equation.right):
        if isinstance(each, Scalar) and each.symbol not in seen:
            seen.add(each.symbol)
            yield each.symbol


def _backward_order(tensors: Sequence[Tensor]) -> list[Tensor]:
    """The error first, then what was computed, then what is learned."""
    return sorted(tensors, key=lambda t: (t.kind != "error", t.learned))


def _function(name: str, steps: tuple[Equation, ...], sizes: loops.Sizes) -> Function:
    """A function that works out some equations one after the other."""
    made = tuple(step.left.tensor for step in steps)
    own = {tensor.symbol for tensor in made}
    given = [tensor for tensor in loops.reads(steps) if tensor.symbol not in own]
    body = tuple(each for step in steps for each in loops.elements(step, sizes))
    results = made if name.endswith("_statistics") else made[-1:]
    return _sized(name, steps, given, made, body, results)


def _backward(name: str, operation: Operation, extra: set[str], sizes: loops.Sizes) -> Function:
    """The errors of the inputs, then the gradients of the parameters."""
    forward = operation.forward
    gradients = list(dict.fromkeys(operation.gradients.values()))
    ordered = sorted(gradients, key=lambda each: each.left.tensor.kind != "error")
    results = tuple(each.left.tensor for each in ordered)
    before = [step for step in operation.steps[:-1] if step.left.tensor.symbol not in extra]
    if isinstance(forward.right, Maximum):
        body = loops.winner_backward(forward, sizes)
        arguments = [forward.left.tensor.gradient, *loops.reads([forward])]
        made = results
    elif loops.is_linear(forward):
        prepared = tuple(each for step in before for each in loops.elements(step, sizes))
        body = (*prepared, *loops.products_backward(operation, sizes))
        made = (*(step.left.tensor for step in before), *results)
        own = {tensor.symbol for tensor in made}
        given = [tensor for tensor in loops.reads([forward]) if tensor.symbol not in own]
        biases = {each.left.tensor.symbol for each in gradients} - _needed(given, forward)
        given = [t for t in given if t.gradient.symbol not in biases]
        arguments = [forward.left.tensor.gradient, *given]
        face = operation.faces.get("scatter")  # in which it is written below
        ordered = [face if face and each.left.tensor.kind == "error" else each for each in ordered]
    else:
        learned = [each for each in gradients if each.left.tensor.kind != "error"]
        order = [*before, *learned, *(each for each in gradients if each not in learned)]
        needed = loops.reads(order)
        symbols = {tensor.symbol for tensor in needed}
        order = [e for e in order if e in gradients or e.left.tensor.symbol in symbols]
        body = tuple(each for step in order for each in loops.elements(step, sizes))
        made = tuple(step.left.tensor for step in order)
        own = {tensor.symbol for tensor in made}
        arguments = [tensor for tensor in loops.reads(order) if tensor.symbol not in own]
        missing = _unsized(made, arguments)
        arguments += [tensor for tensor in loops.reads([forward]) if tensor.symbol in missing]
    return _sized(name, tuple(ordered), _backward_order(arguments), made, body, results)


def _needed(given: Sequence[Tensor], forward: Equation) -> set[str]:
    """The gradients of what is multiplied with something, and so has to be given."""
    right = forward.right
    parts = right.parts if isinstance(right, Total) else ((1, right),)
    alone = {part.tensor.gradient.symbol for _, part in parts if isinstance(part, Reference)}
    return {tensor.gradient.symbol for tensor in given} - alone


def _unsized(made: Sequence[Tensor], arguments: Sequence[Tensor]) -> set[str]:
    """The tensors whose shape nothing that is given tells."""
    known = {letter.size for tensor in arguments for letter in tensor.letters}
    return {
        tensor.symbol.removeprefix("d")
        for tensor in made
        if any(
            letter.size not in known and letter.size and letter.size.constant is None
            for letter in tensor.letters
        )
    }


def _sized(
    name: str,
    equations: tuple[Equation, ...],
    arguments: Sequence[Tensor],
    made: tuple[Tensor, ...],
    body: tuple[Statement, ...],
    results: tuple[Tensor, ...],
) -> Function:
    """The function, once it is known where each letter in it comes from."""
    shapes = {
        axis.size.letter.symbol
        for tensor in arguments
        for axis in tensor.letters
        if axis.size is not None and axis.size.letter is not None
    }
    definitions = {d.symbol: d.expression for e in equations for d in e.definitions}
    sizes: dict[str, IndexExpression | None] = {}
    options: list[str] = []

    def settle(letter: Letter) -> None:
        symbol = letter.symbol
        if letter.kind == "index" or symbol in sizes or symbol in options:
            return
        if symbol in shapes:
            sizes[symbol] = None
        elif symbol in definitions:
            expression = definitions[symbol]
            assert isinstance(expression, IndexExpression)
            for each in expression.letters():
                settle(each)
            sizes[symbol] = expression
        else:
            options.append(symbol)

    axes = [axis.size for tensor in made for axis in tensor.letters if axis.size is not None]
    for expression in (*axes, *places(body), *_numbers(body)):
        for each in expression.letters():
            settle(each)
    own = {loops.TOTAL.symbol, loops.ERROR.symbol, loops.LARGEST.symbol}
    scalars = (each.symbol for each in expressions(body) if isinstance(each, Scalar))
    options += [symbol for symbol in dict.fromkeys(scalars) if symbol not in own]
    return Function(
        name, equations, tuple(arguments), results, tuple(options), made, body, None, sizes
    )


def _numbers(body: tuple[Statement, ...]) -> Iterator[IndexExpression]:
    for each in expressions(body):
        if isinstance(each, WholeNumber):
            yield each.expression
