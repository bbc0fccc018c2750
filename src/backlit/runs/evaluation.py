"""How well a network does on images that it was not trained on, class by class."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backlit.errors import InputError
from backlit.network import Network
from backlit.network.checks import as_array, checked_labels
from backlit.network.engine import AT_A_TIME
from backlit.network.scores import cross_entropy
from backlit.system.writing import write_atomically

TEST = "test.json"  # in the folder of a run that ``backlit train`` has made


@dataclass(frozen=True, eq=False)
class EvaluationReport:
    """How well a network does on some images, in evaluation mode.

    Attributes:
        loss: the mean softmax cross-entropy.
        accuracy: the share of the images that the network gets right, from 0 to 1.
        confusion: how many images of class ``row`` are taken for class ``column``, (K, K).
        classes: the names of the K classes; their numbers as text where they have none.
    """

    loss: float
    accuracy: float
    confusion: NDArray[np.int64]
    classes: tuple[str, ...]

    @property
    def per_class(self) -> NDArray[np.float64]:
        """The share of each class's images that the network gets right, (K,); NaN without any."""
        counts = self.confusion.sum(1)
        right = self.confusion.diagonal()
        shares = np.full(len(counts), np.nan)
        np.divide(right, counts, out=shares, where=counts > 0)
        return shares

    @property
    def images(self) -> int:
        """How many images it was."""
        return int(self.confusion.sum())

    def to_dict(self) -> dict[str, Any]:
        """For JSON: ``images``, ``loss``, ``accuracy``, ``classes``, ``confusion``, ``per_class``.

        The share of a class without images is null.
        """
        return {
            "images": self.images,
            "loss": self.loss,
            "accuracy": self.accuracy,
            "classes": list(self.classes),
            "confusion": self.confusion.tolist(),
            "per_class": [None if np.isnan(each) else each for each in self.per_class.tolist()],
        }

    def __repr__(self) -> str:
        return (
            f"EvaluationReport(accuracy {100 * self.accuracy:.1f}% of {self.images:,} images, "
            f"loss {self.loss:.4f})"
        )


def evaluate(network: Network, images: ArrayLike, labels: ArrayLike) -> EvaluationReport:
    """Loss, accuracy and confusion of a network on labeled images.

    Raises:
        InputError: images or labels that are not what the network works on, or none.
    """
    array = as_array("images", images)
    count = network.graph.output_shape[0]
    truth = checked_labels(labels, len(array), count)
    if not len(array):
        raise InputError("there are no images to evaluate on")
    confusion = np.zeros((count, count), np.int64)
    loss = 0.0
    for start in range(0, len(array), AT_A_TIME):
        part = slice(start, start + AT_A_TIME)
        scores = network.forward(array[part])
        loss += float(cross_entropy(scores, truth[part]).sum())
        np.add.at(confusion, (truth[part], scores.argmax(1)), 1)
    accuracy = float(confusion.trace() / len(array))
    return EvaluationReport(loss / len(array), accuracy, confusion, class_names(network))


def class_names(network: Network) -> tuple[str, ...]:
    """The names of a network's classes; their numbers as text where they have none."""
    return tuple(network.classes or map(str, range(network.graph.output_shape[0])))


def write_test(folder: Path, result: Mapping[str, Any] | None) -> None:
    """Leave the result of a test in a run's folder.

    Args:
        folder: the run's.
        result: ``images``, ``loss``, ``accuracy``, and after which ``epoch``; None if there were
            no images to test on.

    Raises:
        RunError: the file cannot be written.
    """
    text = json.dumps(result, indent=2)
    write_atomically(folder / TEST, f"{text}\n".encode())


def read_test(folder: Path, epochs: int) -> dict[str, Any] | None:
    """What :func:`write_test` wrote, if it is of the network after so many epochs; else None.

    What nobody can have measured counts as nothing.
    """
    try:
        result = json.loads((folder / TEST).read_text(encoding="utf-8"))
        known = {name: result[name] for name in ("images", "loss", "accuracy", "epoch")}
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return known if _is_result(known) and known["epoch"] == epochs else None


def _is_result(known: Mapping[str, Any]) -> bool:
    """Whether these are numbers that can have been measured; a loss may be infinite or NaN."""
    if not all(type(value) in (int, float) for value in known.values()):  # bool is neither
        return False
    return isinstance(known["images"], int) and known["images"] > 0 and 0 <= known["accuracy"] <= 1
