"""Layers: their options, what they refuse, and their way through JSON."""

import json
from typing import Any

import numpy as np
import pytest

from backlit import Network
from backlit.errors import BacklitError, ConfigurationError, ShapeError
from backlit.layers import (
    ELU,
    LAYERS,
    Add,
    AvgPool2d,
    BatchNorm2d,
    Concat,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    LeakyReLU,
    MaxPool2d,
    layer_from_config,
)

EXAMPLES: list[Layer] = [
    Conv2d(8, 3),
    Conv2d(8, (3, 5), stride=(1, 2), padding=((0, 1), (2, 3)), dilation=2, groups=4, bias=False),
    Conv2d(8, 3, padding="same", name="eyes", inputs="input"),
    Dense(3, bias=False),
    MaxPool2d((2, 3), stride=1, padding="valid"),
    ELU(0.5),
    LeakyReLU(0.2),
    BatchNorm2d(momentum=0.2),
    Dropout(0.25),
    Add("relu1"),
    Concat("a", "b", name="both", inputs="c"),
]


@pytest.mark.parametrize("layer", EXAMPLES, ids=str)
def test_json_and_back(layer: Layer) -> None:
    text = json.dumps(layer.to_config())
    assert layer_from_config(json.loads(text)) == layer


def test_every_layer_can_be_hashed_and_is_frozen() -> None:
    assert len(set(EXAMPLES)) == len(EXAMPLES)
    with pytest.raises(AttributeError):
        EXAMPLES[0].name = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Conv2d(0, 3), "filters must be an int of at least 1, got 0"),
        (lambda: Conv2d(True, 3), "filters must be an int"),
        (lambda: Conv2d(3, 3, groups=2), r"filters must be a multiple of groups \(2\), got 3"),
        (lambda: Conv2d(3, 0), "kernel_size must be an int or a pair of ints, at least 1, got 0"),
        (lambda: Conv2d(3, 3, stride=(1, 2, 3)), r"stride must be .* got \(1, 2, 3\)"),
        (lambda: Conv2d(3, 3, padding="reflect"), "padding must be .* got 'reflect'"),
        (lambda: Conv2d(3, 3, padding=(1, -1)), "padding must be"),
        (lambda: Dense(2.5), "units must be an int of at least 1, got 2.5"),  # type: ignore[arg-type]
        (lambda: MaxPool2d("2"), "kernel_size must be"),
        (lambda: MaxPool2d(2, stride=0), "stride must be"),
        (lambda: Dropout(1.0), "rate must be a number of at least 0 and below 1, got 1.0"),
        (lambda: Dropout("a"), "rate must be a number .* got 'a'"),  # type: ignore[arg-type]
        (lambda: Dropout(None), "rate must be a number .* got None"),  # type: ignore[arg-type]
        (lambda: BatchNorm2d(eps=0.0), "eps must be a number above 0, got 0.0"),
        (lambda: BatchNorm2d(eps=float("inf")), "eps must be a number above 0, got inf"),
        (lambda: BatchNorm2d(eps=10**400), "eps must be a number above 0, got 10"),
        (lambda: BatchNorm2d(momentum=2.0), "momentum must be a number from 0 to 1, got 2.0"),
        (lambda: Conv2d(3, 3, bias="no"), "bias must be True or False, got 'no'"),  # type: ignore[arg-type]
        (lambda: Dense(3, bias=0), "bias must be True or False, got 0"),  # type: ignore[arg-type]
        (lambda: AvgPool2d(2, count_include_pad=1), "count_include_pad must be True or False"),  # type: ignore[arg-type]
        (lambda: ELU(float("nan")), "alpha must be a finite number, got nan"),
        (lambda: LeakyReLU("steep"), "slope must be a finite number"),  # type: ignore[arg-type]
        (lambda: ELU(-1e308), "alpha must be a finite number, as a float32 too, got -1e.308"),
        (lambda: LeakyReLU(1e39), "slope must be a finite number, as a float32 too, got 1e.39"),
        (lambda: BatchNorm2d(eps=1e-46), "eps must be a number above 0, as a float32 too"),
        (lambda: BatchNorm2d(eps=1e-45), "eps must be a number above 0, as a float32 too"),
        (lambda: Dropout(1 - 1e-9), "rate must be .* below 1, as a float32 too, got 0.999999999"),
        (lambda: Conv2d(2**31, 3), "filters must be at most 2,147,483,647, got 2147483648"),
        (lambda: Conv2d(2**40, 3, groups=2**40), "filters must be at most 2,147,483,647"),
        (lambda: Conv2d(3, (3, 2**31)), r"kernel_size must be at most .*, got \(3, 2147483648\)"),
        (lambda: Conv2d(3, 3, stride=2**62), "stride must be at most 2,147,483,647, got 4611"),
        (lambda: Conv2d(3, 3, dilation=10**30), "dilation must be at most 2,147,483,647"),
        (lambda: Conv2d(3, 3, padding=((0, 0), (0, 10**30))), "padding must be at most"),
        (lambda: MaxPool2d(2, stride=10**30), "MaxPool2d stride must be at most 2,147,483,647"),
        (lambda: Dense(10**30), "units must be at most 2,147,483,647"),
        (lambda: Add(), "needs the name of at least one other layer"),
        (lambda: Concat(3), "takes the names of layers, got 3"),  # type: ignore[arg-type]
    ],
)
def test_unusable_options_are_refused_at_once(make: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        make()


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"layer": "Conv3d"}, "unknown layer 'Conv3d'; there are Conv2d"),
        ({"layer": "Conv2d"}, "Conv2d needs filters and kernel_size"),
        ({"layer": "ReLU", "slope": 1}, "ReLU has no option 'slope', only name, inputs"),
        ({"layer": ["ReLU"]}, r"unknown layer \['ReLU'\]; there are Conv2d"),
        ({"layer": "Add"}, "Add needs others"),
        ({"layer": "Add", "others": "relu1"}, "Add others must be a list of names, got 'relu1'"),
        ({"layer": "BatchNorm2d", "eps": "x"}, "BatchNorm2d eps must be .* got 'x'"),
        ({"layer": "Dropout", "rate": None}, "Dropout rate must be .* got None"),
        ([], r"unknown layer \[\]"),
    ],
)
def test_a_description_that_makes_no_sense(config: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        layer_from_config(config)


def test_all_layers_of_the_design_exist() -> None:
    expected = (
        "Conv2d Dense MaxPool2d AvgPool2d GlobalAvgPool2d Flatten ReLU LeakyReLU ELU Sigmoid Tanh "
        "GELU SiLU ReLU6 HardSigmoid HardSwish Softplus PReLU BatchNorm2d Dropout Add Concat"
    )
    assert sorted(LAYERS) == sorted(expected.split())


def test_numpys_whole_numbers_are_whole_numbers() -> None:
    three: Any = np.int64(3)
    layers = [Conv2d(three, (three, np.uint8(2)), stride=np.int32(1)), MaxPool2d(three)]
    assert layers == [Conv2d(3, (3, 2)), MaxPool2d(3)]
    assert json.dumps([layer.to_config() for layer in layers])
    one: Any = np.int64(1)
    network = Network((one, 8, 8), [*layers, Flatten(), Dense(three)], seed=three)
    assert Network.from_config(json.loads(json.dumps(network.config()))).seed == 3


@pytest.mark.parametrize("padding", [0, 1, 2, ((2, 0), (0, 2)), 10**9])
@pytest.mark.parametrize("stride", [1, 2, 5])
def test_a_pool_refuses_windows_in_the_padding_alone(padding: Any, stride: int) -> None:
    """The rule looks at the first and the last window; here is every one."""
    pool = MaxPool2d(2, stride=stride, padding=padding)
    before, after = padding[0] if isinstance(padding, tuple) else (padding, padding)
    if padding == 10**9:
        meets = False
    else:
        starts = range(-before, 5 + after - 1, stride)
        columns = range(-after, 5 + before - 1, stride)  # the pair is turned round for these
        meets = all(-2 < start < 5 for start in (*starts, *columns))
    if meets:
        pool.window((1, 5, 5))
    else:
        with pytest.raises(ShapeError, match="a window lies in the padding altogether"):
            pool.window((1, 5, 5))


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([Conv2d(2**31 - 1, 1)], "the output of conv1 would have shape"),
        ([Conv2d(1, 1, padding=10**9)], "the output of conv1 would have shape"),
        ([Flatten(), Dense(10**9), Dense(10**9)], "the weight of dense1 would have shape"),
        (
            [Conv2d(1, 3, dilation=10**5, padding="same")],
            r"the padded input of conv1 would have shape \(1, 200008, 200008\)",
        ),
        ([Conv2d(2, 3, inputs=3)], "conv1: inputs must be the name of a layer, got 3"),  # type: ignore[arg-type]
    ],
)
def test_what_no_memory_could_hold_is_refused_at_once(layers: list[Layer], message: str) -> None:
    with pytest.raises(BacklitError, match=message):
        Network((1, 8, 8), layers)


def test_nor_are_pictures_that_could_not_exist() -> None:
    with pytest.raises(ShapeError, match="the network's input would have shape"):
        Network((1, 10**9, 10**9), [GlobalAvgPool2d(), Dense(2)])


def test_the_largest_and_smallest_options_are_no_trouble() -> None:
    """A constant channel has no variance, so that ε alone keeps the root away from 0."""
    largest = 2**31 - 1
    layers = [
        Conv2d(2, 1, dilation=largest, stride=largest),
        BatchNorm2d(eps=2**-126),
        GlobalAvgPool2d(),
        Dense(2),
    ]
    images = np.ones((2, 1, 3, 3), np.float32)
    for engine in ("pure", "fast"):
        loss, gradients = Network((1, 3, 3), layers, engine).loss_and_gradients(images, [0, 1])
        assert np.isfinite([loss, *(array.sum() for array in gradients.values())]).all()
