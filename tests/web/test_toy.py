"""The toy: whole numbers, that anybody can check by hand."""

import numpy as np

from backlit.web.toy import ERROR, toy


def test_everything_that_one_writes_down_is_whole() -> None:
    recording = toy().recording
    arrays = [*recording.activations.values(), *recording.errors.values()]
    for array in (*arrays, *recording.gradients.values()):
        assert np.array_equal(array, np.round(array))
        assert np.abs(array).max() < 1000


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
