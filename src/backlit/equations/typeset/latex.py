"""A layout as LaTeX (amsmath), optionally with a color for each role."""

from __future__ import annotations

from collections.abc import Mapping

from ..glyphs import GREEK, glyph
from .layout import (
    Applied,
    Big,
    Branches,
    Digits,
    Element,
    Fenced,
    Layout,
    Name,
    Operator,
    Root,
    Row,
    Stacked,
    Superscript,
    Words,
)

_OPERATORS = {
    "·": r"\cdot",
    "−": "-",
    "≥": r"\ge",
    "≤": r"\le",
    "≠": r"\ne",
    "<": "<",
    ">": ">",
    "←": r"\leftarrow",
    "+=": r"\mathrel{+}=",
    "mod": r"\bmod",
    "…": r"\dots",
    "↦": r"\mapsto",
}
_FENCES = {
    "()": (r"\left(", r"\right)"),
    "[]": (r"\left[", r"\right]"),
    "⌊⌋": (r"\left\lfloor ", r"\right\rfloor "),
}
_BIG = {"Σ": r"\sum", "max": r"\max"}
_KNOWN = {"tanh", "ln", "max", "min"}


class LatexWriter:
    """Writes layouts as LaTeX.

    Args:
        colors: what textcolor gets for a role, for example {"tensor:X": "blue"}.
    """

    def __init__(self, colors: Mapping[str, str] | None = None) -> None:
        self._colors = colors or {}

    def write(self, layout: Layout) -> str:
        """The LaTeX of a layout, for use in mathematics mode."""
        match layout:
            case Name(symbol, role):
                return self._colored(_letter(symbol), role)
            case Digits(text):
                return _digits(text)
            case Operator(sign, tight):
                return self._operator(sign, tight)
            case Words(text):
                return rf"\text{{{text}}}"
            case Row(children):
                return " ".join(self.write(child) for child in children)
            case Element(tensor, indices):
                return f"{{{self.write(tensor)}}}_{{{self._list(indices)}}}"
            case Fenced(fences, body):
                left, right = _FENCES[fences]
                return f"{left}{self.write(body)}{right}"
            case Stacked(above, below):
                return rf"\frac{{{self.write(above)}}}{{{self.write(below)}}}"
            case Superscript(base, exponent):
                return f"{{{self.write(base)}}}^{{{self.write(exponent)}}}"
            case Root(body):
                return rf"\sqrt{{{self.write(body)}}}"
            case Applied(function, arguments):
                return rf"{_function(function)}\left({self._list(arguments)}\right)"
            case Big(sign, below, body):
                return f"{_BIG[sign]}_{{{self._list(below)}}} {self.write(body)}"
            case Branches():
                return self._branches(layout)

    def _list(self, items: tuple[Layout, ...]) -> str:
        return ", ".join(self.write(item) for item in items)

    def _operator(self, sign: str, tight: bool) -> str:
        if sign == "·" and tight:
            return r"\,"
        return _OPERATORS.get(sign, sign)

    def _branches(self, layout: Branches) -> str:
        lines = [
            f"{self.write(value)} & {self._when(condition)}" for value, condition in layout.branches
        ]
        return r"\begin{cases} " + r" \\ ".join(lines) + r" \end{cases}"

    def _when(self, condition: Layout | None) -> str:
        return (
            r"\text{otherwise}" if condition is None else rf"\text{{if }} {self.write(condition)}"
        )

    def _colored(self, text: str, role: str) -> str:
        color = self._colors.get(role)
        return rf"\textcolor{{{color}}}{{{text}}}" if color else text


def _letter(symbol: str) -> str:
    return glyph(symbol).latex


def _function(name: str) -> str:
    if name in _KNOWN:
        return f"\\{name}"
    return name if len(name) == 1 or name in GREEK else rf"\operatorname{{{name}}}"


def _digits(text: str) -> str:
    """Numbers; 1.2e−5 becomes a power of ten."""
    text = text.replace("−", "-").replace("∞", r"\infty ").replace("NaN", r"\text{NaN}")
    mantissa, e, exponent = text.partition("e")
    if e:
        power = f"10^{{{exponent}}}"
        return power if mantissa == "1" else rf"{mantissa} \cdot {power}"
    above, slash, below = text.partition("/")
    if slash:
        sign = "-" if above.startswith("-") else ""
        return rf"{sign}\tfrac{{{above.removeprefix('-')}}}{{{below}}}"
    return text
