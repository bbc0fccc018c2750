import io
import re

import numpy as np
import pytest
from rich.console import Console

import backlit as bl
from backlit.equations import format_number
from backlit.explain import BatchStep, LossStep, NudgeStep, Story, TermsStep, UpdateStep
from backlit.views.story import render_story
from tests.explain.networks import ACTIVATIONS, BRANCHES, MODES, POOLS
from tests.views.rendering import plain_lines, widest, words


def digits_story() -> Story:
    net = bl.Network(
        (1, 8, 8),
        [
            *(bl.Conv2d(3, 3, padding=1), bl.ReLU(), bl.MaxPool2d(2)),
            *(bl.Conv2d(4, 3, padding=1), bl.ReLU(), bl.Flatten(), bl.Dense(12)),
        ],
        seed=3,
    )
    random = np.random.default_rng(1)
    images = random.normal(size=(9, 1, 8, 8))
    return bl.explain(net, images, np.arange(9)).story("conv1.weight[1,0,0,2]", image=2)


STORIES = [
    digits_story(),
    BRANCHES[0].trace().story("conv1.weight[0,0,1,1]", optimizer=bl.Adam(0.01)),
    BRANCHES[1].trace().story("side.weight[0,0,0,0]"),
    MODES[2].trace().story("conv1.bias[1]"),
    POOLS[4].trace().story("conv1.weight[2,1,0,1]"),
    ACTIVATIONS[6].trace().story("conv1.weight[1,0,2,2]", optimizer=bl.AdamW(0.1)),
]


@pytest.mark.parametrize("width", [40, 60, 79, 80, 100, 200])
@pytest.mark.parametrize("story", STORIES, ids=lambda story: str(story.address))
def test_everything_is_told_in_order_and_fits(story: Story, width: int) -> None:
    lines = plain_lines(render_story(story), width)
    assert widest(lines) <= min(width, 100)
    text = words(lines)
    place = 0
    for number, step in enumerate(story.steps, start=1):
        place = text.index(f"{number} {step.title} {step.sentence}", place)
        if not isinstance(step, NudgeStep | UpdateStep):
            place = text.index(f"{step.address} = {format_number(step.value)}", place)
        if isinstance(step, TermsStep) and not isinstance(step, LossStep):
            assert words([step.part.equation.text()]) in text
            for note in step.notes:
                assert note in text
            for grid in step.grids:
                assert grid.title in text
    nudge = story.steps[-1]
    assert isinstance(nudge, NudgeStep)
    assert nudge.nudge
    assert format_number(nudge.nudge.loss_plus, 10) in text


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437"])
@pytest.mark.parametrize("story", STORIES, ids=lambda story: str(story.address))
def test_terminals_with_few_signs(story: Story, encoding: str) -> None:
    for width in (60, 80):
        lines = plain_lines(render_story(story), width, encoding)
        assert widest(lines) <= width
        assert "".join(lines).count("?") == 1  # that of "Is it true?"


def test_the_followed_term_is_marked() -> None:
    lines = plain_lines(render_story(STORIES[0]), 80)
    marked = [line for line in lines if line.startswith("    ▸")]
    several = [step for step in STORIES[0].steps if isinstance(step, TermsStep)]
    assert len(marked) == sum(len(step.terms) > 1 for step in several)


def test_many_classes_are_cut_to_those_that_matter() -> None:
    story = STORIES[0]
    first = story.steps[0]
    assert isinstance(first, LossStep)
    assert len(first.classes) == 12
    lines = plain_lines(render_story(story), 80)
    start = next(k for k, line in enumerate(lines) if "probability  truth" in line)
    rows = [line.replace("▸", " ").split() for line in lines[start + 1 : start + 11]]
    assert len(rows) == 10
    shown = [int(row[0]) for row in rows]
    assert shown == sorted(shown)
    assert first.address.index[1] in shown
    assert lines[start + 11].strip() == "and 2 more classes"


def test_the_picture_marks_what_the_last_product_saw() -> None:
    story = STORIES[0]
    lines = plain_lines(render_story(story), 80)
    patch = story.patch
    assert (patch.bottom - patch.top, patch.right - patch.left) == (1, 1)
    assert lines[0][: 2 + 16].rstrip() == "  " + "  " * patch.left + "▾▾"
    inside = [k for k, line in enumerate(lines[1:9]) if line.startswith("▸")]
    assert inside == [patch.top]


def test_a_story_of_the_whole_picture_has_no_marks() -> None:
    story = POOLS[4].trace().story("dense1.bias[0]")
    lines = plain_lines(render_story(story), 80)
    assert not any("▾" in line for line in lines)
    assert "The marks beside the picture" not in words(lines)


def test_the_images_of_a_batch() -> None:
    (step,) = [step for step in STORIES[0].steps if isinstance(step, BatchStep)]
    text = words(plain_lines(render_story(STORIES[0]), 80))
    start = text.index("Image by image, the largest first: ")
    for each in step.images[:5]:
        start = text.index(f"n = {each.index['n']} {format_number(each.total)}", start)
    rest = sum(each.total for each in step.images[5:])
    assert f"4 others {format_number(rest)}" in text


def test_color_is_there_where_it_can_be_and_never_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def rendered(**options: object) -> str:
        file = io.StringIO()
        console = Console(file=file, width=80, force_terminal=True, **options)  # type: ignore[arg-type]
        console.print(render_story(STORIES[0]))
        return file.getvalue()

    monkeypatch.delenv("NO_COLOR", raising=False)
    colored = rendered(color_system="truecolor")
    assert "\x1b[38;2;" in colored
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[38;2;" not in rendered(color_system="truecolor")
    plain = "".join(plain_lines(render_story(STORIES[0]), 80))
    assert "\x1b" not in plain


def test_how_the_thread_was_chosen_is_said() -> None:
    text = words(plain_lines(render_story(STORIES[0]), 80))
    assert "chosen from its end: the strongest use of the weight" in text
    assert "normalized: (pixel − mean) / spread of the training pictures" in text


def test_why_this_picture_is_drawn() -> None:
    assert "largest part in the gradient" not in words(plain_lines(render_story(STORIES[0]), 80))
    picked = BRANCHES[0].trace().story("conv1.weight[0,0,1,1]")
    lines = plain_lines(render_story(picked), 80)
    text = words([re.sub("[▸◂▾░▒▓█]", "", line) for line in lines])
    assert f"How picture {picked.image} of the batch changed" in text
    assert f"Of all {picked.images} it has the largest part in the gradient." in text
