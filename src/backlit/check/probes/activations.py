"""Probes of activations: numbers on both sides of 0, hundreds apart, and at the kinks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from backlit.check.vocabulary import ACTIVATIONS

from .numbers import Numbers, whole_numbers
from .probe import Kind, Limits, Probe, Rows


def activation_kind(name: str) -> Kind:
    """What is known of an activation, by the name of its equations."""
    layer = ACTIVATIONS[name]
    forward, backward = layer.book
    build, _ = layer.stated_by((), training=False)

    def right(tensors: Mapping[str, Numbers], options: Mapping[str, Any]) -> Any:
        x, dy = tensors["x"], tensors["dy"]
        return {"output": forward(x, **options), "input": backward(dy, x, **options)}

    return Kind(
        name,
        {"x": "nf", "y": "nf", "dy": "nf"},
        {"x": "X", "y": "Y", "dy": "dY"},
        {"output": "y", "input": "x"},
        right,
        lambda options: build(**options),
        exact=False,
    )


# Numbers that go in; several of them twice, so that a slope that depends on the error is seen.
_PLAIN = [[-2.5, 1.5, -0.5, 0.75], [2.25, -1.25, 1.5, -2.5], [0.5, -0.25, 1.75, 0.75]]
_ANOTHER_VALUE = 0.125  # of an option


def activations(kind: Kind) -> Rows:
    """Probes of one activation: plain ones, large ones, those at a kink, another option."""
    layer = ACTIVATIONS[kind.name]

    def rows(limits: Limits) -> Iterator[Probe]:
        single, plain = limits.single, {**layer.options, **dict(limits.fixed)}
        wide = [[-5.0, 7.5, 4.5, -3.5], [3.5, 6.5, -4.0, 5.5]]
        large = [[-750.0, 750.0, 40.0, -40.0]]
        made = [(_PLAIN, plain, ""), (wide, plain, ""), (large, plain, "large")]
        if layer.breaks:
            made.append(([list(layer.breaks) * 2], plain, "kink"))
        free = [option for option in plain if option not in dict(limits.fixed)]
        made += [(_PLAIN, {**plain, option: _ANOTHER_VALUE}, "slope") for option in free]
        for number, (x, options, special) in enumerate(made):
            taken = [x]
            if "f" in single:  # each number alone, so that all sides of a kink are seen
                taken = [[[each]] for row in x for each in sorted(set(row), reverse=True)]
            elif "n" in single:
                taken = [[row] for row in x]
            random = Random(number)
            for rows_taken in taken:
                N, F = len(rows_taken), len(rows_taken[0])
                tensors = {"x": rows_taken, "dy": whole_numbers(random, (N, F))}
                yield Probe(
                    kind,
                    tensors,
                    options,
                    {"n": N, "f": F},
                    frozenset({special} - {""}),
                )

    return rows
