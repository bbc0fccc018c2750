"""Tables, drawings and sentences of what the benchmarks measured, for the pages on speed.

All numbers come from the files in ``docs/measured``, which ``bench … --keep`` writes.  Drawings
take their colors from ``_static/backlit.css``, so that they work on light and on dark pages.
"""

from .documents import kept, ladder, source_html
from .plots import sizes_html
from .rows import peers_svg, ratios_svg, scaling_svg
from .tables import costs_html, ladder_html, predictions_html, scaling_html, steps_html
from .words import goals_html, peers_words, scaling_words, sizes_words, spread_html

__all__ = [
    "costs_html",
    "goals_html",
    "kept",
    "ladder",
    "ladder_html",
    "peers_svg",
    "peers_words",
    "predictions_html",
    "ratios_svg",
    "scaling_html",
    "scaling_svg",
    "scaling_words",
    "sizes_html",
    "sizes_words",
    "source_html",
    "spread_html",
    "steps_html",
]
