"""How a function is called: the ways that may be meant, tried on the plainest probe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import isfinite
from typing import Any

from backlit.pure.nested import flat

from . import vocabulary
from .adapting import OPTION_KEYS, CallPlan, Got, TrialOutcome
from .fixed import fixed_options
from .layouts import ArrayLayout, layouts_of
from .probes import Probe, Windows
from .process import Worker
from .reading import Subject, arguments, constructor_role, method_of, words_of
from .trials import Seen
from .vocabulary import ACTIVATIONS

WINDOWS: tuple[Windows, ...] = ("any", "square", "3")
SPATIAL = ("conv2d", "max_pool2d", "avg_pool2d")


@dataclass(frozen=True)
class ReadingSettings:
    """What was said about how to read the code."""

    operation: str | None = None
    layout: str | None = None
    arguments: tuple[str, ...] | None = None
    uses: tuple[str, ...] = ()


@dataclass(frozen=True, order=True)
class _Score:
    """How far one way to call it came; compared from the first to the last.

    Attributes:
        answered: 0 for an exception, 1 for a last resort, 2 otherwise.
        forward: whether the output is right: it says how arrays lie and which options there are.
        shaped: how many results have the right shape; of an exception, how late it was raised.
        every: whether all results are right.
        plain: whether no options are taken for those that the code has.
        likeness: how like the shapes are to the right ones.
        finite: whether all numbers are.
        layout: the place of the layout among all, negative.
        right: how many results are right.
        order: the place of this way among all, negative.
    """

    answered: int
    forward: bool
    shaped: int
    every: bool = False
    plain: bool = False
    likeness: float = 0
    finite: bool = False
    layout: int = 0
    right: int = 0
    order: int = 0


@dataclass(frozen=True)
class _Attempt:
    """One way to call it, and what came of it."""

    score: _Score
    plan: CallPlan
    outcome: TrialOutcome

    @property
    def is_shaped(self) -> bool:
        """Whether all results have the right shape."""
        return self.score.answered > 0 and self.score.shaped == len(self.plan.assignment) > 0

    @property
    def is_fatal(self) -> bool:
        """Whether the process that runs it has ended."""
        return bool(self.outcome.error and self.outcome.error.get("fatal"))


def find_plan(
    worker: Worker, subject: Subject, settings: ReadingSettings
) -> tuple[CallPlan | None, TrialOutcome | None]:
    """The way to call it that gives back right numbers, or at least arrays of the right shapes.

    Where every way raises an exception, it is the one that came farthest, with its exception.
    Shapes alone do not tell, since a maximum is that of lists, too: matrices may pass for an image
    with its channels last.  So the search ends early only where all numbers are right.
    """
    best: _Attempt | None = None
    ranks: dict[int, int] = {}
    for order, plan in enumerate(_plans(worker, subject, settings)):
        if best is not None and _is_settled(best) and _differs_in_kind(plan, best.plan):
            continue
        rank = ranks.setdefault(id(plan.layout), len(ranks))
        for attempt in _attempts(worker, plan, rank, order):
            if attempt.is_fatal:
                return attempt.plan, attempt.outcome
            if best is None or attempt.score > best.score:
                best = attempt
        if best is not None and _is_settled(best) and best.score.every:
            break
    if best is None:
        return None, None
    return replace(best.plan, taken=_taken(best.plan, best.outcome)), best.outcome


def _attempts(worker: Worker, plan: CallPlan, rank: int, order: int) -> Iterator[_Attempt]:
    """One layout with filters of any shape, else with square ones; and with a square image.

    Where something has the right shape for a square image only, that says nothing of the layout;
    where all its numbers are right, it does.
    """
    attempt = None
    for windows in WINDOWS if plan.operation in ("conv2d", "dense") else WINDOWS[:1]:
        # A dense layer that takes square weights only is taken for one as a last resort.
        sure = 1 if plan.operation == "dense" and windows != "any" else 2
        attempt = _attempt(
            worker, plan, plan.first_probe(windows), _Score(sure, False, 0), rank, order
        )
        if attempt.score.every and "f" in plan.layout.single:
            every = _is_right_elsewhere(worker, attempt.plan)
            attempt = replace(attempt, score=replace(attempt.score, every=every))
        believed = not plan.fixed or attempt.score.every or attempt.score.forward
        if not believed and attempt.is_shaped and not _is_far_fetched(plan.fixed):
            believed = _is_shaped_elsewhere(worker, attempt.plan, windows)
        if attempt.is_fatal or believed:
            yield attempt
        if attempt.is_fatal or (attempt.is_shaped and believed):
            break
    assert attempt is not None
    if attempt.is_fatal or attempt.score.every:
        return
    if plan.operation in SPATIAL and not plan.fixed and (probe := plan.square_probe()) is not None:
        attempt = _attempt(worker, plan, probe, _Score(2, False, 0), rank, order)
        if attempt.is_fatal or attempt.score.every:
            yield attempt


def _is_far_fetched(fixed: Mapping[str, Any]) -> bool:
    """Whether hardly anybody fixes these options, so that it takes right numbers to believe it.

    A range that ends too early gives an output of the same shape as a dilation of the rows does.
    """
    pairs = (isinstance(fixed.get(name), tuple) for name in ("stride", "padding"))
    return "dilation" in fixed or any(pairs)


def _is_right_elsewhere(worker: Worker, plan: CallPlan) -> bool:
    """Whether a function of one number is right for all plain ones, on both sides of 0."""
    for probe in plan.probes():
        if not probe.features:
            answer = worker.ask(plan.message(probe))
            results = plan.read(answer, probe).results
            if not results or not all(Seen(probe, *each).is_right for each in results.items()):
                return False
    return True


def _is_shaped_elsewhere(worker: Worker, plan: CallPlan, windows: Windows) -> bool:
    """Whether options that fit one shape fit those of other sizes, too.

    A row too few may look like a stride for one size of the image, but not for all.
    """
    if plan.subject.direction != "forward" and not plan.subject.is_class:
        return True
    for probe in islice(filter(plan.takes, plan.probes(windows)), _SIZES):
        results = plan.read(worker.ask(plan.message(probe)), probe).results.values()
        if not results or any(got.numbers is None for got in results):
            return False
    return True


_SIZES = 4


def _attempt(
    worker: Worker, plan: CallPlan, probe: Probe, score: _Score, rank: int, order: int
) -> _Attempt:
    answer = worker.ask(plan.message(probe))
    if "error" in answer:
        outcome = plan.read(answer, probe)
        return _Attempt(_Score(0, False, _depth_of(answer["error"]), order=-order), plan, outcome)
    plan = plan.assigned(answer, probe)
    outcome = plan.read(answer, probe)
    results = outcome.results.values()
    shaped = [got for got in results if got.numbers is not None]
    right = [result for result, got in outcome.results.items() if Seen(probe, result, got).is_right]
    score = replace(
        score,
        shaped=len(shaped),
        every=0 < len(right) == len(plan.assignment),
        plain=not plan.fixed,
        likeness=sum(map(_likeness, results)),
        finite=all(isfinite(each) for got in shaped for each in flat(got.numbers)),
        forward="output" in right,
        layout=-rank,
        right=len(right),
        order=-order,
    )
    return _Attempt(score, plan, outcome)


def _likeness(got: Got) -> float:
    """How much the shape that came is like the one that was wanted, from 0 to 2."""
    if len(got.shape) != len(got.wanted):
        return 0.0
    if not got.wanted:
        return 2.0
    same = sum(one == other for one, other in zip(got.shape, got.wanted, strict=True))
    return 1 + same / len(got.wanted)


def _depth_of(error: Mapping[str, Any]) -> int:
    """How well arrays were understood, by what was raised: not at all where types do not fit."""
    return {"TypeError": 0, "AttributeError": 0, "ValueError": 1}.get(error["type"], 2)


def _is_settled(attempt: _Attempt) -> bool:
    """Whether all results had the right shape, by a way that is no last resort."""
    return attempt.is_shaped and attempt.score.answered == 2


def _differs_in_kind(plan: CallPlan, other: CallPlan) -> bool:
    """Whether it takes arrays or options of another type, which would not have been taken both."""
    return (plan.container, plan.pairs, plan.shape_length) != (
        other.container,
        other.pairs,
        other.shape_length,
    )


def _taken(plan: CallPlan, outcome: TrialOutcome) -> frozenset[str]:
    """The options that a function takes: by its arguments, and by what it looked up."""
    looked_up = {OPTION_KEYS[key] for key in outcome.read if key in OPTION_KEYS}
    return frozenset(plan.roles | looked_up)


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
    given = subject.closure or any(role in ("cache", "winners") for _, role in own_arguments)
    if subject.forward is not None and given:
        forward = arguments(subject.forward, operation, "forward")
        forward_arguments = _completed(forward, subject.forward, operation, "forward")
    maker = subject.closure.maker if subject.closure and subject.closure.forward else {}
    constructor = _constructor(maker.get("parameters", ()), operation)
    plans = [
        CallPlan(
            subject,
            operation,
            layout,
            container,
            own_arguments,
            forward_arguments,
            constructor=constructor,
        )
        for container in _containers(settings)
        for layout in _layouts(subject, operation, settings)
    ]
    beside = None if forward_arguments is not None else _forward_beside(worker, subject, settings)
    if beside is not None and settings.layout is None:
        # What works on each number alone may be called for one, and its way back for many.
        free = operation in ACTIVATIONS
        same = [plan for plan in plans if free or plan.layout.name == beside.layout.name]
        plans = [replace(plan, fixed=beside.fixed) for plan in same]
    yield from plans
    for plan in plans:
        yield from _variants(plan)
    if beside is None:
        yield from _with_fixed_options(worker, plans)


def _forward_beside(worker: Worker, subject: Subject, settings: ReadingSettings) -> CallPlan | None:
    """How the forward function beside it is called if that is right.

    It says how arrays are laid out and which options the code has fixed, as far as a backward
    function does not say it itself.
    """
    if subject.forward is None or subject.operation not in (*SPATIAL, "dense", *ACTIVATIONS):
        return None
    name = str(subject.forward["name"])
    forward = Subject(name, subject.operation, "forward", subject.forward)
    plan, outcome = find_plan(worker, forward, replace(settings, arguments=None))
    if plan is None or outcome is None or outcome.error is not None:
        return None
    got = outcome.results.get("output")
    right = got is not None and Seen(outcome.probe, "output", got).is_right
    return plan if right else None


def _with_fixed_options(worker: Worker, plans: Sequence[CallPlan]) -> Iterator[CallPlan]:
    """The same where the code has a stride of its own, or a slope, that nobody can tell it."""
    for plan in plans:
        tried: list[Mapping[str, Any]] = []
        for windows in WINDOWS if plan.operation == "conv2d" else WINDOWS[:1]:
            probe = plan.first_probe(windows)
            answer = worker.ask(plan.message(probe))
            got = None
            if "error" not in answer:
                got = plan.assigned(answer, probe).read(answer, probe).results.get("output")
            for fixed in fixed_options(plan, probe, got):
                if fixed not in tried:
                    tried.append(fixed)
                    yield replace(plan, fixed=fixed)


def _variants(plan: CallPlan) -> Iterator[CallPlan]:
    """What no name tells: labels as numbers or as rows with a 1, strides as numbers or pairs."""
    roles = plan.roles
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
    yield from _with_fixed_options(worker, plans)


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
