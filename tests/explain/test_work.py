"""Every number of every kind of layer: its terms add up to what the engine computed."""

import itertools
import random

import pytest

from backlit.explain import Trace, TracedNumber
from backlit.explain.explanation import magnitude
from tests.explain.networks import SMALLS, Small

OF_EACH_ARRAY = 12  # a random choice where an array has more numbers

Explained = list[tuple[str, tuple[int, ...], TracedNumber]]


@pytest.fixture(scope="module", params=SMALLS, ids=str)
def trace(request: pytest.FixtureRequest) -> Trace:
    small: Small = request.param
    return small.trace()


@pytest.fixture(scope="module")
def explained(trace: Trace) -> Explained:
    choose = random.Random(0)
    found = []
    for name, shape in trace.shapes.items():
        every = list(itertools.product(*map(range, shape)))
        for index in choose.sample(every, min(len(every), OF_EACH_ARRAY)):
            found.append((name, index, trace[(name, *index)]))
    return found


def test_the_terms_add_up_to_the_engines_value(explained: Explained) -> None:
    for _, _, found in explained:
        engine = found.value if found.explained == "value" else found.gradient
        assert found.engine_value == engine, found.address
        assert abs(found.total - found.engine_value) <= found.agreement.bound, found.address
        assert found.agreement.holds, found.address
        # No slack between the total and the list of terms but that of adding in another order.
        listed = sum(term.product for term in found.terms)
        assert abs(listed - found.total) <= found.agreement.bound, found.address


def test_values_and_gradients_are_the_recorded_ones(trace: Trace, explained: Explained) -> None:
    recording = trace.recording
    for name, index, found in explained:
        owner, _, quantity = name.partition(".")
        if quantity in ("weight", "bias"):
            assert found.value == trace.snapshot.parameters[name][index]
            assert found.gradient == recording.gradients[name][index]
        elif quantity == "error":
            assert found.value == found.gradient == recording.errors[owner][index]
        elif quantity == "output" or name == "input":
            assert found.value == recording.activations[owner][index]
            assert found.gradient == recording.errors[owner][index]
        elif name == "probability":
            assert found.value == recording.probabilities[index]
            assert found.gradient is None
        else:
            assert (name, found.value, found.gradient) == ("loss", recording.loss, 1.0)


def test_every_explanation_can_be_read(explained: Explained) -> None:
    for _, _, found in explained[::3]:
        assert found.sentence.endswith("."), found.address
        assert "  " not in found.sentence
        assert found.equation.text()
        assert found.numbers.text()
        products = [magnitude(term) for term in found.by_magnitude()]
        assert products == sorted(products, reverse=True)
