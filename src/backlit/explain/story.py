"""What a story is made of: steps, each with its numbers and one plain sentence."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, ClassVar

from backlit.equations import Term

from .address import Address
from .explanation import Grid, Part, Subtotal, magnitude
from .nudge import Nudge
from .picture import Patch
from .update import Update
from .words import json_number, json_rows

_LISTED = 10  # terms and images that to_dict lists


@dataclass(frozen=True)
class ClassRow:
    """One class of the image: its probability, the truth, and the error of its score."""

    label: int
    name: str
    probability: float
    truth: int
    error: float

    def to_dict(self) -> dict[str, Any]:
        """For JSON: the fields."""
        return {
            "label": self.label,
            "name": self.name,
            "probability": json_number(self.probability),
            "truth": self.truth,
            "error": json_number(self.error),
        }


@dataclass(frozen=True)
class Link:
    """One number on the thread of a story, and what adds up to it.

    Attributes:
        address: the number.
        parts: the equations that give it.
        terms: what adds up to it, the largest first, each with the part it belongs to.
        part: the part of the followed term; of the first one where nothing can be followed.
        followed: the term that the thread goes through.
        source: the error inside that term; None where the thread ends.
    """

    address: Address
    parts: tuple[Part, ...]
    terms: tuple[tuple[Part, Term], ...]
    part: Part
    followed: Term | None = None
    source: Address | None = None


@dataclass(frozen=True)
class StoryStep:
    """One step of a story: what happens, the number it arrives at, and where it starts from.

    Attributes:
        title: what happens.
        sentence: the same in plain words, with the numbers that matter.
        address: the number that the step arrives at.
        value: that number.
        incoming: the number of the step before, which this step starts from; None for the first.
    """

    kind: ClassVar[str] = "step"

    title: str
    sentence: str
    address: Address
    value: float
    incoming: float | None

    def to_dict(self) -> dict[str, Any]:
        """For JSON: ``kind`` and the fields; the subclasses add theirs."""
        return {
            "kind": self.kind,
            "title": self.title,
            "sentence": self.sentence,
            "address": str(self.address),
            "value": json_number(self.value),
            "incoming": json_number(self.incoming),
        }


@dataclass(frozen=True)
class TermsStep(StoryStep):
    """A step whose number is a sum of terms, one of which carries on the number of the step before.

    Attributes:
        part: the equation at work (with several paths, that of the path the story takes).
        terms: all terms that add up to the step's number, the largest first.
        followed: the term that holds the incoming number; None where there is none.
        notes: conventions that mattered.
        grids: small maps around the number.
    """

    kind: ClassVar[str] = "layer"

    part: Part
    terms: tuple[tuple[Part, Term], ...]
    followed: Term | None
    notes: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()

    @property
    def share(self) -> float:
        """The share of the followed term in Σ|terms|, from 0 to 1."""
        size = sum(magnitude(term) for _, term in self.terms)
        return magnitude(self.followed) / size if self.followed and size else 0.0

    def to_dict(self) -> dict[str, Any]:
        """For JSON; of the terms the ten largest, and what the others add up to."""
        rest = self.terms[_LISTED:]
        return {
            **super().to_dict(),
            "layer": self.part.layer,
            "equation": self.part.equation.text(),
            "numbers": self.part.numbers.text(),
            "term_count": len(self.terms),
            "terms": [
                {**part.term_to_dict(term), "followed": term is self.followed}
                for part, term in self.terms[:_LISTED]
            ],
            "rest": {
                "count": len(rest),
                "total": json_number(sum(term.product for _, term in rest)),
            },
            "share": json_number(self.share),
            "notes": list(self.notes),
            "grids": [grid.to_dict() for grid in self.grids],
        }


@dataclass(frozen=True)
class LossStep(TermsStep):
    """The step of a story where the error begins, with every class of the image."""

    kind: ClassVar[str] = "loss"

    classes: tuple[ClassRow, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """For JSON: adds ``classes``."""
        return {**super().to_dict(), "classes": [each.to_dict() for each in self.classes]}


@dataclass(frozen=True)
class GradientStep(TermsStep):
    """The step of a story into the weight: what one image contributes to its gradient."""

    kind: ClassVar[str] = "gradient"

    def to_dict(self) -> dict[str, Any]:
        """For JSON: as for any step with terms; ``numbers`` is about this image alone."""
        return {
            **super().to_dict(),
            "numbers": f"this image's part of {self.part.numbers.text()}",
        }


@dataclass(frozen=True)
class BatchStep(StoryStep):
    """The step of a story that adds up what all images of the batch contribute.

    Attributes:
        images: each image's part, the largest first.
    """

    kind: ClassVar[str] = "batch"

    images: tuple[Subtotal, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """For JSON: adds the ten largest ``images`` and the ``rest``."""
        rest = self.images[_LISTED:]
        return {
            **super().to_dict(),
            "image_count": len(self.images),
            "images": [each.to_dict() for each in self.images[:_LISTED]],
            "rest": {"count": len(rest), "total": json_number(sum(each.total for each in rest))},
        }


@dataclass(frozen=True, kw_only=True)
class UpdateStep(StoryStep):
    """The step of a story that tells what the optimizer makes of the gradient."""

    kind: ClassVar[str] = "update"

    update: Update

    def to_dict(self) -> dict[str, Any]:
        """For JSON: adds ``update``."""
        return {**super().to_dict(), "update": self.update.to_dict()}


@dataclass(frozen=True, kw_only=True)
class NudgeStep(StoryStep):
    """The step of a story that tries out whether the loss really does what the gradient says.

    Attributes:
        nudge: what the loss did; None where ε is lost in the rounding of a huge weight.
    """

    kind: ClassVar[str] = "nudge"

    nudge: Nudge | None

    def to_dict(self) -> dict[str, Any]:
        """For JSON: adds ``nudge``."""
        return {**super().to_dict(), "nudge": self.nudge.to_dict() if self.nudge else None}


@dataclass(frozen=True)
class Story:
    """How the error of one image came from the loss back to one weight, and changed it.

    The steps hang together: each one's ``incoming`` is the ``value`` of the one before; that of the
    nudge, which puts the gradient to the test, is the gradient.

    Attributes:
        address: the weight.
        image: which image of the batch.
        images: how many the batch has.
        picked: whether the image was picked from the batch because it pulls hardest at the weight.
        label: its true class.
        predicted: the class with the largest probability.
        classes: the names of the classes, "0", "1", ... where they have none.
        pixels: the picture as the network sees it, (channels, rows, columns).
        patch: the part of the picture that the strongest product has seen.
        steps: the steps, from the loss back to the weight.
    """

    address: Address
    image: int
    images: int
    picked: bool
    label: int
    predicted: int
    classes: tuple[str, ...]
    pixels: tuple[tuple[tuple[float, ...], ...], ...]
    patch: Patch
    steps: tuple[StoryStep, ...] = field(default=())

    @property
    def update(self) -> Update | None:
        """The update that the story tells of; None in a story without one."""
        return next((each.update for each in self.steps if isinstance(each, UpdateStep)), None)

    @property
    def nudge(self) -> Nudge | None:
        """The nudge that the story tells of; None where ε is lost in the rounding of the weight."""
        return next((each.nudge for each in self.steps if isinstance(each, NudgeStep)), None)

    def to_dict(self) -> dict[str, Any]:
        """For JSON: the fields.

        Each of the ``steps`` has a ``kind``: "loss", "layer", "gradient", "batch", "update" or
        "nudge".
        """
        return {
            "address": str(self.address),
            "image": self.image,
            "images": self.images,
            "picked": self.picked,
            "label": self.label,
            "predicted": self.predicted,
            "classes": list(self.classes),
            "pixels": json_rows(self.pixels),
            "patch": self.patch.to_dict(),
            "steps": [step.to_dict() for step in self.steps],
        }

    def to_json(self, indent: int | None = 2) -> str:
        """:meth:`to_dict` as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False, allow_nan=False)
