"""How much was worked out, counted."""

from collections import Counter
from typing import Any

import pytest

import backlit as bl
from backlit.equations import Equation
from backlit.explain import address


class Work:
    """Counts passes, evaluations and parsed addresses from its making on.

    Attributes:
        passes: how often a network ran forward and backward.
        networks: how many networks were made.
        evaluations: how often each equation was evaluated, for each of its elements and the arrays
            that its letters stood for.
        parsed: how often each address was read.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.passes = self.networks = 0
        self.evaluations: Counter[Any] = Counter()
        self.parsed: Counter[str] = Counter()
        self._kept: list[Any] = []  # so that no other object gets the same id
        record, make, evaluate = bl.Network.record, bl.Network.__init__, Equation.evaluate
        find = address.find_address

        def counted_record(network: bl.Network, *given: Any, **options: Any) -> Any:
            self.passes += 1
            return record(network, *given, **options)

        def counted_make(network: bl.Network, *given: Any, **options: Any) -> None:
            self.networks += 1
            make(network, *given, **options)

        def counted_evaluate(
            equation: Equation, index: Any, tensors: Any, *given: Any, **options: Any
        ) -> Any:
            self._kept.append(tensors)
            self.evaluations[str(equation), tuple(index), id(tensors)] += 1
            return evaluate(equation, index, tensors, *given, **options)

        def counted_find(key: Any, shapes: Any) -> Any:
            if isinstance(key, str):
                self.parsed[key] += 1
            return find(key, shapes)

        monkeypatch.setattr(bl.Network, "record", counted_record)
        monkeypatch.setattr(bl.Network, "__init__", counted_make)
        monkeypatch.setattr(Equation, "evaluate", counted_evaluate)
        for module in ("address", "trace"):
            monkeypatch.setattr(f"backlit.explain.{module}.find_address", counted_find)
