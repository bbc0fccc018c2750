"""Run what the equations' program writer wrote: text becomes a function, once for each text."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from backlit.equations import Equation
from backlit.equations.program import element_program
from backlit.equations.program.places import identifier, place
from backlit.equations.sizes import resolve
from backlit.pure.nested import zeros

Numbers = Any  # nested lists of numbers
INDENT = "    "


def _exp(x: float) -> float:
    """What floats have beyond their range is infinite, as in NumPy."""
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _log(x: float) -> float:
    """NaN and −∞ where there is no logarithm, as in NumPy."""
    return math.log(x) if x > 0 else -math.inf if x == 0 else math.nan


FUNCTIONS: dict[str, Any] = {
    **{name: getattr(math, name) for name in ("erfc", "expm1", "inf", "log1p", "pi")},
    **{name: getattr(math, name) for name in ("sqrt", "tanh")},
    "exp": _exp,
    "log": _log,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)) if x > -700 else 0.0,
}


def run(program: str, given: Mapping[str, Any]) -> Any:
    """Run a program that takes these names as known; what it ``returns`` comes back."""
    names = tuple(sorted(map(identifier, given)))
    values = {identifier(name): value for name, value in given.items()}
    return _compiled(program, names)(**values)


@lru_cache(maxsize=4096)
def _compiled(program: str, names: tuple[str, ...]) -> Callable[..., Any]:
    body = "\n".join(INDENT + line for line in program.splitlines())
    namespace: dict[str, Any] = dict(FUNCTIONS)
    exec(f"def compute({', '.join(names)}):\n{body}", namespace)
    compute: Callable[..., Any] = namespace["compute"]
    return compute


def known_sizes(
    equation: Equation, tensors: Mapping[str, Numbers], sizes: Mapping[str, int]
) -> dict[str, int]:
    """Every size that the shapes tell."""
    whole = {name: value for name, value in sizes.items() if isinstance(value, int)}
    return {**sizes, **resolve(tensors, equation.vocabulary, equation.definitions, whole)}


def compute(
    equation: Equation, tensors: Mapping[str, Numbers], sizes: Mapping[str, Any]
) -> Numbers:
    """All elements of an equation's left-hand side; what its ``sources`` give is worked out first.

    Args:
        equation: any that has a program for one element.
        tensors: nested lists by symbol.
        sizes: letters that no shape tells, ε and the like included.
    """
    given = dict(tensors)
    for source in equation.sources:
        if source.left.tensor.symbol not in given:
            given[source.left.tensor.symbol] = compute(source, given, sizes)
    if equation.left.indices is None:
        return _each_number(equation, given, sizes)
    known = known_sizes(equation, given, sizes)
    name = identifier(equation.left.tensor.symbol)
    lines, depth = [], 0
    shape = []
    for axis in equation.left.tensor.letters:
        assert axis.size is not None
        shape.append(axis.size.evaluate(known))
        lines.append(f"{INDENT * depth}for {identifier(axis.symbol)} in range({place(axis.size)}):")
        depth += 1
    at = "".join(f"[{identifier(axis.symbol)}]" for axis in equation.left.tensor.letters)
    body = [*element_program(equation).splitlines(), f"target{at} = {name}"]
    program = "\n".join([*lines, *(INDENT * depth + line for line in body)])
    if not shape:
        return run(f"{element_program(equation)}\nreturn {name}", {**known, **given})
    target = zeros(*shape, zero=0)
    run(program, {**known, **given, "target": target})
    return target


def _each_number(
    equation: Equation, tensors: Mapping[str, Numbers], sizes: Mapping[str, Any]
) -> Numbers:
    """An equation whose letters all stand for the same place."""
    name = identifier(equation.left.tensor.symbol)
    program = f"{element_program(equation)}\nreturn {name}"
    names = list(tensors)

    def walk(parts: Sequence[Any]) -> Any:
        if isinstance(parts[0], list):
            return [walk(each) for each in zip(*parts, strict=True)]
        return run(program, {**sizes, **dict(zip(names, parts, strict=True))})

    return walk([tensors[each] for each in names])
