"""The table of a network: what each layer makes, holds and costs."""

from __future__ import annotations

from dataclasses import dataclass

from backlit.layers import Shape

from .graph import Graph, Node
from .summary_html import table_html

_HEADINGS = ("layer", "kind", "output shape", "parameters", "multiply-adds", "sees")
_LEGEND = (
    "multiply-adds: products with a weight, for one image",
    "sees: the rows×columns of the picture that one output number can depend on",
)


@dataclass(frozen=True)
class SummaryRow:
    """One layer.

    ``receptive_field`` is how much of the picture one of its outputs can see, and ``sees_all``
    whether it reads its input at every place.
    """

    name: str
    kind: str
    inputs: tuple[str, ...]
    output_shape: Shape
    parameters: int
    multiply_adds: int
    receptive_field: tuple[int, int]
    sees_all: bool = False


@dataclass(frozen=True)
class Summary:
    """All layers in order; prints as a table, and is one in a notebook."""

    input_shape: Shape
    rows: tuple[SummaryRow, ...]

    @property
    def parameters(self) -> int:
        """How many numbers training changes."""
        return sum(row.parameters for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """Multiplications with a weight for one image, each followed by an addition."""
        return sum(row.multiply_adds for row in self.rows)

    def __str__(self) -> str:
        lines = [_HEADINGS, *self._lines(), self._total()]
        widths = [max(len(line[k]) for line in lines) for k in range(len(_HEADINGS))]
        text = [_line(line, widths) for line in lines]
        rule = "─" * max(map(len, text))
        return "\n".join([text[0], rule, *text[1:-1], rule, text[-1], "", *_LEGEND])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return table_html(_HEADINGS, self._lines(), self._total(), _LEGEND)

    def _lines(self) -> list[tuple[str, ...]]:
        """The cells of each row, the input's first."""
        first = ("input", "", _shape_text(self.input_shape), "", "", "")
        return [first, *map(_cells, self.rows)]

    def _total(self) -> tuple[str, ...]:
        return ("total", "", "", f"{self.parameters:,}", f"{self.multiply_adds:,}", "")


def summarize(graph: Graph) -> Summary:
    """The summary of a graph."""
    return Summary(graph.input_shape, tuple(map(_row, graph)))


def _row(node: Node) -> SummaryRow:
    return SummaryRow(
        name=node.name,
        kind=type(node.layer).__name__,
        inputs=node.inputs,
        output_shape=node.output_shape,
        parameters=node.parameter_count,
        multiply_adds=node.multiply_adds,
        receptive_field=node.receptive_field.size,
        sees_all=node.layer.sees_whole_input,
    )


def _cells(row: SummaryRow) -> tuple[str, ...]:
    rows, columns = row.receptive_field
    return (
        row.name,
        row.kind if len(row.inputs) == 1 else f"{row.kind} of {' + '.join(row.inputs)}",
        _shape_text(row.output_shape),
        f"{row.parameters:,}" if row.parameters else "",
        f"{row.multiply_adds:,}" if row.multiply_adds else "",
        "all" if row.sees_all else f"{rows}×{columns}",
    )


def _shape_text(shape: Shape) -> str:
    return " × ".join(map(str, shape))


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = [
        cell.rjust(width) if 3 <= k <= 5 else cell.ljust(width)
        for k, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()
