"""Pages of the ladder: networks for pencil and paper, in small whole numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from backlit.equations import format_number
from backlit.explain import Trace, explain
from backlit.network import Network

from .ladder import CLASSES, FIRST_STEP, STEPS, Step, step_called
from .live import Live
from .page import page

COMMAND = "backlit toy"


def toy_network(step: Step) -> Network:
    """The network of a step, computed by the book."""
    layers = step.layers()
    shape = np.shape(step.images)[1:]
    return Network(shape, layers, engine="pure", classes=CLASSES, parameters=step.weights)


def toy(name: str = FIRST_STEP) -> Trace:
    """The pictures of a step through its network and back.

    Args:
        name: of the step, or its number, as in ``"pool"`` or ``"5"``.

    Raises:
        ConfigurationError: there is no such step.
    """
    step = step_called(name)
    return explain(toy_network(step), np.array(step.images, float), list(step.labels))


def toy_page(name: str = FIRST_STEP) -> str:
    """The page of a step, in one file; ``name`` as for :func:`toy`."""
    step, trace = step_called(name), toy(name)
    return page(
        trace,
        toy_title(step),
        address=step.first,
        note=toy_note(trace, step),
        command=f"{COMMAND} {step.name}",
    )


def toy_live(name: str = FIRST_STEP) -> Live:
    """What a server shows of a step; ``name`` as for :func:`toy`."""
    step = step_called(name)
    return Live(
        toy_network(step),
        np.array(step.images, float),
        np.array(step.labels, np.int64),
        toy_title(step),
        note=toy_note(toy(name), step),
    )


def toy_title(step: Step) -> str:
    """What the page of a step is about."""
    return f"Pencil and paper, step {step.number}: {step.title}"


def toy_note(trace: Trace, step: Step) -> str:
    """What a page of a step says on top: what is new, and why its numbers are what they are.

    Args:
        trace: from :func:`toy`, whose numbers are told.
        step: which step it is.
    """
    recording, output = trace.recording, trace.graph.output
    scores, errors = recording.activations[output][0], recording.errors[output][0]
    loss = format_number(-math.log(recording.probabilities[0, recording.labels[0]]))
    first = "the picture" if len(recording.labels) == 1 else "the first picture"
    return (
        f"{step.sentence} For {_listed(CLASSES)} the scores of {first} are"
        f" {_listed(map(format_number, scores.tolist()))}: the network cannot tell, both classes"
        f" have a probability of 1/2, and the loss is −ln 1/2 = {loss}. The errors of the scores"
        f" are {_listed(map(format_number, errors.tolist()))}, and from the dense layer back every"
        f" error is a whole number.{_next(step)}"
    )


def _next(step: Step) -> str:
    """Where to go on, if there is more."""
    later = list(STEPS.values())[step.number :]
    return f" Next: {COMMAND} {later[0].name}, which has {later[0].title}." if later else ""


def _listed(both: Iterable[str]) -> str:
    return " and ".join(both)
