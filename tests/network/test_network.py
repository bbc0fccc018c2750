"""A network as its user meets it: what comes out, what is refused, what stays as it is."""

from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.engines.pure.engine import PureEngine
from backlit.errors import (
    BacklitError,
    ConfigurationError,
    InputError,
    ParameterError,
    ShapeError,
)
from backlit.layers import Layer
from backlit.network import engine, register_engine
from tests.network.networks import NETWORKS, make


def batch(network: bl.Network, count: int = 4, seed: int = 0) -> tuple[Any, Any]:
    random = np.random.default_rng(seed)
    images = random.standard_normal((count, *network.input_shape))
    return images, random.integers(0, network.graph.output_shape[0], count)


# Small enough that no ReLU of these networks switches on the way; rounding (about 1e-16/STEP) and
# curvature (about STEP²) stay below 1e-9.
STEP = 1e-6


class TestGradients:
    @pytest.mark.parametrize("name", NETWORKS)
    def test_is_the_slope_of_the_loss(self, name: str) -> None:
        """Central differences along random directions, with the same dropout masks."""
        network = make(name)
        images, labels = batch(network)
        _, gradients = network.loss_and_gradients(images, labels)
        start = {key: value.copy() for key, value in network.parameters.items()}
        random = np.random.default_rng(3)
        step = STEP

        def loss(parameters: dict[str, Any]) -> float:
            network.load_parameters(parameters)
            network.training_step = 0
            return network.loss_and_gradients(images, labels)[0]

        assert gradients.keys() == start.keys()
        for key, value in start.items():
            direction = random.standard_normal(value.shape)
            up = loss({**start, key: value + step * direction})
            down = loss({**start, key: value - step * direction})
            predicted = (gradients[key] * direction).sum()
            scale = max(1.0, float(np.abs(gradients[key] * direction).sum()))
            assert abs((up - down) / (2 * step) - predicted) <= 1e-7 * scale, key

    @pytest.mark.parametrize("name", NETWORKS)
    def test_recording_holds_the_same_numbers(self, name: str) -> None:
        network = make(name)
        images, labels = batch(network)
        recording = network.record(images, labels)
        assert network.training_step == 0
        loss, gradients = network.loss_and_gradients(images, labels)
        assert recording.loss == loss
        for key, gradient in gradients.items():
            np.testing.assert_array_equal(recording.gradients[key], gradient)
        names = {"input", *(node.name for node in network.graph)}
        assert recording.activations.keys() == recording.errors.keys() == names
        for key in names:
            assert recording.errors[key].shape == recording.activations[key].shape
            assert recording.errors[key].shape == (4, *network.graph.shape(key))

    @pytest.mark.parametrize("name", NETWORKS)
    def test_error_of_the_picture_is_the_slope_too(self, name: str) -> None:
        network = make(name)
        images, labels = batch(network)
        error = network.record(images, labels).errors["input"]
        direction = np.random.default_rng(4).standard_normal(images.shape)
        step = STEP
        up = network.record(images + step * direction, labels).loss
        down = network.record(images - step * direction, labels).loss
        assert (up - down) / (2 * step) == pytest.approx((error * direction).sum(), abs=1e-7)

    def test_one_over_n_is_applied_once(self) -> None:
        """A batch of the same picture twice has the gradient of the picture alone."""
        network = make("plain")
        images, labels = batch(network, 1)
        _, once = network.loss_and_gradients(images, labels)
        _, twice = network.loss_and_gradients(np.repeat(images, 2, 0), np.repeat(labels, 2))
        for key in once:
            np.testing.assert_allclose(twice[key], once[key], rtol=1e-12, atol=1e-15)


class TestModes:
    def test_evaluation_does_not_drop_and_training_does(self) -> None:
        network = make("dropout")
        images, _ = batch(network)
        np.testing.assert_array_equal(network.forward(images), network.forward(images))
        assert (network.forward(images, training=True) != network.forward(images)).any()

    def test_each_step_drops_something_else_and_can_be_repeated(self) -> None:
        network, twin = make("dropout"), make("dropout")
        images, labels = batch(network)
        first, second = (network.loss_and_gradients(images, labels)[0] for _ in range(2))
        assert first != second
        twin.training_step = 1
        assert twin.loss_and_gradients(images, labels)[0] == second

    def test_running_statistics_move_in_training_only(self) -> None:
        network = make("residual")
        images, labels = batch(network)
        start = {key: value.copy() for key, value in network.buffers.items()}
        network.forward(images, training=True)
        network.record(images, labels)
        network.predict(images)
        for key, value in network.buffers.items():
            np.testing.assert_array_equal(value, start[key])
        network.loss_and_gradients(images, labels)
        assert all((value != start[key]).any() for key, value in network.buffers.items())

    def test_one_number_for_each_channel_cannot_be_normalized(self) -> None:
        layers = [bl.Conv2d(2, 3), bl.BatchNorm2d(), bl.Flatten(), bl.Dense(2)]
        network = bl.Network((1, 3, 3), layers)
        with pytest.raises(InputError, match=r"batchnorm1 needs more than one number"):
            network.loss_and_gradients(np.zeros((1, 1, 3, 3)), [0])


class TestAnswers:
    def test_predictions_probabilities_and_evaluation_agree(self) -> None:
        network = make("plain")
        images, labels = batch(network, 300)
        probabilities = network.predict_probabilities(images)
        np.testing.assert_allclose(probabilities.sum(1), 1.0, rtol=1e-12)
        predicted = network.predict(images)
        np.testing.assert_array_equal(predicted, probabilities.argmax(1))
        loss, accuracy = network.evaluate(images, labels)
        assert accuracy == (predicted == labels).mean()
        of_truth = probabilities[np.arange(300), labels]
        assert loss == pytest.approx(-np.log(of_truth).mean(), rel=1e-12)

    def test_empty_batches(self) -> None:
        network = make("plain")
        nothing = np.zeros((0, 1, 6, 6))
        assert network.forward(nothing).shape == (0, 3)
        assert network.predict(nothing).shape == (0,)
        assert network.predict_probabilities(nothing).shape == (0, 3)
        with pytest.raises(InputError, match="empty batch"):
            network.loss_and_gradients(nothing, [])
        with pytest.raises(InputError, match="empty batch"):
            network.evaluate(nothing, [])

    def test_a_network_need_not_end_in_classes_until_it_is_asked_for_one(self) -> None:
        network = bl.Network((1, 4, 4), [bl.Conv2d(2, 3)])
        assert network.forward(np.zeros((1, 1, 4, 4))).shape == (1, 2, 2, 2)
        with pytest.raises(ShapeError, match=r"the last layer, conv1, gives shape \(2, 2, 2\)"):
            network.predict(np.zeros((1, 1, 4, 4)))


class TestInputs:
    network = make("plain")

    @pytest.mark.parametrize(
        ("images", "message"),
        [
            (np.zeros((1, 6, 6)), r"must have shape \(N, 1, 6, 6\), got \(1, 6, 6\).*images\[None"),
            (np.zeros((2, 6, 6, 1)), r"transpose\(0, 3, 1, 2\)"),
            (np.zeros((2, 6, 6)), r"images\[:, None\]"),
            (np.zeros((2, 1, 5, 6)), r"got \(2, 1, 5, 6\)"),
            (np.zeros(()), r"got \(\)"),
            (np.zeros((2, 1, 6, 6), int), "must be floats, or raw pictures as uint8, got int64"),
            (np.zeros((2, 1, 6, 6), bool), "got bool"),
            (np.zeros((2, 1, 6, 6), np.uint8), "no normalization yet"),
            (np.full((2, 1, 6, 6), np.nan), "image 0 of the batch holds NaN"),
            (np.array([0.0, np.inf])[:, None, None, None] * np.ones((1, 1, 6, 6)), "infinite"),
        ],
    )
    @pytest.mark.filterwarnings("ignore:invalid value")
    def test_images_that_are_refused(self, images: Any, message: str) -> None:
        if "infinite" in message:
            images = np.where(np.isnan(images), 0.0, images)
        with pytest.raises(InputError, match=message):
            self.network.forward(images)

    @pytest.mark.parametrize(
        ("labels", "message"),
        [
            ([0, 3], "label 3 of image 1 is not one of the network's 3 classes, 0 to 2"),
            ([-1, 0], "label -1 of image 0"),
            ([0], r"2 images need labels of shape \(2,\), got \(1,\)"),
            ([[1, 0, 0], [0, 1, 0]], r"got \(2, 3\)"),
            ([0.0, 1.0], "whole class numbers, got float64"),
            (["a", "b"], "whole class numbers"),
        ],
    )
    def test_labels_that_are_refused(self, labels: Any, message: str) -> None:
        with pytest.raises(InputError, match=message):
            self.network.loss_and_gradients(np.zeros((2, 1, 6, 6)), labels)

    def test_other_layouts_in_memory_change_nothing(self) -> None:
        images, _ = batch(self.network)
        expected = self.network.forward(images)
        transposed = np.ascontiguousarray(images.transpose(3, 2, 1, 0)).transpose(3, 2, 1, 0)
        read_only = images.copy()
        read_only.flags.writeable = False
        for other in (transposed, read_only, images[::-1][::-1], images.tolist()):
            np.testing.assert_array_equal(self.network.forward(other), expected)

    def test_raw_pictures_are_normalized(self) -> None:
        network = make("plain")
        network.normalization = bl.Normalization((0.5,), (0.25,))
        raw = np.random.default_rng(0).integers(0, 256, (2, 1, 6, 6)).astype(np.uint8)
        expected = network.forward((raw / 255 - 0.5) / 0.25)
        np.testing.assert_allclose(network.forward(raw), expected, rtol=1e-12)


class TestParameters:
    def test_names_and_shapes(self) -> None:
        parameters = make("plain").parameters
        assert {name: array.shape for name, array in parameters.items()} == {
            "conv1.weight": (3, 1, 3, 3),
            "conv1.bias": (3,),
            "conv2.weight": (4, 3, 2, 2),
            "conv2.bias": (4,),
            "dense1.weight": (6, 16),
            "dense1.bias": (6,),
            "dense2.weight": (3, 6),
            "dense2.bias": (3,),
        }

    def test_writing_into_them_changes_the_network(self) -> None:
        network = make("plain")
        images, _ = batch(network)
        before = network.forward(images)
        network.parameters["dense2.bias"][...] += 1.0
        np.testing.assert_allclose(network.forward(images), before + 1.0)

    def test_loading_is_all_or_nothing(self) -> None:
        network = make("plain")
        start = {name: array.copy() for name, array in network.parameters.items()}
        wrong = {name: array + 1.0 for name, array in start.items()}
        wrong["dense2.bias"] = np.zeros(4)
        with pytest.raises(ParameterError, match=r"dense2.bias must have shape \(3,\), got \(4,\)"):
            network.load_parameters(wrong)
        for name, array in network.parameters.items():
            np.testing.assert_array_equal(array, start[name])

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"conv9.weight": np.zeros(1)}, "unknown conv9.weight"),
            ({"dense2.bias": np.array([0, np.nan, 0])}, "dense2.bias holds a number that is not"),
            ({"dense2.bias": np.array(["a", "b", "c"])}, "dense2.bias must hold numbers"),
        ],
    )
    def test_what_is_refused(self, change: dict[str, Any], message: str) -> None:
        network = make("plain")
        with pytest.raises(ParameterError, match=message):
            network.load_parameters({**network.parameters, **change})

    def test_what_is_finite_must_stay_so_in_the_engines_numbers(self) -> None:
        network = make("plain", engine="fast")
        before = network.parameters["dense2.bias"].copy()
        too_large = {**network.parameters, "dense2.bias": np.array([0.0, -1e39, 1.0])}
        with pytest.raises(ParameterError, match=r"dense2.bias .* too large for float32, 1e\+39"):
            network.load_parameters(too_large)
        np.testing.assert_array_equal(network.parameters["dense2.bias"], before)
        make("plain", engine="pure").load_parameters(too_large)

    def test_a_network_can_begin_with_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        network = make("residual", seed=3)
        images, labels = batch(network)
        network.loss_and_gradients(images, labels)  # moves the running statistics
        # To draw random numbers that nobody needs would take time and memory.
        monkeypatch.delattr("backlit.network.initialization.initial_parameters")
        arrays = {**network.parameters, **network.buffers}
        twin = bl.Network(*NETWORKS["residual"], parameters=arrays)
        np.testing.assert_array_equal(twin.forward(images), network.forward(images))
        assert not any(
            np.shares_memory(twin.parameters[n], a)
            for n, a in arrays.items()
            if n in twin.parameters
        )
        fresh = bl.Network(*NETWORKS["residual"], parameters=network.parameters)
        assert (fresh.buffers["batchnorm1.running_mean"] == 0).all()
        with pytest.raises(
            ParameterError, match=r"conv1.weight must have shape \(4, 2, 3, 3\), got"
        ):
            bl.Network(*NETWORKS["residual"], parameters={**arrays, "conv1.weight": np.zeros(1)})

    def test_missing_names_are_listed(self) -> None:
        with pytest.raises(ParameterError, match=r"missing conv1\.bias, conv1\.weight"):
            make("plain").load_parameters({})


def test_an_engine_of_somebody_else_plugs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_ENGINES", dict(engine._ENGINES))

    class Loud(PureEngine):
        name = "loud"

    register_engine("loud", Loud)
    network = make("plain", engine="loud")
    images, _ = batch(network)
    assert network.engine == "loud"
    np.testing.assert_array_equal(network.forward(images), make("plain").forward(images))


def test_what_the_last_bits_depend_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKLIT_THREADS", "3")
    monkeypatch.setenv("BACKLIT_LANES", "4")
    fingerprint = make("plain", engine="fast").fingerprint()
    assert fingerprint.pop("processor")
    assert fingerprint == {"threads": 3, "lanes": 4}
    assert make("plain", engine="pure").fingerprint() == {}


def test_summary_adds_up_and_prints() -> None:
    network = make("residual")
    summary = network.summary()
    assert summary.parameters == sum(array.size for array in network.parameters.values())
    assert [row.name for row in summary.rows] == [node.name for node in network.graph]
    lines = str(summary).splitlines()
    assert lines[0].split()[:2] == ["layer", "kind"]
    total = next(line for line in lines if line.startswith("total"))
    assert f"{summary.parameters:,}" in total
    assert max(map(len, lines)) <= 100


LAYERS: list[Layer] = [bl.Flatten(), bl.Dense(2)]
RGB = bl.Normalization((0.5,) * 3, (0.2,) * 3)


@pytest.mark.parametrize(
    ("layers", "options", "message"),
    [
        (None, {}, "layers must be a list of layers .* got None"),
        (bl.ReLU(), {}, r"layers must be a list of layers .* got ReLU\("),
        ("ab", {}, "layers must be a list of layers .* got 'ab'"),
        (LAYERS, {"classes": 5}, "classes must be a list of names, got 5"),
        (LAYERS, {"classes": "ab"}, "classes must be a list of names, got 'ab'"),
        (LAYERS, {"classes": ["a", "b\x1b[31m"]}, r"class name 'b\\x1b\[31m' holds a char"),
        (LAYERS, {"normalization": 5}, "normalization must be a backlit Normalization .* got 5"),
        (
            LAYERS,
            {"normalization": RGB},
            "as many channels as the .* images have, 1, got one for 3",
        ),
        (LAYERS, {"parameters": 5}, "parameters must be a dictionary of arrays, got 5"),
    ],
)
def test_arguments_that_make_no_network(layers: Any, options: Any, message: str) -> None:
    with pytest.raises(BacklitError, match=message):
        bl.Network((1, 2, 2), layers, **options)


def test_a_normalization_must_fit_when_it_is_set_later_too() -> None:
    network = bl.Network((1, 2, 2), LAYERS, engine="fast")
    network.normalization = fitting = bl.Normalization((0.5,), (0.25,))
    with pytest.raises(ConfigurationError, match="as many channels as the network's images have"):
        network.normalization = RGB
    for tiny in (1e-46, 1e-39):
        with pytest.raises(ConfigurationError, match="must make finite numbers in float32, got"):
            network.normalization = bl.Normalization((0.5,), (tiny,))
    assert network.normalization == fitting
    make("plain", "pure").normalization = bl.Normalization((0.5,), (1e-46,))


def test_lists_that_are_no_arrays() -> None:
    network = bl.Network((1, 2, 2), LAYERS)
    ragged = [[[[1.0, 2.0], [3.0]]]]
    for call in (network.forward, network.predict, network.predict_probabilities):
        with pytest.raises(InputError, match="images must be an array of numbers"):
            call(ragged)
    with pytest.raises(InputError, match="images must be an array of numbers"):
        network.evaluate(ragged, [0])
    with pytest.raises(InputError, match="labels must be an array of numbers"):
        network.evaluate(np.zeros((1, 1, 2, 2)), [[0], [1, 2]])
    with pytest.raises(ParameterError, match=r"dense1.bias must be an array of numbers"):
        network.load_parameters({**network.parameters, "dense1.bias": [[1], [1, 2]]})
    with pytest.raises(ParameterError, match="parameters must be a dictionary of arrays, got 5"):
        network.load_parameters(5)  # type: ignore[arg-type]
