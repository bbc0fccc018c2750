"""The toy: whole numbers, that anybody can check by hand."""

from pathlib import Path

import numpy as np
from PIL import Image

from backlit.web.requests import PictureRequest, ViewRequest
from backlit.web.toy import CLASSES, ERROR, toy, toy_live, toy_note


def test_everything_that_one_writes_down_is_whole() -> None:
    recording = toy().recording
    arrays = [*recording.activations.values(), *recording.errors.values()]
    for array in (*arrays, *recording.gradients.values()):
        assert np.array_equal(array, np.round(array))
        assert np.abs(array).max() < 1000


def test_the_note_has_the_numbers_of_the_toy() -> None:
    trace = toy()
    note = toy_note(trace)
    right, wrong = trace.recording.labels[0], trace.recording.probabilities[0].argmax()
    assert right != wrong
    scores = trace.recording.activations["dense1"][0]
    # 34·1 + 84·2 + 134·1, by hand; and the other class has no weights
    assert scores.tolist() == [336, 0]
    assert "the scores are 336 and 0" in note
    assert f"the picture is a {CLASSES[right]}" in note
    assert trace.recording.errors["dense1"][0].tolist() == [1, -1]
    assert "the errors of the scores are 1 and −1," in note
    assert trace.snapshot.classes == CLASSES


def test_white_is_the_lightest_of_its_picture(tmp_path: Path) -> None:
    live = toy_live()
    assert live.document(ViewRequest(0, 1))["live"]["white"] == 15
    drawn = live.document(ViewRequest(picture=np.zeros((1, 4, 4)).tolist()))
    assert drawn["live"]["white"] == 15
    Image.fromarray(np.full((4, 4), 255, np.uint8)).save(tmp_path / "white.png")
    read = live.picture(PictureRequest((tmp_path / "white.png").read_bytes(), invert=False))
    assert np.all(np.array(read["picture"]) == 15)


def test_the_note_follows_the_numbers() -> None:
    trace = toy()
    trace.recording.activations["dense1"] = np.array([[335.0, 0.5]])
    assert "the scores are 335 and 0.5:" in toy_note(trace)


def test_by_hand() -> None:
    recording = toy().recording
    # 0·1 + 1·2 + 4·3 + 5·4, and ten more from one position to the next
    assert recording.activations["conv1"][0, 0].tolist() == [
        [34, 44, 54],
        [74, 84, 94],
        [114, 124, 134],
    ]
    assert np.array_equal(recording.errors["conv1"][0, 0], ERROR)
    # 1 times the image's corner, 2 times one step further, 1 times two steps further
    assert recording.gradients["conv1.weight"][0, 0].tolist() == [[20, 24], [36, 40]]
    assert recording.gradients["conv1.bias"].tolist() == [4]
    assert recording.errors["input"][0, 0].tolist() == [
        [1, 2, 0, 0],
        [3, 4 + 2, 4, 0],
        [0, 6, 8 + 1, 2],
        [0, 0, 3, 4],
    ]
