"""A worksheet: small whole numbers, questions that are equations, and answers that are computed.

What is asked is an operation's own equations, evaluated on fractions: the same that explain a
network, so that a sheet, its key and the documentation say the same with the same letters.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from itertools import product
from operator import getitem
from typing import Any

from backlit import equations, pure
from backlit.equations import Equation, Operation
from backlit.equations.indices import letter_of
from backlit.equations.sizes import resolve
from backlit.equations.terms import ElementEvaluation
from backlit.errors import ConfigurationError
from backlit.pure.nested import Nested, flat, shape, shaped
from backlit.system.numbers import is_whole

from .drawing import check_few, drawn, half_zero, is_lopsided, numbers

__all__ = ["WORKSHEETS", "Given", "Question", "Worksheet", "worksheet"]

LARGEST = 50  # of all options: more is nothing for pencil and paper


@dataclass(frozen=True)
class Given:
    """Numbers that a sheet begins with.

    Attributes:
        letter: as in the equations.
        words: what they are.
        numbers: as nested lists.
    """

    letter: str
    words: str
    numbers: Nested


@dataclass(frozen=True)
class Question:
    """One array that is to be worked out.

    Attributes:
        letter: as in the equations.
        words: what is asked, as a sentence.
        equation: by which each of its numbers is found.
        answer: as nested lists, of whole numbers and fractions.
        working: one of its numbers, worked out.
    """

    letter: str
    words: str
    equation: Equation
    answer: Nested
    working: str


@dataclass(frozen=True)
class Worksheet:
    """A page of exercises.

    Attributes:
        operation: its name, such as "conv2d".
        title: for the reader.
        code: the seed and the number of the copy, which give the same sheet again.
        given: what one begins with.
        questions: in the order in which they are to be answered.
        letters: of all equations, each with what it means here: "i" -> "row of the output, 0 to 2".
    """

    operation: str
    title: str
    code: str
    given: tuple[Given, ...]
    questions: tuple[Question, ...]
    letters: Mapping[str, str] = field(default_factory=dict)

    def to_data(self) -> dict[str, Any]:
        """The sheet as plain data for JSON; fractions are texts such as "3/10"."""
        return {
            "operation": self.operation,
            "title": self.title,
            "code": self.code,
            "given": {each.letter: _data(each.numbers) for each in self.given},
            "questions": [
                {
                    "letter": each.letter,
                    "words": each.words,
                    "equation": each.equation.text(),
                    "answer": _data(each.answer),
                    "working": each.working,
                }
                for each in self.questions
            ],
            "letters": dict(self.letters),
        }


def _data(nested: Nested) -> Any:
    if isinstance(nested, list):
        return [_data(part) for part in nested]
    return str(nested) if isinstance(nested, Fraction) else nested


@dataclass(frozen=True)
class WorksheetKind:
    """What a kind of worksheet draws, and what it asks.

    Attributes:
        operation: its equations, for the options that it knows.
        given: draws the arrays that a sheet begins with, by letter.
        asked: which of the equations, in order: "forward", or the name of a gradient.
        words: what the letters of the given arrays stand for.
        options: what it takes, with defaults; those of the operation, and how large its arrays are.
    """

    operation: Callable[..., Operation]
    given: Callable[..., dict[str, Nested]]
    asked: tuple[str, ...]
    words: Mapping[str, str]
    options: Mapping[str, int] = field(default_factory=dict)


def worksheet(operation: str, seed: int = 0, copy: int = 0, **options: Any) -> Worksheet:
    """One sheet of exercises; the same arguments give the same one.

    Args:
        operation: one of :data:`WORKSHEETS`.
        seed: of the numbers.
        copy: each copy of a seed has numbers of its own.
        options: of the operation, and how large its arrays are; see ``WORKSHEETS[…].options``.

    Raises:
        ConfigurationError: there is no such worksheet or option, or nothing fits these sizes.
    """
    kind = WORKSHEETS.get(operation)
    if kind is None:
        known = ", ".join(WORKSHEETS)
        raise ConfigurationError(f"there are worksheets for {known}, not for {operation!r}")
    unknown = [name for name in options if name not in kind.options]
    if unknown:
        takes = ", ".join(kind.options) or "no options"
        raise ConfigurationError(f"a worksheet of {operation} takes {takes}, got {unknown[0]!r}")
    for name, value in options.items():
        least = 0 if name == "padding" else 1
        if not is_whole(value) or not least <= value <= LARGEST:
            raise ConfigurationError(
                f"{name} of a worksheet must be a whole number from {least} to {LARGEST}, "
                f"got {value!r}"
            )
    chosen = {**kind.options, **options}
    draw = random.Random(f"{operation} {seed} {copy}")
    try:
        tensors = kind.given(draw, **chosen)
        found = kind.operation(**chosen)
    except ValueError as problem:
        raise ConfigurationError(f"a worksheet of {operation}: {problem}") from None
    given = tuple(Given(letter, kind.words[letter], each) for letter, each in tensors.items())
    questions = tuple(_questions(kind, found, tensors))
    answered = {**tensors, **{each.letter: each.answer for each in questions}}
    letters = dict(_letters([each.equation for each in questions], answered))
    return Worksheet(operation, found.title, f"{seed}-{copy + 1}", given, questions, letters)


def _questions(
    kind: WorksheetKind, operation: Operation, given: Mapping[str, Nested]
) -> Iterator[Question]:
    """Each equation, evaluated with what was given and with the answers before it."""
    tensors = dict(given)
    for name in kind.asked:
        steps = operation.steps if name == "forward" else (operation.gradients[name],)
        for equation in steps:
            letter = equation.left.tensor.symbol
            size = _size(equation, tensors)
            found = _evaluated(equation, tensors, size)
            answer = shaped([_plain(each.total) for each in found.values()], *size)
            # Of all numbers the one with most to add up is worked out.
            shown = max(found, key=lambda at: sum(term.product != 0 for term in found[at].terms))
            working = equation.with_numbers(found[shown], limit=12, digits=6).text()
            tensors.setdefault(letter, answer)
            yield Question(letter, equation.words, equation, answer, working)


def _letters(
    equations: Sequence[Equation], tensors: Mapping[str, Nested]
) -> Iterator[tuple[str, str]]:
    """What the letters of equations mean: first those of arrays, then those of places."""
    found = {role: words for each in equations for role, words in each.letters.items()}
    runs = {letter.symbol: letter.size for each in equations for letter in each.running}
    sizes: dict[str, int] = {}
    named = False  # what the errors and gradients are slopes of
    for each in equations:
        if each.left.indices is not None:
            sizes |= resolve(tensors, each.vocabulary, each.definitions, {})
    for role in sorted(found, key=lambda role: role.startswith("index:")):
        symbol, words, size = role.partition(":")[2], found[role], runs.get(role.partition(":")[2])
        if role.startswith("index:") and size is not None:
            last = size.evaluate(sizes) - 1
            words = f"{words.partition(', 0 to ')[0]}, {f'0 to {last}' if last else 'here 0'}"
        yield symbol, words
        if words.startswith("dL/d") and not named:
            named = True
            yield "L", "the loss: how wrong the network is"


def _size(equation: Equation, tensors: Mapping[str, Nested]) -> tuple[int, ...]:
    """The shape of an equation's left-hand side."""
    axes = equation.left.indices
    if axes is None:  # each number for itself
        return max(map(shape, tensors.values()), key=len)
    sizes = resolve(tensors, equation.vocabulary, equation.definitions, {})
    runs = [letter_of(each).size for each in axes]
    return tuple(each.evaluate(sizes) for each in runs if each is not None)


def _evaluated(
    equation: Equation, tensors: Mapping[str, Nested], size: tuple[int, ...]
) -> dict[tuple[int, ...], ElementEvaluation]:
    """Every number of an equation's left-hand side, by its place."""
    places = product(*map(range, size))
    arrays = {letter: each for letter, each in tensors.items() if isinstance(each, list)}
    options = {letter: each for letter, each in tensors.items() if letter not in arrays}
    if equation.left.indices is not None:
        return {at: equation.evaluate(at, arrays, options) for at in places}
    # Each number for itself: the letters stand for the same place everywhere.
    return {at: equation.evaluate((), _at(arrays, at), options) for at in places}


def _at(tensors: Mapping[str, Nested], place: tuple[int, ...]) -> dict[str, Any]:
    return {letter: reduce(getitem, place, nested) for letter, nested in tensors.items()}


def _plain(number: Any) -> Any:
    """A whole number as an int, so that it reads as one; others as fractions."""
    exact = Fraction(number)
    return int(exact) if exact.denominator == 1 else exact


# --- what each kind of worksheet draws -----------------------------------------------------------


def _conv2d(
    draw: random.Random,
    size: int,
    kernel_size: int,
    stride: int,
    padding: int,
    channels: int,
    filters: int,
) -> dict[str, Nested]:
    X = numbers(draw, (1, channels, size, size), (0, 1, 2, 3, 4))
    weights = (filters, channels, kernel_size, kernel_size)
    W = drawn(lambda: numbers(draw, weights, (-2, -1, 1, 2, 3)), is_lopsided)
    b = numbers(draw, (filters,), (-1, 0, 1, 2))
    Y = pure.conv2d_forward(X, W, b, stride, padding)
    dY = drawn(lambda: half_zero(draw, shape(Y)), is_lopsided)
    return {"X": X, "W": W, "b": b, "dY": dY}


def _dense(draw: random.Random, inputs: int, outputs: int, images: int) -> dict[str, Nested]:
    return {
        "X": numbers(draw, (images, inputs), (-1, 0, 1, 2, 3)),
        "W": drawn(lambda: numbers(draw, (outputs, inputs), (-2, -1, 1, 2, 3)), is_lopsided),
        "b": numbers(draw, (outputs,), (-1, 0, 1, 2)),
        "dY": half_zero(draw, (images, outputs)),
    }


def _max_pool2d(draw: random.Random, size: int, kernel_size: int, stride: int) -> dict[str, Nested]:
    check_few((size, size))
    # No two numbers are equal, so that each window has one winner.
    among = list(range(-3, size * size - 3))
    draw.shuffle(among)
    X = [[[among[size * row : size * (row + 1)] for row in range(size)]]]
    Y = pure.max_pool2d_forward(X, kernel_size, stride)
    return {"X": X, "dY": numbers(draw, shape(Y), (-2, -1, 1, 2, 3))}


def _avg_pool2d(draw: random.Random, size: int, kernel_size: int, stride: int) -> dict[str, Nested]:
    # The number itself is what each input of its window gets, so they are made multiples of it.
    parts = kernel_size * kernel_size
    X = numbers(draw, (1, 1, size, size), (0, 1, 2, 3, 4))
    X = [[[[parts * number for number in row] for row in X[0][0]]]]
    Y = pure.avg_pool2d_forward(X, kernel_size, stride)
    dY = numbers(draw, shape(Y), [parts * number for number in (-2, -1, 0, 1, 2)])
    return {"X": X, "dY": dY}


def _relu(draw: random.Random, size: int) -> dict[str, Nested]:
    X = drawn(
        lambda: numbers(draw, (1, 1, size, size), (-3, -2, -1, 0, 1, 2, 3)),
        lambda made: 0 in flat(made) and min(flat(made)) < 0 < max(flat(made)),
    )
    return {"X": X, "dY": numbers(draw, (1, 1, size, size), (-2, -1, 1, 2, 3))}


def _softmax(draw: random.Random, classes: int, images: int) -> dict[str, Nested]:
    P, T = [], []
    for _ in range(images):
        parts = numbers(draw, (classes,), (1, 1, 2, 3, 4))
        P.append([Fraction(part, sum(parts)) for part in parts])
        true = draw.randrange(classes)
        T.append([int(k == true) for k in range(classes)])
    return {"P": P, "T": T}


def _update(draw: random.Random, kernel_size: int) -> dict[str, Nested]:
    kernel = (1, 1, kernel_size, kernel_size)
    return {
        "W": numbers(draw, kernel, (-3, -2, -1, 1, 2, 3)),
        "dW": numbers(draw, kernel, (-4, -2, -1, 0, 1, 2, 4)),
        "η": Fraction(1, draw.choice((2, 4, 10))),
    }


_INPUT = {"X": "the input", "dY": "the error that arrives, dL/dY"}
_WEIGHTS = {**_INPUT, "W": "the weights", "b": "the bias"}

_GRADIENTS = ("forward", "weight", "bias", "input")
_CONV2D = {
    **{"size": 4, "kernel_size": 2, "stride": 1},
    **{"padding": 0, "channels": 1, "filters": 1},
}
_POOL = {"size": 4, "kernel_size": 2, "stride": 2}

WORKSHEETS: dict[str, WorksheetKind] = {
    "conv2d": WorksheetKind(
        lambda **given: equations.conv2d(
            given["kernel_size"], given["stride"], given["padding"], dilation=1, groups=1
        ),
        _conv2d,
        _GRADIENTS,
        {**_WEIGHTS, "W": "the filter", "b": "its bias"},
        _CONV2D,
    ),
    "dense": WorksheetKind(
        lambda **_: equations.dense(),
        _dense,
        _GRADIENTS,
        _WEIGHTS,
        {"inputs": 3, "outputs": 2, "images": 1},
    ),
    "max_pool2d": WorksheetKind(
        lambda **given: equations.max_pool2d(given["kernel_size"], given["stride"], 0),
        _max_pool2d,
        ("forward", "input"),
        _INPUT,
        _POOL,
    ),
    "avg_pool2d": WorksheetKind(
        lambda **given: equations.avg_pool2d(given["kernel_size"], given["stride"], 0),
        _avg_pool2d,
        ("forward", "input"),
        _INPUT,
        _POOL,
    ),
    "relu": WorksheetKind(
        lambda **_: equations.relu(), _relu, ("forward", "input"), _INPUT, {"size": 3}
    ),
    "softmax_cross_entropy": WorksheetKind(
        lambda **_: equations.softmax_cross_entropy(),
        _softmax,
        ("input",),
        {"P": "the probabilities of the classes", "T": "the truth: 1 for the true class"},
        {"classes": 4, "images": 2},
    ),
    "update": WorksheetKind(
        lambda **_: equations.update(),
        _update,
        ("forward",),
        {"W": "the weights", "dW": "their gradient", "η": "the learning rate"},
        {"kernel_size": 2},
    ),
}
