"""Mistakes in the equations that tests have to notice; see :mod:`tests.mutation.mutations`."""

from __future__ import annotations

from tests.mutation.runner import Mutation

_FOLDER = "tests/equations"


def group(file: str, tests: str, *changes: tuple[str, str, str]) -> list[Mutation]:
    """Mutations of one file: (the mistake in words, the original piece, its mutant)."""
    path, red = f"equations/{file}", f"{_FOLDER}/{tests}"
    return [Mutation(mistake, path, before, after, red) for mistake, before, after in changes]


EQUATION_MUTATIONS = [
    *group(
        "solving.py",
        "test_convolution.py",
        (
            "a derived gradient moves the padding to the wrong side",
            "quotient(value - rest, factor)",
            "quotient(value + rest, factor)",
        ),
        (
            "a derived gradient forgets the stride",
            "quotient(value - rest, factor)",
            "quotient(value - rest, whole(1))",
        ),
        (
            "every channel of a group gets the first one's weights",
            "solution.values[low.symbol] = remainder(value, base)",
            "solution.values[low.symbol] = whole(0)",
        ),
        (
            "every channel belongs to the first group",
            "SumIndex(variable, start, lowest.divisor)",
            "SumIndex(variable, whole(0), lowest.divisor)",
        ),
    ),
    *group(
        "derivation.py",
        "test_operations.py",
        (
            "a derived gradient loses the constant factor",
            "return Product((*constant, rest)) if constant else rest",
            "return rest",
        ),
        (
            "a derived gradient loses the other factor",
            "return Product((error, *others)) if others else error",
            "return error",
        ),
    ),
    *group(
        "operations/geometry.py",
        "test_convolution.py",
        (
            "the equation adds the padding",
            "self.window * self.dilation - self.before",
            "self.window * self.dilation + self.before",
        ),
        (
            "the equation forgets the dilation",
            "self.window * self.dilation - self.before",
            "self.window - self.before",
        ),
        (
            "the equation forgets the stride",
            "self.out * self.stride + self",
            "self.out + self",
        ),
        (
            "same padding puts the larger half first",
            "(total + self.extra) // 2",
            "(total + 1 - self.extra) // 2",
        ),
    ),
    *group(
        "operations/convolution_faces.py",
        "test_convolution.py",
        (
            "the correlation forgets to turn the filter",
            "axis.kernel - 1 - axis.window for",
            "axis.window for",
        ),
        (
            "the correlation is padded as the forward pass",
            "+ axis.before - axis.reach",
            "- axis.before",
        ),
    ),
    *group(
        "program/scatter.py",
        "test_program.py",
        (
            "the program of a scatter keeps the last part only",
            "{values.read(written.left)} {written.relation}",
            "{values.read(written.left)} =",
        ),
    ),
    *group(
        "program/legend.py",
        "test_legend.py",
        (
            "what a program sets is said to be given",
            "if name in used and name not in made",
            "if name in used",
        ),
    ),
    *group(
        "evaluation.py",
        "test_operations.py",
        (
            "a tie goes to the last one",
            "each.product > best.product",
            "each.product >= best.product",
        ),
        ("a difference is added", "if sign > 0:", "if sign:"),
    ),
    *group(
        "domain.py",
        "test_domain.py",
        (
            "the last place is left out",
            "(self.size - 1) * self.place.divisor",
            "(self.size - 2) * self.place.divisor",
        ),
        ("steps between the zeros are forgotten", "allowed.step * period", "allowed.step"),
    ),
    *group(
        "visiting.py",
        "test_operations.py",
        ("a loop does not hide an index outside", "if symbol not in own", "if True"),
    ),
    *group(
        "operations/pooling.py",
        "test_operations.py",
        (
            "a max pool forgets its padding",
            "axis.input + axis.before - axis.out",
            "axis.input - axis.out",
        ),
    ),
    *group(
        "operations/activations.py",
        "test_nonlinear.py",
        ("the equation of ELU forgets alpha", "(_y + bend, None)", "(_y, None)"),
        ("the equation of tanh forgets the square", "1 - _y**2", "1 - _y"),
        ("the equation of GELU forgets the bell curve", "below / 2 + _x * density", "below / 2"),
        (
            "the equation of SiLU has a wrong sign",
            "gate * (1 + _x * (1 - gate))",
            "gate * (1 - _x * (1 - gate))",
        ),
        (
            "the equation of ReLU lets the error pass everywhere",
            "Indicator(_positive)",
            'Indicator(Comparison(node(1), ">", node(0)))',
        ),
    ),
    *group(
        "operations/normalization.py",
        "test_nonlinear.py",
        (
            "the equation of batch norm forgets the way through the mean",
            "direct - dbeta[c] -",
            "direct -",
        ),
        (
            "the equation of batch norm divides by N alone",
            'Definition("M", N * IH * IW)',
            'Definition("M", N)',
        ),
    ),
    *group(
        "operations/loss.py",
        "test_nonlinear.py",
        (
            "the equation of the loss's error adds the truth",
            "(P[n, k] - T[n, k])",
            "(P[n, k] + T[n, k])",
        ),
        (
            "the equation of the loss's error forgets 1/N",
            "(P[n, k] - T[n, k]) / WholeNumber(N)",
            "(P[n, k] - T[n, k]) / 1",
        ),
    ),
    *group(
        "operations/update.py",
        "test_operations.py",
        ("the equation of the update goes uphill", "W[...] - eta", "W[...] + eta"),
    ),
    *group(
        "typeset/places.py",
        "test_text.py",
        (
            "a minus is written as a plus",
            'Operator("−", tight or number == 0)',
            'Operator("+", tight or number == 0)',
        ),
    ),
    *group(
        "typeset/arrange.py",
        "test_worked.py",
        ("negative factors lose their brackets", "return value < 0 or (", "return ("),
    ),
]
