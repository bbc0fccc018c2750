"""Tables, drawings and sentences of what the benchmarks measured, for the README and the pages.

All numbers come from the files in ``docs/measured``, which ``bench … --keep`` writes.
"""

from .documents import kept, measured_by
from .plots import sizes
from .rows import peers, ratios, scaling
from .tables import (
    costs_table,
    ladder_table,
    overview_table,
    predictions_table,
    recipes_table,
    scaling_table,
    steps_table,
)
from .words import goals_words, peers_words, scaling_words, sizes_words, spread_words

__all__ = [
    "costs_table",
    "goals_words",
    "kept",
    "ladder_table",
    "measured_by",
    "overview_table",
    "peers",
    "peers_words",
    "predictions_table",
    "ratios",
    "recipes_table",
    "scaling",
    "scaling_table",
    "scaling_words",
    "sizes",
    "sizes_words",
    "spread_words",
    "steps_table",
]
