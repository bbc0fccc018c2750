"""Every number of every kind of layer: its terms add up to what the engine computed."""

import itertools
from typing import Any

import numpy as np
import pytest

from tests.explain.networks import SMALLS, Small


@pytest.fixture(scope="module", params=SMALLS, ids=str)
def trace(request: pytest.FixtureRequest) -> Any:
    small: Small = request.param
    return small.trace()


def everything(trace: Any) -> Any:
    """The address of every number there is."""
    for name, shape in trace.shapes.items():
        for index in itertools.product(*map(range, shape)):
            yield (name, *index)


def test_the_terms_add_up_to_the_engines_value(trace: Any) -> None:
    for key in everything(trace):
        found = trace[key]
        engine = found.value if found.explained == "value" else found.gradient
        assert found.engine_value == engine, key
        assert abs(found.total - engine) <= found.agreement.bound, key
        assert found.agreement.holds
        assert sum(term.product for term in found.terms) == pytest.approx(
            found.total, rel=0, abs=found.agreement.bound
        )
