"""Tables of subtotals: image by image, filter by filter."""

from __future__ import annotations

from collections.abc import Sequence

from backlit.equations import format_number
from backlit.explain import Subtotal

from .bars import bar
from .page import Cell, Page
from .styles import FAINT


def show_subtotals(
    page: Page, title: str, groups: Sequence[Subtotal], limit: int = 6, indent: int = 0
) -> None:
    """Subtotals, the largest first."""
    ordered = sorted(groups, key=lambda group: -abs(group.total))
    shown = ordered if len(ordered) == limit + 1 else ordered[:limit]
    largest = max((abs(group.total) for group in shown), default=0.0)
    page.say(f"{title}:", indent)
    rows = [
        [
            Cell(", ".join(f"{letter} = {value}" for letter, value in group.index.items())),
            Cell(format_number(group.total)),
            bar(group.total, largest),
        ]
        for group in shown
    ]
    rest = ordered[len(shown) :]
    if rest:
        total = sum(group.total for group in rest)
        rows.append(
            [Cell(f"{len(rest):,} others", FAINT), Cell(format_number(total), FAINT), Cell("")]
        )
    page.table(rows, indent + 2)
