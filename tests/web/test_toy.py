"""The ladder of toys: whole numbers, that anybody can check by hand."""

from math import log
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import backlit as bl
from backlit.errors import ConfigurationError
from backlit.web.bundle import modules
from backlit.web.ladder import CLASSES, STEPS, Step, grid, step_called
from backlit.web.requests import PictureRequest, ViewRequest
from backlit.web.toy import toy, toy_live, toy_network, toy_note, toy_page

LARGEST = 9  # that one likes to multiply with on paper


@pytest.fixture(params=list(STEPS.values()), ids=list(STEPS))
def step(request: pytest.FixtureRequest) -> Step:
    found: Step = request.param
    return found


def test_everything_that_one_writes_down_is_whole_and_small(step: Step) -> None:
    recording = toy(step.name).recording
    numbers = {**recording.activations, **step.weights}
    errors = {name: error for name, error in recording.errors.items() if name != "dense1"}
    filters = {name: one for name, one in recording.gradients.items() if "conv" in name}
    for array in (*numbers.values(), *errors.values(), *filters.values()):
        assert np.array_equal(array, np.round(array))
        assert np.abs(array).max() <= LARGEST
    for array in (recording.errors["dense1"], recording.gradients["dense1.weight"]):
        assert np.array_equal(4 * array, np.round(4 * array))  # halves, and quarters of two images


def test_the_loss_means_something(step: Step) -> None:
    recording = toy(step.name).recording
    assert np.array_equal(recording.probabilities, np.full((len(step.labels), 2), 0.5))
    assert recording.loss == pytest.approx(log(2), abs=1e-15)
    assert np.abs(recording.errors["dense1"]).max() == 0.5 / len(step.labels)


def test_a_step_of_the_training_makes_the_loss_smaller(step: Step) -> None:
    net = toy_network(step)
    images, labels = np.array(step.images, float), np.array(step.labels)
    before, gradients = net.loss_and_gradients(images, labels)
    for name, gradient in gradients.items():
        net.parameters[name][...] -= 0.1 * gradient
    assert net.loss_and_gradients(images, labels)[0] < 0.1 * before


def test_a_turned_filter_or_gradient_would_be_noticed(step: Step) -> None:
    recording = toy(step.name).recording
    for name, gradient in recording.gradients.items():
        if name.startswith("conv") and name.endswith("weight"):
            for array in (gradient, np.array(step.weights[name])):
                for slice_ in array.reshape(-1, *array.shape[-2:]):
                    assert not np.array_equal(slice_, slice_[::-1, ::-1])
                    assert len(set(slice_.ravel().tolist())) >= 3


def test_each_step_has_what_it_is_about() -> None:
    layers = {name: [type(layer) for layer in step.layers()] for name, step in STEPS.items()}
    images = {name: np.shape(step.images) for name, step in STEPS.items()}
    filters = {name: np.shape(step.weights["conv1.weight"]) for name, step in STEPS.items()}
    assert list(STEPS) == [
        *("filter", "channels", "filters", "relu", "pool", "stride", "layers", "batch")
    ]
    assert filters["filter"][:2] == (1, 1)
    assert (images["channels"][1], filters["channels"][1]) == (2, 2)
    assert filters["filters"][0] == 2
    assert bl.ReLU in layers["relu"]
    assert bl.MaxPool2d in layers["pool"]
    assert layers["layers"].count(bl.Conv2d) == 2
    assert images["batch"][0] == 2
    (strided,) = (one for one in STEPS["stride"].layers() if isinstance(one, bl.Conv2d))
    assert strided.stride == 2


def test_the_relu_and_the_pool_stop_errors_that_arrive() -> None:
    relu = toy("relu").recording
    stopped = relu.activations["conv1"] < 0
    assert relu.errors["relu1"][stopped].any()
    assert not relu.errors["conv1"][stopped].any()
    assert np.array_equal(relu.errors["conv1"][~stopped], relu.errors["relu1"][~stopped])
    pool = toy("pool").recording
    assert pool.errors["conv1"].sum() == pool.errors["maxpool1"].sum()
    assert np.count_nonzero(pool.errors["conv1"]) == 3  # one of the four errors is 0
    assert not (relu.activations["conv1"] == 0).any()  # nothing stands at a kink
    assert not (toy("layers").recording.activations["conv1"] == 0).any()


def test_the_note_has_the_numbers_of_the_toy(step: Step) -> None:
    trace = toy(step.name)
    note = toy_note(trace, step)
    assert note.startswith(step.sentence)
    assert "the loss is −ln 1/2 = 0.6931" in note
    one = "first picture" if step.name == "batch" else "picture"
    a, b = (int(score) for score in trace.recording.activations["dense1"][0])
    assert f"the scores of the {one} are {a} and {b}:".replace("-", "−") in note
    assert trace.snapshot.classes == CLASSES
    last = step.name == list(STEPS)[-1]
    later = "" if last else list(STEPS)[step.number]
    assert last or note.endswith(f" Next: backlit toy {later}, which has {STEPS[later].title}.")
    assert ("Next:" in note) != last
    trace.recording.activations["dense1"] = np.array([[335.0, 0.5]])
    assert "are 335 and 0.5:" in toy_note(trace, step)


def test_every_step_has_a_page_that_opens_at_its_number(step: Step) -> None:
    page = toy_page(step.name)
    assert f"step {step.number}: {step.title}" in page
    assert f'"address": "{step.first}"' in page
    assert f'"command": "backlit toy {step.name}"' in page
    assert len(page) < 600_000  # opens at once


def test_a_step_is_found_by_name_or_number() -> None:
    assert step_called("pool") is step_called("5") is STEPS["pool"]
    for nothing in ("nine", "0", "9", ""):
        with pytest.raises(ConfigurationError, match=r"filter, channels, .*, 1 to 8$"):
            step_called(nothing)


def test_every_question_names_a_step_that_answers_it() -> None:
    text = modules()["questions.js"]
    named = [line.split('"')[1] for line in text.splitlines() if line.startswith("    toy: ")]
    assert len(named) == text.count("    slug: ") >= 8
    assert set(named) <= set(STEPS)


def test_white_is_the_lightest_of_its_picture(tmp_path: Path) -> None:
    live = toy_live()
    assert live.document(ViewRequest(0, 1))["live"]["white"] == 2
    drawn = live.document(ViewRequest(picture=np.zeros((1, 4, 4)).tolist()))
    assert drawn["live"]["white"] == 2
    Image.fromarray(np.full((4, 4), 255, np.uint8)).save(tmp_path / "white.png")
    read = live.picture(PictureRequest((tmp_path / "white.png").read_bytes(), invert=False))
    assert np.all(np.array(read["picture"]) == 2)


def test_by_hand() -> None:
    recording = toy().recording
    assert grid("1 -1 / 1 0") == [[1, -1], [1, 0]]
    # 1·1 − 1·1 + 1·1, and so on
    assert recording.activations["conv1"][0, 0].tolist() == [[1, 1, 3], [0, 0, 3], [0, 0, 0]]
    # 1·1 + 2·3 − 1·3, and −1·1 + 2·1 + 1·3
    assert recording.activations["dense1"][0].tolist() == [4, 4]
    assert recording.errors["dense1"][0].tolist() == [-0.5, 0.5]
    assert recording.errors["conv1"][0, 0].tolist() == [[-1, 1, -1], [-1, 0, 1], [-1, 0, -1]]
    # the window that each error has seen, times the error: for the weight at row 0, column 1
    # −1·1 + 1·1 − 1·0 − 1·1 + 0·2 + 1·0 − 1·1 + 0·1 − 1·1
    assert recording.gradients["conv1.weight"][0, 0].tolist() == [[-1, -3], [-2, 1]]
    assert recording.gradients["conv1.bias"].tolist() == [-3]
    assert recording.errors["input"][0, 0].tolist() == [
        [-1, 1 + 1, -1 - 1, 1],
        [-1 - 1, 1 + 1, 1 - 1, -1],
        [-1 - 1, 1, 1 - 1, 1],
        [-1, 0, -1, 0],
    ]
