"""Worksheets: exercises for pencil and paper, with small whole numbers and a key.

Every answer is computed, by the equations of :mod:`backlit.equations`; the tests prove each equal
to the book's, :mod:`backlit.pure`.
"""

from .page import key_page, sheets_page
from .sheets import WORKSHEETS, Given, Question, Worksheet, worksheet

__all__ = ["WORKSHEETS", "Given", "Question", "Worksheet", "key_page", "sheets_page", "worksheet"]
