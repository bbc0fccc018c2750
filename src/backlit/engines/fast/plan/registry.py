"""Which kernels a layer is made of: the one table of rules, which rules enter themselves into."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backlit.layers import Layer
from backlit.network.graph import Node

if TYPE_CHECKING:
    from .builder import Builder

Emit = Callable[["Builder", Node], None]


@dataclass(frozen=True)
class Rule:
    """How a layer is computed.

    Attributes:
        forward: emits the steps that make its output.
        backward: emits the steps that make the errors of its inputs and its gradients.
        bends: whether its kernels can apply an activation to what they store.
        bends_maxima: whether they can apply one that never falls to the maxima that they find,
            instead of to all numbers before it.
        reads_forward: whether backward needs what forward computed.
    """

    forward: Emit
    backward: Emit
    bends: bool = False
    bends_maxima: bool = False
    reads_forward: bool = True


_RULES: dict[type[Layer], Rule] = {}


def enter(
    layer: type[Layer],
    forward: Emit,
    backward: Emit,
    *,
    bends: bool = False,
    bends_maxima: bool = False,
    reads_forward: bool = True,
) -> None:
    """Enter the rule of a class of layers, which also holds for the classes made of it."""
    _RULES[layer] = Rule(forward, backward, bends, bends_maxima, reads_forward)


def rule_of(layer: Layer) -> Rule:
    """The rule of a layer.

    Raises:
        LookupError: there is none.
    """
    for each in type(layer).__mro__:
        if each in _RULES:
            return _RULES[each]
    raise LookupError(f"the fast engine has no rule for {type(layer).__name__}")
