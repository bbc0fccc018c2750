"""Ready-made networks, and those described in a file."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from backlit.errors import ConfigurationError
from backlit.layers import Add, Conv2d, Dense, Flatten, ReLU
from backlit.models import DEFAULT_MODEL, MODELS, build_model, read_model
from backlit.network import Network

# Parameters and multiply-adds are counted by hand, from the layers that the literature gives.
SIZES = {
    "small": ((1, 8, 8), 80 + 1168 + 1450),
    "lenet": ((1, 28, 28), 156 + 2416 + 48120 + 10164 + 850),
    "fashion-elu": ((1, 28, 28), 320 + 18496 + 204928 + 1290),
    "pooling-free": ((1, 28, 28), 320 + 18496 + 36928 + 650),
    "pooling-free-wide": ((1, 28, 28), 480 + 41568 + 460992 + 1930),
    "vgg-small": ((3, 32, 32), 896 + 9248 + 18496 + 36928 + 73856 + 147584 + 262272 + 1290),
    "vgg-norm": (
        (1, 28, 28),
        (288 + 18432 + 36864 + 73728 + 147456) + 2 * (32 + 64 + 64 + 128 + 128) + 11530,
    ),
    # He et al., table 6, say 0.27 million; their shortcuts have no parameters, these 2,752.
    "resnet20": ((3, 32, 32), 269_722 + (512 + 64) + (2048 + 128)),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_has_its_known_size(name: str) -> None:
    shape, parameters = SIZES[name]
    network = Network(shape, build_model(name, shape, 10))
    assert network.summary().parameters == parameters
    assert network.graph.output_shape == (10,)


KINDS = {
    "small": "Conv2d ReLU MaxPool2d Conv2d ReLU Flatten Dense",
    "lenet": "Conv2d ReLU MaxPool2d Conv2d ReLU MaxPool2d Flatten Dense ReLU Dense ReLU Dense",
    "fashion-elu": "Conv2d ELU MaxPool2d Conv2d ELU MaxPool2d Flatten Dense ELU Dense",
    "pooling-free": "Conv2d ELU Conv2d ELU Conv2d ELU GlobalAvgPool2d Dense",
    "pooling-free-wide": "Conv2d ELU Conv2d ELU Conv2d ELU GlobalAvgPool2d Dense",
    "vgg-small": "Conv2d ReLU Conv2d ReLU MaxPool2d " * 3 + "Flatten Dense ReLU Dense",
    "vgg-norm": "Conv2d MaxPool2d BatchNorm2d ReLU "
    + "Conv2d BatchNorm2d ReLU Conv2d MaxPool2d BatchNorm2d ReLU " * 2
    + "Flatten Dropout Dense",
}
MAPS = {  # after every layer that changes the height
    "small": [6, 3],
    "lenet": [14, 10, 5],
    "fashion-elu": [26, 13, 11, 5],
    "pooling-free": [13, 6, 4],
    "pooling-free-wide": [13, 6, 2],
    "vgg-small": [16, 8, 4],
    "vgg-norm": [14, 7, 3],
}


@pytest.mark.parametrize("name", KINDS)
def test_a_model_is_made_of_its_known_layers(name: str) -> None:
    shape, _ = SIZES[name]
    graph = Network(shape, build_model(name, shape, 10)).graph
    assert " ".join(type(node.layer).__name__ for node in graph) == KINDS[name]
    heights = [node.output_shape[1] for node in graph if len(node.output_shape) == 3]
    changed = [now for before, now in pairwise([shape[1], *heights]) if now != before]
    assert changed == MAPS[name]


def test_the_default_model_exists() -> None:
    assert DEFAULT_MODEL in MODELS


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("classes", [2, 3, 100])
def test_a_model_fits_any_number_of_classes(name: str, classes: int) -> None:
    shape = (3, 32, 32)
    network = Network(shape, build_model(name, shape, classes))
    assert network.graph.output_shape == (classes,)


def test_resnet20_adds_every_block_to_what_came_into_it() -> None:
    network = Network((3, 32, 32), build_model("resnet20", (3, 32, 32), 10))
    merges = [node for node in network.graph if isinstance(node.layer, Add)]
    shortcuts = [node.inputs[1] for node in merges]
    assert shortcuts == [
        *("block0", "block1", "block2"),
        *("shortcut4", "block4", "block5"),
        *("shortcut7", "block7", "block8"),
    ]
    assert [node.output_shape for node in merges[::3]] == [(16, 32, 32), (32, 16, 16), (64, 8, 8)]
    main = [n for n in network.graph if isinstance(n.layer, Conv2d) and n.layer.kernel_size == 3]
    assert len(main) == 19


def test_a_small_resnet_computes() -> None:
    # 4x4 pictures keep the pure engine quick; the blocks are the same.
    network = Network((1, 4, 4), build_model("resnet20", (1, 4, 4), 3))
    loss, gradients = network.loss_and_gradients(
        np.random.default_rng(0).normal(size=(2, 1, 4, 4)), [0, 1]
    )
    assert np.isfinite(loss)
    assert all(np.abs(gradient).max() > 0 for name, gradient in gradients.items())


def write(path: Path, document: object) -> str:
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


LAYERS = [Conv2d(4, 3, padding="same"), ReLU(), Flatten(), Dense(3)]


@pytest.mark.parametrize("whole", [False, True])
def test_what_a_network_says_of_itself_can_be_built_again(whole: bool, tmp_path: Path) -> None:
    network = Network((1, 6, 6), LAYERS)
    document = {"network": network.config(), "path": "x"} if whole else network.config()
    path = write(tmp_path / "model.json", document)
    assert build_model(path, (1, 6, 6), 3) == LAYERS
    assert read_model(Path(path)) == LAYERS


@pytest.mark.parametrize("name", MODELS)
def test_every_model_survives_the_journey_through_json(name: str, tmp_path: Path) -> None:
    layers = build_model(name, (3, 32, 32), 10)
    document = {"layers": [layer.to_config() for layer in layers]}
    assert read_model(Path(write(tmp_path / "m.json", document))) == layers


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", '"layers"'),
        ('{"layers": [{"layer": ["Conv2d"]}]}', "unknown layer ['Conv2d']"),
        ('{"layers": [{"layer": "Conv2d", "filters": 8}]}', "Conv2d needs kernel_size"),
        ('{"layers": [{"layer": "Dropout", "rate": null}]}', "rate must be a number"),
        ('{"layers": [{"layer": "ReLU", "inputs": []}]}', "inputs must be the name of a layer"),
        (
            '{"layers": [{"layer": "Conv2d", "filters": 1000000000, "kernel_size": 1}]}',
            "the output of conv1 would have shape",
        ),
        ('{"layers": 3}', '"layers"'),
        ('{"layers": [3]}', "unknown layer 3"),
        ('{"layers": [{"layer": "Conv3d"}]}', "unknown layer 'Conv3d'"),
        ('{"layers": [{"layer": "Dense"}]}', "units"),
        ('{"layers": [{"layer": "Dense", "units": -1}]}', "-1"),
        ('{"layers": []}', "at least one layer"),
        ('{"layers": [{"layer": "Dense", "units": 3}]}', "Flatten"),
        ('{"layers": [{"layer": "Flatten"}]}', "Dense(3)"),
        ('{"layers": [{"layer": "Flatten"}, {"layer": "Dense", "units": 4}]}', "3 classes"),
    ],
)
def test_a_file_that_describes_no_model(content: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        build_model(str(path), (1, 6, 6), 3)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"missing\.json cannot be read: No such file"):
        build_model(str(tmp_path / "missing.json"), (1, 6, 6), 3)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match="no JSON"):
        build_model(str(tmp_path / "model.json"), (1, 6, 6), 3)


def test_a_name_that_is_none() -> None:
    with pytest.raises(ConfigurationError, match=r"no model is called 'alexnet'; there are small,"):
        build_model("alexnet", (1, 28, 28), 10)


def test_a_model_that_does_not_fit_the_pictures() -> None:
    with pytest.raises(ConfigurationError, match="'lenet' does not fit pictures of 1×8×8: conv2"):
        build_model("lenet", (1, 8, 8), 10)
