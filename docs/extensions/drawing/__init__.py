"""Pictures for the pages: SVG and HTML made of numbers that a page has just computed.

They take their colors from ``_static/drawing.css``, so that they work on light and on dark pages.
"""

from .curves import curve
from .grids import Arrow, Grid, grids
from .lines import Line, lines

__all__ = ["Arrow", "Grid", "Line", "curve", "grids", "lines"]
