"""An operation's equations in the terminal.

    print_operation(operation("conv2d", stride=2, padding=1))

Without colors (``NO_COLOR``, a pipe, a file) the same lines are plain text; signs that the
terminal's encoding lacks are written in ASCII.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from backlit.equations import Equation, Formula, Operation, symbol_text

from .palette import style_of

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from .page import Page

_KINDS = (("index",), ("tensor", "error", "gradient"), ("size", "option", "number"))


def print_operation(operation: Operation, console: Console | None = None) -> None:
    """Print an operation at the console's width."""
    from rich.console import Console

    console = console or Console()
    text = render_operation(operation, console.width, console.encoding)
    console.print(text, soft_wrap=True, highlight=False)


def render_operation(operation: Operation, width: int = 80, encoding: str = "utf-8") -> Text:
    """All equations of an operation, each with its sentence, then every letter once.

    Args:
        operation: from :func:`backlit.equations.operation`.
        width: columns of the terminal; lines are kept between 40 and 100.
        encoding: of the stream that it will be written to.
    """
    from rich.text import Text

    from .page import NARROWEST, WIDEST, Page

    page = Page(max(NARROWEST, min(width, WIDEST)), encoding)
    show_operation(page, operation)
    return Text("\n").join(page.lines)


def show_operation(page: Page, operation: Operation) -> None:
    """Write an operation on a page."""
    page.heading(operation.title)
    _section(page, "Forward", operation.steps, named=len(operation.steps) > 1)
    _sizes(page, operation.shapes)
    _section(page, "Backward", tuple(dict.fromkeys(operation.gradients.values())))
    faces = tuple(operation.faces.values())
    _section(page, "The input's error, written in other ways", faces, named=True)
    _letters(page, operation.letters)
    _notes(page, operation.notes)


def _section(page: Page, title: str, equations: Sequence[Equation], named: bool = False) -> None:
    if equations:
        page.heading(title)
    for number, equation in enumerate(equations):
        if number:
            page.blank()
        if named:
            page.say(f"{equation.name[:1].upper()}{equation.name[1:]}:", 2)
        page.formula(equation, 2)
        for condition in equation.conditions:
            _bullet(page, 4, partial(page.formula, condition, 6))
        page.say(f"In words: {equation.words}", 4)


def _bullet(page: Page, indent: int, write: Callable[[], None]) -> None:
    """A bullet before the first line of what is written."""
    from rich.text import Text

    start = len(page.lines)
    write()
    mark = "•" if page.fit("•") == "•" else "*"
    page.lines[start] = Text(f"{' ' * indent}{mark} ") + page.lines[start][indent + 2 :]


def _sizes(page: Page, shapes: Sequence[Formula]) -> None:
    if shapes:
        page.heading("Size of the output")
    for shape in shapes:
        page.formula(shape, 2)


def _letters(page: Page, letters: Mapping[str, str]) -> None:
    """Every letter once: indices, then tensors, then sizes and options."""
    page.heading("Letters")
    page.entries(
        [
            (symbol_text(role), style_of(role), words)
            for kinds in _KINDS
            for role, words in letters.items()
            if role.partition(":")[0] in kinds
        ],
        2,
    )


def _notes(page: Page, notes: Sequence[str]) -> None:
    if notes:
        page.heading("Good to know")
    for note in notes:
        _bullet(page, 2, partial(page.say, note, 4))
