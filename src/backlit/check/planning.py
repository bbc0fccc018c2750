"""How a function is called: the ways that may be meant, tried on the plainest probe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

from backlit.pure.nested import flat

from . import vocabulary
from .adapting import OPTION_KEYS, CallPlan, TrialOutcome
from .layouts import ArrayLayout, layouts_of
from .probes import Windows
from .process import Worker
from .reading import Subject, arguments, constructor_role, method_of, words_of
from .trials import Seen

WINDOWS: tuple[Windows, ...] = ("any", "square", "3")


@dataclass(frozen=True)
class ReadingSettings:
    """What was said about how to read the code."""

    operation: str | None = None
    layout: str | None = None
    arguments: tuple[str, ...] | None = None
    uses: tuple[str, ...] = ()


def find_plan(
    worker: Worker, subject: Subject, settings: ReadingSettings
) -> tuple[CallPlan | None, TrialOutcome | None]:
    """The way to call it that gives back right numbers, or at least arrays of the right shapes.

    Where every way raises an exception, it is the one that came farthest, with its exception.
    Shapes alone do not tell, since a maximum is that of lists, too: matrices may pass for an image
    with its channels last.  So the search ends early only where all numbers are right.
    """
    best: tuple[tuple[int, ...], CallPlan, TrialOutcome] | None = None
    ranks: dict[int, int] = {}
    for order, plan in enumerate(_plans(worker, subject, settings)):
        if best is not None and _is_shaped(best[1], best[0]) and _differs_in_kind(plan, best[1]):
            continue
        rank = ranks.setdefault(id(plan.layout), len(ranks))
        for windows in WINDOWS:
            probe = plan.first_probe(windows)
            answer = worker.ask(plan.message(probe))
            if answer.get("error", {}).get("fatal"):
                return plan, TrialOutcome(probe, error=answer["error"])
            if "error" in answer:
                outcome = plan.read(answer, probe)
                score = (0, _depth_of(answer["error"]), 0, 0, 0, 0, 0, 0, -order)
            else:
                plan = plan.assigned(answer, probe)
                outcome = plan.read(answer, probe)
                shaped = [got for got in outcome.results.values() if got.numbers is not None]
                right = [
                    result
                    for result, got in outcome.results.items()
                    if Seen(probe, result, got).is_right
                ]
                every = int(0 < len(right) == len(plan.assignment))
                forward = int("output" in right)  # it says how the arrays of a class lie
                results = outcome.results.values()
                alike = sum(len(got.shape) == len(got.wanted) for got in results)
                # A dense layer that takes square weights only is taken for one as a last resort.
                sure = 1 if plan.operation == "dense" and windows != "any" else 2
                finite = int(all(isfinite(each) for got in shaped for each in flat(got.numbers)))
                score = (
                    sure,
                    len(shaped),
                    every,
                    alike,
                    finite,
                    forward,
                    -rank,
                    len(right),
                    -order,
                )
            if best is None or score > best[0]:
                best = (score, replace(plan, taken=_taken(plan, outcome)), outcome)
            if score[0] or plan.operation not in ("conv2d", "dense"):
                break
        if best is not None and _is_shaped(best[1], best[0]) and best[0][2]:
            break
    if best is None:
        return None, None
    return best[1], best[2]


def _depth_of(error: Mapping[str, Any]) -> int:
    """How well arrays were understood, by what was raised: not at all where types do not fit."""
    return {"TypeError": 0, "AttributeError": 0, "ValueError": 1}.get(error["type"], 2)


def _is_shaped(plan: CallPlan, score: tuple[int, ...]) -> bool:
    """Whether all results had the right shape."""
    return score[0] == 2 and score[1] == len(plan.assignment) > 0


def _differs_in_kind(plan: CallPlan, other: CallPlan) -> bool:
    """Whether it takes arrays or options of another type, which would not have been taken both."""
    return (plan.container, plan.pairs, plan.shape_length) != (
        other.container,
        other.pairs,
        other.shape_length,
    )


def _taken(plan: CallPlan, outcome: TrialOutcome) -> frozenset[str]:
    """The options that a function takes: by its arguments, and by what it looked up."""
    every = (*plan.arguments, *(plan.forward_arguments or ()), *plan.constructor)
    roles = {role for _, role in every}
    looked_up = {OPTION_KEYS[key] for key in outcome.read if key in OPTION_KEYS}
    return frozenset(roles | looked_up)


def _plans(worker: Worker, subject: Subject, settings: ReadingSettings) -> Iterator[CallPlan]:
    """All ways to call it that may be meant, the likeliest first."""
    operation = settings.operation or subject.operation
    if subject.is_class:
        yield from _class_plans(worker, subject, operation, settings)
        return
    told = settings.arguments
    direction = "forward" if subject.node is not None else subject.direction
    own = arguments(subject.described, operation, direction, told)
    own_arguments = _completed(own, subject.described, operation, direction)
    forward_arguments = None
    beside: tuple[tuple[str, str], ...] = ()
    if subject.forward is not None:
        forward = arguments(subject.forward, operation, "forward")
        beside = _completed(forward, subject.forward, operation, "forward")
        if any(role in ("cache", "winners") for _, role in own_arguments):
            forward_arguments = beside
    plans = [
        CallPlan(subject, operation, layout, container, own_arguments, forward_arguments)
        for container in _containers(settings)
        for layout in _layouts(subject, operation, settings)
    ]
    if operation == "dense" and beside and settings.layout is None:
        plans = _agreeing(worker, plans, beside) or plans
    yield from plans
    for plan in plans:
        yield from _variants(plan)


def _agreeing(
    worker: Worker, plans: Sequence[CallPlan], beside: tuple[tuple[str, str], ...]
) -> list[CallPlan]:
    """Those in whose layout the forward function beside it is right: it says what W looks like."""
    found = []
    for plan in plans:
        assert plan.subject.forward is not None
        described = plan.subject.forward
        forward = Subject(str(described["name"]), plan.operation, "forward", described)
        tried = CallPlan(forward, plan.operation, plan.layout, plan.container, beside)
        probe = tried.first_probe()
        answer = worker.ask(tried.message(probe))
        if "error" in answer:
            continue
        outcome = tried.assigned(answer, probe).read(answer, probe)
        if any(Seen(probe, result, got).is_right for result, got in outcome.results.items()):
            found.append(plan)
    return found


def _variants(plan: CallPlan) -> Iterator[CallPlan]:
    """What no name tells: labels as numbers or as rows with a 1, strides as numbers or pairs."""
    every = (*plan.arguments, *(plan.forward_arguments or ()), *plan.constructor)
    roles = {role for _, role in every}
    if "labels" in roles:
        yield replace(plan, onehot=True)
    if _may_take_probabilities(plan):
        given = replace(plan, arguments=_renamed(plan.arguments, {"x": "probabilities"}))
        yield from (given, replace(given, onehot=True))
        if ("y", "labels") in plan.arguments:  # many books call labels t, and probabilities y
            swapped = {"x": "labels", "labels": "probabilities"}
            given = replace(plan, arguments=_renamed(plan.arguments, swapped))
            yield from (given, replace(given, onehot=True))
    if "x_shape" in roles:
        yield replace(plan, shape_length=3)
        yield replace(plan, shape_length=2)
    if roles & {"stride", "padding", "kernel_size"} and plan.operation != "dense":
        yield replace(plan, pairs=True)


def _renamed(
    arguments: tuple[tuple[str, str], ...], roles: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    return tuple((name, roles.get(role, role)) for name, role in arguments)


def _may_take_probabilities(plan: CallPlan) -> bool:
    """Whether it is a loss of labels and of something that is not called scores."""
    roles = {role: name for name, role in plan.arguments}
    return (
        plan.operation == "softmax_cross_entropy"
        and plan.subject.direction == "forward"
        and {"x", "labels"} <= set(roles)
        and re.search("score|logit|^z$", words_of(roles["x"])) is None
    )


def _class_plans(
    worker: Worker, subject: Subject, operation: str, settings: ReadingSettings
) -> Iterator[CallPlan]:
    """Ways to make an instance, set its parameters and call its methods."""
    described = subject.described
    forward, backward = (method_of(described, way) for way in ("forward", "backward"))
    methods = described["methods"]
    static = forward in described.get("static", ())
    constructor = () if static else _constructor(methods.get("__init__", ()), operation)
    ways = []
    for name, way in ((forward, "forward"), (backward, "backward")):
        if name is None:
            return
        parameters = methods[name]
        context, own = parameters[:1] if static else [], parameters[1:] if static else parameters
        found = arguments({"parameters": own}, operation, way)
        roles = _completed(found, {"parameters": own}, operation, way)
        ways.append((*((p["name"], "context") for p in context), *roles))
    updates = any(role == "learning_rate" for _, role in (*ways[1], *constructor))
    plans = [
        CallPlan(
            subject,
            operation,
            layout,
            container,
            ways[1],
            ways[0],
            constructor=constructor,
            updates=updates,
        )
        for container in _containers(settings)
        for layout in _layouts(subject, operation, settings)
    ]
    if not static:
        kept = _kept(worker, plans[0])
        plans = [replace(plan, kept=kept) for plan in plans]
    yield from plans
    for plan in plans:
        yield from _variants(plan)


def _constructor(parameters: Sequence[Mapping[str, Any]], operation: str) -> Any:
    found = []
    for each in parameters:
        role = constructor_role(each["name"], operation)
        if role is not None and not (each["default"] and role in ("b", "learning_rate")):
            found.append((each["name"], role))
    return tuple(found)


def _kept(worker: Worker, plan: CallPlan) -> dict[str, str]:
    """Where a class keeps parameters that its constructor was not given."""
    given = {role for _, role in plan.constructor}
    names: Mapping[str, Any] = {}
    for windows in WINDOWS:
        probe = plan.first_probe(windows)
        made = plan.message(probe)["steps"][0]
        steps = [made, {"do": "attributes", "on": 0, "show": True}]
        answer = worker.ask({"do": "steps", "container": plan.container, "steps": steps})
        if "values" in answer:
            names = answer["values"][-1].get("dict", {})
            break
    found = {}
    wanted = {"w": vocabulary.KEPT_WEIGHT, "b": vocabulary.KEPT_BIAS}
    if plan.operation == "batch_norm2d":
        wanted = {"gamma": vocabulary.KEPT_WEIGHT, "beta": vocabulary.KEPT_BIAS}
    for role, pattern in wanted.items():
        if role in given or role not in probe.kind.axes:
            continue
        for name, value in names.items():
            if re.fullmatch(pattern, words_of(name)) and "array" in value:
                found[role] = name
                break
    return found


def _layouts(subject: Subject, operation: str, settings: ReadingSettings) -> Sequence[ArrayLayout]:
    layouts = list(layouts_of(operation))
    if settings.layout is not None:
        return [each for each in layouts if each.name == settings.layout] or layouts
    source = str(subject.described.get("source", ""))
    if any(word in source for word in ("A_prev", "hparameters", "n_H", "nhwc", "NHWC")):
        layouts.sort(key=lambda each: not each.name.startswith("nhwc"))
    return layouts


def _containers(settings: ReadingSettings) -> Sequence[str]:
    if "torch" in settings.uses:
        return ("torch", "numpy")
    return ("numpy", "list") if "numpy" in settings.uses else ("list",)


def _completed(
    found: Sequence[tuple[str, str | None]] | None,
    described: Mapping[str, Any],
    operation: str,
    direction: str,
) -> tuple[tuple[str, str], ...]:
    """Arguments without a known role get what is still missing, in the usual order."""
    usual = {
        "conv2d": ("x", "w", "b"),
        "dense": ("x", "w", "b"),
        "batch_norm2d": ("x", "gamma", "beta"),
        "softmax_cross_entropy": ("x", "labels"),
    }.get(operation, ("x",))
    order = [*(("dy",) if direction == "backward" else ()), *usual]
    if direction == "backward":
        order = [each for each in order if each not in ("b", "beta")]
    taken = {role for _, role in found or () if role}
    missing = [role for role in order if role not in taken]
    optional = {p["name"] for p in described["parameters"] if p["default"]}
    completed: list[tuple[str, str]] = []
    for name, role in found or ():
        if role is None and name not in optional and missing:
            role = missing.pop(0)
        if role is not None:
            completed.append((name, role))
    return tuple(completed)
