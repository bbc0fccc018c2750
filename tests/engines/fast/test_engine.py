"""Whole networks through the fast engine, against the book."""

import copy
import threading
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import backlit as bl
from backlit.engines.fast.plan import running
from backlit.engines.fast.simd.lanes import WIDTHS
from backlit.errors import ConfigurationError

Shape = tuple[int, int, int]
WINOGRAD = "bends away from 0, by Winograd's ways"
NETWORKS: dict[str, tuple[Shape, list[Any]]] = {
    "a small classifier": (
        (1, 8, 8),
        [bl.Conv2d(6, 3), bl.ReLU(), bl.MaxPool2d(2), bl.Flatten(), bl.Dense(9), bl.Dense(3)],
    ),
    "color, padding, strides": (
        (3, 9, 8),
        [
            *(bl.Conv2d(6, 3, padding=1), bl.ELU(), bl.MaxPool2d(3, 2, padding=1)),
            *(bl.Conv2d(10, 3, stride=2, padding=1, bias=False), bl.SiLU(), bl.Flatten()),
            *(bl.Dense(9, bias=False), bl.Tanh(), bl.Dense(3)),
        ],
    ),
    "a residual block with batch norm": (
        (5, 7, 6),
        [
            *(bl.Conv2d(6, 3, padding=1, bias=False), bl.BatchNorm2d(), bl.ReLU(name="r")),
            *(bl.Conv2d(6, 3, padding=1), bl.BatchNorm2d(), bl.Add("r"), bl.GELU()),
            *(bl.AvgPool2d(3, 2, padding=1), bl.GlobalAvgPool2d(), bl.Dense(3)),
        ],
    ),
    "groups, dropout, concat": (
        (3, 9, 9),
        [
            *(bl.Conv2d(6, 3, groups=3, padding=1), bl.Sigmoid(), bl.Dropout(0.4)),
            *(bl.Conv2d(12, 3, groups=6, stride=2, name="b"), bl.LeakyReLU(), bl.Concat("b")),
            *(bl.Flatten(), bl.Dropout(0.5), bl.Dense(3)),
        ],
    ),
    "bends away from 0": (
        (5, 9, 9),
        [
            *(bl.Conv2d(6, 3, stride=2), bl.ReLU6(), bl.AvgPool2d(2), bl.HardSigmoid(name="h")),
            *(bl.BatchNorm2d(), bl.Softplus(), bl.Add("h"), bl.PReLU(), bl.Conv2d(5, 1)),
            *(bl.PReLU(shared=True), bl.HardSwish(), bl.Flatten(), bl.Dense(9), bl.PReLU()),
            bl.Dense(3),
        ],
    ),
    WINOGRAD: (
        (5, 9, 9),
        [
            *(bl.Conv2d(6, 3, padding=1), bl.ReLU6(), bl.MaxPool2d(2), bl.Conv2d(7, 3, padding=1)),
            *(bl.HardSigmoid(name="h"), bl.Conv2d(7, 3, padding=1), bl.BatchNorm2d()),
            *(bl.Softplus(), bl.Add("h"), bl.PReLU(), bl.Conv2d(5, 1), bl.PReLU(shared=True)),
            *(bl.HardSwish(), bl.Flatten(), bl.Dense(9), bl.PReLU(), bl.Dense(3)),
        ],
    ),
    "no convolution": ((2, 4, 4), [bl.Flatten(), bl.Dense(3)]),
}


# Half of all kernels that these networks need are compiled for the one.
QUICK_FIRST = [
    pytest.param(name, marks=[pytest.mark.widths] if name == WINOGRAD else []) for name in NETWORKS
]


def pair(name: str) -> tuple[bl.Network, bl.Network]:
    """The same network with the book and with the fast engine."""
    shape, layers = NETWORKS[name]
    random = np.random.default_rng(1)
    book, fast = (bl.Network(shape, layers, engine=engine) for engine in ("pure", "fast"))
    values = {
        name: (random.standard_normal(array.shape) * 0.3).astype(np.float32)
        for name, array in book.parameters.items()
    }
    book.load_parameters(values)
    fast.load_parameters(values)
    return book, fast


def batch(name: str, images: int = 5) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    random = np.random.default_rng(2)
    pictures = random.standard_normal((images, *NETWORKS[name][0])).astype(np.float32)
    return pictures, random.integers(0, 3, images)


def near(ours: Any, book: Any) -> bool:
    """Within 2⁻¹⁵ of the largest number: sums of some hundred terms, through some layers."""
    return bool(np.allclose(ours, book, rtol=0, atol=2.0**-15 * max(1e-3, np.abs(book).max())))


@pytest.mark.parametrize("name", QUICK_FIRST)
def test_a_pass_is_what_the_book_says(name: str) -> None:
    book, fast = pair(name)
    images, labels = batch(name)
    assert near(fast.forward(images), book.forward(images))
    loss, gradients = fast.loss_and_gradients(images, labels)
    true_loss, true_gradients = book.loss_and_gradients(images, labels)
    assert near(loss, true_loss)
    assert gradients.keys() == true_gradients.keys()
    for parameter, gradient in gradients.items():
        assert gradient.dtype == np.float32
        assert near(gradient, true_gradients[parameter]), parameter
    for buffer, value in fast.buffers.items():
        assert near(value, book.buffers[buffer]), buffer


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", QUICK_FIRST)
def test_a_recording_is_what_the_book_says(name: str, training: bool) -> None:
    book, fast = pair(name)
    images, labels = batch(name)
    ours, true = (each.record(images, labels, training) for each in (fast, book))
    for part in ("activations", "errors", "gradients"):
        found, wanted = getattr(ours, part), getattr(true, part)
        assert found.keys() == wanted.keys()
        for key, array in found.items():
            assert array.shape == wanted[key].shape
            assert near(array, wanted[key]), (part, key)
    assert near(ours.loss, true.loss)
    assert near(ours.probabilities, true.probabilities)
    assert ours.auxiliary.keys() == true.auxiliary.keys()
    for layer, arrays in ours.auxiliary.items():
        for key, array in arrays.items():
            assert near(array, true.auxiliary[layer][key]), (layer, key)


@pytest.mark.widths
@pytest.mark.parametrize("lanes", WIDTHS)
def test_every_width_computes_the_same(lanes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKLIT_LANES", str(lanes))
    book, fast = pair("color, padding, strides")
    images, labels = batch("color, padding, strides")
    _, gradients = fast.loss_and_gradients(images, labels)
    _, true = book.loss_and_gradients(images, labels)
    assert all(near(gradients[key], true[key]) for key in true)


def test_any_number_of_images_of_any_size_of_batch() -> None:
    book, fast = pair("a small classifier")
    for images in (1, 2, 17, 3, 600):
        pictures, labels = batch("a small classifier", images)
        ours, gradients = fast.loss_and_gradients(pictures, labels)
        assert np.isfinite(ours)
        if images <= 3:
            true, true_gradients = book.loss_and_gradients(pictures, labels)
            assert near(ours, true)
            assert all(near(gradients[key], true_gradients[key]) for key in gradients)
        scores = fast.forward(pictures)
        assert scores.shape == (images, 3)
        assert np.array_equal(scores[:1], fast.forward(pictures[:1]))


def test_a_pass_repeats_bit_for_bit() -> None:
    _, fast = pair("a residual block with batch norm")
    images, labels = batch("a residual block with batch norm", 40)
    _, first = fast.loss_and_gradients(images, labels)
    for _ in range(20):
        _, again = fast.loss_and_gradients(images, labels)
        assert all(np.array_equal(first[key], again[key]) for key in first)


def test_what_is_given_stays_as_it_is() -> None:
    _, fast = pair("a residual block with batch norm")
    images, labels = batch("a residual block with batch norm")
    images.flags.writeable = labels.flags.writeable = False
    before = {name: array.copy() for name, array in fast.parameters.items()}
    fast.forward(images, training=True)
    fast.loss_and_gradients(images, labels)
    assert all(np.array_equal(before[name], array) for name, array in fast.parameters.items())


def test_not_a_number_arrives_in_the_loss() -> None:
    _, fast = pair("a small classifier")
    images, labels = batch("a small classifier")
    fast.parameters["conv1.weight"][0, 0, 0, 0] = np.nan
    with np.errstate(all="ignore"):
        loss, _ = fast.loss_and_gradients(images, labels)
    assert np.isnan(loss)


def test_a_copy_has_memory_of_its_own() -> None:
    _, fast = pair("a small classifier")
    images, labels = batch("a small classifier")
    other = copy.deepcopy(fast)
    loss, _ = fast.loss_and_gradients(images, labels)
    assert other.loss_and_gradients(images, labels)[0] == loss


def test_two_threads_may_use_one_network() -> None:
    _, fast = pair("a small classifier")
    batches = [batch("a small classifier", images)[0] for images in (7, 30)]
    alone = [fast.forward(images) for images in batches]
    wrong = []

    def work(k: int) -> None:
        for _ in range(200):
            if not np.array_equal(fast.forward(batches[k]), alone[k]):
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.parametrize("training", [True, False])
def test_a_plan_says_what_is_done(training: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "addresses", None)  # nothing has to be compiled to tell
    _, fast = pair("a residual block with batch norm")
    text = fast.plan(6, training)
    assert "stages for batches of 6" in text.splitlines()[0]
    for node in fast.graph:
        fused = {"r", "gelu1"}  # into what comes before them
        assert (f" {node.name}" in text) or node.name in fused, node.name
    assert ("gradient of the weights" in text) == training
    with pytest.raises(ConfigurationError, match="images must be an int of at least 1, got 0"):
        fast.plan(0)
    assert "one after the other" in pair("no convolution")[0].plan()


def test_a_fused_activation_above_layers_without_parameters() -> None:
    layers = [bl.AvgPool2d(2), bl.ReLU(), bl.MaxPool2d(2), bl.Flatten(), bl.Dense(3)]
    fast, book = (bl.Network((2, 9, 8), layers, engine=name, seed=1) for name in ("fast", "pure"))
    images, labels = np.random.default_rng(2).standard_normal((4, 2, 9, 8)), [0, 1, 2, 1]
    loss, ours = fast.loss_and_gradients(images, labels)
    true_loss, true = book.loss_and_gradients(images, labels)
    assert loss == pytest.approx(true_loss, rel=1e-6)
    for name, array in true.items():
        np.testing.assert_allclose(ours[name], array, rtol=1e-4, atol=1e-6)


def test_an_array_whose_memory_has_moved_is_looked_up_again() -> None:
    _, net = pair("a small classifier")
    images = np.random.default_rng(1).standard_normal((4, 1, 8, 8)).astype(np.float32)
    before = net.forward(images)
    images.resize((4000, 1, 8, 8), refcheck=False)
    images.resize((4, 1, 8, 8), refcheck=False)  # the same object, the same numbers, elsewhere
    np.testing.assert_array_equal(net.forward(images), before)


def test_the_last_nan_of_a_window_wins_as_in_the_book() -> None:
    layers = [bl.Conv2d(1, 1, bias=False), bl.MaxPool2d(2), bl.Flatten(), bl.Dense(2)]
    window = np.array([[np.nan, 1.0], [np.nan, 2.0]])
    for name in ("fast", "pure"):
        net = bl.Network((1, 2, 2), layers, engine=name)
        engine = net._engine
        images = window[None, None].astype(net.dtype)
        recording = engine.record(
            net.parameters, net.buffers, images, np.array([0]), training=True, step=0
        )
        error = recording.errors["conv1"]
        assert (error[0, 0] != 0).tolist() == [[False, False], [True, False]], name


@pytest.mark.parametrize("layer", [bl.GlobalAvgPool2d(), bl.AvgPool2d(600)])
def test_averages_of_many_numbers_keep_their_digits(layer: Any) -> None:
    """Sums of parts are off by some hundred roundings at worst, sums in a row by 360,000."""
    net = bl.Network((1, 600, 600), [layer], engine="fast")
    images = np.random.default_rng(0).random((1, 1, 600, 600)).astype(np.float32) + 1
    wanted = images.mean(dtype=float)
    assert net.forward(images).item() == pytest.approx(wanted, rel=1200**0.5 * 2.0**-24)
