"""The optimizer's update, as the last stage of a plan."""

from __future__ import annotations

from backlit.engines.fast.kernels.sizes import RUN
from backlit.engines.fast.plan.builder import Builder
from backlit.engines.fast.plan.update import NOT_FINITE, CompiledUpdate

_WIDEST = 16  # lanes


def update(b: Builder, compiled: CompiledUpdate) -> None:
    """New parameters and a new state, of the old ones and the gradients."""
    not_finite = b.per_thread(NOT_FINITE, _WIDEST)
    b.keep(not_finite)
    b.clear("update: all finite so far", not_finite)  # by every thread, also one without weights
    assert compiled.size % RUN == 0  # every array in a row of FlatArrays takes whole cache lines
    rows = [f"update.{name}{suffix}" for name in compiled.kept for suffix in ("", ".new")]
    b.at_last(
        compiled.size // RUN,
        "update",
        compiled.kernel,
        *(b.external(f"update.{name}", RUN) for name in ("weights", "gradients", "new")),
        not_finite,
        b.external("update.numbers"),
        *(b.external(row, RUN) for row in rows),
    )
