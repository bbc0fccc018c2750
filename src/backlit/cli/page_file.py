"""``backlit explain … --html FILE``: the page on which every number of a batch can be followed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backlit.explain import Trace

    from .batch import Batch

SEVERAL = 8  # images of a page for which none were asked for


def write_page(trace: Trace, batch: Batch, address: str | None, file: Path) -> int:
    """Write the page of a batch; how many bytes it has.

    Args:
        trace: of the batch.
        batch: which images these are.
        address: the number that the page opens at; None for the steepest weight.
        file: where to.

    Raises:
        RunError: the file cannot be written.
    """
    from backlit.network.saving import write_atomically
    from backlit.web import page

    title = f"{batch.run.folder.resolve().name}: {batch.split} images"
    text = page(
        trace,
        title,
        address=address,
        image=batch.chosen,
        indices=batch.indices,
        run=batch.run.folder,
    ).encode()
    write_atomically(file, text)
    return len(text)
