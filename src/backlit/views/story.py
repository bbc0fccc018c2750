"""The story of one weight, for a terminal."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from backlit.equations import format_number, symbol_text
from backlit.explain import (
    BatchStep,
    LossStep,
    NudgeStep,
    Part,
    Patch,
    Story,
    StoryStep,
    TermsStep,
    UpdateStep,
)

from .maps import picture_lines, show_grid, zero_sign
from .nudge import show_nudge, show_update
from .page import Cell, Page, page_for
from .signs import NORMALIZED, signs
from .styles import FAINT, STRONG
from .subtotals import show_subtotals
from .terms import show_terms

_INDENT = 4
_TERMS = 5
_CLASSES = 10


@dataclass(frozen=True)
class StoryView:
    """A rich renderable; as wide as the terminal, in signs that it can show."""

    story: Story
    width: int | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        page = page_for(options, self.width)
        show_story(page, self.story)
        yield from page.lines


def render_story(story: Story, width: int | None = None) -> StoryView:
    """A story as a rich renderable.

    Args:
        story: from ``trace.story(...)``.
        width: the widest line; by default that of the terminal, at most 100.
    """
    return StoryView(story, width)


def show_story(page: Page, story: Story) -> None:
    """The picture, then every step with its numbers."""
    _opening(page, story)
    known: set[str] = set()  # signs that were explained
    for number, step in enumerate(story.steps, start=1):
        page.heading(step.title, f"{number:>2}  ")
        page.say(step.sentence, _INDENT)
        _numbers(page, step, known)
        _arrival(page, step)


def _opening(page: Page, story: Story) -> None:
    height, width = len(story.pixels[0]), len(story.pixels[0][0])
    whole = story.patch == Patch(0, height, 0, width)
    picture = picture_lines(story.pixels, None if whole else story.patch, page)
    label, predicted = story.classes[story.label], story.classes[story.predicted]
    picture_name = f"picture {story.image} of the batch" if story.images > 1 else "a picture"
    taken = "and the network sees that" if label == predicted else f"but taken for {predicted}"
    why = (
        f" Of all {story.images:,} it has the largest part in the gradient." if story.picked else ""
    )
    text = [
        f"How {picture_name} changed {story.address}",
        "",
        f"The picture is of class {label}, {taken}.{why}",
        "",
        "The loss L is small where the network gives the right class a high probability. The error "
        "of a number is dL/d of it: how fast L grows with that number. The story follows the error "
        "back, from the loss to the weight.",
        "",
        "Every step below starts from the number that the step before arrived at. The thread was "
        "chosen from its end: the strongest use of the weight, then the strongest source of that "
        "error, and so on back to a score. How many others there are, and what all add up to, is "
        "always said.",
        "",
        f"Pixels are as the network sees them, {NORMALIZED}, so also negative. In the maps the "
        f"number on the thread is in brackets, {zero_sign(page)} is exactly 0, and 0 a number that "
        "rounds to it.",
    ]
    if not whole:
        text += ["", "The marks beside the picture show what the thread's last product saw of it."]
    column = max(len(line.plain) for line in picture) + 4
    if page.width - column < 30:
        page.say(text[0], style=STRONG)
        page.lines += picture
        for paragraph in text[2::2]:
            page.say(paragraph)
        return
    lines = [line for each in text for line in textwrap.wrap(each, page.width - column) or [""]]
    for place in range(max(len(lines), len(picture))):
        left = picture[place] if place < len(picture) else Text()
        right = page.fit(lines[place]) if place < len(lines) else ""
        gap = " " * (column - len(left.plain))
        page.add_text(Text.assemble(left, gap, (right, STRONG if place == 0 else "")))


def _numbers(page: Page, step: StoryStep, known: set[str]) -> None:
    """What stands below the sentence."""
    match step:
        case LossStep():
            page.blank()
            _classes(page, step)
        case TermsStep():
            page.blank()
            _equation(page, step, known)
            for note in step.notes:
                page.say(f"Note: {note}", _INDENT, hanging=6)
            for grid in step.grids if any(term.product for _, term in step.terms) else ():
                page.blank()
                show_grid(page, grid, _INDENT, explain_mark=True)
        case BatchStep() if len(step.images) > 1 and any(each.total for each in step.images):
            page.blank()
            show_subtotals(page, "Image by image, the largest first", step.images, 5, _INDENT)
        case UpdateStep():
            page.blank()
            show_update(page, step.update, _INDENT)
        case NudgeStep(nudge=nudge) if nudge:
            page.blank()
            show_nudge(page, nudge, _INDENT)


def _equation(page: Page, step: TermsStep, known: set[str]) -> None:
    page.formula(step.part.equation, _INDENT)
    page.say(_letters(step.part, known), _INDENT, FAINT)
    if len(step.terms) > 1 and not any(term.product for _, term in step.terms):
        return  # the sentence has said so
    if len(step.terms) > 1 or step.kind == "gradient":
        page.blank()
        show_terms(page, step.terms, step.value, _TERMS, _INDENT, step.followed)
    else:
        page.formula(step.part.numbers, _INDENT)


def _letters(part: Part, known: set[str]) -> str:
    """Which arrays the letters stand for, and what signs mean that no earlier step explained.

    "dY is conv1.error, X is input; Σ is the sum over all values of o".
    """
    symbols = dict.fromkeys(symbol_text(role) for role in part.equation.letters)
    arrays = ", ".join(f"{s} is {part.arrays[s]}" for s in symbols if s in part.arrays)
    new = {sign: words for sign, words in signs(part.equation).items() if sign not in known}
    known.update(new)
    return "; ".join([arrays, *(f"{sign} is {words}" for sign, words in new.items())])


def _classes(page: Page, step: LossStep) -> None:
    """A line for each class, the ones with the largest errors where there are many."""
    k = step.address.index[1]
    largest = sorted(step.classes, key=lambda row: (row.label != k, -abs(row.error)))[:_CLASSES]
    shown = [row for row in step.classes if row in largest]
    names = [Cell(""), Cell("class", FAINT, left=True), Cell("probability", FAINT)]
    rows = [[*names, Cell("truth", FAINT), Cell("error", FAINT)]]
    for row in shown:
        style = STRONG if row.label == k else ""
        rows.append(
            [
                Cell("▸" if row.label == k else " ", STRONG),
                Cell(row.name, style, left=True),
                Cell(_fixed(row.probability, 4), style),
                Cell(str(row.truth), style),
                Cell(_fixed(row.error, 5), style),
            ]
        )
    page.table(rows, _INDENT)
    if len(shown) < len(step.classes):
        page.say(f"and {len(step.classes) - len(shown):,} more classes", _INDENT, FAINT)


def _fixed(value: float, decimals: int) -> str:
    """A number with so many decimals, so that those of a column stand below each other."""
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def _arrival(page: Page, step: StoryStep) -> None:
    """The number that the next step starts from."""
    name = {
        "gradient": "this image's part of dL/d {}",
        "batch": "dL/d {}",
        "update": "the new {}",
        "nudge": "",
    }.get(step.kind, "{}")
    if name:
        page.blank()
        digits = step.update.lines[-1].digits if isinstance(step, UpdateStep) else 4
        name = f"{name.format(step.address)} = "
        value = format_number(step.value, digits)
        page.add(("→ ", STRONG), (name, ""), (value, STRONG), indent=_INDENT)
