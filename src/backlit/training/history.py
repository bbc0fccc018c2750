"""The history of a training: one record for each finished epoch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from backlit.errors import RunError
from backlit.system.numbers import is_finite

_FORMAT = 1  # of the JSON; a reader refuses a newer one


@dataclass(frozen=True)
class EpochRecord:
    """What one epoch brought.

    ``loss`` and ``accuracy`` are means over the epoch's batches as they were trained on: with the
    weights of that moment, dropout at work.  The validation's are those of the weights at the end.
    Two records are equal when all but the time is.

    Attributes:
        epoch: counted from 1.
        loss: mean softmax cross-entropy of the training images.
        accuracy: share of the training images that were right, 0 to 1.
        validation_loss: the same of the validation images; None where there are none.
        validation_accuracy: the same.
        learning_rate: of the epoch's last step.
        seconds: of training, without the validation.
        images_per_second: that were trained on.
    """

    epoch: int
    loss: float
    accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None
    learning_rate: float
    seconds: float = field(compare=False)
    images_per_second: float = field(compare=False)


MEASURES = ("loss", "accuracy", "validation_loss", "validation_accuracy")


@dataclass
class History(Sequence[EpochRecord]):
    """The records of all epochs, and why the training ended.

    Every field of :class:`EpochRecord` is also an attribute here, as a list: ``history.loss``.

    Attributes:
        records: one for each finished epoch.
        stopped: why the training ended before its last epoch; None if it did not.
    """

    records: list[EpochRecord] = field(default_factory=list)
    stopped: str | None = None

    @property
    def epoch(self) -> list[int]:
        """The number of each epoch, from 1."""
        return [record.epoch for record in self.records]

    @property
    def loss(self) -> list[float]:
        """Mean training loss of each epoch."""
        return [record.loss for record in self.records]

    @property
    def accuracy(self) -> list[float]:
        """Training accuracy of each epoch, 0 to 1."""
        return [record.accuracy for record in self.records]

    @property
    def validation_loss(self) -> list[float | None]:
        """Validation loss after each epoch."""
        return [record.validation_loss for record in self.records]

    @property
    def validation_accuracy(self) -> list[float | None]:
        """Validation accuracy after each epoch, 0 to 1."""
        return [record.validation_accuracy for record in self.records]

    @property
    def learning_rate(self) -> list[float]:
        """The learning rate at the end of each epoch."""
        return [record.learning_rate for record in self.records]

    @property
    def seconds(self) -> list[float]:
        """How long each epoch took."""
        return [record.seconds for record in self.records]

    @property
    def images_per_second(self) -> list[float]:
        """How fast each epoch was."""
        return [record.images_per_second for record in self.records]

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[EpochRecord]:
        return iter(self.records)

    def __getitem__(self, index: Any) -> Any:
        return self.records[index]

    def to_dict(self) -> dict[str, Any]:
        """The history as a dictionary that JSON can hold; every float survives bit for bit."""
        return {
            "format": _FORMAT,
            "stopped": self.stopped,
            "epochs": [asdict(record) for record in self.records],
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> History:
        """What :meth:`to_dict` wrote.

        Raises:
            RunError: something else, or the history of a newer version.
        """
        names = {each.name for each in fields(EpochRecord)}
        try:
            if content["format"] > _FORMAT:
                raise RunError(f"the history is in format {content['format']}, of a newer backlit")
            # A later version of this format may say more about an epoch.
            records = [
                EpochRecord(**{name: epoch[name] for name in names}) for epoch in content["epochs"]
            ]
            _check(records, content["stopped"])
            return cls(records, content["stopped"])
        except (KeyError, TypeError, AttributeError, ValueError) as problem:
            raise RunError(f"this is no history of a training: {problem!r}") from None

    def __repr__(self) -> str:
        lines = [
            "epoch      loss  accuracy  val. loss  val. accuracy  learning rate  seconds",
            *map(_line, self.records),
        ]
        lines += [self.stopped] if self.stopped else []
        return "\n".join(lines) if self.records else "<History: no epoch is finished>"


def _check(records: Sequence[EpochRecord], stopped: object) -> None:
    """Make sure that what was read are numbers, and a sentence or nothing."""
    for record in records:
        for name, value in asdict(record).items():
            optional = value is None and name.startswith("validation_")
            if not optional and not is_finite(value):
                raise ValueError(f"{name} must be a number, got {value!r}")
    if stopped is not None and not isinstance(stopped, str):
        raise ValueError(f"stopped must be a sentence, got {stopped!r}")


def _line(record: EpochRecord) -> str:
    validation = f"{'–':>9}  {'–':>13}"
    if record.validation_loss is not None and record.validation_accuracy is not None:
        validation = f"{record.validation_loss:9.4f}  {record.validation_accuracy:13.2%}"
    return (
        f"{record.epoch:5}  {record.loss:8.4f}  {record.accuracy:8.2%}  {validation}  "
        f"{record.learning_rate:13.4g}  {record.seconds:7.{1 if record.seconds >= 1 else 3}f}"
    )
