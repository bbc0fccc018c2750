"""The images that a run is explained with: those that it was trained or tested on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from backlit.errors import InputError, RunError

from .plan import Plan

if TYPE_CHECKING:
    from backlit.data import Dataset
    from backlit.network import Graph, Network
    from backlit.training import Run

AT_A_TIME = 64  # images that are looked at together for one that the network gets wrong


@dataclass(frozen=True)
class Choice:
    """Which images were asked for.

    Attributes:
        split: "test" or "train".
        image: one image, for the story.
        images: a batch; without it, the one image alone.
        misclassified: take the first image that the network gets wrong.
        several: how many to take from the first one on, if none are asked for; None for that one
            alone, which is then the one of the story.
    """

    split: str = "test"
    image: int | None = None
    images: range | None = None
    misclassified: bool = False
    several: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether no image was asked for."""
        return self.image is None and self.images is None and not self.misclassified

    def in_training(self, graph: Graph, evaluation: bool) -> bool:
        """Whether layers work as in a training step: not where evaluation was asked for.

        What is wrong has been found in evaluation, too, and dropout may set it right.
        """
        from backlit.explain.mode import has_modes

        return not (evaluation or (self.misclassified and has_modes(graph)))


@dataclass(frozen=True, eq=False)
class Batch:
    """Some images of a run's data.

    Attributes:
        run: the run.
        network: its network.
        split: "test" or "train".
        indices: which images of the split.
        images: raw pictures, (N, C, H, W).
        labels: their classes.
        chosen: the place in the batch of the one image that was asked for, if one was.
    """

    run: Run
    network: Network
    split: str
    indices: range
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    chosen: int | None


def take(
    run: Run, network: Network, choice: Choice, data_dir: Path | None = None, progress: bool = True
) -> Batch:
    """The images that were asked for; the first one if none were.

    Raises:
        RunError: the run does not say what its data is, or the data is another than it was.
        DataError: the data cannot be read.
        InputError: there is no such image, or none that is wrong.
    """
    plan = Plan.of_run(run.folder, run.config)
    dataset = plan.load_data(data_dir, progress)
    _check_same_data(run, plan, dataset)
    images, labels = getattr(dataset, choice.split)
    indices = range(len(labels)) if choice.images is None else choice.images
    _check_inside(choice, indices, len(labels))
    chosen = choice.image
    if choice.misclassified:
        chosen = first_wrong(network, images, labels, indices)
        if chosen is None:
            raise InputError(f"the network gets all of these {len(indices):,} images right")
    if choice.several and choice.is_open:
        indices = range(min(choice.several, len(labels)))
    elif choice.images is None:
        chosen = 0 if chosen is None else chosen
        indices = range(chosen, chosen + 1)
    part = slice(indices.start, indices.stop)
    place = None if chosen is None else chosen - indices.start
    return Batch(run, network, choice.split, indices, images[part], labels[part], place)


def _check_same_data(run: Run, plan: Plan, dataset: Dataset) -> None:
    """Other pictures under the same name would be explained as if the run had learned from them."""
    from backlit.training.examples import Examples

    classes = run.config["network"].get("classes")
    same = classes is None or tuple(classes) == dataset.classes
    for name, part in zip(("training", "validation"), plan.parts(dataset), strict=True):
        kept = run.config["data"].get(name)
        same = same and kept == (Examples(*part).fingerprint() if part else None)
    if not same:
        raise RunError(
            f"the pictures or classes in {data_place(plan)} are not those that the run in "
            f"{run.folder} was trained on: bring them back, or point to a copy with --data-dir"
        )


def data_place(plan: Plan) -> str:
    """Where a plan's data is, in a few words."""
    return plan.data if plan.data_dir is None else f"{plan.data} ({plan.data_dir})"


def _check_inside(choice: Choice, indices: range, count: int) -> None:
    if not count:
        raise InputError(f"the run's data has no {choice.split} images")
    if indices.stop > count:
        raise InputError(
            f"there are {count:,} {choice.split} images, 0 to {count - 1:,}: there is no batch "
            f"{indices.start}:{indices.stop}"
        )
    if choice.image is not None and choice.image not in indices:
        raise InputError(
            f"image {choice.image} is not there: "
            + (
                f"the batch is {indices.start}:{indices.stop}"
                if choice.images
                else f"the {choice.split} images are 0 to {count - 1:,}"
            )
        )


def first_wrong(
    network: Network, images: NDArray[np.uint8], labels: NDArray[np.int64], indices: range
) -> int | None:
    """The first of these images that the network takes for something else; None if none is."""
    for start in range(indices.start, indices.stop, AT_A_TIME):
        part = slice(start, min(start + AT_A_TIME, indices.stop))
        wrong = np.flatnonzero(network.predict(images[part]) != labels[part])
        if wrong.size:
            return start + int(wrong[0])
    return None
