"""Tables of terms: where each one stands, its factors, its product, and what all add up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from backlit.equations import Factor, Term, format_number
from backlit.explain import Part
from backlit.explain.explanation import magnitude
from backlit.explain.words import count_of

from .bars import bar
from .page import Cell, Page
from .palette import style_of
from .styles import FAINT, STRONG

PartTerm = tuple[Part, Term]
_GAP = 1


def show_terms(
    page: Page,
    terms: Sequence[PartTerm],
    total: float,
    limit: int = 8,
    indent: int = 0,
    followed: Term | None = None,
) -> None:
    """The first ``limit`` terms, what the others add up to, and the total."""
    shown = _shown(terms, limit, followed)
    listed = {id(term) for _, term in shown}
    rest = [float(term.product) for _, term in terms if id(term) not in listed]
    largest = max((magnitude(term) for _, term in shown), default=0.0)
    every_part, every_term = zip(*terms, strict=True) if terms else ((), ())
    for narrow in (False, True):
        table = _Table(every_part, every_term, narrow)
        rows = [table.header()]
        for part, term in shown:
            rows.append(table.row(part, term, largest, term is followed))
        if rest:
            rows.append(table.sum_row(count_of(len(rest), "other"), sum(rest), FAINT))
        if len(terms) != 1:
            rows.append(table.sum_row("sum", total, STRONG))
        if page.table_width(rows, _GAP) + indent <= page.width:
            break
    page.table(rows, indent, _GAP)


def _shown(terms: Sequence[PartTerm], limit: int, followed: Term | None) -> list[PartTerm]:
    """The first ``limit``, the followed one among them; one single "other" is shown, too."""
    shown = list(terms if len(terms) == limit + 1 else terms[:limit])
    if followed is not None and all(term is not followed for _, term in shown):
        shown[-1:] = [pair for pair in terms if pair[1] is followed]
    return shown


class _Table:
    """The columns that a list of terms needs: a label, indices, factors, product, bar.

    Most terms have the same factors; these get columns of their own.  The few others (the bias in a
    sum of products, what comes through an addition) fill those columns that they have.
    """

    def __init__(self, parts: Sequence[Part], terms: Sequence[Term], narrow: bool) -> None:
        kinds = Counter(_symbols(term) for term in terms)
        self._symbols = kinds.most_common(1)[0][0] if kinds else ()
        self._uniform = len(kinds) <= 1 or len(kinds) < len(terms) / 2
        self._letters = _running(terms)
        if narrow and {"i", "j", "u", "v"} <= set(self._letters):
            self._letters = [letter for letter in self._letters if letter not in "uv"]
        self._paths = len({part.layer for part in parts}) > 1
        self._narrow = narrow

    def header(self) -> list[Cell]:
        """The names of the columns."""
        cells = [Cell("")] + ([Cell("through", FAINT, left=True)] if self._paths else [])
        cells += [Cell(letter, style_of(f"index:{letter}")) for letter in self._letters]
        if not self._uniform:
            return [*cells, Cell(""), Cell(""), Cell("product", FAINT), Cell("")]
        for place, symbol in enumerate(self._symbols):
            cells += [Cell("")] if place else []
            cells.append(Cell(_HEADERS.get(symbol, symbol), style_of(_role(symbol)) or FAINT))
        return [*cells, Cell(""), Cell("product" if self._multiplies else "", FAINT), Cell("")]

    def row(self, part: Part, term: Term, largest: float, followed: bool) -> list[Cell]:
        """One term."""
        style = STRONG if followed else ""
        known = set(_symbols(term)) & set(self._symbols)
        label = "" if known or not self._uniform else " · ".join(map(part.source, term.factors))
        cells = [Cell("▸" if followed else label, style, left=True)]
        cells += [Cell(part.layer, style, left=True)] if self._paths else []
        places = [term.index.get(letter) for letter in self._letters]
        cells += [Cell("" if place is None else str(place), style) for place in places]
        cells += self._factors(term, style)
        equals = "=" if self._multiplies else ""
        product = Cell(format_number(term.product) if self._multiplies else "", style)
        size = Cell("") if self._narrow else bar(float(term.product), largest)
        return [*cells, Cell(equals, FAINT), product, size]

    def _factors(self, term: Term, style: str) -> list[Cell]:
        if not self._uniform:
            return [Cell(_product_text(term.factors), style)]
        values = {factor.symbol: format_number(factor.value) for factor in _merged(term.factors)}
        cells: list[Cell] = []
        for place, symbol in enumerate(self._symbols):
            cells += [Cell("·" if symbol in values else "", FAINT)] if place else []
            cells.append(Cell(values.get(symbol, ""), style))
        return cells

    def sum_row(self, name: str, total: float, style: str) -> list[Cell]:
        """A line below the terms."""
        cells = [Cell("")] * len(self.header())
        cells[1 if self._paths else 0] = Cell(name, style, left=True)
        cells[-2 if self._multiplies else -4] = Cell(format_number(total), style)
        return cells

    @property
    def _multiplies(self) -> bool:
        return len(self._symbols) != 1 or not self._uniform


_HEADERS = {"dY": "error dY", "X": "input X", "W": "weight W"}


def _running(terms: Sequence[Term]) -> list[str]:
    """The indices that tell the terms apart."""
    letters = dict.fromkeys(letter for term in terms for letter in term.index)
    return [each for each in letters if len({term.index.get(each) for term in terms}) > 1]


def _symbols(term: Term) -> tuple[str, ...]:
    return tuple(factor.symbol for factor in _merged(term.factors))


def _merged(factors: Sequence[Factor]) -> list[Factor]:
    """The factors, a −1 among them made the sign of the next one."""
    merged: list[Factor] = []
    minus = False
    for factor in factors:
        if factor.symbol == "−1":
            minus = not minus
        else:
            symbol = f"−{factor.symbol}" if minus else factor.symbol
            merged.append(Factor(symbol, factor.index, -factor.value if minus else factor.value))
            minus = False
    return merged or list(factors)


def _product_text(factors: Sequence[Factor]) -> str:
    """``−0.25 · 1.5``, with brackets around negative numbers that come after a sign."""
    texts = [format_number(factor.value) for factor in _merged(factors)]
    return " · ".join(
        f"({text})" if place and text.startswith("−") else text for place, text in enumerate(texts)
    )


def _role(symbol: str) -> str:
    if symbol.startswith("d"):
        return f"error:{symbol}"
    return f"tensor:{symbol}"
