"""Nested lists, the only data structure of this book.

An image is a list of channels, a channel a list of rows, a row a list of numbers; a batch is a
list of images.  The numbers may be ``float``, ``int`` or ``fractions.Fraction``: nothing here
adds, multiplies or compares in a way that only one of them understands.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

Number: TypeAlias = Any  # float, int or Fraction: whatever adds, multiplies and compares
Vector: TypeAlias = list[Number]
Matrix: TypeAlias = list[Vector]
Volume: TypeAlias = list[Matrix]  # one image: channels, rows, columns
Batch: TypeAlias = list[Volume]  # images: n, c, h, w; or filters: o, c, u, v
Nested: TypeAlias = Any  # a list of any depth, or a number


def shape(nested: Nested) -> tuple[int, ...]:
    """The sizes of a nested list, outermost first, e.g. ``(n, c, h, w)``.

    A list with nothing inside ends the walk: the shape of ``[]`` is ``(0,)``.
    """
    lists_only(nested)
    sizes = []
    while isinstance(nested, list):
        sizes.append(len(nested))
        if not nested:
            break
        nested = nested[0]
    return tuple(sizes)


def lists_only(nested: Nested) -> None:
    """Refuse an array, which would be taken for one number or compared as a whole.

    Raises:
        ValueError: it is an array.
    """
    if len(getattr(nested, "shape", ())):
        kind = type(nested).__name__
        raise ValueError(
            f"the book works on nested lists, got {kind} of shape {tuple(nested.shape)}; "
            ".tolist() makes nested lists of it"
        )


def check_shape(name: str, nested: Nested, dimensions: int) -> tuple[int, ...]:
    """The shape of ``nested`` after making sure that it has so many dimensions and no ragged rows.

    Raises:
        ValueError: a wrong number of dimensions, or rows of unequal length.
    """
    found = shape(nested)
    if len(found) != dimensions and 0 not in found:
        raise ValueError(f"{name} needs {dimensions} dimensions, got shape {found}")
    level = [nested]
    for depth, size in enumerate(found):
        try:
            sizes = set(map(len, level))
        except TypeError:  # a number where a list should be
            sizes = {-1}
        if sizes != {size}:
            raise ValueError(f"{name} is ragged: not all of its parts have the sizes of the first")
        if depth + 1 < len(found):
            level = [entry for part in level for entry in part]
    return found


def flat(nested: Nested) -> Vector:
    """All numbers of a nested list, in order; a number alone is one of them."""
    if not isinstance(nested, list):
        return [nested]
    if not any(isinstance(part, list) for part in nested):
        return list(nested)  # a row
    return [number for part in nested for number in flat(part)]


def shaped(row: Iterable[Number], *sizes: int) -> Nested:
    """The numbers of a row as a nested list of the given sizes; the last index runs fastest."""
    numbers = iter(row)

    def build(left: tuple[int, ...]) -> Nested:
        return [build(left[1:]) for _ in range(left[0])] if left else next(numbers)

    return build(sizes)


def zeros(*sizes: int, zero: Number = 0.0) -> Nested:
    """A nested list of the given sizes, filled with ``zero``."""
    if not sizes:
        return zero
    if len(sizes) == 1:
        return [zero] * sizes[0]
    return [zeros(*sizes[1:], zero=zero) for _ in range(sizes[0])]


def zero_of(nested: Nested) -> Number:
    """The zero of the numbers in ``nested``: ``0.0`` for floats, ``Fraction(0)`` for fractions.

    Python can add a float to the integer 0, but adds two floats faster, and a Fraction plus the
    float 0.0 would no longer be exact; so sums start at the zero of their own kind.
    """
    lists_only(nested)
    while isinstance(nested, list):
        if not nested:
            return 0.0
        nested = nested[0]
    return type(nested)(0)


def apply(function: Callable[[Number], Number], nested: Nested) -> Nested:
    """``function`` of each number, in a new nested list of the same shape."""
    if not isinstance(nested, list):
        lists_only(nested)
        return function(nested)
    if nested and not isinstance(nested[0], list):
        return [function(number) for number in nested]
    return [apply(function, part) for part in nested]


def apply2(function: Callable[[Number, Number], Number], first: Nested, second: Nested) -> Nested:
    """``function`` of each two numbers that stand at the same place.

    Raises:
        ValueError: the two differ in shape.
    """
    if not isinstance(first, list) or not isinstance(second, list):
        lists_only(first)
        lists_only(second)
        if isinstance(first, list) or isinstance(second, list):
            raise ValueError("two nested lists of different depth cannot be paired")
        return function(first, second)
    if len(first) != len(second):
        raise ValueError(f"a list of {len(first)} cannot be paired with a list of {len(second)}")
    if first and not isinstance(first[0], list) and not isinstance(second[0], list):
        return [function(one, other) for one, other in zip(first, second, strict=True)]
    return [apply2(function, one, other) for one, other in zip(first, second, strict=True)]
