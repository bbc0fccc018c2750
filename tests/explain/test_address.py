from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.errors import AddressError
from backlit.explain import Address
from backlit.explain.address import addressable_shapes, find_address

NET = bl.Network(
    (1, 4, 4),
    [bl.Conv2d(2, 3, name="my-conv_1"), bl.ReLU(), bl.Flatten(), bl.Dense(3, bias=False)],
)
SHAPES = addressable_shapes(NET.graph, images=2)


@pytest.mark.parametrize(
    "key",
    [
        "my-conv_1.weight[1,0,2,1]",
        " my-conv_1.weight [ 1, 0 ,2,1 ] ",
        ("my-conv_1.weight", 1, 0, 2, 1),
        ("my-conv_1.weight", *np.array([1, 0, 2, 1])),
        Address("my-conv_1", "weight", (1, 0, 2, 1)),
    ],
)
def test_every_way_to_write_an_address_finds_the_same_number(key: Any) -> None:
    found = find_address(key, SHAPES)
    assert found == Address("my-conv_1", "weight", (1, 0, 2, 1))
    assert str(found) == "my-conv_1.weight[1,0,2,1]"
    assert found.name == "my-conv_1.weight"


def test_what_can_be_addressed() -> None:
    assert SHAPES == {
        "input": (2, 1, 4, 4),
        "input.error": (2, 1, 4, 4),
        "my-conv_1.weight": (2, 1, 3, 3),
        "my-conv_1.bias": (2,),
        "my-conv_1.output": (2, 2, 2, 2),
        "my-conv_1.error": (2, 2, 2, 2),
        "relu1.output": (2, 2, 2, 2),
        "relu1.error": (2, 2, 2, 2),
        "flatten1.output": (2, 8),
        "flatten1.error": (2, 8),
        "dense1.weight": (3, 8),
        "dense1.output": (2, 3),
        "dense1.error": (2, 3),
        "probability": (2, 3),
        "loss": (),
    }


@pytest.mark.parametrize("key", ["loss", ("loss",), "input[0,0,0,0]", "probability[1,2]"])
def test_what_has_no_layer(key: Any) -> None:
    address = find_address(key, SHAPES)
    assert address.quantity == ""
    assert not address.is_parameter
    assert address.is_pixel == (address.owner == "input")


def test_a_layer_may_be_called_like_something_else() -> None:
    net = bl.Network((1, 1, 1), [bl.Flatten(name="probability"), bl.Dense(2, name="loss")])
    trace = bl.explain(net, np.ones((1, 1, 1, 1)), np.array([0]))
    assert trace["probability.output", 0, 0].value == 1
    assert trace["probability", 0, 1].value == trace.recording.probabilities[0, 1]
    assert trace["loss.error", 0, 1].agreement.holds
    assert trace["loss"].value == trace.recording.loss


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        (
            "unheard-of[0,0,0,0]",
            "there is no unheard-of; there are input, my-conv_1.weight/bias/output/error, "
            "relu1.output/error, flatten1.output/error, dense1.weight/output/error, probability, "
            "loss",
        ),
        ("relu2.output[0,0,0,0]", "there is no relu2.output; did you mean relu1.output?"),
        ("relu1", "there is no relu1; of relu1 there are relu1.output, relu1.error"),
        ("relu1.weight[0]", "there is no relu1.weight; of relu1 there are relu1.output, relu1"),
        ("dense1.bias[0]", "there is no dense1.bias; of dense1 there are dense1.weight"),
        (
            "dense1.weight[3,0]",
            "dense1.weight has shape (3, 8), so the last element is dense1.weight[2,7]; there is "
            "no [3,0]",
        ),
        (("dense1.weight", -1, 0), "there is no [-1,0]"),
        (
            "dense1.weight[3]",
            "dense1.weight has shape (3, 8): give 2 indices, such as dense1.weight[0,0], not 1",
        ),
        ("my-conv_1.bias", "give 1 index, such as my-conv_1.bias[0], not 0"),
        ("loss[0]", "loss is a single number, without an index"),
        ("dense1.weight[0,x]", "the indices of an address are whole numbers, got"),
        (("dense1.weight", 0, 1.5), "the indices of an address are whole numbers, got"),
        ("dense1.weight[0,", "an address is written like 'conv1.weight[0,0,1,2]'"),
        ("", "an address is written like"),
        (7, "an address is written like"),
        ((1, 2), "an address is written like"),
    ],
)
def test_what_there_is_not_is_said_in_one_clear_sentence(key: Any, sentence: str) -> None:
    with pytest.raises(AddressError) as caught:
        find_address(key, SHAPES)
    assert sentence in str(caught.value)


def test_an_address_error_is_a_lookup_error() -> None:
    with pytest.raises(LookupError):
        find_address("nothing", SHAPES)


@pytest.mark.parametrize(
    "key",
    [
        "conv1.weight[+1,0,0,0]",
        "conv1.weight[1_0,0,0,0]",
        "conv1.weight[\u0663,0,0,0]",
        ("conv1.weight", True, 0, 0, 0),
        ("conv1.weight", 1.0, 0, 0, 0),
        f"conv1.weight[{'9' * 5000}]",
    ],
)
def test_only_plain_whole_numbers_are_indices(key: Any) -> None:
    with pytest.raises(AddressError, match="the indices of an address are whole numbers") as caught:
        find_address(key, {"conv1.weight": (20, 9, 9, 9)})
    assert len(str(caught.value)) < 150
