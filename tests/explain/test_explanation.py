from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.equations import Equation
from backlit.explain import Explanation, Trace
from tests.explain.networks import BRANCHES, CONVOLUTIONS, MODES

PLAIN = CONVOLUTIONS[0].trace()
RESIDUAL = BRANCHES[0].trace()


def by_hand(layers: list[Any], images: list[list[list[float]]], labels: list[int]) -> Trace:
    """A network on one-channel pictures."""
    batch = np.array(images, float)[:, None]
    net = bl.Network((1, batch.shape[2], batch.shape[3]), layers)
    return bl.explain(net, batch, np.array(labels))


def test_the_gradient_of_a_filter_weight_is_a_sum_over_images_and_positions() -> None:
    found = PLAIN["conv1.weight", 1, 0, 2, 1]
    errors, images = PLAIN.recording.errors["conv1"], PLAIN.recording.images
    assert [tuple(term.index.values()) for term in found.terms] == [
        (n, i, j) for n in range(3) for i in range(3) for j in range(2)
    ]
    for term in found.terms:
        n, i, j = (term.index[letter] for letter in "nij")
        error, pixel = term.factors
        assert (error.symbol, pixel.symbol) == ("dY", "X")
        assert error.value == errors[n, 1, i, j]
        assert pixel.value == images[n, 0, i + 2, j + 1]
        assert term.product == error.value * pixel.value
    assert found.equation.text().startswith("dW[o,c,u,v] = Σ_{n,i,j} dY[n,o,i,j] · X[n,c,")
    assert found.numbers.text().startswith("dW[1,0,2,1] = ")
    assert "not their average" in found.sentence
    assert "18 products" in found.sentence


def test_subtotals() -> None:
    found = PLAIN["conv1.weight", 1, 0, 2, 1]
    assert [each.index for each in found.by_image] == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert [each.count for each in found.by_image] == [6, 6, 6]
    products = {tuple(term.index.values()): float(term.product) for term in found.terms}
    for each in found.by_position:
        i, j = each.index.values()
        assert each.total == pytest.approx(sum(products[n, i, j] for n in range(3)), abs=1e-15)
    assert found.subtotals("i")[0].count == 6
    assert found.subtotals("nothing") == []
    grid = found.position_map
    assert grid is not None
    assert (len(grid.rows), len(grid.rows[0])) == (3, 2)
    row, column = grid.marked[0]
    largest = max(abs(x or 0.0) for line in grid.rows for x in line)
    assert abs(grid.rows[row][column] or 0.0) == largest


def test_channels_are_added_up_in_a_forward_sum() -> None:
    found = PLAIN["conv1.output", 0, 2, 1, 1]
    channels = found.by_channel
    assert [each.index for each in channels] == [{"c": 0}, {"c": 1}]
    bias = PLAIN.snapshot.parameters["conv1.bias"][2]
    assert bias + sum(each.total for each in channels) == pytest.approx(found.value, abs=1e-14)
    assert (found.by_image, found.explained) == ([], "value")


def test_by_magnitude_and_loop_order_hold_the_same_terms() -> None:
    found = PLAIN["conv1.weight", 1, 0, 2, 1]
    first = found.by_magnitude(1)[0]
    assert abs(first.product) == max(abs(float(term.product)) for term in found.terms)
    assert {id(term) for term in found.by_magnitude()} == {id(term) for term in found.terms}


def test_errors_of_all_readers_add_up() -> None:
    found = RESIDUAL["relu1.error", 0, 1, 2, 2]
    assert [part.layer for part in found.parts] == ["conv2", "add1"]
    assert found.total == pytest.approx(found.parts[0].total + found.parts[1].total)
    assert found.equation.text() == "relu1.error = error through conv2 + error through add1"
    assert found.numbers.text().startswith("relu1.error[0,1,2,2] = ")
    assert "is read 2 times, by conv2 and add1" in found.sentence


def test_one_reader_may_read_twice() -> None:
    trace = BRANCHES[1].trace()
    found = trace["concat1.error", 0, 0, 1, 1]
    assert [part.layer for part in found.parts] == ["add1", "add1"]
    assert found.value == 2 * trace.recording.errors["add1"][0, 0, 1, 1]


def test_where_the_error_begins() -> None:
    n, label = 1, int(PLAIN.recording.labels[1])
    found = PLAIN["dense1.error", n, label]
    probability, truth = found.terms
    assert probability.product == pytest.approx(PLAIN.recording.probabilities[n, label] / 3)
    assert truth.product == pytest.approx(-1 / 3)
    assert found.equation.text() == "dZ[n,k] = (P[n,k] − T[n,k])/N"
    assert "once, here, and nowhere else" in found.sentence


def test_the_three_ways_back_through_a_batch_norm() -> None:
    trace = MODES[0].trace()
    found = trace["conv1.error", 0, 1, 1, 0]
    assert len(found.terms) == 3
    assert [factor.symbol for factor in found.terms[0].factors][-1] == "dY"
    assert found.terms[1].factors[-1].symbol == "dβ"
    assert {factor.symbol for factor in found.terms[2].factors} >= {"x\u0302", "dγ"}
    in_evaluation = MODES[1].trace()["conv1.error", 0, 1, 1, 0]
    assert len(in_evaluation.terms) == 1


def test_letters_say_which_array_they_stand_for() -> None:
    part = RESIDUAL["relu1.error", 0, 1, 2, 2].parts[0]
    assert part.arrays["dY"] == "conv2.error"
    assert part.arrays["W"] == "conv2.weight"
    weight = part.terms[0].factors[1]
    assert part.source(weight) == f"conv2.weight[{','.join(map(str, weight.index))}]"


def test_a_relu_at_exactly_0_follows_a_convention_that_is_told() -> None:
    layers = [bl.Flatten(), bl.ReLU(), bl.Dense(2)]
    found = by_hand(layers, [[[0.0, 1.0]]], [0])["flatten1.error", 0, 0]
    assert found.value == 0
    assert len(found.notes) == 1
    assert "exactly 0" in found.notes[0]
    assert "convention: that of the left side, 0" in found.notes[0]
    assert by_hand(layers, [[[0.0, 1.0]]], [0])["flatten1.error", 0, 1].notes == ()


@pytest.mark.parametrize(
    ("layer", "slope"), [(bl.LeakyReLU(0.25), "0.25"), (bl.ELU(0.5), "0.5"), (bl.ELU(), None)]
)
def test_other_kinks_at_exactly_0(layer: object, slope: str | None) -> None:
    found = by_hand([bl.Flatten(), layer, bl.Dense(2)], [[[0.0]]], [0])["flatten1.error", 0, 0]
    assert bool(found.notes) == (slope is not None)
    assert slope is None or f"left side, {slope}." in found.notes[0]


def test_a_tie_goes_to_the_first_and_is_told() -> None:
    layers = [bl.MaxPool2d(2), bl.Flatten(), bl.Dense(2)]
    trace = by_hand(layers, [[[1.0, 3.0], [3.0, 2.0]]], [0])
    winner, tied, loser = (trace["input", 0, 0, *place] for place in ((0, 1), (1, 0), (1, 1)))
    assert winner.gradient != 0
    assert tied.gradient == loser.gradient == 0
    for found in (winner, tied, trace["maxpool1.output", 0, 0, 0, 0]):
        assert len(found.notes) == 1
        assert "two numbers are equally large (3)" in found.notes[0]
        assert "the first in row order" in found.notes[0]
    assert loser.notes == ()
    no_tie = by_hand(layers, [[[1.0, 4.0], [3.0, 2.0]]], [0])
    assert no_tie["input", 0, 0, 0, 1].notes == no_tie["maxpool1.output", 0, 0, 0, 0].notes == ()
    assert "in window (0, 0) it won" in winner.sentence
    assert "Here it is 2: in window (0, 0) 3 won." in loser.sentence


def test_equations_are_those_of_the_equations_room() -> None:
    assert isinstance(PLAIN["conv1.weight", 0, 0, 0, 0].equation, Equation)


def test_its_representation_is_short() -> None:
    found: Explanation = PLAIN["conv1.weight", 0, 0, 0, 0]
    assert len(repr(found)) < 1000


def test_a_pixel_that_no_window_reads_has_no_terms() -> None:
    found = CONVOLUTIONS[5].trace()["input", 0, 0, 2, 2]
    assert (found.gradient, found.total, found.terms) == (0, 0, [])
    assert found.numbers.text() == "dX[0,0,2,2] = 0"
