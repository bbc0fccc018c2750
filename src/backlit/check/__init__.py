"""Check functions that people wrote themselves: right, or the mistake by name.

    report = backlit.check("my_conv.py")
    report.ok, report.findings[0].sentence

The functions are found by their names and arguments, tried on small whole numbers with many
options, and compared with the book.  What differs is compared with every known mistake.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from .check import check
from .report import Finding, FirstWrong, Report

__all__ = ["Finding", "FirstWrong", "Report", "check"]


class _CallableCheck(ModuleType):
    """This package, which is also the function ``backlit.check``; see ``backlit.explain``."""

    def __call__(self, what: Any = None, **settings: Any) -> Report:
        return check(what, **settings)

    __call__.__doc__ = check.__doc__


sys.modules[__name__].__class__ = _CallableCheck
