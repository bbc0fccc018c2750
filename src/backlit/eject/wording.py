"""Words that a program of any language says about a network."""

from __future__ import annotations

import re

from .description import INPUT, Description
from .functions import Function
from .printing import identifier
from .program import Program


def function_words(function: Function) -> list[str]:
    """The equations of a function, as they are written, and of a forward pass what they say."""
    equations = [str(each) for each in function.equations]
    if function.backward:
        return equations
    return [*equations, "", " ".join(each.words for each in function.equations)]


def path(description: Description) -> str:
    """The network in a line: ``input 1×8×8 → conv1 8×6×6 → …``."""
    shape = description.input_shape
    steps = [f"{INPUT} {'×'.join(map(str, shape))}"]
    for part in description.parts:
        changed = part.output != shape
        steps.append(part.name + (f" {'×'.join(map(str, part.output))}" if changed else ""))
        shape = part.output
    return " → ".join(steps)


def legend(program: Program) -> list[str]:
    """Every letter of the equations, and what it means: arrays, then places in them."""
    found: dict[str, dict[str, str]] = {"tensor": {}, "index": {}, "option": {}}
    for function in program.functions:
        for equation in function.equations:
            for role, words in equation.letters.items():
                kind, _, symbol = role.partition(":")
                if kind in found:
                    name = identifier(symbol)
                    found[kind].setdefault(name, re.split(r"[,(:]", words)[0].strip())
    arrays, options = found["tensor"], found["option"]
    if program.description.training:
        arrays["dY"] = "the error dL/dY, how the loss changes with Y"
    first = [name for name in ("X", "W", "b", "Y", "dY") if name in arrays]
    arrays = {name: arrays[name] for name in [*first, *arrays]}
    return [_listed(arrays), _listed({**found["index"], **options})]


def _listed(meanings: dict[str, str]) -> str:
    return ", ".join(f"{name}: {words}" for name, words in meanings.items()) + "."
