"""How a story is told: along the thread from one weight up to the loss, read from its end.

A number's terms tell where it came from.  Taking the largest one, and asking the error inside it
where *it* came from, leads up to the loss; read from its end, that is how the error came down.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from backlit.equations import Term

from .address import Address
from .explanation import Explanation, Grid, Part, magnitude, position_grid, subtotals
from .flip import check_image
from .nudge import nudge, too_small
from .picture import Patch, seen_patch
from .recorded import RecordedPass
from .sentences import notes_about
from .step_words import batch_words, gradient_words, layer_words, loss_words, update_words
from .story import (
    BatchStep,
    ClassRow,
    GradientStep,
    Link,
    LossStep,
    NudgeStep,
    Story,
    StoryStep,
    TermsStep,
    UpdateStep,
)
from .update import make_update

if TYPE_CHECKING:
    from backlit.training.update_rule import UpdateRule

_ERROR, _INPUT, _WEIGHT, _GRADIENT = "error:dY", "tensor:X", "tensor:W", "gradient:dW"


def tell(
    recorded: RecordedPass,
    explanation: Explanation,
    image: int | None,
    epsilon: float,
    rule: UpdateRule,
) -> Story:
    """The story of a weight or a bias; see :meth:`.trace.Trace.story`.

    Args:
        recorded: the pass in which it took part.
        explanation: of its gradient.
        image: which image of the batch; None for the one that pulls hardest.
        epsilon: how far it is nudged.
        rule: by which it is updated.

    Raises:
        AddressError: there is no such image.
        ConfigurationError: a state that is not the optimizer's.
    """
    address = explanation.address
    n, picked = chosen_image(recorded, explanation, image)
    thread = follow(recorded, address, explanation.parts[0], n)
    steps: list[StoryStep] = [*_way_down(recorded, thread, n)]
    steps.append(_batch_step(recorded, explanation, steps[-1].value))
    update = make_update(recorded, address, rule)
    frame = dict(zip(("title", "sentence"), update_words(update), strict=True))
    steps.append(
        UpdateStep(
            **frame, address=address, value=update.new, incoming=update.gradient, update=update
        )
    )
    steps.append(_nudge_step(recorded, explanation, epsilon))
    return Story(
        address=address,
        image=n,
        images=recorded.images,
        picked=picked,
        label=int(recorded.recording.labels[n]),
        predicted=int(recorded.recording.probabilities[n].argmax()),
        classes=tuple(map(recorded.class_name, range(recorded.graph.output_shape[0]))),
        pixels=_tuples(recorded.recording.images[n].tolist()),
        patch=_patch(recorded, thread[0]),
        steps=tuple(steps),
    )


def chosen_image(
    recorded: RecordedPass, explanation: Explanation, image: int | None
) -> tuple[int, bool]:
    """The image that was asked for, or the one that pulls hardest at the weight, and whether so.

    Raises:
        AddressError: there is no such image.
    """
    if image is None:
        strongest = max(explanation.by_image, key=lambda each: abs(each.total), default=None)
        if strongest is None:
            return 0, False
        return strongest.index["n"], recorded.images > 1 and strongest.total != 0
    check_image(recorded, image)
    return image, False


def _way_down(recorded: RecordedPass, thread: list[Link], image: int) -> list[StoryStep]:
    """The thread from its upper end, the loss, to the weight."""
    output, label = recorded.graph.output, int(recorded.recording.labels[image])
    arrived = thread[-1].address.owner == output and len(thread) > 1
    end = thread[-1] if arrived else link_to(recorded, Address(output, "error", (image, label)))
    steps: list[StoryStep] = [_loss_step(recorded, end, image)]
    incoming = steps[0].value if arrived else None
    for link in thread[-2:0:-1] if arrived else thread[:0:-1]:
        value = recorded.value(link.address)
        title, sentence = layer_words(recorded, link, value)
        steps.append(
            TermsStep(
                title,
                sentence,
                link.address,
                value,
                incoming,
                part=link.part,
                terms=link.terms,
                followed=link.followed,
                notes=notes_about(recorded, link.address, link.parts),
                grids=layer_grids(recorded, link),
            )
        )
        incoming = value
    return [*steps, _gradient_step(recorded, thread[0], image, incoming)]


def _loss_step(recorded: RecordedPass, link: Link, image: int) -> LossStep:
    recording, output = recorded.recording, recorded.graph.output
    label = int(recording.labels[image])
    title, sentence = loss_words(recorded, image, link.address.index[1])
    return LossStep(
        title,
        sentence,
        link.address,
        recorded.value(link.address),
        None,
        part=link.part,
        terms=link.terms,
        followed=None,
        classes=tuple(
            ClassRow(
                label=k,
                name=recorded.class_name(k),
                probability=float(recording.probabilities[image, k]),
                truth=int(k == label),
                error=float(recording.errors[output][image, k]),
            )
            for k in range(recorded.graph.output_shape[0])
        ),
    )


def _gradient_step(
    recorded: RecordedPass, link: Link, image: int, incoming: float | None
) -> GradientStep:
    value = float(sum(term.product for _, term in link.terms))
    title, sentence = gradient_words(recorded, link, image, value)
    own = replace(link.part.evaluation, terms=[term for _, term in link.terms], total=value)
    return GradientStep(
        title,
        sentence,
        link.address,
        value,
        incoming,
        part=replace(link.part, evaluation=own),
        terms=link.terms,
        followed=link.followed,
        grids=gradient_grids(recorded, link, image),
    )


def _batch_step(recorded: RecordedPass, explanation: Explanation, own: float) -> BatchStep:
    gradient = explanation.engine_value
    title, sentence = batch_words(recorded, explanation.address, own, gradient)
    images = sorted(explanation.by_image, key=lambda each: -abs(each.total))
    return BatchStep(title, sentence, explanation.address, gradient, own, images=tuple(images))


def _nudge_step(recorded: RecordedPass, explanation: Explanation, epsilon: float) -> NudgeStep:
    title, gradient = "Is it true? The nudge", explanation.engine_value
    why = too_small(explanation.value, epsilon, explanation.dtype)
    if why:
        return NudgeStep(title, why, explanation.address, gradient, gradient, nudge=None)
    found = nudge(recorded, explanation.address, epsilon)
    return NudgeStep(
        title,
        f"Turn the {found.address.quantity} up and down a little, run forward again, and see what "
        f"the loss really does. {found.sentence}",
        explanation.address,
        found.measured,
        found.gradient,
        nudge=found,
    )


def _patch(recorded: RecordedPass, link: Link) -> Patch:
    """What the strongest product's input has seen of the picture."""
    read = recorded.graph[link.address.owner].inputs[0]
    factors = {f.symbol: f.index[1:] for f in link.followed.factors} if link.followed else {}
    if "X" in factors:
        return seen_patch(recorded.graph, read, factors["X"])
    return seen_patch(recorded.graph, link.address.owner, factors.get("dY", ()))


def _tuples(nested: Any) -> Any:
    return tuple(map(_tuples, nested)) if isinstance(nested, list) else nested


def follow(recorded: RecordedPass, address: Address, part: Part, image: int) -> list[Link]:
    """The thread from a parameter up to the loss, for one image."""
    # The page's is thread in web/front/thread.js; tests/web/test_parity.py holds them equal.
    own = [term for term in part.terms if term.index.get("n") == image]
    links = [_link(address, (part,), [(part, term) for term in own])]
    while (source := links[-1].source) is not None:
        links.append(link_to(recorded, source))
    return links


def link_to(recorded: RecordedPass, error: Address) -> Link:
    """The link of an error, with everything that came back to it."""
    parts = recorded.parts(error)
    return _link(error, parts, [(part, term) for part in parts for term in part.terms])


def _link(address: Address, parts: tuple[Part, ...], terms: list[tuple[Part, Term]]) -> Link:
    ordered = tuple(sorted(terms, key=lambda each: -magnitude(each[1])))
    for part, term in ordered:
        source = _error_in(part, term)
        if source is not None:
            return Link(address, parts, ordered, part, term, source)
    return Link(address, parts, ordered, parts[0])


def _error_in(part: Part, term: Term) -> Address | None:
    """The error that is a factor of a term."""
    for factor in term.factors:
        name = part.arrays.get(factor.symbol, "")
        if name.endswith(".error"):
            owner, _, quantity = name.rpartition(".")
            return Address(owner, quantity, factor.index)
    return None


def layer_grids(recorded: RecordedPass, link: Link) -> tuple[Grid, ...]:
    """The maps of a step through one layer; none for layers without maps."""
    term = link.followed
    if term is None or link.part.layer not in recorded.graph:
        return ()
    node = recorded.graph[link.part.layer]
    if node.layer.has_filters:
        return _conv_grids(recorded, link, term)
    if node.layer.winner_takes_error:
        return (_window_grid(recorded, link, term),)
    if node.layer.family == "flatten" and len(link.address.index) == 4:
        n, c, h, w = link.address.index
        owner = link.address.owner
        title = f"errors of {owner}, channel {c}"
        return (Grid(title, _ERROR, _rows(recorded.recording.errors[owner][n, c]), ((h, w),)),)
    return ()


def gradient_grids(recorded: RecordedPass, link: Link, image: int) -> tuple[Grid, ...]:
    """The errors of a filter, and what each position contributes to one of its weights."""
    layer = link.part.layer
    errors = recorded.recording.errors[layer]
    term = link.followed
    if errors.ndim != 4 or term is None or not {"i", "j"} <= term.index.keys():
        return ()
    o = link.address.index[0]
    marked = ((term.index["i"], term.index["j"]),)
    grids = [Grid(f"errors of {layer}, filter {o}", _ERROR, _rows(errors[image, o]), marked)]
    if link.address.quantity == "weight":
        products = subtotals([each for _, each in link.terms], ("i", "j"))
        title = "error · input at each position"
        grids += filter(None, [position_grid(title, _GRADIENT, products)])
    return tuple(grids)


def _conv_grids(recorded: RecordedPass, link: Link, term: Term) -> tuple[Grid, ...]:
    """The weights through which the number went out, and the errors that came back."""
    layer, index = link.part.layer, term.index
    weight = next(factor for factor in term.factors if factor.symbol == "W")
    o, c, u, v = weight.index
    slice_ = recorded.snapshot.parameters[f"{layer}.weight"][o, c]
    errors = recorded.recording.errors[layer][link.address.index[0], o]
    return (
        Grid(f"errors of {layer}, filter {o}", _ERROR, _rows(errors), ((index["i"], index["j"]),)),
        Grid(f"weights of filter {o} for channel {c}", _WEIGHT, _rows(slice_), ((u, v),)),
    )


def _window_grid(recorded: RecordedPass, link: Link, term: Term) -> Grid:
    """The numbers among which this one won (or lost)."""
    node = recorded.graph[link.part.layer]
    axes = node.layer.window(node.input_shapes[0])
    if axes is None:
        raise TypeError(f"{node.name} has no window")
    n, c, h, w = link.address.index
    spans = []
    for axis, out in zip(axes, (term.index["i"], term.index["j"]), strict=True):
        first = axis.input_position(out, 0)
        spans.append(range(max(first, 0), min(first + axis.kernel, axis.size)))
    rows, columns = spans
    inputs = recorded.recording.activations[node.inputs[0]][n, c]
    window = inputs[rows.start : rows.stop, columns.start : columns.stop]
    title = f"{node.name}, window ({term.index['i']}, {term.index['j']})"
    return Grid(title, _INPUT, _rows(window), ((h - rows.start, w - columns.start),))


def _rows(array: NDArray[np.floating]) -> tuple[tuple[float | None, ...], ...]:
    return tuple(tuple(row) for row in array.tolist())
