"""Everything that was asked for when a run was begun, and the things that it names.

A run's ``config.json`` keeps the plan as its ``"description"``.  So a run can be resumed, and its
pictures be found again, without typing anything twice.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backlit.errors import ConfigurationError, RunError

if TYPE_CHECKING:
    from backlit.data import Augmentation, Dataset
    from backlit.data.splitting import Labeled
    from backlit.network import Network
    from backlit.training import Checkpoint
    from backlit.training.optimizers import Optimizer
    from backlit.training.schedules import Schedule
    from backlit.training.training import Callback

OPTIMIZERS = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"}
SCHEDULES = {
    "constant": "ConstantRate",
    "step": "StepDecay",
    "cosine": "CosineDecay",
    "one-cycle": "OneCycle",
}


@dataclass(frozen=True)
class TrainingPlan:
    """The options of ``backlit train``, by the names that they have on the command line."""

    data: str
    recipe: str | None = None
    data_dir: str | None = None
    limit: int | None = None
    image_size: tuple[int, int] | None = None
    validation: float = 0.1
    augment_shift: int = 0
    augment_flip: bool = False
    model: str = "small"
    engine: str | None = None
    epochs: int = 5
    batch_size: int = 64
    optimizer: str = "sgd"
    learning_rate: float | None = None
    momentum: float | None = None
    nesterov: bool = False
    weight_decay: float | None = None
    schedule: str = "constant"
    warm_up: float | None = None
    clip: float | None = None
    early_stopping: int | None = None
    seed: int = 0
    command: str = "train"  # which one began the run

    @classmethod
    def of_options(cls, given: Mapping[str, Any]) -> TrainingPlan:
        """The plan of what was typed, on top of the recipe if one was named."""
        from backlit.recipes import RECIPES

        recipe = given.get("recipe")
        return cls(**(RECIPES[recipe].beside(given) if recipe else given))

    def settled(self) -> TrainingPlan:
        """The plan with the values of what was left to the library."""
        from backlit.network.engine import engine_or_default

        optimizer = self.make_optimizer()
        return replace(
            self,
            engine=engine_or_default(self.engine),
            learning_rate=optimizer.learning_rate,
            momentum=getattr(optimizer, "momentum", None),
            weight_decay=getattr(optimizer, "weight_decay", None),
        )

    def lasting(self) -> TrainingPlan:
        """The plan with paths from the root, which stay true in another working directory."""
        return replace(self, data=_lasting(self.data), data_dir=_absolute(self.data_dir))

    def description(self) -> dict[str, Any]:
        """What a run keeps of the plan."""
        return {"plan": asdict(self)}

    @classmethod
    def of_checkpoint(cls, found: Checkpoint) -> TrainingPlan:
        """The plan that a run was begun with.

        Raises:
            RunError: it was not begun from the command line.
        """
        kept = found.config["description"].get("plan")
        names = {each.name for each in fields(cls)}
        if not isinstance(kept, dict) or "data" not in kept:
            raise RunError(
                f"the run in {found.folder} was not begun with backlit train, so it does not say "
                "what data it was trained on: use it from Python, with your own images and labels"
            )
        known = {name: value for name, value in kept.items() if name in names}
        known["epochs"] = found.config["settings"]["epochs"]  # which a resumed run may have changed
        if known.get("image_size"):
            known["image_size"] = tuple(known["image_size"])
        return cls(**known)

    def load_data(
        self, data_dir: str | os.PathLike[str] | None = None, progress: bool = True
    ) -> Dataset:
        """The data set, always the same one; ``data_dir`` stands in for a folder that has moved."""
        from backlit.data import load_dataset

        return load_dataset(
            self.data,
            data_dir=data_dir or self.data_dir,
            image_size=self.image_size,
            limit=self.limit,
            seed=self.seed,
            progress=progress,
        )

    @property
    def data_place(self) -> str:
        """Where the data is, in a few words."""
        return self.data if self.data_dir is None else f"{self.data} ({self.data_dir})"

    @property
    def widens_pictures(self) -> bool:
        """Whether the training pictures were never cut, so that no other picture should be."""
        from backlit.data.prediction import ON_PLAIN_GROUND
        from backlit.data.published import forgiving

        known = {forgiving(name) for name in ON_PLAIN_GROUND}
        return self.image_size is None and forgiving(self.data) in known

    def parts(self, dataset: Dataset) -> tuple[Labeled, Labeled | None]:
        """What is trained on, and what is held out to watch the training with."""
        training, held_out = dataset.validation_split(self.validation, self.seed)
        return training, held_out if len(held_out[1]) else None

    def make_network(self, dataset: Dataset) -> Network:
        """The network with its initial weights."""
        from backlit.models import build_model
        from backlit.network import Network

        return Network(
            dataset.image_shape,
            build_model(self.model, dataset.image_shape, len(dataset.classes)),
            engine=self.engine,
            seed=self.seed,
            classes=dataset.classes,
        )

    def make_augmentation(self) -> Augmentation | None:
        """What changes the training pictures, if anything does."""
        from backlit.data import Augmentation

        if not self.augment_shift and not self.augment_flip:
            return None
        return Augmentation(self.augment_shift, self.augment_flip, self.seed)

    def make_optimizer(self) -> Optimizer:
        """The optimizer with the options that were given."""
        from backlit.training.optimizers import OPTIMIZERS as KINDS
        from backlit.training.settings import DEFAULT_OPTIMIZER

        kind = KINDS[OPTIMIZERS[self.optimizer]]
        names = ("learning_rate", "momentum", "nesterov", "weight_decay")
        given = {name: getattr(self, name) for name in names}
        given["nesterov"] = self.nesterov or None  # a flag that is not set is not given
        options = {name: value for name, value in given.items() if value is not None}
        for name in options:
            if name not in {each.name for each in fields(kind)}:  # type: ignore[arg-type]
                flag = name.replace("_", "-")
                raise ConfigurationError(f"--{flag} does not go with --optimizer {self.optimizer}")
        if isinstance(DEFAULT_OPTIMIZER, kind):
            return replace(DEFAULT_OPTIMIZER, **options)
        return kind(**options)

    def make_schedule(self) -> Schedule:
        """The schedule of the learning rate, after the warm-up if there is one."""
        from backlit.training.schedules import WarmUp, schedule_from_config

        schedule = schedule_from_config({"schedule": SCHEDULES[self.schedule]})
        return WarmUp(self.warm_up, then=schedule) if self.warm_up else schedule

    def make_callbacks(self) -> list[Callback]:
        """A film of the filters, and early stopping, if it was asked for."""
        from backlit.training.callbacks import EarlyStopping

        from .film import Film

        stopping = [EarlyStopping(patience=self.early_stopping)] if self.early_stopping else []
        return [Film(), *stopping]


def _lasting(data: str) -> str:
    """The name of a data set as it is, the path of a folder from the root."""
    from backlit.data import DATASETS
    from backlit.data.published import forgiving

    known = {forgiving(name) for name in DATASETS}
    return data if forgiving(data) in known else str(_absolute(data))


def _absolute(path: str | None) -> str | None:
    return str(Path(path).expanduser().resolve()) if path else None
