"""The settings of a training that its course depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from backlit.errors import ConfigurationError
from backlit.system.numbers import is_whole

from .optimizers import SGD, Optimizer, optimizer_from_config
from .options import require, take_count, take_positive
from .schedules import ConstantRate, Schedule, schedule_from_config

DEFAULT_OPTIMIZER = SGD(0.05, momentum=0.9)


@dataclass(frozen=True)
class Settings:
    """How to train: everything but the network and the data.

    Raises:
        ConfigurationError: a setting that makes no sense.
    """

    called: ClassVar[str] = "fit"  # whose arguments they are, for messages

    epochs: int = 5
    batch_size: int = 64
    optimizer: Optimizer = DEFAULT_OPTIMIZER
    schedule: Schedule | None = None
    clip: float | None = None
    seed: int = 0
    shuffle: bool = True

    def __post_init__(self) -> None:
        take_count(self, "epochs", "batch_size")
        is_optimizer = isinstance(self.optimizer, Optimizer)
        require(is_optimizer, self, "optimizer must be one, such as SGD(0.05)", self.optimizer)
        if self.schedule is None:
            object.__setattr__(self, "schedule", ConstantRate())
        is_schedule = isinstance(self.schedule, Schedule)
        require(is_schedule, self, "schedule must be one, such as CosineDecay()", self.schedule)
        if self.clip is not None:
            take_positive(self, "clip")
        natural = is_whole(self.seed) and self.seed >= 0
        require(natural, self, "seed must be a whole number from 0 upwards", self.seed)
        object.__setattr__(self, "seed", int(self.seed))
        require(isinstance(self.shuffle, bool), self, "shuffle is True or False", self.shuffle)

    def learning_rate(self, step: int, total_steps: int) -> float:
        """η of a step, counted from 0."""
        assert self.schedule is not None
        return self.optimizer.learning_rate * self.schedule.factor(step, total_steps)

    @property
    def depends_on_epochs(self) -> bool:
        """Whether another number of epochs would change the steps that both have."""
        return self.schedule is not None and self.schedule.depends_on_total

    def to_config(self) -> dict[str, Any]:
        """The settings as a dictionary that JSON can hold."""
        config = {each.name: getattr(self, each.name) for each in fields(self)}
        config["optimizer"] = self.optimizer.to_config()
        config["schedule"] = self.schedule.to_config() if self.schedule else None
        return config

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Settings:
        """What :meth:`to_config` wrote.

        Raises:
            ConfigurationError: something else.
        """
        try:
            options = dict(config)
            options["optimizer"] = optimizer_from_config(options["optimizer"])
            options["schedule"] = schedule_from_config(options["schedule"])
            return cls(**options)
        except (KeyError, TypeError, ValueError) as problem:
            raise ConfigurationError(f"these are no settings of a training: {problem}") from None
