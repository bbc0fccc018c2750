"""An operation's equations in the terminal.

    print_operation(operation("conv2d", stride=2, padding=1))

Without colors (``NO_COLOR``, a pipe, a file) the same lines are plain text.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from backlit.equations import Equation, Formula, Operation, Span, display_width, symbol_text

from .palette import style_of

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

WIDEST = 100  # longer lines are hard to read, however wide the terminal
NARROWEST = 40


def print_operation(operation: Operation, console: Console | None = None) -> None:
    """Print an operation at the console's width."""
    from rich.console import Console

    console = console or Console()
    console.print(render_operation(operation, console.width), soft_wrap=True, highlight=False)


def render_operation(operation: Operation, width: int = 80) -> RenderableType:
    """All equations of an operation, each with its sentence, then every letter once.

    Args:
        operation: from :func:`backlit.equations.operation`.
        width: columns of the terminal; lines are kept between 40 and 100.
    """
    from rich.text import Text

    page = _Page(max(NARROWEST, min(width, WIDEST)))
    return Text("\n").join(page.operation(operation))


def render_formula(formula: Formula, width: int = 80, indent: int = 0) -> Text:
    """One formula in color, broken into lines where it is longer than ``width``."""
    from rich.text import Text

    lines = formula.lines(width - indent)
    return Text("\n").join(_colored(line, " " * indent) for line in lines)


def _colored(spans: Iterable[Span], before: str = "") -> Text:
    from rich.text import Text

    return Text.assemble(before, *((span.text, style_of(span.role)) for span in spans))


class _Page:
    """Lines of text of a fixed width."""

    def __init__(self, width: int) -> None:
        self._width = width

    def operation(self, operation: Operation) -> Iterator[Text]:
        """The whole page."""
        yield from self._wrapped(operation.title, style="bold")
        yield from self._section("Forward", operation.steps, named=len(operation.steps) > 1)
        yield from self._sizes(operation.shapes)
        gradients = tuple(dict.fromkeys(operation.gradients.values()))
        yield from self._section("Backward", gradients)
        faces = tuple(operation.faces.values())
        yield from self._section("The input's error, written in other ways", faces, named=True)
        yield from self._glossary(operation.letters)
        yield from self._notes(operation.notes)

    def _section(
        self, title: str, equations: Sequence[Equation], named: bool = False
    ) -> Iterator[Text]:
        if not equations:
            return
        yield from self._heading(title)
        for number, equation in enumerate(equations):
            if number:
                yield from self._wrapped("")
            if named:
                yield from self._wrapped(f"{equation.name[:1].upper()}{equation.name[1:]}:", 2)
            yield render_formula(equation, self._width, indent=2)
            for condition in equation.conditions:
                yield from self._bullet(condition)
            yield from self._wrapped(f"In words: {equation.words}", 4)

    def _heading(self, title: str) -> Iterator[Text]:
        yield from self._wrapped("")
        yield from self._wrapped(title, style="bold")

    def _bullet(self, condition: Formula) -> Iterator[Text]:
        for number, line in enumerate(condition.lines(self._width - 6)):
            yield _colored(line, "      " if number else "    • ")

    def _sizes(self, shapes: Sequence[Formula]) -> Iterator[Text]:
        if shapes:
            yield from self._heading("Size of the output")
        for shape in shapes:
            yield render_formula(shape, self._width, indent=2)

    def _glossary(self, letters: Mapping[str, str]) -> Iterator[Text]:
        """Every letter once: indices, then tensors, then sizes and options."""
        yield from self._heading("Letters")
        widest = max(len(symbol_text(role)) for role in letters)
        for kinds in (("index",), ("tensor", "error", "gradient"), ("size", "option", "number")):
            for role, words in letters.items():
                if role.partition(":")[0] in kinds:
                    yield from self._letter(role, words, widest)

    def _letter(self, role: str, words: str, widest: int) -> Iterator[Text]:
        from rich.text import Text

        symbol = symbol_text(role)
        indent = widest + 4
        first, *rest = textwrap.wrap(words, self._width - indent) or [""]
        gap = " " * (indent - 2 - display_width(symbol))
        yield Text.assemble("  ", (symbol, style_of(role)), gap, first)
        yield from (Text(" " * indent + line) for line in rest)

    def _notes(self, notes: Sequence[str]) -> Iterator[Text]:
        from rich.text import Text

        if notes:
            yield from self._heading("Good to know")
        for note in notes:
            first, *rest = self._wrapped(note, 4)
            yield from (Text("  • ") + first[4:], *rest)

    def _wrapped(self, text: str, indent: int = 0, style: str = "") -> Iterator[Text]:
        from rich.text import Text

        space = " " * indent
        lines = textwrap.wrap(text, self._width, initial_indent=space, subsequent_indent=space)
        yield from (Text(line, style) for line in lines or [""])
