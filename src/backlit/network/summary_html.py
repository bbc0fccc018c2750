"""The table of a network as HTML, for notebooks; it takes its colors from what surrounds it.

Every style stands at its element, since some notebooks let no style sheet through, and no color is
given but a gray that can be seen on white and on black.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

Row = Sequence[str]

_NUMBERS = range(3, 6)  # these columns are read from the right
_LINE = "1px solid rgba(128,128,128,.45)"
_TABLE = "border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.5em 0"
_CELL = "padding:.25em .9em;white-space:nowrap;vertical-align:baseline;border:0"
_LEGEND = "margin:.2em 0 .8em;font-size:.85em;opacity:.7"


def table_html(headings: Row, rows: Sequence[Row], total: Row, legend: Row) -> str:
    """A table with a head and totals.

    Args:
        headings: of the columns.
        rows: the cells of each line.
        total: the last line.
        legend: sentences that are put below.
    """
    body = "".join(_line(row, "") for row in rows)
    lines = "<br>".join(map(escape, legend))
    return (
        f'<table style="{_TABLE}"><thead>{_line(headings, f"border-bottom:{_LINE}", head=True)}'
        f"</thead><tbody>{body}</tbody>"
        f"<tfoot>{_line(total, f'border-top:{_LINE};font-weight:600')}</tfoot></table>"
        f'<p style="{_LEGEND}">{lines}</p>'
    )


def _line(cells: Row, more: str, head: bool = False) -> str:
    return f"<tr>{''.join(_cell(k, cell, more, head) for k, cell in enumerate(cells))}</tr>"


def _cell(column: int, text: str, more: str, head: bool) -> str:
    """One cell; the first of a line is its heading, and so is every one in the head."""
    side = "right" if column in _NUMBERS else "left"
    style = ";".join(filter(None, (_CELL, f"text-align:{side}", more)))
    if head:
        return f'<th scope="col" style="{style}">{escape(text)}</th>'
    if column == 0:
        return f'<th scope="row" style="{style};font-weight:600">{escape(text)}</th>'
    return f'<td style="{style}">{escape(text)}</td>'
