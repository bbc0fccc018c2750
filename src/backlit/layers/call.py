"""One layer at work on one batch, as its pair of functions in the book sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from backlit import pure
from backlit.pure.nested import Nested

Gradients: TypeAlias = dict[str, Nested]  # of a layer's parameters, by name


@dataclass
class Call:
    """What a layer works on, as nested lists, and a place for what backward will want.

    Attributes:
        inputs: the outputs that it reads.
        parameters: its parameters by name.
        buffers: its buffers by name.
        training: whether it works as in training.
        key: of the dropout mask.
        book: the functions of :mod:`backlit.pure`, or quicker ones with their names and arguments.
        needs_input_error: whether somebody wants the errors of the inputs; if not, backward may
            leave them out and give None for each, where finding them takes long.
        auxiliary: what else took part, by name, which forward leaves here.
    """

    inputs: list[Nested]
    parameters: dict[str, Nested]
    buffers: dict[str, Nested]
    training: bool
    key: int
    book: Any = pure
    needs_input_error: bool = True
    auxiliary: dict[str, Nested] = field(default_factory=dict)

    @property
    def x(self) -> Nested:
        """The first input, which for most layers is the only one."""
        return self.inputs[0]
