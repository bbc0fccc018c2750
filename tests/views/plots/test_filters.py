"""Filters and their gradients."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex

import backlit as bl
from backlit.errors import AddressError
from backlit.views import plots
from backlit.views.plots.colors import diverging, hue
from backlit.views.plots.tiles import Tiles
from backlit.web.bundle import style

from .figures import TRACES, bar, cells, colored, corners, digits, numbers, words

WEIGHT, GRADIENT = "weight W", "gradient dL/dW"
CONVOLUTIONS = [
    (name, node.name)
    for name, trace in TRACES.items()
    for node in trace().graph
    if isinstance(node.layer, bl.Conv2d)
]


def network_of(trace: Any) -> Any:
    """As much of a network as is drawn."""
    return SimpleNamespace(graph=trace.graph, parameters=trace.snapshot.parameters)


@pytest.mark.parametrize(("name", "layer"), CONVOLUTIONS)
def test_every_weight_and_every_gradient_is_drawn(name: str, layer: str) -> None:
    trace = TRACES[name]()
    weights = trace.snapshot.parameters[f"{layer}.weight"]
    figure = plots.filters(network_of(trace), layer)
    np.testing.assert_array_equal(numbers(figure, WEIGHT), weights.ravel())
    figure = plots.gradients(trace, layer, "of the loss of three images")
    gradient = trace.recording.gradients[f"{layer}.weight"]
    np.testing.assert_array_equal(numbers(figure, GRADIENT), gradient.ravel())
    assert "of the loss of three images" in words(figure)


@pytest.mark.parametrize(("name", "layer"), CONVOLUTIONS)
def test_one_scale_with_zero_in_its_middle(name: str, layer: str) -> None:
    trace = TRACES[name]()
    figure = plots.gradients(trace, layer)
    norm = cells(figure, GRADIENT).norm
    most = np.abs(trace.recording.gradients[f"{layer}.weight"]).max()
    assert (norm.vmin, norm.vmax) == (-most, most)
    low, high = bar(figure, GRADIENT).get_xlim()
    assert (low, high) == (-most, most)


def test_rows_are_filters_and_columns_are_channels() -> None:
    trace = digits()
    shape = trace.snapshot.parameters["conv2.weight"].shape
    places = corners(plots.filters(network_of(trace), "conv2"), WEIGHT).reshape(*shape, 2)
    left, top = places[..., 0], places[..., 1]
    assert (np.diff(left, axis=1) > 0).all()  # channels run to the right
    assert np.ptp(top, axis=1).max() < 1e-9
    assert (np.diff(left, axis=3) > 0).all()  # v runs to the right
    assert (np.diff(top, axis=2) > 0).all()  # u runs down
    steps = np.diff(top[:, 0, 0, 0])
    assert (steps > 0).sum() >= len(steps) - 2  # filters run down, in at most three blocks


@pytest.mark.parametrize(
    "shape",
    [
        *((1, 1, 1, 1), (8, 1, 3, 3), (7, 1, 3, 5), (6, 3, 5, 5), (32, 3, 3, 3), (64, 64, 3, 3)),
        *((16, 256, 1, 1), (256, 2, 3, 3), (3, 1, 1, 90), (512, 1, 7, 7)),
    ],
)
def test_maps_lie_beside_each_other_in_the_room_that_there_is(shape: tuple[int, ...]) -> None:
    tiles = Tiles(shape)
    height, width = tiles.tile
    left, top = tiles.corners.reshape(-1, 2).T
    assert left.min() >= 0
    assert (left + width).max() <= 7.61
    assert (top + height).max() <= 12
    for k in range(len(left)):
        beside = np.abs(left[k + 1 :] - left[k]) >= width - 1e-9
        below = np.abs(top[k + 1 :] - top[k]) >= height - 1e-9
        assert (beside | below).all()


@pytest.mark.parametrize("shape", [(16, 8, 3, 3), (6, 3, 5, 5), (16, 16, 1, 1), (256, 2, 3, 3)])
def test_between_blocks_there_is_room_for_the_numbers_of_rows(shape: tuple[int, ...]) -> None:
    tiles = Tiles(shape)
    left = tiles.corners[..., 0]
    for block in range(1, tiles.blocks):
        before = left[(block - 1) * tiles.rows].max() + tiles.tile[1]
        assert left[block * tiles.rows].min() - before > 0.33


def test_cells_that_are_large_enough_hold_their_number() -> None:
    trace = digits()
    weights = trace.snapshot.parameters["conv1.weight"]
    written = words(plots.filters(network_of(trace)))
    expected = [f"{w:.2f}".replace("-", "−") for w in weights.ravel()]
    assert [text for text in written if "." in text] == [
        text for text in expected if float(text.replace("−", "-")) != 0
    ]
    assert [str(o) for o in range(8)] == [text for text in written if re.fullmatch("[1-9]|0", text)]


def test_the_first_convolution_is_the_default_and_colors_are_named() -> None:
    figure = plots.filters(network_of(colored()))
    assert figure.get_label() == "Filters of conv1"
    assert "channel (red, green, blue)" in words(figure)
    assert "channel" in words(plots.filters(network_of(colored()), "conv2"))


def test_the_colors_are_those_of_the_pages() -> None:
    light = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", style().split("@media")[0]))
    colors = diverging(np.array([-2.0, 0.5]))
    assert to_hex(colors.map(colors.norm(-2))) == light["below"]
    assert to_hex(colors.map(colors.norm(2))) == light["above"]
    assert to_hex(colors.map(colors.norm(0))) == light["paper"]
    names = {"x": "input", "w": "weight", "y": "output", "error": "error", "gradient": "gradient"}
    assert {name: hue(role) for name, role in names.items()} == {n: light[n] for n in names}


def test_numbers_that_are_none_are_gray_and_do_not_spoil_the_scale() -> None:
    colors = diverging(np.array([np.nan, np.inf, -3.0]))
    assert colors.norm.vmax == 3
    assert to_hex(colors.map(colors.norm(np.ma.masked_invalid([np.nan])))[0]) == "#808080"
    assert diverging(np.zeros(4)).norm.vmax == 1
    assert colors.ink(-3) == "#ffffff"
    assert colors.ink(0) == colors.ink(np.nan) == "#101418"


@pytest.mark.parametrize(
    ("layer", "says"),
    [
        ("conv3", "there is no layer 'conv3'; did you mean conv2? The convolutions are conv1,"),
        ("zebra", "there is no layer 'zebra'; the convolutions are conv1, conv2"),
        ("relu1", "relu1 has no filters: the convolutions are conv1, conv2"),
        ("input", "input has no filters"),
        ("z" * 200, "zzz…'; the convolutions"),
    ],
)
def test_layers_without_filters(layer: str, says: str) -> None:
    with pytest.raises(AddressError, match=re.escape(says)):
        plots.filters(network_of(digits()), layer)
    with pytest.raises(AddressError, match=re.escape(says)):
        plots.gradients(digits(), layer)


def test_a_network_without_filters() -> None:
    net = bl.Network((1, 2, 2), [bl.Flatten(), bl.Dense(2)])
    with pytest.raises(AddressError, match="the network has no convolution"):
        plots.filters(net)
