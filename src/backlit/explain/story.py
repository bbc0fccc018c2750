"""The story: for one image, from the loss back to one weight, and what becomes of the weight."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from backlit.errors import AddressError
from backlit.system.numbers import is_whole

from .address import Address
from .explanation import Explanation
from .layer_words import layer_words
from .nudge import check_epsilon, too_small
from .picture import Patch, seen_patch
from .story_data import (
    BatchStep,
    ClassRow,
    GradientStep,
    LossStep,
    NudgeStep,
    Story,
    StoryStep,
    TermsStep,
    UpdateStep,
)
from .story_grids import gradient_grids, layer_grids
from .story_words import batch_words, gradient_words, loss_words, update_words
from .thread import Link, follow

if TYPE_CHECKING:
    from backlit.training.update_rule import UpdateRule

    from .trace import Trace


def tell(
    trace: Trace, address: Address, image: int | None, epsilon: float, rule: UpdateRule
) -> Story:
    """See :meth:`Trace.story`."""
    if not address.is_parameter:
        raise AddressError(f"a story ends at a weight or a bias, and {address} is neither")
    check_epsilon(epsilon)
    explanation = trace[address]
    n, picked = _image(trace, explanation, image)
    thread = follow(trace, address, explanation.parts[0], n)
    steps: list[StoryStep] = [*_way_down(trace, thread, n)]
    steps.append(_batch_step(trace, explanation, steps[-1].value))
    update = explanation.update(rule)
    frame = dict(zip(("title", "sentence"), update_words(update), strict=True))
    steps.append(
        UpdateStep(
            **frame, address=address, value=update.new, incoming=update.gradient, update=update
        )
    )
    steps.append(_nudge_step(explanation, epsilon))
    return Story(
        address=address,
        image=n,
        images=trace.images,
        picked=picked,
        label=int(trace.recording.labels[n]),
        predicted=int(trace.recording.probabilities[n].argmax()),
        classes=tuple(map(trace.class_name, range(trace.graph.output_shape[0]))),
        pixels=_tuples(trace.recording.images[n].tolist()),
        patch=_patch(trace, thread[0]),
        steps=tuple(steps),
    )


def _image(trace: Trace, explanation: Explanation, image: int | None) -> tuple[int, bool]:
    """The image that was asked for, or the one that pulls hardest at the weight, and whether so."""
    if image is None:
        strongest = max(explanation.by_image, key=lambda each: abs(each.total), default=None)
        if strongest is None:
            return 0, False
        return strongest.index["n"], trace.images > 1 and strongest.total != 0
    if not is_whole(image):
        raise AddressError(f"the number of an image is a whole number, got {image!r}")
    if not 0 <= image < trace.images:
        raise AddressError(f"the batch has images 0 to {trace.images - 1:,}, there is no {image}")
    return image, False


def _way_down(trace: Trace, thread: list[Link], image: int) -> list[StoryStep]:
    """The thread from its upper end, the loss, to the weight."""
    arrived = thread[-1].address.owner == trace.graph.output and len(thread) > 1
    steps: list[StoryStep] = [_loss_step(trace, thread[-1] if arrived else None, image)]
    incoming = steps[0].value if arrived else None
    for link in thread[-2:0:-1] if arrived else thread[:0:-1]:
        value = float(trace.recording.errors[link.address.owner][link.address.index])
        title, sentence = layer_words(trace, link, value)
        explanation_notes = trace[link.address].notes
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
                notes=explanation_notes,
                grids=layer_grids(trace, link),
            )
        )
        incoming = value
    return [*steps, _gradient_step(trace, thread[0], image, incoming)]


def _loss_step(trace: Trace, link: Link | None, image: int) -> LossStep:
    recording, output = trace.recording, trace.graph.output
    label = int(recording.labels[image])
    followed = link.address.index[1] if link else label
    address = Address(output, "error", (image, followed))
    explanation = trace[address]
    title, sentence = loss_words(trace, image, followed)
    return LossStep(
        title,
        sentence,
        address,
        explanation.value,
        None,
        part=explanation.parts[0],
        terms=tuple((explanation.parts[0], term) for term in explanation.by_magnitude()),
        followed=None,
        classes=tuple(
            ClassRow(
                label=k,
                name=trace.class_name(k),
                probability=float(recording.probabilities[image, k]),
                truth=int(k == label),
                error=float(recording.errors[output][image, k]),
            )
            for k in range(trace.graph.output_shape[0])
        ),
    )


def _gradient_step(trace: Trace, link: Link, image: int, incoming: float | None) -> GradientStep:
    value = float(sum(term.product for _, term in link.terms))
    title, sentence = gradient_words(trace, link, image, value)
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
        grids=gradient_grids(trace, link, image),
    )


def _batch_step(trace: Trace, explanation: Explanation, own: float) -> BatchStep:
    gradient = explanation.engine_value
    title, sentence = batch_words(trace, explanation.address, own, gradient)
    images = sorted(explanation.by_image, key=lambda each: -abs(each.total))
    return BatchStep(title, sentence, explanation.address, gradient, own, images=tuple(images))


def _nudge_step(explanation: Explanation, epsilon: float) -> NudgeStep:
    title, gradient = "Is it true? The nudge", explanation.engine_value
    why = too_small(explanation.value, epsilon, explanation.dtype)
    if why:
        return NudgeStep(title, why, explanation.address, gradient, gradient, nudge=None)
    nudge = explanation.nudge(epsilon)
    return NudgeStep(
        title,
        f"Turn the {nudge.address.quantity} up and down a little, run forward again, and see what "
        f"the loss really does. {nudge.sentence}",
        explanation.address,
        nudge.measured,
        nudge.gradient,
        nudge=nudge,
    )


def _patch(trace: Trace, link: Link) -> Patch:
    """What the strongest product's input has seen of the picture."""
    read = trace.graph[link.address.owner].inputs[0]
    factors = {f.symbol: f.index[1:] for f in link.followed.factors} if link.followed else {}
    if "X" in factors:
        return seen_patch(trace.graph, read, factors["X"])
    return seen_patch(trace.graph, link.address.owner, factors.get("dY", ()))


def _tuples(nested: Any) -> Any:
    return tuple(map(_tuples, nested)) if isinstance(nested, list) else nested
