"""Optimizers: three steps of a function or an object, compared with the rule."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

from backlit.mistakes import MISTAKES
from backlit.mistakes.steps import RIGHT, WRONG_STEPS, WrongStep, walk
from backlit.pure.nested import flat
from backlit.system.words import listing

from . import vocabulary
from .calling import Message
from .judging import told_error
from .process import Worker
from .reading import Subject, words_of
from .report import Finding, FirstWrong, number, told_of_its_own
from .trials import ratio_of

START = [[1.0, -2.0], [3.0, 0.5]]
GRADIENTS = (
    [[0.5, 1.0], [-2.0, 0.25]],
    [[-1.0, 0.5], [1.5, 2.0]],
    [[0.75, -0.25], [1.0, -1.0]],
)
SETTINGS = {
    "learning_rate": 0.25,
    "weight_decay": 0.0,
    "momentum": 0.5,
    "beta1": 0.9,
    "beta2": 0.999,
    "rho": 0.9,
    "epsilon": 1e-8,
}
# What is tried besides, if it can be told.
_TRIALS: tuple[dict[str, float], ...] = ({}, {"weight_decay": 0.125}, {"epsilon": 0.5})
ROUNDING = 1e-6
_METHODS = ("step", "update", "__call__", "apply")


def is_optimizer(described: Mapping[str, Any]) -> bool:
    """Whether a class has a method that takes a step."""
    return any(name in described.get("methods", {}) for name in _METHODS)


def check_step(worker: Worker, subject: Subject, uses: Sequence[str]) -> Finding:
    """What is to be said about an optimizer."""
    container = "torch" if "torch" in uses else "numpy" if "numpy" in uses else "list"
    error: Mapping[str, Any] | None = None
    unchanged = False
    for wrap in ("array", "dict", "layers", "list", "row", "number"):
        findings = []
        for call in _calls(subject, wrap, container):
            answer = worker.ask(call.message(SETTINGS))
            if "error" in answer:
                error = error or answer["error"]
            elif call.weights(answer) is None:
                unchanged = True
            else:
                findings.append(_judged(worker, subject, call))
        if findings:
            return min(findings, key=_how_sure)
    name = subject.name
    unread = [] if error is None or subject.is_class else _unread(subject, call)
    if unread:
        be = "is" if len(unread) == 1 else "are"
        words = f"{name} could not be called, since nothing tells what {listing(unread)} {be} for"
        return Finding(subject.operation, name, "unknown", None, f"{words}.")
    words = (
        f"{name} gave no new weights back, and those that it was given are as they were: where "
        "p = p − … stands, p is a name for other numbers from there on"
        if error is None or unchanged
        else told_error(name, error)
    )
    return Finding(subject.operation, name, "failed", "raised", f"{words}.",
                   mistakes=("raised",))  # fmt: skip


def _how_sure(finding: Finding) -> int:
    """Of several ways to call it, that in which it is right is meant, or has made a mistake."""
    return 0 if finding.verdict == "right" else 1 if finding.mistake not in (None, "scaled") else 2


def _unread(subject: Subject, call: _Call) -> list[str]:
    """Arguments that it needs and that were not recognized."""
    known = {name for name, _ in call.arguments}
    parameters = subject.described["parameters"]
    return [p["name"] for p in parameters if not p["default"] and p["name"] not in known]


def _judged(worker: Worker, subject: Subject, call: _Call) -> Finding:
    rule = call.rule
    trials, tried = [], []
    for more in _TRIALS:
        if not all(name in call.taken for name in more):
            continue
        settings = {**SETTINGS, **more}
        found = call.weights(worker.ask(call.message(settings)))
        if found is not None:
            trials.append((settings, found))
            tried.append(_told(more) or "three steps")
    reading = f"Read as a step of {rule}: {', '.join(call.words)}. Say otherwise with --operation."
    ways = [w for w in (*_averaged(rule), *WRONG_STEPS) if not w.rules or rule in w.rules]
    fitting: list[WrongStep] = []
    remarks: tuple[str, ...] = ()
    for own in _own(rule, call.taken):
        as_it_is = [({**settings, **own}, found) for settings, found in trials]
        fitting = [w for w in (RIGHT, *ways) if all(_gives(rule, w, *each) for each in as_it_is)]
        if fitting:
            trials = as_it_is
            told_own = [f"its {_SYMBOLS[name]} is {value:g}" for name, value in own.items()]
            remarks = (told_of_its_own(told_own),) if own else ()
            break
    if fitting and not fitting[0].mistake:
        return Finding(
            rule,
            subject.name,
            "right",
            sentence=f"The weights are right after each of {len(GRADIENTS)} steps.",
            reading=reading,
            tried=tuple(tried),
            remarks=remarks,
        )
    settings, found = next(t for t in trials if not _gives(rule, RIGHT, *t))
    mistake = fitting[0].mistake if fitting else None
    if mistake is None and all(_last_forgotten(rule, *t) for t in trials):
        mistake = "last-row-forgotten"
    first = _first_wrong(rule, settings, found)
    told = f": {MISTAKES[mistake].title}" if mistake else ", in a way that has no name here"
    words = f" ({fitting[0].words})" if fitting and fitting[0].words else ""
    ratio = None if mistake else _length_of_step(rule, settings, found)
    if ratio is not None and ratio < 0:
        told = ", in a way that has no name here: the first step goes uphill"
    elif ratio is not None and abs(ratio - 1) > ROUNDING:
        mistake = "scaled"
        told = f": the first step is {number(ratio)} times as long as it should be"
    return Finding(
        rule,
        subject.name,
        "wrong",
        mistake,
        f"The new weights are wrong{told}{words}.",
        first_wrong=first,
        mistakes=(mistake,) if mistake else (),
        reading=reading,
        tried=tuple(tried),
        remarks=remarks,
        why=MISTAKES[mistake].why if mistake else "",
        page=MISTAKES[mistake].page(rule) if mistake else "docs/operations/update.md",
    )


# Of what is remembered code keeps such parts where no argument tells.
_OWN: Mapping[str, Mapping[str, Sequence[float]]] = {
    "momentum": {"momentum": (0.9, 0.8, 0.95, 0.99)},
    "nesterov": {"momentum": (0.9, 0.8, 0.95, 0.99)},
    "rmsprop": {"rho": (0.99, 0.95, 0.999)},
}
_SYMBOLS = {"momentum": "momentum", "rho": "part that is kept"}


def _own(rule: str, taken: Container[str]) -> Iterator[dict[str, float]]:
    """Values that the code may have for what no argument tells; none first."""
    yield {}
    for name, values in _OWN.get(rule, {}).items():
        if name not in taken:
            yield from ({name: value} for value in values)


def _told(more: Mapping[str, float]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in more.items())


def _averaged(rule: str) -> tuple[WrongStep, ...]:
    """Momentum as an average, v = μ·v + (1 − μ)·g, is in use, too."""
    return (WrongStep("", "averaged"),) if rule == "momentum" else ()


def _walks(rule: str, wrong: WrongStep, settings: Mapping[str, float]) -> list[list[float]]:
    """For each weight its values after each step."""
    scaled = {**settings}
    if wrong.words == "averaged":
        scaled["learning_rate"] *= 1 - settings["momentum"]
    columns = zip(*(flat(g) for g in GRADIENTS), strict=True)
    return [
        walk(rule, w, gradients, scaled, wrong)
        for w, gradients in zip(flat(START), columns, strict=True)
    ]


def _gives(
    rule: str, wrong: WrongStep, settings: Mapping[str, float], found: Sequence[Any]
) -> bool:
    wanted = _walks(rule, wrong, settings)
    rows = [flat(each) for each in found]
    return all(
        abs(weight - values[t]) <= 1e-6 * max(1.0, abs(values[t]))
        for t, row in enumerate(rows)
        for weight, values in zip(row, wanted, strict=False)  # of a single number the first ones
    )


def _length_of_step(rule: str, settings: Mapping[str, float], found: Sequence[Any]) -> float | None:
    """By how much the first step is too long, if it is so for every weight."""
    before, right = flat(START), [values[0] for values in _walks(rule, RIGHT, settings)]
    return ratio_of(
        [new - old for new, old in zip(flat(found[0]), before, strict=False)],
        [new - old for new, old in zip(right, before, strict=False)][: len(flat(found[0]))],
    )


def _last_forgotten(rule: str, settings: Mapping[str, float], found: Sequence[Any]) -> bool:
    """Whether the last of each row, or the last row, stayed what it was."""
    wanted, start = _walks(rule, RIGHT, settings), flat(START)
    last = flat(found[-1])
    if len(last) < len(start):
        return False
    for left in ((1, 3), (2, 3), (3,)):
        if all(
            abs(last[k] - (start[k] if k in left else values[-1])) < 1e-6
            for k, values in enumerate(wanted)
        ):
            return True
    return False


def _first_wrong(
    rule: str, settings: Mapping[str, float], found: Sequence[Any]
) -> FirstWrong | None:
    wanted = _walks(rule, RIGHT, settings)
    for t, weights in enumerate(found):
        for k, value in enumerate(flat(weights)):
            if abs(value - wanted[k][t]) > 1e-6 * max(1.0, abs(wanted[k][t])):
                nested = isinstance(weights, list) and isinstance(weights[0], list)
                where, axes = (divmod(k, 2), ("row", "column")) if nested else ((k,), ("place",))
                return FirstWrong(
                    "weight", "W", where, axes, value, wanted[k][t],
                    f"η = {number(settings['learning_rate'])}, after step {t + 1}",
                )  # fmt: skip
    return None


# --- calling ----------------------------------------------------------------------------------


_ROLES = (
    ("gradients", r"d ?w, grads?, gradients?, dx, g, d ?theta, dparams?, d, dws?"),
    ("weights", r"w, weights?, params?, theta, x, parameters?, p, ws"),
    ("learning_rate", r"lr, learning ?rate, eta, alpha, rate, step ?size"),
    ("state", r"state, config, cache, optim ?config"),
    ("momentum", r"momentum, mu, beta, rho"),
    ("weight_decay", r"weight ?decay, decay, wd, l2, reg, lam(bda)?, lambd"),
    ("beta1", r"beta ?1, b1"),
    ("beta2", r"beta ?2, b2"),
    ("betas", r"betas"),
    ("epsilon", r"eps(ilon)?"),
)
# What a function remembers from step to step by its arguments: arrays that begin as zeros, and a
# count of the steps.
_KEPT = vocabulary.either(
    r"""m, v, s, r, h, cache, vel, velocity, velocities, momentum ?buffer, buf(fer)?, (v|s|m) ?d ?w,
    (m|v|s) ?(t|w|prev|hat)?, (first|second) ?moments?, moments? ?(1|2), exp ?avg( ?sq)?, means?,
    vars?, mean ?sq(uare)?, accum\w*, avg( ?sq(uares?)?)?, squares?, square ?avg,
    grad ?sq(uared)?"""
)
_COUNT = vocabulary.either(
    r"t, steps?, i, it, iter, iteration, n, k, count, time ?step, n ?iter, step ?(count|number)"
)
# How much an RMSprop keeps of its average.
_RHO = vocabulary.either("decay, decay ?rate, rho, beta, beta ?2, gamma, momentum")
_STATE_KEYS = {
    "learning_rate": ("learning_rate", "lr"),
    "momentum": ("momentum", "mu"),
    "weight_decay": ("weight_decay", "decay"),
    "beta1": ("beta1",),
    "beta2": ("beta2",),
    "rho": ("decay_rate", "rho"),
    "epsilon": ("epsilon", "eps"),
}


class _Call:
    """How an optimizer is called: with arrays, dictionaries or lists of them, or with numbers."""

    def __init__(
        self, subject: Subject, wrap: str, container: str, kept: bool = False, begin: int = 1
    ) -> None:
        self._name = subject.described["name"]
        self._begin = begin
        self._wrap, self._container = wrap, container
        self._is_class = subject.is_class
        methods = subject.described.get("methods", {})
        self._method = next((name for name in _METHODS if name in methods), "")
        parameters = methods[self._method] if self._is_class else subject.described["parameters"]
        source = str(subject.described.get("source", ""))
        self.arguments = list(_roles(parameters, subject.operation, kept, source))
        self._made = list(_roles(methods.get("__init__", ()), subject.operation))
        roles = {role for _, role in (*self.arguments, *self._made)}
        has_momentum = subject.operation == "sgd" and "momentum" in roles
        self.rule = "momentum" if has_momentum else subject.operation
        self._places = {} if self._is_class else _places(source, self.arguments)
        self.taken = roles | ({"weight_decay"} & roles)
        if "state" in roles:
            self.taken |= {"epsilon"}
        if "betas" in roles:
            self.taken |= {"beta1", "beta2"}
        told = {"kept": "what is remembered", "count": f"the count of steps, from {begin}"}
        self.words = [
            f"{name} as {told.get(role, role.replace('_', ' '))}" for name, role in self.arguments
        ]

    def message(self, settings: Mapping[str, float]) -> Message:
        """Three steps, and the weights after each."""
        steps: list[Message] = [self._holder(START, of_weights=True)]
        state = None
        if self._is_class:
            made = [{"keyword": n, **self._setting(r, settings)} for n, r in self._made]
            steps.append({"do": "call", "name": self._name, "arguments": made})
        elif any(role == "state" for _, role in self.arguments):
            keys = {key: settings[name] for name, names in _STATE_KEYS.items() for key in names}
            steps.append({"do": "make", "arguments": [{"options": keys}]})
            state = 1
        kept: dict[str, int] = {}
        for name in self.kept:
            kept[name] = len(steps)
            steps.append(self._holder([[0.0 for _ in row] for row in START]))
        updates = [[0, 0]] if self._is_class else []
        for name, place in self._places.items():
            updates.append([kept.get(name, 0), place])
        for number_, gradient in enumerate(GRADIENTS, self._begin):
            steps.append(self._holder(gradient))
            arguments = []
            for name, role in self.arguments:
                value: Message = self._setting(role, settings)
                if role == "weights":
                    value = {"latest": 0}
                if role == "gradients":
                    value = {"from": len(steps) - 1}
                if role == "state":
                    value = {"from": state}
                if role == "kept":
                    value = {"latest": kept[name]}
                if role == "count":
                    value = {"value": number_}
                arguments.append({"keyword": name, **value})
            call: Message = {"do": "call", "name": self._name}
            if self._is_class:
                call = {"do": "method", "on": 1, "name": self._method}
            steps.append({**call, "arguments": arguments, "updates": updates, "show": True})
            steps.append({"do": "make", "arguments": [{"latest": 0}], "show": True})
        return {"do": "steps", "container": self._container, "steps": steps}

    @property
    def kept(self) -> list[str]:
        """The arguments that are arrays to be remembered."""
        return [name for name, role in self.arguments if role == "kept"]

    @property
    def counts(self) -> bool:
        """Whether it is told the number of the step."""
        return any(role == "count" for _, role in self.arguments)

    def _holder(self, numbers_: Any, of_weights: bool = False) -> Message:
        value: Message = {"array": numbers_, "watch": False}
        if self._wrap == "row":
            value["array"] = flat(numbers_)
        if self._wrap == "number":
            value = {"value": flat(numbers_)[0]}
        if self._wrap == "dict":
            value = {"options": {"W": value}}
        if self._wrap == "layers":  # "W1", whose gradient, and what is remembered, is "dW1"
            names = ("W1", "b1") if of_weights else ("dW1", "db1")
            value = {"options": dict.fromkeys(names, value)}
        if self._wrap == "list" and self._container != "list":
            value = {"list": [value]}
        return {"do": "make", "arguments": [value]}

    def _setting(self, role: str, settings: Mapping[str, float]) -> Message:
        if role == "betas":
            return {"value": [settings["beta1"], settings["beta2"]]}
        return {"value": settings.get(role)}

    def weights(self, answer: Message) -> list[Any] | None:
        """The weights after each step, or None."""
        if "error" in answer:
            return None
        shown = [each for each in answer["values"] if each is not None][1::2]
        found = [_array(each) for each in shown]
        count = 1 if self._wrap == "number" else len(flat(START))
        if any(each is None or len(flat(each)) != count for each in found):
            return None
        return None if all(flat(each) == flat(START)[:count] for each in found) else found


def _array(shown: Message) -> Any:
    if "array" in shown:
        return shown["array"]
    inner = [*shown.get("dict", {}).values(), *shown.get("items", ())]
    return _array(inner[0]) if inner else None


def _calls(subject: Subject, wrap: str, container: str) -> Iterator[_Call]:
    """With a dictionary for what is remembered, or with arrays and a count from 1 or 0."""
    yield _Call(subject, wrap, container)
    if not subject.is_class:
        with_arrays = _Call(subject, wrap, container, kept=True)
        if with_arrays.kept or with_arrays.counts:
            yield with_arrays
        if with_arrays.counts:
            yield _Call(subject, wrap, container, kept=True, begin=0)


def _roles(
    parameters: Sequence[Mapping[str, Any]], rule: str, kept: bool = False, source: str = ""
) -> Iterator[tuple[str, str]]:
    """Each argument with what it is for.

    Args:
        parameters: of a function or a method.
        rule: the optimizer.
        kept: whether what is remembered comes as arrays, and not as a dictionary.
        source: the function's text.
    """
    own: list[tuple[str, str]] = [("rho", _RHO)] if rule == "rmsprop" else []
    more = [("kept", _KEPT), ("count", _COUNT)] if kept else []
    usual = [(role, vocabulary.either(patterns)) for role, patterns in _ROLES]
    taken: set[str] = set()
    for each in parameters:
        words = words_of(each["name"])
        for role, pattern in (*own, *more, *usual):
            if re.fullmatch(pattern, words) and (role == "kept" or role not in taken):
                taken.add(role)
                yield each["name"], role
                break
        else:
            is_set = re.search(rf"\b{re.escape(each['name'])}\b(\[[^=]*\])?\s*[-+*/]?=[^=]", source)
            if kept and is_set and not each["default"]:
                yield each["name"], "kept"  # what is needed and made anew is remembered


def _places(source: str, arguments: Sequence[tuple[str, str]]) -> dict[str, int]:
    """For the weights and each array that is remembered, its place in what is given back."""
    weights = next((name for name, role in arguments if role == "weights"), "")
    names = [weights, *(name for name, role in arguments if role == "kept")]
    own = {name for name, _ in arguments}
    returned = _returned(source)
    found = {name: place for place, name in enumerate(returned) if name in names}
    free = [place for place, name in enumerate(returned) if name not in own]
    left = [name for name in names if name not in found]
    if len(left) > len(free) and weights in left and free:
        left = [weights]
    return {**found, **dict(zip(left, free, strict=False))}


def _returned(source: str) -> tuple[str, ...]:
    """The names that a function gives back, "" for what has none."""
    try:
        tree = ast.parse(textwrap.dedent(source))
    except SyntaxError:
        return ("",)
    values = [each.value for each in ast.walk(tree) if isinstance(each, ast.Return)]
    value = values[-1] if values else None
    if value is None:
        return ()
    parts = value.elts if isinstance(value, ast.Tuple) else [value]
    return tuple(each.id if isinstance(each, ast.Name) else "" for each in parts)
