"""Finding an operation by its name, with options as a person would give them."""

from __future__ import annotations

from typing import Any

import pytest

from backlit.equations import OPERATIONS, conv2d, operation, symbol_text
from backlit.errors import ConfigurationError


def test_the_names() -> None:
    assert list(OPERATIONS) == [
        "conv2d", "dense", "max_pool2d", "avg_pool2d", "global_avg_pool2d", "flatten", "relu",
        "leaky_relu", "elu", "sigmoid", "tanh", "gelu", "silu", "relu6", "hard_sigmoid",
        "hard_swish", "softplus", "prelu", "batch_norm2d", "dropout", "add", "concat",
        "softmax_cross_entropy", "update",
    ]  # fmt: skip
    for name in OPERATIONS:
        assert operation(name).name == name


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_letter_stands_for_two_things(name: str) -> None:
    letters = [symbol_text(role) for role in operation(name).letters]
    assert len(set(letters)) == len(letters)


@pytest.mark.parametrize("name", ["Conv2d", "CONV2D", "conv2d"])
def test_layer_names_are_understood(name: str) -> None:
    assert operation(name).name == "conv2d"


def test_layer_names_of_several_words() -> None:
    assert operation("MaxPool2d").name == "max_pool2d"
    assert operation("GlobalAvgPool2d").name == "global_avg_pool2d"
    assert operation("batch-norm2d").name == "batch_norm2d"


def test_nothing_said_leaves_letters() -> None:
    assert str(operation("conv2d").forward) == str(conv2d().forward)


def test_something_said_makes_the_rest_a_layers_defaults() -> None:
    shown = operation("conv2d", stride=2, padding=1)
    assert str(shown.forward) == "Y[n,o,i,j] = b[o] + Σ_{c,u,v} W[o,c,u,v] · X[n,c,2i+u−1,2j+v−1]"
    assert shown.title == "Convolution, stride 2, padding 1"
    assert "kH" in str(shown.shapes[0])  # a kernel has no default
    assert "i·kH+u" in str(operation("max_pool2d", padding=0).forward)
    assert "i·s+u" in str(operation("max_pool2d", general=True, padding=0).forward)
    assert "3i+u" in str(operation("max_pool2d", kernel_size=3).forward)
    assert "C_g" in str(operation("conv2d", kernel_size=3).forward)


def test_titles_tell_the_options() -> None:
    assert operation("conv2d").title == "Convolution"
    shown = conv2d((3, 5), (1, 2), ((0, 1), (2, 2)), 2, 4)
    assert shown.title == (
        "Convolution, kernel 3×5, stride (1, 2), padding ((0, 1), 2), dilation 2, 4 groups"
    )
    assert conv2d(3, 1, "same", 1, 1).title == "Convolution, kernel 3×3, stride 1, padding same"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("conv2", "there is no operation 'conv2'; did you mean conv2d"),
        ("maxpool", "did you mean max_pool2d"),
        ("softmax", "did you mean softmax_cross_entropy"),
        ("xyzzy", "there are conv2d, dense, "),
    ],
)
def test_unknown_names(name: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        operation(name)
    assert message in str(caught.value)


def test_unknown_options() -> None:
    with pytest.raises(ConfigurationError, match="no option 'strides'; did you mean 'stride'"):
        operation("conv2d", strides=2)
    with pytest.raises(ConfigurationError, match="no option 'xyzzy'; it takes kernel_size"):
        operation("conv2d", xyzzy=2)
    with pytest.raises(ConfigurationError, match="relu takes no options"):
        operation("relu", slope=2)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("conv2d", {"stride": 0}, "conv2d: stride must be a whole number of at least 1"),
        ("conv2d", {"stride": (1, 2, 3)}, "stride must be"),
        ("conv2d", {"stride": "2"}, "stride must be"),
        ("conv2d", {"stride": True}, "stride must be"),
        ("conv2d", {"dilation": -1}, "dilation must be"),
        ("conv2d", {"kernel_size": 2.5}, "kernel_size must be"),
        ("conv2d", {"padding": -1}, "padding must be"),
        ("conv2d", {"padding": "some"}, 'padding must be .*"same" or "valid", got \'some\''),
        ("conv2d", {"padding": ((1, 2), 3, 4)}, "padding must be"),
        ("conv2d", {"groups": 0}, "groups must be a whole number of at least 1, got 0"),
        ("max_pool2d", {"kernel_size": 0}, "max_pool2d: kernel_size must be"),
        ("dropout", {"rate": 1.0}, "rate must be at least 0 and below 1, got 1.0"),
        ("add", {"n": 0}, "n must be a whole number of at least 1"),
        ("concat", {"channels": 3}, "channels must list"),
        ("concat", {"channels": []}, "channels must list"),
        ("concat", {"channels": [2, 0]}, "channels must be a whole number of at least 1"),
    ],
)
def test_unusable_values(name: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        operation(name, **options)
