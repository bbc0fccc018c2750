"""Recipes: ready sets of the options of ``backlit train``, each of which reaches a stated accuracy.

A recipe is nothing but options by the names that they have in a plan; what it does not name keeps
its usual value, and what is typed beside it wins.  ``python3 dev.py bench recipes`` trains them and
tells the accuracy, the spread over seeds and the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

OF_THE_OPTIMIZER = frozenset({"learning_rate", "momentum", "nesterov", "weight_decay"})
"""Options that mean something else, or nothing, beside another optimizer."""


@dataclass(frozen=True)
class Recipe:
    """A ready set of options.

    Attributes:
        name: what ``--recipe`` calls it.
        summary: one line about it.
        data: the data set that it was made for.
        accuracy: the share of that data set's test images that it gets right with any seed, at
            least; the usual result is above.
        options: values by the names of the options, with underscores.
    """

    name: str
    summary: str
    data: str
    accuracy: float
    options: Mapping[str, Any]

    def __post_init__(self) -> None:
        object.__setattr__(self, "options", MappingProxyType(dict(self.options)))

    def beside(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The recipe's options and those that were given, which win.

        With another optimizer than the recipe's, the recipe's options of its optimizer are left
        out: they were found for the one that is not used.
        """
        options = dict(self.options)
        if given.get("optimizer", options["optimizer"]) != options["optimizer"]:
            options = {name: options[name] for name in options if name not in OF_THE_OPTIMIZER}
        return {**options, **given}


_EVERY_IMAGE = {"validation": 0.0}  # none is held out: the test images are what tells
_NESTEROV = {"optimizer": "sgd", "momentum": 0.9, "nesterov": True}

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            "fashion-elu",
            "two convolutions with ELU, in 5 epochs",
            data="fashion-mnist",
            accuracy=0.915,
            options={
                **_EVERY_IMAGE,
                **_NESTEROV,
                "model": "fashion-elu",
                "epochs": 5,
                "batch_size": 64,
                "learning_rate": 0.05,
                "weight_decay": 5e-4,
                "schedule": "one-cycle",
            },
        ),
        Recipe(
            "fashion-pooling-free",
            "three convolutions that stride instead of pooling",
            data="fashion-mnist",
            accuracy=0.92,
            options={
                **_EVERY_IMAGE,
                **_NESTEROV,
                "model": "pooling-free-wide",
                "epochs": 30,
                "batch_size": 64,
                "learning_rate": 0.05,
                "weight_decay": 3e-4,
                "schedule": "one-cycle",
                "augment_shift": 1,
                "augment_flip": True,
            },
        ),
        Recipe(
            "fashion-best",
            "the most that ten minutes on two cores give",
            data="fashion-mnist",
            accuracy=0.935,
            options={
                **_EVERY_IMAGE,
                **_NESTEROV,
                "model": "vgg-norm",
                "epochs": 30,
                "batch_size": 128,
                "learning_rate": 0.1,
                "weight_decay": 5e-4,
                "schedule": "one-cycle",
                "augment_shift": 1,
                "augment_flip": True,
            },
        ),
    )
}
