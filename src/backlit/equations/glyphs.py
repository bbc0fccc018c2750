"""How each symbol is drawn: dW, kH, C_g, x̂, σ², X1.

A symbol is read as: an optional d for "derivative of the loss by", a base letter, an optional hat
or square, an optional subscript.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

GREEK = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "ε": "varepsilon",
    "η": "eta",
    "μ": "mu",
    "π": "pi",
    "σ": "sigma",
    "λ": "lambda",
}
# Symbols whose subscript is written without an underline: X1, kH, pW.
_JOINED = re.compile(r"([A-Z](?=\d)|[kpq](?=[HW]))(\d+|[HW])")
SUBSCRIPT_DIGITS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Glyph:
    """The parts of a symbol."""

    base: str
    derivative: bool = False
    hat: bool = False
    squared: bool = False
    subscript: str = ""

    @property
    def text(self) -> str:
        """In a line of Unicode text."""
        d = "d" if self.derivative else ""
        mark = "\u0302" if self.hat else "²" if self.squared else ""
        return f"{d}{self.base}{mark}{self._text_subscript}"

    @property
    def _text_subscript(self) -> str:
        if self.subscript.isdigit():
            return self.subscript.translate(SUBSCRIPT_DIGITS)
        if self.subscript.isupper():  # kH, pW: as in the shapes of the field
            return self.subscript
        return f"_{self.subscript}" if self.subscript else ""

    @property
    def latex(self) -> str:
        """As LaTeX."""
        base = f"\\{GREEK[self.base]}" if self.base in GREEK else self.base
        if len(self.base) > 1:
            base = f"\\mathit{{{self.base}}}"
        if self.hat:
            base = f"\\hat{{{base}}}"
        d = "\\mathrm{d}" if self.derivative else ""
        joint = " " if d and base.startswith("\\") else ""
        power = "^{2}" if self.squared else ""
        subscript = f"_{{{self.subscript}}}" if self.subscript else ""
        return f"{d}{joint}{base}{power}{subscript}"

    @property
    def spoken(self) -> str:
        """As it is said."""
        base = GREEK.get(self.base, self.base).removeprefix("var")
        d = "d " if self.derivative else ""
        mark = " hat" if self.hat else " squared" if self.squared else ""
        return f"{d}{base}{mark} {self.subscript}".rstrip()


def glyph(symbol: str) -> Glyph:
    """The parts of a symbol; any other name is drawn as it is."""
    derivative = len(symbol) > 1 and symbol[0] == "d"
    rest = symbol[1:] if derivative else symbol
    if rest.endswith("\u0302"):
        return Glyph(rest[:-1], derivative, hat=True)
    if rest.endswith("²"):
        return Glyph(rest[:-1], derivative, squared=True)
    base, underline, subscript = rest.partition("_")
    if not underline and (joined := _JOINED.fullmatch(rest)):
        base, subscript = joined.groups()
    return Glyph(base, derivative, subscript=subscript)


def symbol_text(role: str) -> str:
    """The letter of a role as it is written in text: "X₁" for "tensor:X1"."""
    return glyph(role.partition(":")[2]).text


def slug(symbol: str) -> str:
    """The symbol in letters, digits and hyphens, for class names."""
    parts = glyph(symbol)
    spoken = [
        "d" if parts.derivative else "",
        GREEK.get(parts.base, parts.base).removeprefix("var"),
        "-hat" if parts.hat else "-squared" if parts.squared else "",
        f"-{parts.subscript}" if parts.subscript and not parts.subscript.isdigit() else "",
        parts.subscript if parts.subscript.isdigit() else "",
    ]
    return "".join(spoken)
