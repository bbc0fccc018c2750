"""What a network sees in a picture file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backlit.data.prediction import read
from backlit.network import Network

from .evaluation import class_names


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a network sees in a picture, and how the picture was read.

    Attributes:
        file: the picture's file, as it was given.
        picture: the raw picture as the network got it, (C, H, W).
        probabilities: one for each of the K classes, (K,).
        classes: their names.
        inverted: whether dark was turned into light.
        framed: how the picture was cut or widened; "" if it was not.
    """

    file: str
    picture: NDArray[np.uint8]
    probabilities: NDArray[Any]
    classes: tuple[str, ...]
    inverted: bool
    framed: str

    @property
    def ranking(self) -> list[int]:
        """All class numbers, the likeliest first; among equals the smaller number."""
        return [int(number) for number in (-self.probabilities).argsort(kind="stable")]

    @property
    def uniform(self) -> bool:
        """Whether all pixels are equal, so that the answer means nothing."""
        return bool((self.picture == self.picture[:, :1, :1]).all())

    def to_dict(self, top: int = 3) -> dict[str, Any]:
        """For JSON: the likeliest class, and the ``top`` likeliest ones."""
        best = [
            {
                "class": self.classes[number],
                "class_number": number,
                "probability": float(self.probabilities[number]),
            }
            for number in self.ranking[:top]
        ]
        return {
            "file": self.file,
            **best[0],
            "top": best,
            "inverted": self.inverted,
            "framed": self.framed,
            "uniform": self.uniform,
        }


def predict_file(
    network: Network,
    file: str | os.PathLike[str],
    *,
    pad: bool = False,
    invert: bool | None = None,
) -> Prediction:
    """Read a picture file as the training pictures were read, and say what the network sees.

    Args:
        network: which.
        file: a picture.
        pad: widen a picture of other proportions with its background, instead of cutting it.
        invert: turn dark into light; None to decide by the picture's border.

    Raises:
        ConfigurationError: the network works on pictures of neither 1 nor 3 channels.
        DataError: the file cannot be read as a picture.
    """
    shape: tuple[int, int, int] = network.input_shape  # type: ignore[assignment]
    path = Path(file).expanduser()
    reading = read(path, shape, invert=invert, normalization=network.normalization, pad=pad)
    probabilities = network.predict_probabilities(reading.picture[None])[0]
    names = class_names(network)
    return Prediction(
        os.fspath(file), reading.picture, probabilities, names, reading.inverted, reading.framed
    )
