"""What layers say of themselves is what the book computes."""

from itertools import pairwise
from math import inf, isfinite
from typing import Any

import pytest

from backlit.layers import ELU, LAYERS, Activation, Call, Layer, LeakyReLU, PReLU

ACTIVATIONS: list[Layer] = [
    *(layer() for layer in LAYERS.values() if issubclass(layer, Activation)),
    *(LeakyReLU(-0.5), LeakyReLU(1.0), ELU(-0.7), ELU(0.5), PReLU(), PReLU(start=-2.0)),
]
GRID = [k / 8 for k in range(-64, 65)]  # 0, ±3 and 6 are among them, exact
BESIDE = 1e-9

every_activation = pytest.mark.parametrize("layer", ACTIVATIONS, ids=repr)


def values(layer: Any, numbers: list[float]) -> tuple[list[float], list[float]]:
    """Outputs and slopes at these numbers, by the book; each is an image of one number."""
    parameters = {name: [value] for name, value in layer.first_values.items()}
    call = Call([[[x] for x in numbers]], parameters, {}, training=True, key=0)
    outputs = layer.forward(call)
    (slopes,), _ = layer.backward(call, [[1.0] for _ in numbers])
    return [y for (y,) in outputs], [slope for (slope,) in slopes]


def slope(layer: Layer, x: float) -> float:
    return values(layer, [x])[1][0]


@every_activation
def test_the_slope_jumps_at_the_kinks_and_nowhere_else(layer: Layer) -> None:
    kinks = {kink.at: kink for kink in layer.kinks}
    for x in GRID:
        left, here, right = (slope(layer, at) for at in (x - BESIDE, x, x + BESIDE))
        if x in kinks:
            assert left != pytest.approx(right, abs=1e-3)
            assert here == pytest.approx({"left": left, "right": right}[kinks[x].side], abs=1e-6)
            assert kinks[x].slope in (None, here)
        else:
            assert left == pytest.approx(right, abs=1e-6)


@every_activation
def test_the_slope_is_zero_where_it_is_flat_and_hardly_anywhere_else(layer: Layer) -> None:
    for x, steep in zip(GRID, values(layer, GRID)[1], strict=True):
        flat = any(low <= x <= high for low, high in layer.flat)
        turning = x == -1.5  # where the slope of a hard swish changes its sign
        assert flat or steep != 0 or turning
        assert not flat or steep == 0
    ends = [end for ends in layer.flat for end in ends if isfinite(end)]
    assert set(ends) <= {kink.at for kink in layer.kinks}
    assert all(low == -inf or high == inf for low, high in layer.flat)


@every_activation
def test_a_monotone_one_never_falls(layer: Layer) -> None:
    outputs, _ = values(layer, GRID)
    rises = all(low <= high for low, high in pairwise(outputs))
    assert rises if layer.is_monotone else not rises or isinstance(layer, PReLU)


@every_activation
def test_the_same_output_has_the_same_slope_where_it_tells_it(layer: Layer) -> None:
    """Held on pairs of inputs with outputs that are close; elsewhere, one pair must disagree."""
    fine = [k / 512 for k in range(-4096, 4097)]
    outputs, slopes = values(layer, fine)
    apart = [
        abs(one - other)
        for (y, one), (z, other) in pairwise(sorted(zip(outputs, slopes, strict=True)))
        if abs(y - z) < 1e-4
    ]
    told = max(apart, default=0.0) < 0.02
    if layer.slope_from_output:
        # At a kink one output is of both sides.
        assert sum(difference >= 0.02 for difference in apart) <= len(layer.kinks)
    else:
        assert not told or isinstance(layer, PReLU)  # which only cannot promise it


@every_activation
def test_kinks_are_breaks_from_left_to_right(layer: Layer) -> None:
    assert list(layer.breaks) == sorted(layer.breaks)
    assert {kink.at for kink in layer.kinks} <= set(layer.breaks)


@every_activation
def test_facts_are_ready_for_json(layer: Layer) -> None:
    facts = layer.facts()
    assert facts["family"] == "activation"
    assert facts["keeps_place"] is True
    assert facts["stops"] is bool(layer.stopped)
    assert all(end is None or isfinite(end) for ends in facts["flat"] for end in ends)


def test_every_kind_of_layer_has_a_family() -> None:
    assert {layer.family for layer in LAYERS.values()} == {
        *("convolution", "dense", "flatten", "activation", "pool", "add", "concat"),
        *("normalization", "dropout"),
    }
