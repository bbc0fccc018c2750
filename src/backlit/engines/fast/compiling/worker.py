"""A process that compiles kernels for another one: descriptions come in, object code goes out.

Each line of standard input is the ``repr`` of a kernel's writer and constants.  The answer is the
length of the object code, eight bytes, and the code; a length of 0 says that it failed.
"""

from __future__ import annotations

import ast
import sys

from .compiler import compile_kernel
from .kernel import Kernel

LENGTH = 8  # bytes


def main() -> None:
    """Answer until the input ends."""
    for line in sys.stdin.buffer:
        try:
            code = compile_kernel(Kernel(*ast.literal_eval(line.decode())))
        except Exception:  # the one who asked will see it, compiling the kernel itself
            code = b""
        sys.stdout.buffer.write(len(code).to_bytes(LENGTH, "little") + code)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
