"""Names, order, shapes, branches and receptive fields, all before any number exists."""

from typing import Any

import pytest

from backlit.errors import AddressError, ConfigurationError, ShapeError
from backlit.layers import (
    Add,
    AvgPool2d,
    BatchNorm2d,
    Concat,
    Conv2d,
    Dense,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    MaxPool2d,
    ReLU,
    ReLU6,
)
from backlit.network import Graph

RESIDUAL: list[Layer] = [
    Conv2d(4, 3, padding=1),
    ReLU(),
    Conv2d(4, 3, padding=1),
    BatchNorm2d(),
    Add("relu1"),
    ReLU(),
    Conv2d(6, 3, stride=2, padding=1, name="main"),
    Conv2d(6, 1, stride=2, inputs="relu2", name="shortcut"),
    Add("main"),
    Concat("main", "add2"),
    GlobalAvgPool2d(),
    Dense(10),
]


class TestNames:
    def test_kind_and_number(self) -> None:
        graph = Graph((1, 8, 8), [Conv2d(2, 3), ReLU(), Conv2d(2, 3), Flatten(), Dense(2)])
        assert [node.name for node in graph] == ["conv1", "relu1", "conv2", "flatten1", "dense1"]

    def test_a_kind_that_ends_in_a_digit(self) -> None:
        """One ReLU6 is not the 61st ReLU."""
        assert [node.name for node in Graph((1, 2, 2), [ReLU6(), ReLU6(), ReLU()])] == [
            *("relu6_1", "relu6_2", "relu1"),
        ]

    def test_given_name(self) -> None:
        graph = Graph((1, 8, 8), [Conv2d(2, 3, name="eyes"), Conv2d(2, 3)])
        assert [node.name for node in graph] == ["eyes", "conv2"]

    @pytest.mark.parametrize("name", ["input", "conv2"])
    def test_used_twice(self, name: str) -> None:
        with pytest.raises(ConfigurationError, match=f"two things .* {name!r}"):
            Graph((1, 8, 8), [Conv2d(2, 3, name=name), Conv2d(2, 3)])

    @pytest.mark.parametrize("name", ["", "a.b", "a b", "a[0]"])
    def test_that_could_not_be_addressed(self, name: str) -> None:
        with pytest.raises(ConfigurationError, match="name is made of"):
            Graph((1, 8, 8), [Conv2d(2, 3, name=name)])

    def test_unknown_layer_lists_what_there_is(self) -> None:
        with pytest.raises(AddressError, match="'conv9'; there are conv1, relu1"):
            Graph((1, 8, 8), [Conv2d(2, 3), ReLU()])["conv9"]


class TestShapes:
    def test_of_every_layer(self) -> None:
        layers = [
            Conv2d(6, (3, 2), stride=(1, 2), padding="same"),
            MaxPool2d(2),
            Conv2d(4, 3, groups=2, dilation=2),
            AvgPool2d(3, 2, padding=1),
            Flatten(),
            Dense(7),
        ]
        shapes = [node.output_shape for node in Graph((3, 16, 21), layers)]
        assert shapes == [(6, 16, 11), (6, 8, 5), (4, 4, 1), (4, 2, 1), (8,), (7,)]

    def test_of_parameters(self) -> None:
        layers = [Conv2d(6, (3, 2), groups=3), BatchNorm2d(), Flatten(), Dense(2, bias=False)]
        graph = Graph((3, 4, 3), layers)
        assert graph["conv1"].parameter_shapes == {"weight": (6, 1, 3, 2), "bias": (6,)}
        assert graph["batchnorm1"].parameter_shapes == {"weight": (6,), "bias": (6,)}
        assert graph["batchnorm1"].buffer_shapes.keys() == {"running_mean", "running_variance"}
        assert graph["dense1"].parameter_shapes == {"weight": (2, 24)}

    def test_what_does_not_fit_names_the_layer_and_what_it_reads(self) -> None:
        with pytest.raises(ShapeError, match=r"conv2 \(which reads maxpool1\).*spans 3 rows"):
            Graph((1, 4, 4), [Conv2d(2, 3), MaxPool2d(2), Conv2d(2, 3)])
        with pytest.raises(ShapeError, match=r"dense1 .*put Flatten\(\) before it"):
            Graph((1, 4, 4), [Dense(2)])
        with pytest.raises(ShapeError, match="2 channels cannot be cut into 4 groups"):
            Graph((2, 4, 4), [Conv2d(4, 3, groups=4)])
        with pytest.raises(ShapeError, match=r"add1 .*equal shapes"):
            Graph((1, 4, 4), [Conv2d(2, 3), Add("input")])
        with pytest.raises(ShapeError, match=r"maxpool1 .*padding altogether"):
            Graph((1, 4, 4), [MaxPool2d(1, padding=1)])

    @pytest.mark.parametrize("shape", [(8, 8), (1, 0, 8), (1, 8, 8, 8), "188", (1, 8, 8.0)])
    def test_input_shape_must_be_three_counts(self, shape: tuple[int, int, int]) -> None:
        with pytest.raises(ConfigurationError, match="input_shape must be"):
            Graph(shape, [Flatten()])


class TestBranches:
    def test_residual_block_with_and_without_a_shortcut_of_its_own(self) -> None:
        graph = Graph((4, 8, 8), RESIDUAL)
        assert graph["add1"].inputs == ("batchnorm1", "relu1")
        assert graph["add2"].inputs == ("shortcut", "main")
        assert graph["concat1"].inputs == ("add2", "main", "add2")
        assert graph["concat1"].output_shape == (18, 4, 4)
        assert [node.name for node in graph.readers("relu2")] == ["main", "shortcut"]

    def test_reading_what_comes_later(self) -> None:
        with pytest.raises(ConfigurationError, match=r"relu1 reads 'conv1', but no such layer"):
            Graph((1, 8, 8), [ReLU(inputs="conv1"), Conv2d(2, 3)])

    def test_an_output_that_nobody_reads(self) -> None:
        with pytest.raises(ConfigurationError, match="no layer reads the output of conv1"):
            Graph((1, 8, 8), [Conv2d(2, 3), Conv2d(2, 3, inputs="input")])

    def test_no_layers(self) -> None:
        with pytest.raises(ConfigurationError, match="at least one layer"):
            Graph((1, 8, 8), [])

    def test_something_that_is_no_layer(self) -> None:
        with pytest.raises(ConfigurationError, match=r"must be backlit layers .* got 'relu'"):
            Graph((1, 8, 8), ["relu"])  # type: ignore[list-item]


def test_receptive_field_by_changing_pixels() -> None:
    """The stated field is exactly the set of pixels that can move one output."""
    import numpy as np

    from backlit import Network

    layers = [Conv2d(1, (3, 2)), MaxPool2d(2), Conv2d(1, 2, stride=(1, 2), dilation=(2, 1))]
    network = Network((1, 20, 20), layers)
    network.load_parameters({name: np.ones_like(p) for name, p in network.parameters.items()})
    rows, columns = network.graph["conv2"].receptive_field.size
    still = network.forward(np.zeros((1, 1, 20, 20)))[0, 0, 2, 2]
    moved = []
    for row, column in np.ndindex(20, 20):
        picture = np.zeros((1, 1, 20, 20))
        picture[0, 0, row, column] = 1.0
        if network.forward(picture)[0, 0, 2, 2] != still:
            moved.append((row, column))
    seen: Any = np.array(moved)
    assert tuple(np.ptp(seen, axis=0) + 1) == (rows, columns)


def test_multiply_adds_and_parameters_by_hand() -> None:
    layers = [Conv2d(4, 3, padding=1, groups=2), Flatten(), Dense(5)]
    graph = Graph((2, 6, 6), layers)
    assert graph["conv1"].multiply_adds == 4 * 6 * 6 * 1 * 3 * 3
    assert graph["conv1"].parameter_count == 4 * 9 + 4
    assert graph["dense1"].multiply_adds == 5 * 144
    assert graph["flatten1"].multiply_adds == 0


def test_first_layers_without_weights_need_no_error() -> None:
    graph = Graph((1, 8, 8), [MaxPool2d(2), Conv2d(2, 3), Flatten(), Dense(2)])
    assert graph.trained_upstream() == {"conv1", "flatten1", "dense1"}
