"""Equations need nothing but the standard library."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
before = set(sys.modules)
from backlit.equations import conv2d
operation = conv2d(3, 1, 0, 1, 1)
X = [[[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]]
evaluation = operation.gradients["weight"].evaluate((0, 0, 1, 1), {"X": X, "dY": [[[[2]]]]})
assert evaluation.total == 10
operation.forward.mathml(), operation.forward.latex(), operation.forward.text(60)
loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(loaded - set(sys.stdlib_module_names)))
"""


def test_nothing_else_is_loaded() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["backlit"]
