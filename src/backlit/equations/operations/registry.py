"""All operations by name."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ...errors import ConfigurationError
from ..operation import Operation
from . import activations
from .convolution import conv2d
from .dense import dense
from .loss import softmax_cross_entropy
from .normalization import batch_norm2d
from .pooling import avg_pool2d, global_avg_pool2d, max_pool2d
from .rules import RULES
from .structure import add, concat, dropout, flatten
from .update import update

Builder = Callable[..., Operation]

_BUILDERS: tuple[Builder, ...] = (
    conv2d,
    dense,
    max_pool2d,
    avg_pool2d,
    global_avg_pool2d,
    flatten,
    *(getattr(activations, name) for name in activations.__all__),
    batch_norm2d,
    dropout,
    add,
    concat,
    softmax_cross_entropy,
    update,
)

OPERATIONS: Mapping[str, Builder] = MappingProxyType(
    {builder.__name__: builder for builder in _BUILDERS}
)

# What a layer does where nothing else is said.  A kernel has no such value.
_LAYER_DEFAULTS: Mapping[str, Any] = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
_POOL_STRIDE = "kernel"  # windows side by side


def operation(name: str, *, general: bool | None = None, **options: Any) -> Operation:
    """The equations of an operation by its name.

    Without options everything stays a letter.  As soon as a stride, padding, dilation or number of
    groups is given, the others of these take the values that a layer has by default, so that
    ``operation("conv2d", stride=2, padding=1)`` speaks of an ordinary convolution.  (A pool's
    stride is by default its kernel size.)

    Args:
        name: "conv2d", "max_pool2d", ..., or an optimizer's rule: "sgd", "momentum", "nesterov",
            "rmsprop", "adam" or "adamw"; a layer's name such as "Conv2d" is understood, too.
        general: True leaves every option that is not given a letter, whatever else is given; False
            takes for each what a layer does by default: the plainest case.
        options: those of the operation, such as ``kernel_size=3`` or ``stride=2``.

    Raises:
        ConfigurationError: no such operation, no such option, or an unusable value.
    """
    builder = _find(name)
    accepted = inspect.signature(builder).parameters
    for option in options:
        if option not in accepted:
            raise ConfigurationError(_no_such_option(builder.__name__, option, list(accepted)))
    return builder(**_completed(options, accepted, general))


def _find(name: str) -> Builder:
    known = {**OPERATIONS, **RULES}
    by_letters = {key.replace("_", ""): builder for key, builder in known.items()}
    plain = str(name).lower().replace("_", "").replace("-", "")
    if plain in by_letters:
        return by_letters[plain]
    near = difflib.get_close_matches(plain, by_letters, n=3, cutoff=0.5)
    guess = " or ".join(by_letters[each].__name__ for each in near)
    hint = f"did you mean {guess}?" if near else f"there are {', '.join(known)}"
    raise ConfigurationError(f"there is no operation {name!r}; {hint}")


def _no_such_option(name: str, option: str, accepted: list[str]) -> str:
    if not accepted:
        return f"{name} takes no options, got {option!r}"
    near = difflib.get_close_matches(option, accepted, n=1)
    guess = f"did you mean {near[0]!r}?" if near else f"it takes {', '.join(accepted)}"
    return f"{name} has no option {option!r}; {guess}"


def _completed(
    options: Mapping[str, Any], accepted: Mapping[str, Any], general: bool | None
) -> dict[str, Any]:
    """Fill in the defaults of a layer where some but not all of its numbers are given."""
    given = {key: value for key, value in options.items() if value is not None}
    if general or (general is None and not any(key in _LAYER_DEFAULTS for key in given)):
        return given
    defaults = {key: value for key, value in _LAYER_DEFAULTS.items() if key in accepted}
    if "stride" in defaults and "dilation" not in accepted:
        defaults["stride"] = _POOL_STRIDE
    return {**defaults, **given}
