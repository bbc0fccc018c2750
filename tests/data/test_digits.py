import hashlib
from importlib import resources

import numpy as np

from backlit.data import load_dataset

# "No of examples in testing set" of every digit, as the UCI repository's page states it.
UCI_COUNTS = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
EMBEDDED = resources.files("backlit.data") / "embedded"


def test_the_digits_are_those_of_the_repository() -> None:
    digits = load_dataset("digits")
    assert digits.image_shape == (1, 8, 8)
    labels = np.concatenate([digits.train_labels, digits.test_labels])
    assert np.bincount(labels).tolist() == UCI_COUNTS
    images = np.concatenate([digits.train_images, digits.test_images])
    assert len(np.unique(images, axis=0)) == 1797  # no picture occurs twice, so none in both parts


def test_the_seventeen_counts_become_bytes_from_0_to_255() -> None:
    digits = load_dataset("digits")
    images = np.concatenate([digits.train_images, digits.test_images])
    # 255·v/16, half rounded up.
    expected = [int(np.floor(255 * v / 16 + 0.5)) for v in range(17)]
    assert np.unique(images).tolist() == expected
    assert (expected[0], expected[16]) == (0, 255)


def test_a_fifth_of_every_digit_is_held_out_and_always_the_same() -> None:
    digits = load_dataset("digits", seed=0)
    assert (len(digits.train_labels), len(digits.test_labels)) == (1438, 359)
    for digit, count in enumerate(UCI_COUNTS):
        held_out = int(np.sum(digits.test_labels == digit))
        assert abs(held_out - count * 359 / 1797) < 1
    again = load_dataset("Digits", seed=5)
    np.testing.assert_array_equal(digits.test_images, again.test_images)
    # Recorded when the split was introduced: published accuracies refer to it.
    assert (
        hashlib.sha256(digits.test_images.tobytes()).hexdigest()
        == "6f3cdecc2b3c0535774924a6e5ca43189c0a80d618c719ce03bee83a00722e44"
    )


def test_the_embedded_files_are_small_and_credited() -> None:
    files = {file.name: file for file in EMBEDDED.iterdir()}
    readme = files.pop("README.md").read_text(encoding="utf-8")
    assert sum(len(file.read_bytes()) for file in files.values()) < 100_000
    for needed in ("Alpaydin", "Kaynak", "UCI Machine Learning", "CC BY 4.0", *files):
        assert needed in readme
    digits = load_dataset("digits")
    assert "Alpaydin" in digits.credit
    assert digits.license == "CC BY 4.0"
