"""Functions from lines of source: for what has to be written out before Numba sees it.

Numba cannot loop over a list of different functions.  Where a kernel needs that, its writer makes
the lines, one for each function, and has them compiled here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def function_of(
    signature: str, lines: Sequence[str], names: Mapping[str, Any], kind: str = "unrolled"
) -> Any:
    """``def kind(signature)`` with these lines as its body, which may use these names."""
    source = f"def {kind}({signature}):\n" + "\n".join(f"    {line}" for line in lines)
    space = dict(names)
    exec(compile(source, f"<{kind}>", "exec"), space)
    return space[kind]
