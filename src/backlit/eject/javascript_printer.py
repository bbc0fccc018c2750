"""Trees and expressions in JavaScript."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from .printing import Printer, explained, identifier
from .tree import ForLoop, Inside


class JavaScriptPrinter(Printer):
    """Trees and expressions in JavaScript."""

    indent: ClassVar[str] = "  "
    both: ClassVar[str] = " && "
    relations: ClassVar[Mapping[str, str]] = {
        "=": "===",
        "≠": "!==",
        ">": ">",
        "<": "<",
        "≥": ">=",
    }
    functions: ClassVar[Mapping[str, str]] = {
        name: f"Math.{name}"
        for name in ("exp", "expm1", "log", "log1p", "max", "min", "pow", "sqrt", "tanh")
    }
    constants: ClassVar[Mapping[str, str]] = {"π": "Math.PI", "−∞": "-Infinity"}
    declared: ClassVar[str] = "let "

    def floor(self, numerator: str, divisor: str) -> tuple[str, bool]:
        """A quotient rounded down."""
        return f"Math.floor({numerator} / {divisor})", True

    def inside(self, condition: Inside) -> str:
        """``0 <= h && h < IH``."""
        name = identifier(condition.letter.symbol)
        return f"0 <= {name} && {name} < {self.place(condition.size)}"

    def choice(self, branches: list[tuple[str, str]]) -> str:
        """``condition ? value : …``."""
        return " : ".join(
            (f"{condition} ? " if condition else "") + value for value, condition in branches
        )

    def statement(self, text: str) -> str:
        """A line of its own."""
        return f"{text};"

    def places(self, names: list[str], values: list[str], again: bool) -> str:
        """``let h = i + u, w = j + v;``."""
        pairs = [f"{name} = {value}" for name, value in zip(names, values, strict=True)]
        return "; ".join(pairs) + ";" if again else f"let {', '.join(pairs)};"

    def loop(self, loop: ForLoop, comments: set[str] | None) -> Iterator[str]:
        """A loop and all that is in it."""
        name = identifier(loop.letter.symbol)
        start, end = self.place(loop.start), self.place(loop.start + loop.count)
        words = explained(loop, comments)
        comment = f"  // {words}" if words else ""
        yield f"for (let {name} = {start}; {name} < {end}; {name}++) {{{comment}"
        for line in self.lines(loop.body, comments):
            yield self.indent + line
        yield "}"

    def when(self, condition: str, inner: Iterator[str]) -> Iterator[str]:
        """What is done only under a condition."""
        yield f"if ({condition}) {{"
        for line in inner:
            yield self.indent + line
        yield "}"
