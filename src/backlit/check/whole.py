"""A whole network's gradients: which parameter is the first wrong one on the way back, and why.

What is right comes from the book's engine.  A gradient that differs is compared with what each
known mistake would give: in the gradient's own line, or in the error that reaches its layer, which
is then passed on rightly through the layers between.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

from backlit import equations
from backlit.equations import Operation
from backlit.errors import InputError
from backlit.layers.call import Call
from backlit.mistakes import MISTAKES, right_line, wrong_ways
from backlit.mistakes.pooling import inside_counts, winners
from backlit.mistakes.ways import Computation
from backlit.pure.nested import flat
from backlit.pure.nested import shape as shape_of
from backlit.system.words import listing

from . import vocabulary
from .calling import Message
from .matching import first_apart
from .probes import KINDS
from .process import Worker
from .reading import words_of
from .report import Finding, FirstWrong
from .trials import close, minus, ratio_of

Numbers = Any
ROUNDING = 1e-6
BATCHES = (3, 2)  # images in each; a mean over images is another factor in each


class TrainedNetwork(Protocol):
    """What is used of a :class:`backlit.Network`, which is in a room below."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The trained arrays by name."""

    @property
    def buffers(self) -> Mapping[str, Any]:
        """The running statistics by name."""

    def config(self) -> Mapping[str, Any]:
        """All but the numbers."""

    def from_config(
        self, config: Mapping[str, Any], engine: str | None = None, parameters: Any = None
    ) -> Any:
        """The same network with another engine."""


@dataclass(frozen=True)
class Stage:
    """One layer as it was run: its equations and the numbers in them.

    Attributes:
        name: of the layer.
        node: of the network's graph; None for the loss.
        operation: its equations; None where no mistake in it is known.
        letters: tensors by symbol.
        sizes: letters that no shape tells.
        call: for the book's backward pass.
    """

    name: str
    node: Any
    operation: Operation | None
    letters: Mapping[str, Numbers]
    sizes: Mapping[str, Any]
    call: Call | None


@dataclass(frozen=True)
class TriedBatch:
    """Images, and what the book's engine computes for them."""

    images: Numbers
    labels: list[int]
    loss: float
    gradients: Mapping[str, Numbers]
    stages: Sequence[Stage]

    @property
    def words(self) -> str:
        """For readers."""
        return f"{len(self.labels)} images"


def batches_of(network: TrainedNetwork) -> tuple[Mapping[str, Numbers], list[TriedBatch]]:
    """The parameters as nested lists, and batches with what is right."""
    arrays = {**network.parameters, **network.buffers}
    book = network.from_config(network.config(), engine="pure", parameters=arrays)
    parameters = {name: array.tolist() for name, array in book.parameters.items()}
    return parameters, [_batch(book, count) for count in BATCHES]


def _batch(book: Any, count: int) -> TriedBatch:
    random = Random(count)

    def drawn(shape: Sequence[int]) -> Numbers:
        return [drawn(shape[1:]) for _ in range(shape[0])] if shape else random.gauss(0, 1)

    images = drawn((count, *book.input_shape))
    if len(book.graph.output_shape) != 1:
        raise InputError(
            "the network of check has to end in scores of classes, and its output is "
            f"{book.graph.output_shape}"
        )
    (classes,) = book.graph.output_shape
    labels = [random.randrange(classes) for _ in range(count)]
    recording = book.record(images, labels)
    gradients = {name: array.tolist() for name, array in recording.gradients.items()}
    stages = [_stage(book, recording, node) for node in book.graph]
    truth = [[int(k == label) for k in range(classes)] for label in labels]
    letters = {"Z": recording.logits.tolist(), "T": truth}
    stages.append(Stage("the loss", None, equations.softmax_cross_entropy(), letters, {}, None))
    return TriedBatch(images, labels, float(recording.loss), gradients, stages)


def _stage(book: Any, recording: Any, node: Any) -> Stage:
    inputs = [recording.activations[each].tolist() for each in node.inputs]
    own = {
        name.rpartition(".")[2]: array.tolist()
        for name, array in book.parameters.items()
        if name.rpartition(".")[0] == node.name
    }
    buffers = {
        name.rpartition(".")[2]: array.tolist()
        for name, array in book.buffers.items()
        if name.rpartition(".")[0] == node.name
    }
    call = Call(inputs, own, buffers, training=True, key=0)
    stated = node.layer.stated_by(node.input_shapes, training=True)
    operation = None if stated is None else stated[0](**stated[1])
    if operation is None or operation.name not in KINDS or len(inputs) != 1:
        return Stage(node.name, node, None, {}, {}, call)
    kind, options = KINDS[operation.name], stated[1]
    dy = recording.errors[node.name].tolist()
    letters = {
        "X": inputs[0],
        "dY": dy,
        kind.symbols["y"]: recording.activations[node.name].tolist(),
    }
    for result, numbers_ in own.items():
        letters[kind.symbols[kind.results[result]]] = numbers_
    if operation.name in ("max_pool2d", "avg_pool2d"):
        letters |= winners(inputs[0], dy, {"padding": 0, **options})
        letters["m"] = inside_counts(letters["Y"], inputs[0], {"padding": 0, **options})
    return Stage(node.name, node, operation, letters, {"ε": getattr(node.layer, "eps", 0.0)}, call)


# --- calling --------------------------------------------------------------------------------------

_NAMES = {
    "parameters": vocabulary.either("params?, parameters, weights, net, model, theta, p"),
    "images": vocabulary.either("x, images?, imgs?, inputs?, batch, data, pictures"),
    "labels": vocabulary.either("y, labels?, targets?, t, classes, truth"),
}


def check_whole(
    worker: Worker,
    callables: Sequence[Mapping[str, Any]],
    network: TrainedNetwork,
    wanted: str | None,
    uses: Sequence[str],
) -> list[Finding]:
    """What is to be said of each function or class that gives the gradients of a network."""
    named = [each for each in callables if _gives_gradients(each, wanted)]
    if not named:
        names = ", ".join(str(each["name"]) for each in callables) or "none"
        raise InputError(
            f"expected a function of parameters, images and labels that gives gradients, or a "
            f"class that is made of parameters and has a method of images and labels; there are "
            f"{names}. Name one with --function"
        )
    parameters, batches = batches_of(network)
    container = "torch" if "torch" in uses else "numpy" if "numpy" in uses else "list"
    return [_checked(worker, each, container, parameters, batches) for each in named]


def _gives_gradients(described: Mapping[str, Any], wanted: str | None) -> bool:
    name = str(described["name"])
    if described["kind"] == "class":
        fits = _method_of_batch(described) is not None and len(_made_of(described)) > 0
        return fits and wanted in (None, name)
    if described["kind"] != "function" or len(described["parameters"]) < len(_NAMES):
        return False
    return name == wanted if wanted else bool(re.search("grad|backprop", name.lower()))


def _required(parameters: Sequence[Mapping[str, Any]]) -> list[str]:
    return [str(p["name"]) for p in parameters if not p["default"] and p["name"] != "self"]


def _made_of(described: Mapping[str, Any]) -> list[str]:
    """The arguments of a class's constructor."""
    return _required(described["methods"].get("__init__", ()))


def _method_of_batch(described: Mapping[str, Any]) -> str | None:
    """The method of a class that takes images and labels, such as ``loss``."""
    patterns = [_NAMES[role] for role in ("images", "labels")]
    for name, parameters in described["methods"].items():
        given = [words_of(each) for each in _required(parameters)]
        fits = len(given) == len(patterns) and all(map(re.fullmatch, patterns, given))
        if fits and not name.startswith("__"):
            return str(name)
    return None


def _steps(
    described: Mapping[str, Any], parameters: Mapping[str, Numbers], batch: TriedBatch
) -> list[Message]:
    """What is to be done for one batch; the last step shows what came."""
    name = described["name"]
    if described["kind"] == "function":
        arguments = _arguments(described, parameters, batch)
        return [{"do": "call", "name": name, "arguments": arguments, "show": True}]
    made: list[Message] = [{"array": each} for each in parameters.values()]
    if len(_made_of(described)) == 1:
        made = [{"options": {key: {"array": each} for key, each in parameters.items()}}]
    given: list[Message] = [
        {"array": batch.images, "role": "images"},
        {"array": batch.labels, "role": "labels", "whole": True},
    ]
    method = _method_of_batch(described)
    return [
        {"do": "call", "name": name, "arguments": made},
        {"do": "method", "on": 0, "name": method, "arguments": given, "show": True},
        {"do": "attributes", "on": 0, "show": True},
    ]


def _answer(
    described: Mapping[str, Any], values: Sequence[Message], parameters: Sequence[str]
) -> tuple[float | None, dict[str, Message]]:
    """The loss, and the gradients by the names of the parameters."""
    if described["kind"] == "function":
        return _read(values[-1], parameters)
    loss, _ = _read(values[-2] or {}, parameters)
    made_of = _made_of(described)
    theirs = dict(zip(made_of, parameters, strict=False)) if len(made_of) > 1 else {}
    theirs |= {name: name for name in parameters}
    found: dict[str, Message] = {}

    def walk(value: Message, within: bool) -> None:
        for name, each in value.get("dict", {}).items():
            words = words_of(name)
            of_gradients = re.search(r"grad|^d ?", words) is not None
            bare = re.sub(r"^d ?|^grads?( of)? | grads?$|^d ", "", words)
            for own, parameter in theirs.items():
                known = words_of(own) in (words, bare)
                if known and "array" in each and (within or of_gradients):
                    found.setdefault(parameter, each)
            walk(each, of_gradients)

    walk(values[-1], False)
    return loss, found


def _arguments(
    described: Mapping[str, Any], parameters: Mapping[str, Numbers], batch: TriedBatch
) -> list[Message]:
    """Parameters as a dictionary, or one argument for each of them."""
    names = [each["name"] for each in described["parameters"] if not each["default"]]
    roles: dict[str, str] = {}
    for name in names:
        for role, pattern in _NAMES.items():
            if role not in roles.values() and re.fullmatch(pattern, words_of(name)):
                roles[name] = role
                break
    if len(names) == len(_NAMES) and set(roles.values()) != set(_NAMES):
        roles = dict(zip(names, _NAMES, strict=True))
    given: dict[str, Message] = {
        "parameters": {"options": {name: {"array": each} for name, each in parameters.items()}},
        "images": {"array": batch.images, "role": "images"},
        "labels": {"array": batch.labels, "role": "labels", "whole": True},
    }
    left = iter(parameters.values())
    return [
        {"keyword": name, **(given[roles[name]] if name in roles else {"array": next(left, 0)})}
        for name in names
    ]


def _read(shown: Message, names: Sequence[str]) -> tuple[float | None, dict[str, Message]]:
    """The loss, and the gradients by the names of the parameters."""
    loss: float | None = None
    arrays: list[Message] = []
    by_name: dict[str, Message] = {}

    def walk(value: Message, key: str) -> None:
        nonlocal loss
        if "array" in value:
            if loss is None and not arrays and not by_name and not value["shape"]:
                loss = float(value["array"])
            elif key in names:
                by_name[key] = value
            else:
                arrays.append(value)
        for each in value.get("items", ()):
            walk(each, "")
        for name, each in value.get("dict", {}).items():
            walk(each, name)

    walk(shown, "")
    left = [name for name in names if name not in by_name]
    return loss, {**by_name, **dict(zip(left, arrays, strict=False))}


# --- judging --------------------------------------------------------------------------------------


def _checked(
    worker: Worker,
    described: Mapping[str, Any],
    container: str,
    parameters: Mapping[str, Numbers],
    batches: Sequence[TriedBatch],
) -> Finding:
    name = str(described["name"])
    reading = (
        f"Read as a function of {listing([p['name'] for p in described['parameters']])} that gives "
        "the loss and the gradients, by the names of the parameters or in their order."
        if described["kind"] == "function"
        else f"Read as a class that is made of {listing(_made_of(described))}; after its "
        f"{_method_of_batch(described)}(images, labels) the gradients have the names of these."
    )
    answers = []
    for batch in batches:
        steps = _steps(described, parameters, batch)
        answer = worker.ask({"do": "steps", "container": container, "steps": steps})
        if "error" in answer:
            error = answer["error"]
            where = f" in line {error['line']}" if error.get("line") else ""
            sentence = f"{name} raises {error['type']}: {error['message']}{where}."
            return Finding("network", name, "failed", "raised", sentence, mistakes=("raised",),
                           reading=reading)  # fmt: skip
        answers.append(_answer(described, answer["values"], list(parameters)))
    if not all(gradients for _, gradients in answers):
        return Finding("network", name, "unknown", None, f"{name} gave no gradients back.",
                       reading=reading)  # fmt: skip
    tried = tuple(batch.words for batch in batches)
    found = _first_wrong(parameters, batches, [gradients for _, gradients in answers])
    if found is None:
        off = [
            loss
            for batch, (loss, _) in zip(batches, answers, strict=True)
            if loss is not None and abs(loss - batch.loss) > ROUNDING * max(1.0, abs(batch.loss))
        ]
        if off:
            return Finding("network", name, "wrong", None,
                           f"The loss is wrong: {off[0]:.6g} instead of {batches[0].loss:.6g}. "
                           "All gradients are right.", reading=reading, tried=tried)  # fmt: skip
        count = len(answers[0][1])
        missing = [each for each in parameters if each not in answers[0][1]]
        rest = f" Not given, and so not compared: {listing(missing)}." if missing else ""
        return Finding("network", name, "right", None,
                       f"The gradients of {count} parameters are right, number by number, in "
                       f"{len(batches)} batches.{rest}", reading=reading, tried=tried)  # fmt: skip
    parameter, right, mistake, elsewhere, words = found
    told = f"The gradient of {parameter} is the first on the way back that is wrong"
    if mistake is None:
        told += ", in a way that has no name here"
    else:
        where = f"in the error of {elsewhere}, " if elsewhere else ""
        told += f": {where}{MISTAKES[mistake].title}{f' ({words})' if words else ''}"
    if right:
        told += f". {listing(right)} {'is' if len(right) == 1 else 'are'} right"
    layer = elsewhere or parameter.rpartition(".")[0]
    stage = next(each for each in batches[0].stages if each.name == layer)
    first = _element(parameter, batches[0], answers[0][1][parameter])
    operation = stage.operation.name if stage.operation is not None else ""
    known = MISTAKES.get(mistake or "")
    return Finding(
        "network", name, "wrong", mistake, f"{told}.", first,
        mistakes=(mistake,) if mistake else (), reading=reading, tried=tried,
        why=known.why if known else "",
        page=known.page(operation) if known and operation else "",
    )  # fmt: skip


def _first_wrong(
    parameters: Mapping[str, Numbers],
    batches: Sequence[TriedBatch],
    given: Sequence[Mapping[str, Message]],
) -> tuple[str, list[str], str | None, str, str] | None:
    """The parameter, those behind it that are right, the mistake, in which layer, and words."""
    right: list[str] = []
    wrong: list[str] = []
    last = ""
    for parameter in reversed(list(parameters)):
        if wrong and parameter.rpartition(".")[0] != last:
            break
        if parameter not in given[0]:
            continue
        fine = all(
            tuple(got[parameter]["shape"]) == shape_of(batch.gradients[parameter])
            and close(got[parameter]["array"], batch.gradients[parameter], ROUNDING)
            for batch, got in zip(batches, given, strict=True)
        )
        (right if fine else wrong).append(parameter)
        last = parameter.rpartition(".")[0]
    if not wrong:
        return None
    for parameter in reversed(wrong):
        named = _named(parameter, batches, [got[parameter] for got in given])
        if named is not None:
            return (parameter, right, *named)
    return wrong[-1], right, None, "", ""


def _named(
    parameter: str, batches: Sequence[TriedBatch], got: Sequence[Message]
) -> tuple[str, str, str] | None:
    """The mistake that gives what came in every batch."""
    for batch, each in zip(batches, got, strict=True):
        if tuple(each["shape"]) != shape_of(batch.gradients[parameter]):
            return "wrong-shape", "", ""
    first, *others = (
        list(_explanations(parameter, batch, each["array"]))
        for batch, each in zip(batches, got, strict=True)
    )
    for key in first:
        if all(key in other for other in others):
            return key
    return None


def _explanations(
    parameter: str, batch: TriedBatch, got: Numbers
) -> Iterator[tuple[str, str, str]]:
    """Every mistake that gives these numbers: its name, the layer, and which of several ways."""
    layer, _, result = parameter.rpartition(".")
    place = next(k for k, each in enumerate(batch.stages) if each.name == layer)
    stage = batch.stages[place]
    ratio = ratio_of(got, batch.gradients[parameter])
    if ratio is not None:
        count = len(batch.labels)
        for name, factor in (("sign", -1.0), ("batch-average-forgotten", float(count)),
                             ("batch-average-extra", 1 / count)):  # fmt: skip
            if abs(ratio - factor) < ROUNDING:
                yield name, "", ""
    if stage.operation is None:
        return
    for way in wrong_ways(stage.operation, result):
        if close(got, way.line.compute(stage.letters, stage.sizes), ROUNDING):
            yield way.mistakes[0], "", way.words
    line = right_line(stage.operation, result)
    is_filter = result == "weight" and stage.operation.name == "conv2d"
    if is_filter and line is not None and _is_one_product(got, stage, line):
        yield "assigned-not-added", "", "one product is left"
    for at in range(place + 1, len(batch.stages)):
        later = batch.stages[at]
        if later.node is not None and later.node.inputs != (batch.stages[at - 1].name,):
            return  # branches meet here, and an error comes from several sides
        if later.operation is None or line is None:
            continue
        between = batch.stages[place + 1 : at]
        for way in wrong_ways(later.operation, "input"):
            error = _passed_back(way.line.compute(later.letters, later.sizes), between)
            if close(got, line.compute({**stage.letters, "dY": error}, stage.sizes), ROUNDING):
                yield way.mistakes[0], later.name, way.words
        back = right_line(later.operation, "input")
        change = batch.gradients.get(f"{later.name}.weight")
        if back is not None and change is not None and "W" in later.letters:
            # With W − η·dW in place of W an error, and all that is made of it, is off by η times
            # what dW in its place gives.
            error = _passed_back(back.compute({**later.letters, "W": change}, later.sizes), between)
            off = line.compute({**stage.letters, "dY": error}, stage.sizes)
            eta = ratio_of(minus(batch.gradients[parameter], got), off)
            if eta is not None and eta > 0:
                yield "updated-weights", later.name, ""
    if ratio is not None and abs(ratio) > ROUNDING:
        yield "scaled", "", ""


def _passed_back(error: Numbers, stages: Sequence[Stage]) -> Numbers:
    """The error in front of these layers, which are right."""
    for each in reversed(stages):
        (error, *_), _ = each.node.layer.backward(each.call, error)
    return error


_MOST_PLACES = 200


def _is_one_product(got: Numbers, stage: Stage, line: Computation) -> bool:
    """Whether each filter has the product of one place alone, as `=` in a loop leaves it.

    Which place came last depends on the order of the loops and on what they leave out.
    """
    errors = stage.letters["dY"]
    left = set(range(len(got)))
    last = len(errors) - 1
    nonzero = {
        (i, j)
        for rows in errors[last]
        for i, row in enumerate(rows)
        for j, error in enumerate(row)
        if error
    }
    for place in sorted(nonzero, reverse=True)[:_MOST_PLACES]:
        alone = [
            [
                [
                    [e if (n, i, j) == (last, *place) else 0.0 for j, e in enumerate(row)]
                    for i, row in enumerate(rows)
                ]
                for rows in maps
            ]
            for n, maps in enumerate(errors)
        ]
        computed = line.compute({**stage.letters, "dY": alone}, stage.sizes)
        left -= {o for o in left if close(got[o], computed[o], ROUNDING)}
    return not left


def _element(parameter: str, batch: TriedBatch, got: Message) -> FirstWrong:
    wanted = batch.gradients[parameter]
    shape = tuple(got["shape"])
    if shape != shape_of(wanted):
        return FirstWrong(parameter, f"d {parameter}", (), (), None, None, batch.words,
                          shape=shape, wanted=shape_of(wanted))  # fmt: skip
    largest = max((abs(each) for each in flat(wanted)), default=1.0)
    index, yours, right = first_apart(got["array"], wanted, ROUNDING * largest) or ((), None, None)
    return FirstWrong(parameter, f"d {parameter}", index, tuple("ocuv"[: len(index)]), yours, right,
                      batch.words)  # fmt: skip
