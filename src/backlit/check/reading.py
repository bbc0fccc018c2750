"""What a function is, by its name and its arguments: which operation, and what it wants where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from . import vocabulary
from .closures import Closure, inner_functions

Described = Mapping[str, Any]


@dataclass(frozen=True)
class Subject:
    """A function or class to check.

    Attributes:
        name: as the file has it; "Conv.backward" for a method.
        operation: what it computes; "pool" where arguments decide between maximum and average.
        direction: "forward", "backward" or "derivative".
        described: what is known of it.
        forward: the forward function that belongs to a backward one.
        results: of a backward function, those that its name says, or all.
        node: of a function that builds a graph, the class of what it takes and gives: arrays that
            keep their gradient and go back through the graph by a method.
        closure: of a backward function that another one gives back, how to get at it.
        choice: of code for several activations, what this one is called in it.
    """

    name: str
    operation: str
    direction: str
    described: Described
    forward: Described | None = None
    results: tuple[str, ...] = ()
    node: Described | None = None
    closure: Closure | None = None
    choice: str = ""

    @property
    def is_class(self) -> bool:
        """Whether it is a class with two methods."""
        return bool(self.described["kind"] == "class")


def words_of(name: str) -> str:
    """``ConvLayer2d_backward`` as "conv layer2d backward"."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return re.sub(r"[_.\s]+", " ", spaced).strip().lower()


def operation_of(name: str) -> str | None:
    """Which operation a name speaks of."""
    words = words_of(name)
    words = re.sub(r"(conv|pool|norm) ?[123] ?x ?[123]", r"\1", words)
    spaced = re.sub(r"(?<=[a-z])\d+d?\b", "", words)
    for operation, pattern in vocabulary.OPERATIONS:
        # The digit of a "conv2" is a number, that of some activations a part of their names.
        if re.search(pattern, words if operation in vocabulary.ACTIVATIONS else spaced):
            return operation
    return None


def direction_of(name: str) -> str:
    """Forward, backward, or the derivative alone."""
    words = words_of(name)
    if re.search(vocabulary.DERIVATIVE, words):
        return "derivative"
    if re.search(vocabulary.BACKWARD, words) or re.match(
        r"d_?[a-z]*(conv|relu|sig|tanh|pool|dense)", words
    ):
        return "backward"
    return "forward"


def results_of(name: str) -> tuple[str, ...]:
    """The gradients that a name speaks of: of the weights in ``conv_dw``."""
    words = words_of(name)
    found = []
    for result, pattern in (
        ("weight", vocabulary.OF_WEIGHT),
        ("bias", vocabulary.OF_BIAS),
        ("input", vocabulary.OF_INPUT),
    ):
        if re.search(pattern, words):
            found.append(result)
    return tuple(found)


def is_pass(name: str) -> bool:
    """Whether a function is called as if it were a forward or a backward pass."""
    words = words_of(name)
    moves_only = re.search(r"\b(un)?flatten\b", words) is not None  # there is nothing to compute
    return not moves_only and re.search(vocabulary.PASS, words) is not None


def subjects(
    callables: Sequence[Described],
    wanted: str | None = None,
    operation: str | None = None,
) -> list[Subject]:
    """What there is to check.

    Args:
        callables: all that the code defines.
        wanted: the name of one of them.
        operation: what it computes, where the name does not tell.
    """
    found = []
    for each in callables:
        name = str(each["name"])
        class_name = (wanted or "").partition(".")[0]
        if wanted is not None and name != class_name:
            continue
        known = operation or operation_of(name)
        choices = {} if operation_of(name) else _choices(each)
        if choices:
            chosen = [key for key in choices if operation in (None, choices[key])]
            found += [
                subject
                for key in chosen
                if (subject := _chosen(each, choices[key], key, callables)) is not None
            ]
            continue
        if each["kind"] == "class":
            subject = _class_subject(each, operation or known)
            if subject is not None:
                found.append(subject)
            continue
        helper = re.search(vocabulary.HELPER, words_of(name)) is not None
        if known is None and helper:
            known = _by_arguments(each, "step")
            known = known if known in vocabulary.OPTIMIZERS else None
        if wanted is None and helper and known not in vocabulary.OPTIMIZERS:
            continue
        if known in (None, "softmax_cross_entropy", "softmax_regression") and (
            operation == "softmax_regression" or _is_regression(each)
        ):
            found.append(Subject(name, "softmax_regression", "forward", each))
            continue
        direction = direction_of(name)
        if direction == "forward" and any(
            re.fullmatch(vocabulary.SURELY_DY, words_of(p["name"])) for p in each["parameters"]
        ):
            direction = "backward"
        if known is None:
            known = _by_arguments(each, direction)
        if known is None:
            continue
        closed = _closed(each, known)
        if closed is not None:
            found.append(closed)
            continue
        for one in _pools(each, known):
            if one != known:
                found.append(
                    Subject(name, one, direction, each, _partner(each, callables, known), ())
                )
        if known == "pool":
            continue
        node = _node(each, callables) if direction == "forward" else None
        if node is not None:
            found.append(Subject(name, known, "backward", each, node=node))
            continue
        partner = None
        if direction == "backward":
            partner = _partner(each, callables, known)
        found.append(Subject(name, known, direction, each, partner, results_of(name)))
    return found if wanted is not None else [each for each in found if not _is_helper(each, found)]


def _choices(each: Described) -> dict[str, str]:
    """Of code that is told by a name which activation is meant, the names and what they mean.

    They stand in its text, or are keys of a dictionary that it asks.
    """
    is_name = {
        p["name"]: re.fullmatch(vocabulary.ACTIVATION_NAME, words_of(p["name"])) is not None
        for p in each["parameters"]
    }
    others = [p for p in each["parameters"] if not p["default"] and not is_name[p["name"]]]
    known = {role_of(p["name"], "relu", "backward") for p in others}
    # Who takes weights, or sizes of a layer, too, computes more than an activation.
    more = None in known if each["kind"] == "function" else bool(others)
    if not any(is_name.values()) or more:
        return {}
    # What it is compared with, or a key, and not the default or any other text.
    compared = r"""(?:==\s*|\bcase\s+)["'](\w[\w ]*)["']|["'](\w[\w ]*)["']\s*(?:==|:)"""
    texts = [one or other for one, other in re.findall(compared, str(each.get("source", "")))]
    found = {text: operation_of(text) for text in (*each.get("keys", ()), *texts)}
    return {text: known for text, known in found.items() if known in vocabulary.ACTIVATIONS}


def _chosen(
    each: Described, operation: str, choice: str, callables: Sequence[Described]
) -> Subject | None:
    """Code for several activations, for one of them."""
    described = {**each, "is_chosen": True}
    name = f'{each["name"]}("{choice}")'
    if each["kind"] == "class":
        subject = _class_subject(described, operation)
        return None if subject is None else replace(subject, name=name, choice=choice)
    direction = direction_of(str(each["name"]))
    partner = _partner(each, callables, operation) if direction == "backward" else None
    return Subject(name, operation, direction, described, partner, choice=choice)


def _is_regression(each: Described) -> bool:
    """Whether it takes weights, rows and labels, and makes a softmax of them."""
    operation = "softmax_regression"
    needed = [p for p in each["parameters"] if not p["default"]]
    roles = {role_of(p["name"], operation, "forward") for p in needed}
    source = str(each.get("source", ""))
    logistic = re.search(r"sigmoid|hinge|\b1(\.0?)?\s*/\s*\(\s*1", source)
    makes = re.search(r"\bexp\b|softmax", source)
    learns = re.search(r"log|loss|grad|\bd_?w", source, re.IGNORECASE)
    known = {"w", "x", "labels"} <= roles
    return known and makes is not None and learns is not None and logistic is None


def _closed(each: Described, operation: str) -> Subject | None:
    """The backward function that a function gives back beside its output, or a forward function."""
    inner = inner_functions(each)
    backward = [one for one in inner if direction_of(one.described["name"]) == "backward"]
    forward = [one for one in inner if one not in backward]
    if not backward and len(inner) == 1 and inner[0].place:
        backward, forward = inner, []  # whatever its name is, it comes beside an output
    if len(backward) != 1 or len(forward) > 1 or not backward[0].place:
        return None
    (operation, *_) = _pools(each, operation)
    before = forward[0].described if forward else each
    place = forward[0].place if forward else None
    closure = Closure(each, backward[0].place, place)
    described = backward[0].described
    return Subject(str(each["name"]), operation, "backward", described, before, closure=closure)


def _node(each: Described, callables: Sequence[Described]) -> Described | None:
    """The class of the nodes of a graph that a function makes: it goes back, but not forward."""
    source = str(each.get("source", ""))
    for other in callables:
        methods = other.get("methods", {})
        if "backward" not in methods or method_of(other, "forward") is not None:
            continue
        needed = [p for p in methods["backward"] if not p["default"]]
        made = re.search(rf"\b{re.escape(str(other['name']))}\(", source)
        if made and len(needed) <= 1:
            return other
    return None


def _is_helper(subject: Subject, every: Sequence[Subject]) -> bool:
    """Whether others call it; it is then checked through them, in whatever way they mean it."""
    if subject.direction != "forward" or subject.is_class:
        return False
    called = re.compile(rf"\b{re.escape(subject.name)}\(")
    return any(
        called.search(str(other.described.get("source", "")))
        for other in every
        if other.name != subject.name
    )


def _pools(each: Described, operation: str) -> list[str]:
    """Which pools something called just "pool" may be: both, if an argument decides."""
    if operation != "pool":
        return [operation]
    if any(re.fullmatch(vocabulary.MODE, words_of(p["name"])) for p in each["parameters"]):
        return ["max_pool2d", "avg_pool2d"]
    source = str(each.get("source", "")).lower()
    average = len(re.findall(r"mean|average|avg", source))
    return ["avg_pool2d" if average > len(re.findall(r"max", source)) else "max_pool2d"]


def _class_subject(each: Described, operation: str | None) -> Subject | None:
    if operation in vocabulary.OPTIMIZERS and "methods" in each:
        steps = {"step", "update", "__call__", "apply"} & set(each["methods"])
        return Subject(str(each["name"]), operation, "step", each) if steps else None
    if operation is None or not method_of(each, "forward"):
        return None
    (operation, *_) = _pools(each, operation)
    return Subject(str(each["name"]), operation, "backward", each, None, ())


_METHODS = {
    "forward": ("forward", "__call__", "fwd", "forward_pass", "feed_forward", "feedforward"),
    "backward": ("backward", "backprop", "backward_pass", "back", "bwd", "backpropagate"),
}


def method_of(described: Described, direction: str) -> str | None:
    """The name of a class's forward or backward method."""
    methods = described.get("methods", {})
    return next((name for name in _METHODS[direction] if name in methods), None)


def _by_arguments(each: Described, direction: str) -> str | None:
    """A function called just "backward" is told by what it takes."""
    names = [words_of(p["name"]) for p in each["parameters"]]
    if re.search(r"\b(update|step)\b", words_of(each["name"])):
        rate = any(re.fullmatch(vocabulary.RATE, name) for name in names)
        return _rule_of(names) if rate and len(names) >= 3 else None
    has = {role_of(name, "conv2d", direction) for name in names}
    if any(re.fullmatch(r"scores?|logits?", name) for name in names):
        return "softmax_cross_entropy"
    if direction == "backward" and "dy" in has and has & {"x", "w"}:
        return "conv2d"
    if any("conv" in name for name in names):
        return "conv2d"
    return "pool" if any("pool" in name for name in names) else None


def _rule_of(names: Sequence[str]) -> str:
    """Which optimizer it is that remembers arrays of these names."""
    velocity, average = (
        any(re.fullmatch(pattern, name) for name in names)
        for pattern in (vocabulary.VELOCITY, vocabulary.AVERAGE)
    )
    if any(re.fullmatch("m", name) for name in names) and any(
        re.fullmatch("v|s", n) for n in names
    ):
        return "adam"
    return "momentum" if velocity else "rmsprop" if average else "sgd"


def _partner(
    backward: Described, callables: Sequence[Described], operation: str
) -> Described | None:
    """The forward function that belongs to it: the name with another direction in it."""

    def stem(name: str) -> str:
        words = re.sub(f"{vocabulary.BACKWARD}|{vocabulary.FORWARD}|\\bpass\\b", "", words_of(name))
        return " ".join(words.split())

    functions = [each for each in callables if each["kind"] == "function"]
    same = [
        each
        for each in functions
        if each is not backward
        and direction_of(each["name"]) == "forward"
        and stem(each["name"]) == stem(backward["name"])
    ]
    if same:
        return same[0]
    others = [
        each
        for each in functions
        if each is not backward
        and operation_of(each["name"]) == operation
        and direction_of(each["name"]) == "forward"
        and not re.search(vocabulary.HELPER, words_of(each["name"]))
    ]
    return others[0] if len(others) == 1 else None


def role_of(name: str, operation: str, direction: str) -> str | None:
    """What an argument is for: an array, an option, the cache.

    Args:
        name: of the argument, in words.
        operation: what the function computes.
        direction: forward or backward.
    """
    words = words_of(name)
    for role, pattern in _patterns(operation, direction):
        if re.fullmatch(pattern, words):
            return role
    return None


def constructor_role(name: str, operation: str) -> str | None:
    """What an argument of a class's constructor is for."""
    words = words_of(name)
    v = vocabulary
    patterns = [("input_shape", v.INPUT_SHAPE), ("learning_rate", v.RATE)]
    if operation in ("conv2d", "dense", "batch_norm2d"):
        patterns += [("in_channels", v.IN_CHANNELS), ("out_channels", v.OUT_CHANNELS)]
    if operation == "batch_norm2d":
        patterns = [("gamma", v.GAMMA), ("beta", v.BETA), ("eps", v.EPS), *patterns]
    if operation in ("conv2d", "dense") and not re.fullmatch("filters|kernels|f|k", words):
        patterns = [("w", v.W), ("b", v.B), *patterns]
    if operation == "conv2d" or "pool" in operation:
        patterns += [("kernel_size", v.KERNEL), ("stride", v.STRIDE), ("padding", v.PADDING)]
        patterns += [("dilation", v.DILATION), ("groups", v.GROUPS)]
    if operation in v.ACTIVATIONS:
        patterns = [("slope", v.SLOPE), ("activation", v.ACTIVATION_NAME)]
    return next((role for role, pattern in patterns if re.fullmatch(pattern, words)), None)


def _patterns(operation: str, direction: str) -> Iterator[tuple[str, str]]:
    back = direction != "forward"
    v = vocabulary
    if back and operation in ("conv2d", "dense"):
        yield "parameters", v.PARAMETERS
    yield "options", v.OPTIONS
    yield "cache", v.CACHE
    if operation != "conv2d":
        yield "mode", v.MODE
    if operation in v.OPTIMIZERS:
        yield "w", v.WEIGHTS
        yield "dw", v.GRADIENT
        yield "learning_rate", v.RATE
        yield "state", v.STATE
        yield "mu", v.MOMENTUM
        return
    if operation == "softmax_regression":
        yield "regularization", v.REGULARIZATION
        yield "w", v.DENSE_WEIGHTS
        yield "labels", v.LABELS
        yield "onehot", v.ONE_HOT
        yield "x", v.SAMPLES
        yield "b", v.B
        return
    if operation in ("softmax_cross_entropy", "softmax"):
        yield "labels", v.LABELS
        yield "onehot", v.ONE_HOT
        yield "probabilities", v.PROBABILITIES
        yield "x", v.SCORES
        return
    if back:
        yield "dy", v.DY
    if operation == "conv2d":
        yield "x", v.X
        yield "x_shape", v.X_SHAPE
        yield "w_shape", v.W_SHAPE
        yield "w", v.W
        yield "b", v.B
        yield "dilation", v.DILATION
        yield "groups", v.GROUPS
    elif "pool" in operation:
        yield "x", v.X
        yield "kernel_size", v.KERNEL
        yield "stride", v.STRIDE
        yield "y", v.Y
        yield "x_shape", v.X_SHAPE
        yield "winners", v.WINNERS
    elif operation == "batch_norm2d":
        yield "x", v.X
        yield "gamma", v.GAMMA
        yield "beta", v.BETA
        yield "eps", v.EPS
        yield "mean", v.MEAN
        yield "variance", v.VARIANCE
    elif operation == "dense":
        yield "x", v.X
        yield "w", v.DENSE_WEIGHTS
        yield "b", v.B
    else:
        yield "slope", v.SLOPE
        yield "x", v.PRE_ACTIVATION
        yield "y", v.ACTIVATED
    yield "learning_rate", v.RATE
    yield "stride", v.STRIDE
    yield "padding", v.PADDING
    if operation == "conv2d" or "pool" in operation:
        yield "height", v.HEIGHT
        yield "width", v.WIDTH
    yield "kernel_size", v.KERNEL


def arguments(
    described: Described, operation: str, direction: str, told: Sequence[str] | None = None
) -> list[tuple[str, str | None]] | None:
    """Each parameter with its role; None where nobody knows what a needed one is for."""
    parameters = [p for p in described["parameters"] if p["name"] not in ("self",)]
    if told is not None:
        return [(p["name"], role) for p, role in zip(parameters, told, strict=False)]
    found: list[tuple[str, str | None]] = []
    taken: set[str] = set()
    for each in parameters:
        role = role_of(each["name"], operation, direction)
        is_name = re.fullmatch(vocabulary.ACTIVATION_NAME, words_of(each["name"]))
        if is_name and described.get("is_chosen") and "activation" not in taken:
            role = "activation"
        if role in taken and role not in ("kernel_size", "stride", "padding"):
            role = None
        if role is not None:
            taken.add(role)
        found.append((each["name"], role))
    if direction == "backward" and "dy" not in taken and "dilation" in taken:
        found = [(n, "dy" if (n, r) == ("d", "dilation") else r) for n, r in found]
    if "x" in taken:  # so that a size can only be that of the window
        found = [(n, "kernel_size" if (n, r) == ("size", "x_shape") else r) for n, r in found]
    return found
