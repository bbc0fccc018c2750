"""Pictures for the pages: SVG made of numbers that a page has just computed."""

from .curves import curve
from .grids import Arrow, Grid, grids
from .lines import Line, lines
from .picture import Picture

__all__ = ["Arrow", "Grid", "Line", "Picture", "curve", "grids", "lines"]
