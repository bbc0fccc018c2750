"""Equations as Python: the loops that compute one element, as a beginner would write them."""

from .element import element_program

__all__ = ["element_program"]
