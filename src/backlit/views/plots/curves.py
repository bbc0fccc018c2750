"""How the loss fell and the accuracy rose, epoch by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from backlit.errors import InputError
from backlit.training import History

from .colors import INK, LINE, SOFT, hue
from .figure import BODY, TITLE, new_figure, own_style

_FEW = 40  # epochs that each have a dot
_LINES: dict[str, dict[str, Any]] = {
    "training": {"color": hue("input"), "linestyle": "-", "marker": "o"},
    "validation": {"color": hue("weight"), "linestyle": (0, (4, 2)), "marker": "s"},
}


def curves(history: History, called: str = "") -> Figure:
    """Loss and accuracy of each epoch, of training and, where there is one, of validation.

    Args:
        history: of a training.
        called: what was trained, in words.

    Raises:
        InputError: no epoch is finished.
    """
    if not len(history):
        raise InputError("no epoch of the training is finished, so there is no curve to draw")
    with own_style():
        figure = new_figure(9.0, 4.3)
        figure.set_label("Training")
        figure.text(0.033, 0.915, "Training", fontsize=TITLE, fontweight="bold", color=INK)
        figure.text(0.033, 0.85, _about(history, called), fontsize=BODY, color=SOFT)
        loss = figure.add_axes((0.085, 0.14, 0.385, 0.575), label="loss")
        accuracy = figure.add_axes((0.585, 0.14, 0.385, 0.575), label="accuracy")
        _panel(loss, "loss", history, (history.loss, history.validation_loss), "{:#.3g}")
        shares = history.accuracy, history.validation_accuracy
        _panel(accuracy, "accuracy", history, shares, "{:.1%}")
        accuracy.yaxis.set_major_formatter(FuncFormatter(_percent))
        loss.set_ylim(bottom=0)
        low, high = accuracy.get_ylim()
        wider = max(0.05 - (high - low) / 2, 0)  # few points are not to look like a revolution
        accuracy.set_ylim(max(low - wider, 0), min(high + wider, 1))
    return figure


def _about(history: History, called: str) -> str:
    called = called.encode("utf-8", "replace").decode("utf-8")  # names of files may hold more
    epochs = "1 epoch" if len(history) == 1 else f"{len(history)} epochs"
    return f"{called}: {epochs}" if called else epochs


def _percent(share: float, place: int | None) -> str:
    return f"{round(100 * share, 6):g}%"


def _panel(
    axes: Axes,
    what: str,
    history: History,
    series: tuple[Sequence[float], Sequence[float | None]],
    form: str,
) -> None:
    """One of the two curves' axes."""
    for (name, style), values in zip(_LINES.items(), series, strict=True):
        pairs = [(e, v) for e, v in zip(history.epoch, values, strict=True) if v is not None]
        if pairs:
            last = form.format(pairs[-1][1])
            axes.plot(
                *zip(*pairs, strict=True),
                **style,
                label=f"{name}, at the end {last}",
                linewidth=1.8,
                markersize=4.5 if len(history) <= _FEW else 0,
                clip_on=False,
            )
    beside = min(0.5, 0.03 * (len(history) - 1)) or 0.5
    axes.set_xlim(history.epoch[0] - beside, history.epoch[-1] + beside)
    axes.set_xlabel("epoch")
    axes.set_ylabel(what)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=1))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.grid(axis="y", color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    both = len(axes.lines) > 1
    axes.legend(
        loc="lower left", bbox_to_anchor=(-0.02, 1.0), frameon=False, handlelength=2.4,
        borderaxespad=0.2, labelspacing=0.25 if both else 0,
    )  # fmt: skip
