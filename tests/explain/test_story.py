"""The story's numbers hang together, for every kind of layer and every kind of network."""

from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.errors import AddressError
from backlit.explain import (
    BatchStep,
    GradientStep,
    LossStep,
    NudgeStep,
    Story,
    TermsStep,
    Trace,
    UpdateStep,
)
from tests.explain.networks import BRANCHES, CONVOLUTIONS, MODES, ONE_IMAGE, SMALLS, Small

EPS = 2.0**-52


def middle(trace: Trace, name: str) -> tuple[Any, ...]:
    return (name, *(size // 2 for size in trace.shapes[name]))


@pytest.fixture(scope="module", params=SMALLS, ids=str)
def told(request: pytest.FixtureRequest) -> tuple[Trace, list[Story]]:
    """A trace, and the story of one number of each of its parameters."""
    small: Small = request.param
    trace = small.trace()
    return trace, [trace.story(*middle(trace, name)) for name in trace.snapshot.parameters]


def test_each_step_starts_from_the_number_of_the_step_before(
    told: tuple[Trace, list[Story]],
) -> None:
    _, stories = told
    for story in stories:
        assert story.steps[0].incoming is None
        for before, after in zip(story.steps, story.steps[1:], strict=False):
            if isinstance(after, UpdateStep):
                assert after.incoming == after.update.gradient == before.value
            elif isinstance(after, NudgeStep) and after.nudge:
                assert after.incoming == after.nudge.gradient
            elif after.incoming is not None or isinstance(after, BatchStep):
                assert after.incoming == before.value


def test_the_followed_term_carries_the_incoming_error(told: tuple[Trace, list[Story]]) -> None:
    trace, stories = told
    for story in stories:
        for step in story.steps:
            if isinstance(step, LossStep) or not isinstance(step, TermsStep):
                continue
            assert step.followed is not None
            errors = [f.value for f in step.followed.factors if f.symbol == "dY"]
            assert errors == [step.incoming]
            assert any(term is step.followed for _, term in step.terms)
            assert 0 <= step.share <= 1
            products = [float(term.product) for _, term in step.terms]
            size = sum(map(abs, products)) + abs(step.value)
            assert abs(sum(products) - step.value) <= (len(products) + 16) * EPS * size
            if not isinstance(step, GradientStep):
                assert step.value == trace[step.address].engine_value


def test_the_first_step_is_probability_minus_truth(told: tuple[Trace, list[Story]]) -> None:
    trace, stories = told
    for story in stories:
        first = story.steps[0]
        assert isinstance(first, LossStep)
        n, k = first.address.index
        truth = int(trace.recording.labels[n] == k)
        error = (trace.recording.probabilities[n, k] - truth) / trace.images
        assert first.value == pytest.approx(error, rel=1e-12)
        assert [row.truth for row in first.classes].index(1) == trace.recording.labels[n]
        assert sum(row.probability for row in first.classes) == pytest.approx(1)
        assert sum(row.error for row in first.classes) == pytest.approx(0, abs=1e-15)
        assert story.image == n
        assert story.label == trace.recording.labels[n]


def test_the_last_steps_are_the_batch_the_update_and_the_nudge(
    told: tuple[Trace, list[Story]],
) -> None:
    trace, stories = told
    for story in stories:
        gradient_step, batch, update, nudge = story.steps[-4:]
        found = trace[story.address]
        assert isinstance(gradient_step, GradientStep)
        assert isinstance(batch, BatchStep)
        assert batch.value == found.gradient
        assert sum(each.total for each in batch.images) == pytest.approx(
            batch.value, abs=found.agreement.bound
        )
        own = [each for each in batch.images if each.index == {"n": story.image}]
        assert [each.total for each in own] == pytest.approx([gradient_step.value], abs=1e-15)
        # Without a choice it is the image that pulls hardest.
        assert batch.images[0].index == {"n": story.image}
        assert isinstance(update, UpdateStep)
        assert update.value == found.value - 0.05 * found.engine_value
        assert isinstance(nudge, NudgeStep)
        assert nudge.value == found.nudge().measured


def test_every_sentence_can_be_read(told: tuple[Trace, list[Story]]) -> None:
    _, stories = told
    for story in stories:
        for step in story.steps:
            assert step.title[0].isalnum(), step.title
            assert step.sentence.endswith("."), step.sentence
            assert "  " not in step.sentence
            assert "None" not in step.sentence


def layers_of(story: Story) -> list[str]:
    return [step.part.layer for step in story.steps if isinstance(step, TermsStep)]


def test_the_way_from_the_loss_to_a_filter_of_the_first_layer() -> None:
    net = bl.Network(
        (1, 8, 8),
        [
            *(bl.Conv2d(3, 3, padding=1), bl.ReLU(), bl.MaxPool2d(2)),
            *(bl.Conv2d(4, 3), bl.ReLU(), bl.Flatten(), bl.Dense(5)),
        ],
        classes=["a", "b", "c", "d", "e"],
        seed=3,
    )
    random = np.random.default_rng(1)
    trace = bl.explain(net, random.normal(size=(4, 1, 8, 8)), np.array([0, 1, 2, 3]))
    story = trace.story("conv1.weight[1,0,0,2]", image=2)
    assert layers_of(story) == [
        *("the loss", "dense1", "flatten1", "relu2", "conv2", "maxpool1", "relu1", "conv1")
    ]
    assert (story.image, story.images, story.label) == (2, 4, 2)
    assert story.classes == ("a", "b", "c", "d", "e")
    sentences = " ".join(step.sentence for step in story.steps)
    for said in (
        "The picture is of class c",
        "divided by the 4 images of the batch",
        "once, and nowhere else",
        "fed all 5 scores",
        "the largest of 5 terms; all 5 add up to",
        "Nothing is computed.",
        "the ReLU was on",
        "was the largest in window",
        "From filter",
        "a sum, not an average",
        "The weight is the same for all images",
    ):
        assert said in sentences
    gradient = story.steps[-4]
    assert isinstance(gradient, GradientStep)
    assert [grid.title for grid in gradient.grids] == [
        "errors of conv1, filter 1",
        "error · input at each position",
    ]
    errors = gradient.grids[0].rows
    np.testing.assert_array_equal(errors, trace.recording.errors["conv1"][2, 1])
    row, column = gradient.grids[0].marked[0]
    assert errors[row][column] == gradient.incoming


def test_the_thread_takes_the_strongest_of_several_paths() -> None:
    trace = BRANCHES[0].trace()
    story = trace.story("conv1.weight", 1, 0, 1, 1)
    split = next(
        step
        for step in story.steps
        if isinstance(step, TermsStep) and step.address.name == "relu1.error"
    )
    assert split.part.layer in ("conv2", "add1")
    assert {part.layer for part, _ in split.terms} == {"conv2", "add1"}
    largest = max(split.terms, key=lambda pair: abs(float(pair[1].product)))
    assert split.followed is largest[1]
    assert f"the thread takes {split.part.layer}" in split.sentence


def test_the_direct_way_is_followed_through_a_batch_norm() -> None:
    story = MODES[0].trace().story("conv1.weight", 1, 0, 1, 1)
    step = next(s for s in story.steps if isinstance(s, TermsStep) and s.part.layer == "batchnorm1")
    assert len(step.terms) == 3
    assert "in three ways" in step.sentence


def test_one_image_is_a_batch_of_its_own() -> None:
    trace = ONE_IMAGE.trace()
    story = trace.story("dense1.weight[0,3]")
    assert "images of the batch" not in story.steps[0].sentence
    batch = story.steps[-3]
    assert batch.value == batch.incoming == trace["dense1.weight[0,3]"].gradient
    assert "is this one image" in batch.sentence


def test_a_weight_that_met_nothing() -> None:
    """A 3×3 filter on one padded pixel: only its middle meets the picture."""
    net = bl.Network((1, 1, 1), [bl.Conv2d(1, 3, padding=1), bl.Flatten(), bl.Dense(2)])
    trace = bl.explain(net, np.ones((2, 1, 1, 1)), np.array([0, 1]))
    story = trace.story("conv1.weight[0,0,0,0]", image=1)
    first, gradient, batch, *_ = story.steps
    assert isinstance(first, LossStep)
    assert isinstance(gradient, GradientStep)
    assert gradient.sentence == "In this image nothing reached it: it met no input at all."
    assert (gradient.incoming, gradient.value, batch.value) == (None, 0, 0)
    assert len(trace.story("conv1.weight[0,0,1,1]").steps) == 7


def test_an_error_that_ends_on_the_way_is_told_to_its_end() -> None:
    net = bl.Network((1, 1, 1), [bl.Conv2d(1, 1), bl.ReLU(), bl.Flatten(), bl.Dense(2)])
    net.parameters["conv1.weight"][...] = -1.0
    trace = bl.explain(net, np.ones((1, 1, 1, 1)), np.array([0]))
    story = trace.story("conv1.weight[0,0,0,0]")
    assert layers_of(story) == ["the loss", "dense1", "flatten1", "relu1", "conv1"]
    assert "the error ends here" in story.steps[3].sentence
    assert [step.value for step in story.steps[3:6]] == [0, 0, 0]
    assert story.steps[-1].sentence.count("The loss does not move") == 1


def test_an_optimizer_of_ones_own() -> None:
    trace = CONVOLUTIONS[0].trace()
    story = trace.story("conv1.bias[0]", optimizer=bl.Adam(0.01), epsilon=1e-4)
    update, nudge = story.steps[-2:]
    assert isinstance(update, UpdateStep)
    assert update.update.optimizer["optimizer"] == "Adam"
    assert isinstance(nudge, NudgeStep)
    assert nudge.nudge
    assert nudge.nudge.epsilon == 1e-4
    assert "The bias is the same for all images" in story.steps[-3].sentence


@pytest.mark.parametrize(
    ("key", "image", "sentence"),
    [
        ("conv1.output[0,0,0,0]", None, "a story ends at a weight or a bias"),
        ("loss", None, "a story ends at a weight or a bias"),
        ("conv1.bias[0]", 3, "the batch has images 0 to 2, there is no 3"),
        ("conv1.bias[0]", -1, "the batch has images 0 to 2, there is no -1"),
        ("conv7.bias[0]", None, "there is no conv7.bias"),
    ],
)
def test_no_such_story(key: str, image: int | None, sentence: str) -> None:
    with pytest.raises(AddressError, match=sentence):
        CONVOLUTIONS[0].trace().story(key, image=image)


def test_an_image_is_picked_only_where_nobody_asked_for_one() -> None:
    trace = CONVOLUTIONS[0].trace()
    assert trace.story("conv1.bias[0]").picked
    assert not trace.story("conv1.bias[0]", image=1).picked
    trace.recording.errors["conv1"][...] = 0.0
    assert not trace.story("conv1.bias[0]").picked  # none pulls at all
    assert not ONE_IMAGE.trace().story("dense1.weight[0,3]").picked  # there is only one


def test_how_many_other_sources_there_were() -> None:
    trace = CONVOLUTIONS[3].trace()
    (step, *_) = [s for s in trace.story("conv1.weight[0,0,0,0]").steps if s.kind == "layer"]
    units = trace.graph["flatten1"].output_shape[0]
    assert step.sentence.startswith(f"Input {step.address.index[1]}, one of {units}, fed all 3")
    sentences = " ".join(step.sentence for step in trace.story("conv1.weight[0,0,0,0]").steps)
    assert ", one of 50, was read by" in sentences  # two maps of 5×5


def test_what_is_said_with_an_update() -> None:
    note = "The training used another rule."
    trace = CONVOLUTIONS[0].trace()
    (step,) = (s for s in trace.story("conv1.bias[0]", note=note).steps if s.kind == "update")
    assert note in step.sentence
    assert trace["conv1.bias[0]"].update(note=note).sentence.endswith(note)
    assert not trace["conv1.bias[0]"].update().sentence.endswith(" ")
