"""From a probe to a call of somebody's function, and from what it returns to results in our layout.

A plan says how a function is called: which argument is which, in which layout and container, and
which returned array is which gradient.  It is found by trying the plainest probe.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from backlit import pure
from backlit.pure.nested import flat, shaped
from backlit.pure.nested import shape as shape_of

from . import vocabulary
from .calling import Message
from .closures import Closure
from .layouts import ArrayLayout
from .probes import (
    Limits,
    Probe,
    Windows,
    first_probe,
    probes_of,
    square_probe,
    with_errors_of_one,
    without_bias,
)
from .reading import Subject, method_of, words_of

Numbers = Any
Key = tuple[int | str, ...]

NAMES = {
    "output": "the output",
    "input": "dX",
    "weight": "dW",
    "bias": "db",
    "loss": "the loss",
}


@dataclass(frozen=True)
class Got:
    """One result that came back.

    Attributes:
        numbers: in our layout; None if the shape was another one.
        raw: as it came.
        shape: of what came.
        wanted: the shape that it should have.
        type: of its numbers.
    """

    numbers: Numbers
    raw: Numbers
    shape: tuple[int, ...]
    wanted: tuple[int, ...]
    type: str = "float64"


@dataclass(frozen=True)
class TrialOutcome:
    """What came of one probe."""

    probe: Probe
    results: Mapping[str, Got] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None
    changed: tuple[str, ...] = ()
    read: frozenset[str] = frozenset()


# Key in a dictionary of options -> the option.
OPTION_KEYS = {
    "stride": "stride", "strides": "stride", "s": "stride",
    "pad": "padding", "padding": "padding", "p": "padding",
    "dilation": "dilation", "groups": "groups", "eps": "eps", "epsilon": "eps",
    "f": "kernel_size", "kernel_size": "kernel_size", "pool_height": "kernel_size",
    "pool_width": "kernel_size", "pool_size": "kernel_size", "size": "kernel_size",
}  # fmt: skip


# What code does that cannot be told otherwise.
PLAIN = {
    "stride": 1,
    "padding": 0,
    "dilation": 1,
    "groups": 1,
    "kernel_size": 2,
    "count_include_pad": True,
    "alpha": 1.0,
    "slope": 0.01,
    "eps": 1e-5,
}


@dataclass(frozen=True)
class CallPlan:
    """How a function is called and what it gives back.

    Attributes:
        subject: the function.
        operation: what it is taken for.
        layout: of its arrays.
        container: "list", "numpy" or "torch".
        arguments: parameter and role, of the function itself.
        forward_arguments: the same of the forward function that is called before.
        onehot: whether labels are given as rows with a 1.
        shape_length: how many sizes it is given where it wants those of the input; 0 for all.
        pairs: whether a stride is always given for rows and columns.
        assignment: result -> where it is in what comes back.
        taken: the options that it takes.
        constructor: of a class, the parameters of its constructor.
        kept: of a class, "w" and "b" -> the attribute, where the constructor does not take them.
        updates: whether its backward method changes the parameters itself.
        fixed: options that the code does not take, with the values that it has for them.
    """

    subject: Subject
    operation: str
    layout: ArrayLayout
    container: str
    arguments: tuple[tuple[str, str], ...]
    forward_arguments: tuple[tuple[str, str], ...] | None = None
    onehot: bool = False
    pairs: bool = False
    shape_length: int = 0
    cache_part: tuple[int, ...] = (-1,)
    assignment: Mapping[str, Key] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()
    constructor: tuple[tuple[str, str], ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)
    updates: bool = False
    fixed: Mapping[str, Any] = field(default_factory=dict)

    # --- there ------------------------------------------------------------------------------------

    def message(self, probe: Probe) -> Message:
        """What to ask for a probe."""
        if self.subject.is_class:
            return self._class_message(probe)
        if self.subject.node is not None:
            return self._graph_message(self.subject.node, probe)
        if self.subject.closure is not None:
            return self._closure_message(self.subject.closure, probe)
        steps: list[Message] = []
        cache: Any = None
        if self.forward_arguments is not None:
            assert self.subject.forward is not None
            steps.append(
                {
                    "do": "call",
                    "name": self.subject.forward["name"],
                    "arguments": [self._argument(*a, probe, None) for a in self.forward_arguments],
                }
            )
            cache = {"from": 0, "part": list(self.cache_part)}
        steps.append(
            {
                "do": "call",
                "name": self.subject.described["name"],
                "arguments": [self._argument(*each, probe, cache) for each in self.arguments],
                "show": True,
            }
        )
        return {"do": "steps", "container": self.container, "steps": steps}

    def _class_message(self, probe: Probe) -> Message:
        """Make one, set its parameters, go forward and back, and look at what it then has."""
        described = self.subject.described
        steps: list[Message] = []
        forward, backward = (method_of(described, way) for way in ("forward", "backward"))
        static = forward in described.get("static", ())
        if static:
            steps.append({"do": "context"})
        else:
            made = [self._argument(*each, probe, None) for each in self.constructor]
            steps.append({"do": "call", "name": described["name"], "arguments": made})
        for role, attribute in self.kept.items():
            value = {**self._value(role, probe), "watch": False}
            steps.append({"do": "set", "on": 0, "name": attribute, "arguments": [value]})
        for name, arguments in (
            (forward, self.forward_arguments or ()),
            (backward, self.arguments),
        ):
            call: Message = {"do": "method", "on": 0, "name": name, "show": True}
            if static:
                call = {"do": "static", "owner": described["name"], "name": name, "show": True}
            steps.append(
                {
                    **call,
                    "arguments": [
                        self._argument(argument, role, probe, None) for argument, role in arguments
                    ],
                }
            )
        steps.append({"do": "attributes", "on": 0, "show": True})
        return {"do": "steps", "container": self.container, "steps": steps}

    def _closure_message(self, closure: Closure, probe: Probe) -> Message:
        """Go forward, or have both passes made first, and call the function that came back."""
        forward = [self._argument(*each, probe, None) for each in self.forward_arguments or ()]
        made = {"do": "call", "name": closure.maker["name"]}
        steps: list[Message] = [{**made, "arguments": forward, "show": True}]
        if closure.forward is not None:
            given = [self._argument(*each, probe, None) for each in self.constructor]
            steps = [{**made, "arguments": given}]
            inner = {"do": "apply", "on": 0, "part": list(closure.forward)}
            steps.append({**inner, "arguments": forward, "show": True})
        arguments = [self._argument(*each, probe, None) for each in self.arguments]
        back = {"do": "apply", "on": 0, "part": list(closure.backward)}
        steps.append({**back, "arguments": arguments, "show": True})
        return {"do": "steps", "container": self.container, "steps": steps}

    def _graph_message(self, node: Mapping[str, Any], probe: Probe) -> Message:
        """Make a node of each array, go forward and back, and look at what the nodes then have."""
        nodes = self._node_roles(probe)
        steps: list[Message] = [
            {
                "do": "call",
                "name": node["name"],
                "arguments": [self._value(role, probe)],
                "as": next(name for name, own in self.arguments if own == role),
            }
            for role in nodes
        ]
        given = [
            {"keyword": name, "from": nodes.index(role)}
            if role in nodes
            else self._argument(name, role, probe, None)
            for name, role in self.arguments
        ]
        made = self.subject.described["name"]
        steps.append({"do": "call", "name": made, "arguments": given, "as": "out"})
        error = [] if self.errors_of_one else [self._value("dy", probe)]
        steps.append({"do": "method", "on": len(nodes), "name": "backward", "arguments": error})
        for k in range(len(nodes) + 1):
            steps.append({"do": "attributes", "on": k, "show": True})
        return {"do": "steps", "container": self.container, "steps": steps}

    def _node_roles(self, probe: Probe) -> list[str]:
        """The arrays of which nodes are made, in the order of the arguments."""
        return [role for _, role in self.arguments if role in probe.tensors]

    def _argument(self, name: str, role: str, probe: Probe, cache: Any) -> Message:
        value = self._value(role, probe, name)
        if role in ("cache", "winners"):
            value = cache if cache is not None else self._made_cache(probe)
        return {"keyword": name, **value}

    def _value(self, role: str, probe: Probe, name: str = "") -> Message:
        axes = probe.kind.axes
        if role == "labels" and self.onehot:
            role = "onehot"
        if role in axes and role in probe.tensors:
            whole = role == "labels"
            numbers = self.layout.to_them(probe.tensors[role], axes[role])
            return {"array": numbers, "role": role, "whole": whole}
        match role:
            case "y":
                return {"array": self.layout.to_them(probe.right["output"], axes["y"])}
            case "onehot":
                rows = pure_onehot(probe)
                return {"array": self.layout.to_them(rows, axes["x"]), "role": "labels"}
            case "probabilities":
                rows = pure.softmax(probe.tensors["x"])
                return {"array": self.layout.to_them(rows, axes["x"])}
            case "parameters":
                made = {
                    name: self._value(role, probe)
                    for role, names in (("w", "Ww"), ("b", "b"))
                    for name in names
                }
                return {"options": made}
            case "context":
                return {"from": 0}
            case "in_channels":
                return {"value": probe.sizes.get("f", probe.sizes.get("c", 1))}
            case "out_channels":
                return {"value": probe.sizes["o"]}
            case "input_shape":
                x = self.layout.to_them(probe.tensors["x"], axes["x"])
                sizes = shape_of(x)
                return {"value": list(sizes[-3:])}
            case "x_shape":
                x = self.layout.to_them(probe.tensors["x"], axes["x"])
                sizes = shape_of(x)
                return {"value": list(sizes[-(self.shape_length or len(sizes)) :])}
            case "options":
                return {"options": self._options(probe)}
            case "mode":
                if "pool" in self.operation:
                    return {"value": "max" if self.operation == "max_pool2d" else "average"}
                return {"value": "train" if re.search("mode", name) else True}
            case "kernel_size" | "stride" | "padding" | "dilation" | "groups":
                value = probe.options.get(role)
                if role == "kernel_size" and value is None and "u" in probe.sizes:
                    u, v = probe.sizes["u"], probe.sizes["v"]
                    value = u if u == v else (u, v)
                if self.pairs and role != "groups" and not isinstance(value, tuple):
                    value = (value, value)
                return {"value": _side(value, name)}
            case "height" | "width":
                return {"value": probe.sizes["h" if role == "height" else "w"]}
            case "w_shape":
                w = self.layout.to_them(probe.tensors["w"], axes["w"])
                sizes = shape_of(w)
                return {"value": list(sizes)}
            case "eps":
                return {"value": probe.options.get("eps", 1e-5)}
            case "mean" | "variance":
                mean, variance = pure.batch_norm2d_statistics(probe.tensors["x"])
                given = mean if role == "mean" else variance
                return {"array": self.layout.to_them(given, axes["gamma"])}
            case "slope":
                return {"value": probe.options.get("slope", probe.options.get("alpha", 1.0))}
            case "learning_rate":
                return {"value": probe.options.get("learning_rate", 0.5)}
            case "activation":
                return {"value": self.subject.choice or None}
            case "regularization":
                return {"value": 0.0}
        return {"value": None}

    def _options(self, probe: Probe) -> Message:
        made: dict[str, Any] = {}
        for key, name in OPTION_KEYS.items():
            if name in probe.options:
                made[key] = _side(probe.options[name], key)
        made |= {"mode": "train", "eps": probe.options.get("eps", 1e-5), "momentum": 0.9}
        made["epsilon"] = made["eps"]
        return made

    def _made_cache(self, probe: Probe) -> Message:
        """What a forward pass would have kept, as it is usually written."""
        x = self._value("x", probe)
        options = self._value("options", probe)
        if self.operation in ("conv2d", "dense"):
            w, b = self._value("w", probe), self._value("b", probe)
            parts = [x, w, b, options] if self.operation == "conv2d" else [x, w, b]
            return {"tuple": parts, "names": ["x", "w", "b", "options"][: len(parts)]}
        if "pool" in self.operation:
            return {"tuple": [x, options], "names": ["x", "options"]}
        return x

    def probes(self, windows: Windows = "any") -> Sequence[Probe]:
        """The probes of the operation, without a bias where the function has none."""
        return tuple(map(self._told, probes_of(self.operation, self._limits(windows))))

    def first_probe(self, windows: Windows = "any") -> Probe:
        """The plainest of them."""
        return self._told(first_probe(self.operation, self._limits(windows)))

    def square_probe(self) -> Probe | None:
        """One with a square image, if there is one that tells layouts apart."""
        probe = square_probe(self.operation, self._limits("any"))
        return None if probe is None else self._told(probe)

    def _limits(self, windows: Windows) -> Limits:
        return Limits(self.layout.single, windows, tuple(self.fixed.items()))

    def _told(self, probe: Probe) -> Probe:
        """With an error or a bias only where it can be told to the function."""
        if self.errors_of_one:
            return with_errors_of_one(probe)
        return probe if "b" not in probe.tensors or self.has_bias else without_bias(probe)

    @property
    def errors_of_one(self) -> bool:
        """Whether no error can be told to it, as to ``loss.backward()``, and so it is 1."""
        node = self.subject.node
        return self.subject.direction == "derivative" or (
            node is not None and not node["methods"]["backward"]
        )

    @property
    def every_argument(self) -> tuple[tuple[str, str], ...]:
        """Parameter and role of the function, of the forward function and of the constructor."""
        return (*self.arguments, *(self.forward_arguments or ()), *self.constructor)

    @property
    def roles(self) -> set[str]:
        """What can be told to it."""
        return {role for _, role in self.every_argument}

    @property
    def has_bias(self) -> bool:
        """Whether a bias can be told to it."""
        roles = self.roles | set(self.kept)
        made = "cache" in roles and self.forward_arguments is None
        return "b" in roles or made

    def takes(self, probe: Probe) -> bool:
        """Whether the options of a probe can be told to the function at all."""
        plain: dict[str, Any] = dict(PLAIN)
        if "stride" in probe.options and "kernel_size" in probe.options:
            plain["stride"] = probe.options["kernel_size"]
        plain |= self.fixed
        for name, value in probe.options.items():
            told = {"alpha": "slope"}.get(name, name) in self.taken or name in self.taken
            if not told and name in plain and value != plain[name]:
                return False
        return True

    # --- and back ---------------------------------------------------------------------------------

    def read(self, answer: Message, probe: Probe) -> TrialOutcome:
        """What came of it."""
        if "error" in answer:
            return TrialOutcome(
                probe, error=answer["error"], read=frozenset(answer.get("read", ()))
            )
        leaves = dict(self.leaves(answer, probe))
        results = {}
        for result, key in self.assignment.items():
            updated = key[:1] == ("update",)
            leaf = leaves.get(key[1:] if updated else key)
            if leaf is not None and updated:
                leaf = self._updated(result, leaf, probe)
            if leaf is not None:
                results[result] = self._got(result, leaf, probe)
        return TrialOutcome(
            probe,
            results,
            changed=tuple(answer.get("changed", ())),
            read=frozenset(answer.get("read", ())),
        )

    def leaves(self, answer: Message, probe: Probe) -> Iterator[tuple[Key, Message]]:
        """All arrays that came back, each with where it was."""
        if self.subject.node is not None:
            yield from self._node_leaves(answer, probe)
            return
        if self.subject.closure is not None:
            for _, leaf in _leaves(answer["values"][-2], ()):
                yield ("output",), leaf
                break
        if not self.subject.is_class:
            yield from _leaves(answer["values"][-1], ())
            return
        *_, forward, backward, attributes = answer["values"]
        for key, leaf in _leaves(forward, ("output",)):
            yield key, leaf
            break
        yield from _leaves(backward, ())
        yield from _leaves(attributes, ("attribute",))

    def _node_leaves(self, answer: Message, probe: Probe) -> Iterator[tuple[Key, Message]]:
        """The numbers of the last node, and the gradients of those that were given."""
        nodes = self._node_roles(probe)
        results = {role: result for result, role in probe.kind.results.items()}
        *given, last = answer["values"][-len(nodes) - 1 :]
        for name, leaf in last.get("dict", {}).items():
            if re.fullmatch(vocabulary.KEPT_NUMBERS, words_of(name)) and "array" in leaf:
                yield ("output",), leaf
                break
        for role, attributes in zip(nodes, given, strict=True):
            for name, leaf in attributes.get("dict", {}).items():
                gradient = re.fullmatch(vocabulary.KEPT_GRADIENT, words_of(name))
                if gradient and "array" in leaf and role in results:
                    yield (results[role],), leaf
                    break

    def _got(self, result: str, leaf: Message, probe: Probe) -> Got:
        axes = result_axes(probe, result)
        wanted = self.layout.shape(axes, sizes_of(probe, result))
        shape = tuple(leaf["shape"])
        numbers, raw = None, leaf["array"]
        if shape == wanted:
            numbers = self.layout.to_us(raw, axes)
        elif _squeezed(shape) == _squeezed(wanted):
            numbers = self.layout.to_us(shaped(flat(raw), *wanted), axes)
        return Got(numbers, raw, shape, wanted, leaf["type"])

    def assigned(self, answer: Message, probe: Probe) -> CallPlan:
        """The plan with the returned arrays told apart, as far as that is possible."""
        leaves = list(self.leaves(answer, probe))
        wanted = expected_results(self.subject, probe)
        if self.subject.node is not None:
            return replace(self, assignment={str(key[0]): key for key, _ in leaves})
        if self.subject.is_class:
            return self._assigned_attributes(leaves, wanted, probe)
        if self.subject.direction == "forward" and self.operation != "softmax_regression":
            if not leaves:
                return replace(self, assignment={})
            (first, _), *more = leaves
            assignment = {wanted[0]: first}
            if self.operation == "softmax_cross_entropy" and more:
                assignment["input"] = more[0][0]  # loss and gradient together, as in CS231n
            return replace(self, assignment=assignment)
        found: dict[str, Key] = {}
        if leaves and leaves[0][0] == ("output",):
            found["loss" if "loss" in probe.right else "output"], _ = leaves.pop(0)
        free = dict(leaves)
        returned = returned_names(str(self.subject.described.get("source", "")))
        single = _result_of_key(returned[0]) if len(returned) == len(leaves) == 1 else None
        returned = returned if len(returned) == len(leaves) > 1 else ()
        if self.operation in ("softmax_cross_entropy", "softmax_regression") and len(leaves) > 1:
            loss = next((key for key, leaf in leaves if not tuple(leaf["shape"])), None)
            if loss is not None and "loss" in probe.right:
                found["loss"] = loss
                free.pop(loss)
        for place, (key, _) in enumerate(leaves):
            name = next((part for part in reversed(key) if isinstance(part, str)), "")
            name = name or (returned[place] if returned else "")
            result = _result_of_key(name)
            if result in wanted and result not in found:
                found[result] = key
                free.pop(key)
        for exact in (True, False):
            for result in wanted:
                if result in found:
                    continue
                shape = self.layout.shape(result_axes(probe, result), sizes_of(probe, result))
                for key, leaf in free.items():
                    theirs = tuple(leaf["shape"])
                    same = theirs == shape if exact else _squeezed(theirs) == _squeezed(shape)
                    if same and (theirs or not shape):
                        found[result] = key
                        free.pop(key)
                        break
        missing = [result for result in wanted if result not in found]
        if len(leaves) == 1 and free and missing:
            by_arguments = single or self._by_arguments()
            if by_arguments in missing or self.subject.results or len(wanted) == 1:
                missing = [by_arguments] if by_arguments in missing else missing
                found[missing[0]] = next(iter(free))
        else:
            # What is left has a wrong shape.  It is one of those that are missing all the same,
            # with as many axes if that can be told: nothing that came back is left out of sight.
            for key, leaf in free.items():
                axes = {each: self._axes_of(probe, each) for each in missing}
                fits = [each for each in missing if axes[each] == len(leaf["shape"])]
                if len(leaves) == len(wanted):
                    fits = fits or missing
                if fits:
                    found[fits[0]] = key
                    missing.remove(fits[0])
        return replace(self, assignment=found)

    def _axes_of(self, probe: Probe, result: str) -> int:
        """How many axes a result has in their layout."""
        return len(self.layout.shape(result_axes(probe, result), sizes_of(probe, result)))

    def _assigned_attributes(
        self, leaves: Sequence[tuple[Key, Message]], wanted: Sequence[str], probe: Probe
    ) -> CallPlan:
        """The results of a class: what backward gives back, gradients it keeps, or its updates."""
        returned = [
            (key, leaf) for key, leaf in leaves if key[:1] not in (("attribute",), ("output",))
        ]
        attributes = [(key, leaf) for key, leaf in leaves if key[:1] == ("attribute",)]
        found: dict[str, Key] = {}
        if ("output",) in dict(leaves) or any(key[:1] == ("output",) for key, _ in leaves):
            output = "loss" if "loss" in probe.right else "output"
            found[output] = next(key for key, _ in leaves if key[:1] == ("output",))
        patterns = {
            "weight": (vocabulary.GRADIENT_OF_WEIGHT, vocabulary.KEPT_WEIGHT),
            "bias": (vocabulary.GRADIENT_OF_BIAS, vocabulary.KEPT_BIAS),
        }
        for result, (gradient, parameter) in patterns.items():
            if result not in wanted:
                continue
            for key, _ in attributes:
                words = words_of(str(key[-1]))
                inside = len(key) > 2 and "grad" in words_of(str(key[1]))
                if re.fullmatch(gradient, words) or (inside and re.fullmatch(parameter, words)):
                    found[result] = key
                    break
        left = [result for result in wanted if result not in found]
        for result in list(left):
            shape = self.layout.shape(result_axes(probe, result), sizes_of(probe, result))
            for key, leaf in returned:
                if _squeezed(leaf["shape"]) == _squeezed(shape) and key not in found.values():
                    found[result] = key
                    left.remove(result)
                    break
        if "input" in left and len(returned) == 1 and returned[0][0] not in found.values():
            found["input"] = returned[0][0]
        if self.updates:
            for result, (_, parameter) in patterns.items():
                own = [k for k, _ in attributes if re.fullmatch(parameter, words_of(str(k[-1])))]
                if result in wanted and result not in found and own:
                    found[result] = ("update", *own[0])
        return replace(self, assignment=found)

    def _updated(self, result: str, leaf: Message, probe: Probe) -> Message:
        """The gradient that an update was made of: (before − after)/η."""
        role = probe.kind.results[result]
        before = self.layout.to_them(probe.tensors[role], probe.kind.axes[role])

        def walk(old: Numbers, new: Numbers) -> Numbers:
            if isinstance(old, list):
                return [walk(*pair) for pair in zip(old, new, strict=True)]
            return (old - new) / 0.5

        same = shape_of(before) == tuple(leaf["shape"])
        return {**leaf, "array": walk(before, leaf["array"])} if same else leaf

    def _by_arguments(self) -> str:
        """Which gradient a function gives that returns one array of a wrong shape."""
        roles = {role for _, role in self.arguments}
        if "cache" in roles or not roles & {"x", "w"}:
            return "input" if "cache" in roles or "weight" not in NAMES else "bias"
        return "weight" if "x" in roles and "w" not in roles else "input"


def expected_results(subject: Subject, probe: Probe) -> tuple[str, ...]:
    """The results that a function may give."""
    if subject.operation == "softmax_regression":
        return ("loss", "weight", "bias", "input")
    if subject.direction == "forward":
        return ("loss" if "loss" in probe.right and "output" not in probe.right else "output",)
    backward = tuple(each for each in ("input", "weight", "bias") if each in probe.right)
    if re.search(r"\b(and|with)\b", words_of(subject.name)):
        backward = ("loss" if "loss" in probe.right else "output", *backward)
    if subject.results:
        return tuple(each for each in subject.results if each in backward) or backward
    return backward


def result_axes(probe: Probe, result: str) -> str:
    """The axes of a result in our layout."""
    role = probe.kind.results[result]
    return probe.kind.axes.get(role, "")


def sizes_of(probe: Probe, result: str) -> dict[str, int]:
    """The length of each axis; the input has all channels, a filter those of its group."""
    sizes = dict(probe.sizes)
    if result == "input" and "groups" in probe.options:
        sizes["c"] = sizes["c"] * int(probe.options["groups"])
    return sizes


def pure_onehot(probe: Probe) -> Numbers:
    """Rows with a 1 for the true class."""
    classes = probe.sizes["k"]
    return [[int(k == label) for k in range(classes)] for label in probe.tensors["labels"]]


def _side(value: Any, name: str) -> Any:
    """The rows' part of a pair for an option that is called pool_height."""
    if isinstance(value, tuple):
        words = words_of(name)
        if re.search(r"\b(height|h|kh|hh|rows?)\b", words):
            return value[0]
        if re.search(r"\b(width|w|kw|ww|cols?|columns?)\b", words):
            return value[1]
        return list(value)
    return value


def _leaves(value: Message | None, key: Key) -> Iterator[tuple[Key, Message]]:
    if value is None:
        return
    if "array" in value:
        yield key, value
    for number, each in enumerate(value.get("items", ())):
        yield from _leaves(each, (*key, number))
    for name, each in value.get("dict", {}).items():
        yield from _leaves(each, (*key, name))


def returned_names(source: str) -> tuple[str, ...]:
    """The variables that a function gives back, where it names them all: ``return dw, db``."""
    try:
        tree = ast.parse(textwrap.dedent(source))
    except SyntaxError:
        return ()
    returns = [each for each in ast.walk(tree) if isinstance(each, ast.Return)]
    value = returns[0].value if len(returns) == 1 else None
    parts = value.elts if isinstance(value, ast.Tuple) else [value]
    names = [each.id for each in parts if isinstance(each, ast.Name)]
    return tuple(names) if len(names) == len(parts) else ()


def _result_of_key(name: str) -> str | None:
    words = words_of(name)
    for result, pattern in (
        ("weight", vocabulary.KEY_OF_WEIGHT),
        ("bias", vocabulary.KEY_OF_BIAS),
        ("input", vocabulary.KEY_OF_INPUT),
    ):
        if re.fullmatch(pattern, words):
            return result
    return None


def _squeezed(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple(size for size in shape if size != 1)
