"""Loss and accuracy by epoch."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pytest
from matplotlib.axes import Axes

from backlit.errors import InputError
from backlit.training import EpochRecord, History
from backlit.views import plots

LOSSES, SHARES = [1.25, 0.5, 0.40625], [0.5, 0.75, 0.9375]


def history(validation: Sequence[float | None] = (), losses: Sequence[float] = LOSSES) -> History:
    """Some epochs, the validation's accuracy like its loss."""
    held_out = [*validation, *[None] * len(losses)]
    records = [
        EpochRecord(epoch, loss, share, other, other, 0.1, 1.0, 1.0)
        for epoch, (loss, share, other) in enumerate(
            zip(losses, SHARES * len(losses), held_out, strict=False), start=1
        )
    ]
    return History(records)


def lines(axes: Axes) -> list[list[tuple[float, float]]]:
    """(epoch, value) of each line."""
    return [
        [(float(x), float(y)) for x, y in np.transpose(np.asarray(line.get_data(), dtype=float))]
        for line in axes.lines
    ]


def test_the_curves_are_the_history() -> None:
    loss, accuracy = plots.curves(history()).axes
    assert lines(loss) == [list(zip([1, 2, 3], LOSSES, strict=True))]
    assert lines(accuracy) == [list(zip([1, 2, 3], SHARES, strict=True))]


def test_validation_has_lines_of_its_own_where_there_is_one() -> None:
    loss, accuracy = plots.curves(history([0.75, None, 0.5])).axes
    assert lines(loss)[1] == lines(accuracy)[1] == [(1, 0.75), (3, 0.5)]
    legend = accuracy.get_legend()
    assert legend is not None
    said = [text.get_text() for text in legend.get_texts()]
    assert said == ["training, at the end 93.8%", "validation, at the end 50.0%"]
    styles = {(str(line.get_linestyle()), str(line.get_color())) for line in loss.lines}
    assert len(styles) == 2  # told apart without color too


@pytest.mark.parametrize("epochs", [1, 2, 100])
def test_epochs_are_whole_numbers_and_shares_stay_in_bounds(epochs: int) -> None:
    figure = plots.curves(history(losses=[0.5] * epochs), "digits")
    loss, accuracy = figure.axes
    low, high = loss.get_xlim()
    ticks = [tick for tick in loss.get_xticks() if low <= tick <= high]
    assert all(tick == int(tick) >= 1 for tick in ticks)
    assert loss.get_ylim()[0] == 0
    assert 0 <= accuracy.get_ylim()[0] < accuracy.get_ylim()[1] <= 1
    number = "1 epoch" if epochs == 1 else f"{epochs} epochs"
    assert f"digits: {number}" in [text.get_text() for text in figure.texts]


def test_there_must_be_an_epoch() -> None:
    with pytest.raises(InputError, match="no epoch of the training is finished"):
        plots.curves(History())


def test_a_run_whose_name_is_no_text() -> None:
    name = "r\udcff"  # as Python reads a folder on Linux that is called b"r\xff"
    figure = plots.curves(history(), name)
    assert any(text.get_text().startswith("r?: ") for text in figure.texts)
    figure.savefig(io.BytesIO(), format="svg")
