"""Programs in any language: a line of JSON in, a line of JSON out.

For each trial the program gets one line::

    {"operation": "conv2d", "x": [[[[1, 2], [3, 4]]]], "w": …, "b": …, "dy": …,
     "stride": [1, 1], "padding": [0, 0], "dilation": [1, 1], "groups": 1}

and answers with one line, with whatever it computes of::

    {"y": …, "dx": …, "dw": …, "db": …}

Arrays are nested lists, images first, then channels, rows, columns; filters are (O, C/G, kH, kW).
``{"unsupported": "no dilation"}`` says that it does not take these options.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from .adapting import CallPlan, Got, TrialOutcome, result_axes, sizes_of
from .calling import Message, shape_of_numbers
from .judging import Judge
from .layouts import layouts_of
from .probes import Limits, Probe, probes_of
from .process import Process
from .reading import Subject
from .report import Finding

KEYS = {"output": "y", "input": "dx", "weight": "dw", "bias": "db", "loss": "loss"}
_PAIRS = ("stride", "padding", "dilation", "kernel_size")


def check_command(command: Sequence[str], operation: str) -> Finding:
    """What is to be said about a program that answers lines of JSON.

    Args:
        command: the program and its arguments.
        operation: what it computes.
    """
    name = command[0]
    subject = Subject(name, operation, "backward", {"kind": "command", "name": name})
    outcomes: list[TrialOutcome] = []
    skipped: list[str] = []
    process = Process(list(command), name)
    try:
        for probe in probes_of(operation, Limits()):
            answer = process.ask(question(probe))
            if "unsupported" in answer:
                skipped.append(probe.words)
                continue
            outcomes.append(_outcome(answer, probe))
            error = outcomes[-1].error
            if error is not None and error.get("fatal"):
                break
    finally:
        process.close()
    (layout, *_) = layouts_of(operation)
    given = {result for each in outcomes for result in each.results}
    plan = CallPlan(
        subject,
        operation,
        layout,
        "json",
        (),
        assignment={result: (KEYS[result],) for result in KEYS if result in given},
    )
    return Judge(plan, outcomes, list(dict.fromkeys(skipped))).finding()


def question(probe: Probe) -> Message:
    """The line for a probe."""
    options = {
        name: list(value) if isinstance(value, tuple) else [value, value]
        if name in _PAIRS
        else value
        for name, value in probe.options.items()
    }  # fmt: skip
    return {"operation": probe.kind.name, **probe.tensors, **options}


def _outcome(answer: Message, probe: Probe) -> TrialOutcome:
    if "error" in answer:
        error = answer["error"]
        if not isinstance(error, Mapping):
            error = {"type": "error", "message": str(error), "line": None, "refused": False}
        return TrialOutcome(probe, error={"code": "", **error})
    results: dict[str, Got] = {}
    for result, key in KEYS.items():
        numbers: Any = answer.get(key)
        if numbers is None or result not in probe.kind.results:
            continue
        sizes = sizes_of(probe, result)
        wanted = tuple(sizes[letter] for letter in result_axes(probe, result))
        shape = shape_of_numbers(numbers)
        if shape is None:
            shape = ()
            numbers = math.nan
        results[result] = Got(numbers if shape == wanted else None, numbers, shape, wanted)
    return TrialOutcome(probe, results)
