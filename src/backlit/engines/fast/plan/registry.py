"""Which kernels a layer is made of: the one table of rules, which rules enter themselves into."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backlit.layers import Layer
from backlit.network.engine import Array
from backlit.network.graph import Node

from .builder import Builder
from .outcome import Outcome

Emit = Callable[[Builder, Node], None]
Auxiliary = Callable[[Outcome, Node], dict[str, Array]]


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
        auxiliary: gives what else took part in a recorded pass, by name; None if nothing ever does.
    """

    forward: Emit
    backward: Emit
    bends: bool = False
    bends_maxima: bool = False
    reads_forward: bool = True
    auxiliary: Auxiliary | None = None


_RULES: dict[type[Layer], Rule] = {}


def enter(layer: type[Layer], rule: Rule) -> None:
    """Enter the rule of a class of layers, which also holds for the classes made of it."""
    _RULES[layer] = rule


def rule_of(layer: Layer) -> Rule:
    """The rule of a layer.

    Raises:
        LookupError: there is none.
    """
    for each in type(layer).__mro__:
        if each in _RULES:
            return _RULES[each]
    raise LookupError(f"the fast engine has no rule for {type(layer).__name__}")
