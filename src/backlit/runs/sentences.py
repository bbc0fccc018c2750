"""How a run was trained, in words: optimizers, schedules, callbacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backlit.training.optimizers import Optimizer
    from backlit.training.schedules import Schedule
    from backlit.training.settings import Settings


def optimizer_words(optimizer: Optimizer) -> str:
    """``SGD, learning rate 0.02, momentum 0.9``: the options that differ from the usual ones."""
    shown = [
        (each.name.replace("_", " "), getattr(optimizer, each.name))
        for each in fields(optimizer)  # type: ignore[arg-type]
        if each.name == "learning_rate" or getattr(optimizer, each.name) != each.default
    ]
    options = [name if value is True else f"{name} {value:g}" for name, value in shown]
    return ", ".join([type(optimizer).__name__, *options])


def schedule_words(schedule: Schedule | None) -> str:
    """What the learning rate does, ``falls along a cosine to 0``."""
    from backlit.training import schedules as kinds

    match schedule:
        case None | kinds.ConstantRate():
            return "stays the same"
        case kinds.StepDecay(milestones=milestones, gamma=gamma):
            places = " and ".join(map(_share, milestones))
            return f"is multiplied by {gamma:g} after {places} of the steps"
        case kinds.CosineDecay(floor=floor):
            return f"falls along a cosine to {_share(floor) if floor else 0}"
        case kinds.OneCycle(rise=rise):
            return f"rises for the first {_share(rise)} of the steps, then falls to almost 0"
        case kinds.WarmUp(share=share, then=then):
            return f"rises for the first {_share(share)} of the steps, then {schedule_words(then)}"
    return f"follows {schedule!r}"


def callback_words(config: Mapping[str, Any]) -> str:
    """A callback by what a run keeps of it."""
    if config.get("callback") != "EarlyStopping":
        return str(config.get("callback"))
    patience, watched = config.get("patience"), str(config.get("monitor")).replace("_", " ")
    epochs = "epoch" if patience == 1 else "epochs"
    return f"stops after {patience} {epochs} without a better {watched}"


def training_words(settings: Settings) -> str:
    """How the weights were changed: optimizer, learning rate, clipping."""
    parts = (optimizer_words(settings.optimizer), _changing(settings), _shortened(settings))
    return "; ".join(filter(None, parts))


def is_plain(settings: Settings) -> bool:
    """Whether every step was W ← W − η·dW, with the same η."""
    steady = not _changing(settings) and settings.clip is None
    return steady and is_plain_sgd(settings.optimizer)


def is_plain_sgd(optimizer: Optimizer) -> bool:
    """Whether an optimizer changes a weight by −η·dW and nothing else."""
    from backlit.training.optimizers import SGD

    return optimizer == SGD(optimizer.learning_rate)


def _shortened(settings: Settings) -> str:
    """What clipping does to the gradients; "" without it."""
    clip = settings.clip
    return "" if clip is None else f"gradients longer than {clip:g} are shortened to that"


def _changing(settings: Settings) -> str:
    """What a schedule does to the learning rate; "" where it stays the same."""
    from backlit.training.schedules import ConstantRate

    schedule = settings.schedule
    constant = isinstance(schedule, ConstantRate | None)
    return "" if constant else f"its rate {schedule_words(schedule)}"


def about_the_update(settings: Settings, plain: Optimizer | None = None, kept: bool = False) -> str:
    """What is to be said with one shown update; "" where every step of the training was like it.

    Args:
        settings: how the run was trained.
        plain: the optimizer that is shown instead of the run's own.
        kept: whether the run's own remembers the steps of the training.
    """
    own, changing = settings.optimizer, _changing(settings)
    if plain is None:
        peak = f"{own.learning_rate:g} is the highest learning rate of the training"
        origin = "The run has kept that from its last step." if kept else ""
        return " ".join(filter(None, (origin, f"{peak}; {changing}." if changing else "")))
    if plain == own and not changing and settings.clip is None:
        return ""
    return (
        f"Shown is plain gradient descent at a rate of {plain.learning_rate:g}. "
        f"The training itself used {training_words(settings)}."
    )


def _share(share: float) -> str:
    return f"{100 * share:g}%"
