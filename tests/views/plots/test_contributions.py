"""The picture of one weight's gradient."""

from __future__ import annotations

import re

import numpy as np
import pytest

import backlit as bl
from backlit.errors import AddressError, InputError
from backlit.explain import Trace
from backlit.explain.address import find_address
from backlit.views import plots
from backlit.views.plots.products import products_of, reading

from .figures import TRACES, bar, cells, colored, digits, numbers, words

WEIGHTS = [
    ("digits", "conv1.weight[2,0,1,2]"),
    ("digits", "conv2.weight[15,7,0,2]"),  # whose first row and last column meet padding
    ("colored", "conv1.weight[5,2,0,0]"),
    ("colored", "conv1.weight[0,1,2,1]"),
    ("colored", "conv2.weight[3,1,1,2]"),  # of the second group
    ("colored", "conv2.weight[0,2,0,0]"),
    ("residual", "conv1.weight[4,0,2,2]"),
    ("residual", "conv2.weight[1,3,0,0]"),
]


def terms(trace: Trace, address: str, image: int) -> dict[tuple[int, int], tuple[float, float]]:
    """(error, input) by position, as the explanation has them."""
    found = {}
    for term in trace[address].terms:
        if term.index["n"] == image:
            values = {factor.symbol: float(factor.value) for factor in term.factors}
            found[term.index["i"], term.index["j"]] = values["dY"], values["X"]
    return found


@pytest.mark.parametrize("image", [0, 2])
@pytest.mark.parametrize(("name", "address"), WEIGHTS)
def test_what_is_drawn_is_what_the_explanation_says(name: str, address: str, image: int) -> None:
    trace = TRACES[name]()
    expected = terms(trace, address, image)
    figure = plots.contributions(trace, address, image)
    place = find_address(address, trace.shapes)
    o, c, u, v = place.index
    errors = trace.recording.errors[place.owner][image, o]
    np.testing.assert_array_equal(numbers(figure, "dL/dY"), errors.ravel())
    met = [expected[at] for at in np.ndindex(errors.shape) if at in expected]
    np.testing.assert_array_equal(numbers(figure, "X"), [x for _, x in met])
    np.testing.assert_array_equal(numbers(figure, "products"), [dy * x for dy, x in met])
    total = sum(dy * x for dy, x in met)
    shape = trace.snapshot.parameters[place.name].shape[2:]
    drawn = numbers(figure, "dL/dW").reshape(shape)
    assert drawn[u, v] == pytest.approx(total, rel=1e-9, abs=1e-15)
    for at in np.ndindex(*shape):
        sums = terms(trace, f"{place.name}[{o},{c},{at[0]},{at[1]}]", image).values()
        assert drawn[at] == pytest.approx(sum(dy * x for dy, x in sums), rel=1e-9, abs=1e-15)


@pytest.mark.parametrize(("name", "address"), WEIGHTS)
def test_the_parts_of_all_images_are_the_gradient(name: str, address: str) -> None:
    trace = TRACES[name]()
    place = find_address(address, trace.shapes)
    parts = [products_of(trace, place, image).slice for image in range(trace.images)]
    gradient = trace.recording.gradients[place.name][place.index[:2]]
    np.testing.assert_allclose(sum(parts), gradient, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("label", ["dL/dY", "products", "dL/dW"])
def test_each_map_has_a_scale_with_zero_in_its_middle(label: str) -> None:
    figure = plots.contributions(digits(), "conv1.weight[2,0,1,2]", 1)
    most = np.abs(numbers(figure, label)).max()
    norm = cells(figure, label).norm
    assert (norm.vmin, norm.vmax) == bar(figure, label).get_xlim() == (-most, most)


def test_a_picture_is_met_in_grays_and_maps_in_blue_and_orange() -> None:
    picture = cells(plots.contributions(digits(), "conv1.weight[2,0,1,2]", 1), "X")
    maps = cells(plots.contributions(digits(), "conv2.weight[2,0,1,2]", 1), "X")
    assert (picture.get_cmap().name, maps.get_cmap().name) == ("backlit-gray", "backlit")


def test_the_sum_is_said_beside_the_engines() -> None:
    net = bl.Network((1, 4, 4), [bl.Conv2d(1, 3), bl.Flatten(), bl.Dense(2)], seed=1)
    images = np.random.default_rng(0).normal(size=(2, 1, 4, 4))
    alone = bl.explain(net, images[:1], [0])
    gradient = alone.recording.gradients["conv1.weight"][0, 0, 1, 2]
    text = f"{gradient:.4g}".replace("-", "−")
    said = words(plots.contributions(alone, "conv1.weight[0,0,1,2]"))
    assert f"Σ of 4 products = {text}; the engine's dL/dW = {text}" in said
    both = words(plots.contributions(bl.explain(net, images, [0, 1]), "conv1.weight[0,0,1,2]", 0))
    assert any("this image's part; of all 2 images dL/dW = " in each for each in both)


def test_numbers_stand_in_cells_that_have_room() -> None:
    net = bl.Network((1, 30, 30), [bl.Conv2d(1, 3), bl.Flatten(), bl.Dense(2)], seed=1)
    images = np.random.default_rng(0).normal(size=(1, 1, 30, 30))
    few = words(plots.contributions(bl.explain(net, images, [0])))
    many = words(plots.contributions(digits(), "conv1.weight[2,0,1,2]", 1))
    assert sum(bool(re.fullmatch(r"−?\d+\.?\d*|·", each)) for each in few) == 9
    assert sum(bool(re.fullmatch(r"−?\d+\.?\d*|·", each)) for each in many) == 3 * 36 + 9


def test_padding_is_told_apart_from_zeros() -> None:
    said = words(plots.contributions(digits(), "conv2.weight[15,7,0,2]", 1))
    assert any("the weight met the padding" in each for each in said)
    said = words(plots.contributions(digits(), "conv1.weight[2,0,1,2]", 1))
    assert not any("padding" in each for each in said)


def test_without_a_choice_it_is_the_steepest_weight_and_the_image_that_pulls_hardest() -> None:
    trace = colored()
    address = plots.steepest(trace)
    sizes = np.abs(trace.recording.gradients["conv1.weight"])
    assert sizes[address.index] == sizes.max()
    image = plots.hardest(trace, address)
    u, v = address.index[2:]
    parts = [abs(products_of(trace, address, n).slice[u, v]) for n in range(3)]
    assert parts[image] == max(parts)
    figure = plots.contributions(trace)
    assert figure.get_label() == f"The gradient of {address}"
    assert any(text.startswith(f"image {image} of the batch") for text in words(figure))


def test_where_a_weight_reads() -> None:
    graph = colored().graph
    assert reading(graph["conv1"], plots.weight_address(graph, "conv1.weight[0,0,0,2]")) == (
        "X[2i − 1, j + 1]"
    )
    assert reading(graph["conv2"], plots.weight_address(graph, "conv2.weight[0,0,1,2]")) == (
        "X[2i + 1, 2j]"
    )


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("dense1.weight[0,0]", "is no weight of a convolution, such as conv1.weight[0,0,0,0]"),
        ("conv1.bias[0]", "is no weight of a convolution"),
        ("conv1.weight[0,0,3,0]", "the last element is conv1.weight[7,0,2,2]"),
        ("conv1.wait[0]", "there is no conv1.wait"),
    ],
)
def test_addresses_of_something_else(address: str, says: str) -> None:
    with pytest.raises(AddressError, match=re.escape(says)):
        plots.contributions(digits(), address)


def test_an_image_that_is_not_there() -> None:
    with pytest.raises(InputError, match="no image 3"):
        plots.contributions(digits(), "conv1.weight[2,0,1,2]", 3)


def test_a_network_without_convolutions() -> None:
    net = bl.Network((1, 2, 2), [bl.Flatten(), bl.Dense(2)])
    trace = bl.explain(net, np.zeros((1, 1, 2, 2)), [0])
    with pytest.raises(AddressError, match="no convolution"):
        plots.contributions(trace)
    with pytest.raises(AddressError, match="of which there is none"):
        plots.contributions(trace, "dense1.weight[0,0]")
