"""What an engine is: the thing that does the arithmetic of a network.

A network owns its parameters and checks what comes in; an engine computes.  Any object with the
five methods of :class:`Engine` can be one: register a function that makes it for a graph with
:func:`register_engine`, and ``Network(..., engine="its name")`` uses it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from backlit.equations.update_equations import UpdateEquations, Values
from backlit.errors import ConfigurationError

from .flat import FlatArrays
from .graph import Graph

AT_A_TIME = 256  # images that are predicted together, to bound memory
Array = NDArray[Any]
Arrays = Mapping[str, Array]


@dataclass(frozen=True)
class ProposedStep:
    """What a training step would change, before anything is changed.

    Attributes:
        loss: the mean loss.
        logits: the scores, (N, classes).
        gradients: dL/d of every parameter by name.
        buffers: the new value of each running statistic.
        updated: whether the engine has carried out the :class:`ParameterUpdate`.
        finite: True only if ``updated``, and if all numbers of the update are finite.
    """

    loss: float
    logits: Array
    gradients: dict[str, Array]
    buffers: dict[str, Array]
    updated: bool = False
    finite: bool = False


@dataclass(frozen=True)
class ParameterUpdate:
    """How a training step changes the row of all parameters, as an engine can carry it out.

    Attributes:
        equations: the optimizer's rule.
        values: the numbers of its letters in this step.
        state: what is kept from step to step, by name; rows like that of the parameters.
        new_parameters: where the new parameters are written to.
        new_state: where the new state is written to.
        clip: shortens the gradients in place before the rule sees them.
    """

    equations: UpdateEquations
    values: Values
    state: Arrays
    new_parameters: Array
    new_state: Arrays
    clip: Callable[[FlatArrays], None] | None = None


@dataclass(frozen=True)
class Recording:
    """Everything that one forward and backward pass computed, nothing fused, nothing left out.

    Attributes:
        images: the network's input as it saw it, (N, C, H, W).
        labels: the true class of each image, (N,).
        loss: mean softmax cross-entropy.
        logits: the scores, (N, classes).
        probabilities: softmax of the scores, (N, classes).
        activations: the output of every layer by name; ``"input"`` for the images.
        errors: dL/d of each of these, in the same shapes.
        gradients: dL/d of every parameter by name.
        auxiliary: by layer, what else took part: a dropout's ``mask``, a batch norm's ``mean`` and
            ``variance``.
        training: whether layers behaved as in training.
    """

    images: Array
    labels: NDArray[np.int64]
    loss: float
    logits: Array
    probabilities: Array
    activations: dict[str, Array]
    errors: dict[str, Array]
    gradients: dict[str, Array]
    auxiliary: dict[str, dict[str, Array]] = field(default_factory=dict)
    training: bool = True


class Engine(Protocol):
    """The arithmetic of one graph.  No method changes an array that it is given.

    (What an :class:`UpdatingEngine` writes into are the rows of a :class:`ParameterUpdate` that are
    there to be written.)

    ``images`` are (N, C, H, W) in the engine's ``dtype``, ``labels`` N class numbers, both already
    checked.  ``step`` seeds the dropout masks.

    An engine whose results differ in their last bits from machine to machine may have one method
    more, ``fingerprint()``: a dictionary, ready for JSON, of what decides them.  One that can do a
    whole training step in one go may be an :class:`UpdatingEngine`.
    """

    name: str
    dtype: np.dtype[Any]

    def prepare(self, images: int) -> None:
        """Do now what takes long the first time that batches of so many images are trained on."""

    def plan(self, images: int, *, training: bool) -> str:
        """What is done for a batch of so many images, in words, a step a line."""

    def forward(
        self, parameters: Arrays, buffers: Arrays, images: Array, *, training: bool, step: int
    ) -> Array:
        """The output of the last layer."""

    def loss_and_gradients(
        self, parameters: Arrays, buffers: Arrays, images: Array, labels: Array, *, step: int
    ) -> ProposedStep:
        """One pass forward and backward in training mode.

        The gradients may lie in memory that the next call from the same thread uses again.
        """

    def record(
        self,
        parameters: Arrays,
        buffers: Arrays,
        images: Array,
        labels: Array,
        *,
        training: bool,
        step: int,
    ) -> Recording:
        """The same, keeping everything on the way."""


@runtime_checkable
class UpdatingEngine(Engine, Protocol):
    """An engine that computes the new parameters in the same go as the gradients.

    With any other one, the optimizer's rule is applied to the gradients by NumPy.
    """

    def prepare_update(self, images: int, equations: UpdateEquations) -> None:
        """Do now what takes long the first time that such a step is taken."""

    def proposed_step(
        self,
        parameters: FlatArrays,
        buffers: Arrays,
        images: Array,
        labels: Array,
        *,
        step: int,
        update: ParameterUpdate,
    ) -> ProposedStep:
        """:meth:`loss_and_gradients`, and the new parameters and the new state of the update.

        An engine that cannot carry out these equations leaves the update undone, and says so in
        :attr:`ProposedStep.updated`.
        """


EngineFactory = Callable[[Graph, int], Engine]

# Name -> factory, or "module:name" of one that is imported when it is first asked for.
_ENGINES: dict[str, EngineFactory | str] = {
    "fast": "backlit.engines.fast.engine:FastEngine",
    "pure": "backlit.engines.pure.engine:PureEngine",
}
DEFAULT_ENGINE = "fast"
VARIABLE = "BACKLIT_ENGINE"  # of the environment; its engine stands in for the default


def engine_or_default(name: str | None) -> str:
    """``name``, or what is used where nobody asks for an engine: ``BACKLIT_ENGINE``, else "fast".

    Raises:
        ConfigurationError: there is no such engine.
    """
    asked = "the engine"
    if name is None:
        asked, name = VARIABLE, os.environ.get(VARIABLE) or DEFAULT_ENGINE
    if name not in _ENGINES:
        *others, last = engine_names()
        raise ConfigurationError(f"{asked} must be {', '.join(others)} or {last}, got {name!r}")
    return name


def register_engine(name: str, factory: EngineFactory | str) -> None:
    """Make ``engine=name`` available: ``factory(graph, seed)`` returns the engine of a graph."""
    _ENGINES[name] = factory


def engine_names() -> list[str]:
    """The engines that can be asked for."""
    return sorted(_ENGINES)


def make_engine(name: str | None, graph: Graph, seed: int) -> Engine:
    """The engine called ``name`` for a graph; ``seed`` is that of its dropout masks.

    Raises:
        ConfigurationError: no such engine.
    """
    name = engine_or_default(name)
    factory = _ENGINES[name]
    if isinstance(factory, str):
        module, attribute = factory.split(":")
        factory = getattr(import_module(module), attribute)
        _ENGINES[name] = factory
    engine: Engine = factory(graph, seed)
    return engine
