"""What a shell offers after Tab."""

from __future__ import annotations

from collections.abc import Iterable

from .parsing import FORMATS

LEARN_ACTIONS = ("check", "show", "hint", "solution", "notebook")


def data_sets(incomplete: str) -> list[str]:
    """Names of data sets; where none fits, the shell offers files and folders."""
    from backlit.data import DATASETS

    return _starting(incomplete, DATASETS)


def models(incomplete: str) -> list[tuple[str, str]]:
    """Names of models with a line about each."""
    from backlit.models import MODELS

    return [(name, MODELS[name].summary) for name in _starting(incomplete, MODELS)]


def recipes(incomplete: str) -> list[tuple[str, str]]:
    """Names of recipes with a line about each."""
    from backlit.recipes import RECIPES

    return [(name, RECIPES[name].summary) for name in _starting(incomplete, RECIPES)]


def engines(incomplete: str) -> list[str]:
    """Names of engines."""
    from backlit.network import engine_names

    return _starting(incomplete, engine_names())


def targets(incomplete: str) -> list[str]:
    """Languages that a network can be written in."""
    from backlit.eject import TARGETS

    return _starting(incomplete, TARGETS)


def optimizers(incomplete: str) -> list[str]:
    """Names of optimizers."""
    from backlit.runs.plan import OPTIMIZERS

    return _starting(incomplete, OPTIMIZERS)


def schedules(incomplete: str) -> list[str]:
    """Names of schedules."""
    from backlit.runs.plan import SCHEDULES

    return _starting(incomplete, SCHEDULES)


def toy_steps(incomplete: str) -> list[tuple[str, str]]:
    """Names of the steps of the toy's ladder with what is new in each."""
    from backlit.web.ladder import STEPS

    return [(name, STEPS[name].title) for name in _starting(incomplete, STEPS)]


def operations(incomplete: str) -> list[str]:
    """Names of operations and optimizers that have equations."""
    from backlit.equations import OPERATIONS, RULES

    return _starting(incomplete, (*OPERATIONS, *RULES))


def worksheets(incomplete: str) -> list[str]:
    """Names of operations that there are worksheets for."""
    from backlit.worksheets import WORKSHEETS

    return _starting(incomplete, WORKSHEETS)


def learn_actions(incomplete: str) -> list[str]:
    """What can be done with an exercise."""
    return _starting(incomplete, LEARN_ACTIONS)


def formats(incomplete: str) -> list[str]:
    """Forms that equations are written in."""
    return _starting(incomplete, FORMATS)


def _starting(incomplete: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
