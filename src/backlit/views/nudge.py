"""The nudge, the flip and the update, for a terminal."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult

from backlit.equations import format_number
from backlit.explain import Flip, Nudge, Update

from .page import Cell, Page, page_for
from .styles import FAINT, STRONG


@dataclass(frozen=True)
class NudgeView:
    """A rich renderable."""

    nudge: Nudge
    width: int | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        page = page_for(options, self.width)
        page.add(("The nudge: ", STRONG), (str(self.nudge.address), STRONG))
        show_nudge(page, self.nudge, 2)
        page.say(self.nudge.sentence, 2)
        yield from page.lines


@dataclass(frozen=True)
class FlipView:
    """A rich renderable."""

    flip: Flip
    width: int | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        page = page_for(options, self.width)
        page.add(("How far to another answer: ", STRONG), (str(self.flip.address), STRONG))
        page.say(self.flip.sentence, 2)
        yield from page.lines


@dataclass(frozen=True)
class UpdateView:
    """A rich renderable."""

    update: Update
    width: int | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        page = page_for(options, self.width)
        page.add(("The update: ", STRONG), (str(self.update.address), STRONG))
        show_update(page, self.update, 2)
        page.say(self.update.sentence, 2)
        yield from page.lines


def render_nudge(nudge: Nudge, width: int | None = None) -> NudgeView:
    """A nudge as a rich renderable.

    Args:
        nudge: from ``trace.nudge(...)``.
        width: the widest line; by default that of the terminal, at most 100.
    """
    return NudgeView(nudge, width)


def render_flip(flip: Flip, width: int | None = None) -> FlipView:
    """A flip as a rich renderable.

    Args:
        flip: from ``trace.flip(...)``.
        width: the widest line; by default that of the terminal, at most 100.
    """
    return FlipView(flip, width)


def render_update(update: Update, width: int | None = None) -> UpdateView:
    """An update as a rich renderable.

    Args:
        update: from ``trace.update(...)``.
        width: the widest line; by default that of the terminal, at most 100.
    """
    return UpdateView(update, width)


def show_nudge(page: Page, nudge: Nudge, indent: int) -> None:
    """The three losses, and the two slopes."""
    epsilon = format_number(nudge.epsilon)
    losses = [
        (f"loss with {format_number(nudge.value)} − {epsilon}", nudge.loss_minus),
        ("loss as it is", nudge.loss),
        (f"loss with {format_number(nudge.value)} + {epsilon}", nudge.loss_plus),
    ]
    rows = [[Cell(name, left=True), Cell(_exact(value))] for name, value in losses]
    width = format_number(2 * nudge.epsilon)
    slopes = [(f"measured: difference / {width}", nudge.measured), ("gradient", nudge.gradient)]
    rows += [[Cell(name, left=True), Cell(_exact(value), STRONG)] for name, value in slopes]
    page.table(rows, indent)
    for each in nudge.kinks:
        places = ", ".join(str(list(place)).replace(" ", "") for place in each.places[:3])
        more = f" and {each.count - 3:,} more" if each.count > 3 else ""
        page.say(f"switched in {each.layer}: {places}{more}", indent, FAINT, hanging=2)


def show_update(page: Page, update: Update, indent: int) -> None:
    """The optimizer's rule, line by line, with its numbers."""
    for line in update.lines:
        page.add((line.symbol, STRONG), (" ← ", ""), (line.equation, ""), indent=indent)
        page.add(
            (" " * len(line.symbol) + " = ", ""),
            (line.numbers, ""),
            (" = ", ""),
            (format_number(line.value, line.digits), STRONG),
            indent=indent,
        )
    page.say("; ".join(update.letters), indent, FAINT)


def _exact(value: float) -> str:
    """Enough digits to see two close numbers differ."""
    return format_number(value, 10)
