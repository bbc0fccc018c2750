"""Equations as Python: plain loops, as a beginner would write them."""

from .element import element_program
from .legend import legend
from .scatter import scatter_program

__all__ = ["element_program", "legend", "scatter_program"]
