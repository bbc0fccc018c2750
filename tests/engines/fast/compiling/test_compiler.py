"""What can be a kernel, and what is said of what cannot."""

from typing import Any

import pytest
from numba.core.errors import TypingError

from backlit.engines.fast.compiling.compiler import compile_kernel
from backlit.engines.fast.compiling.kernel import Body, Kernel


class Returning(Kernel):
    """Whoever calls a kernel has no room for what it returns."""

    def body(self) -> Body:
        def body(a: Any) -> Any:
            return a[0] * 2.5, a[1], a[2], a[3]

        return body


def test_a_kernel_returns_nothing() -> None:
    with pytest.raises(TypingError, match="none"):
        compile_kernel(Returning.of("tests:returning"))


class Slicing(Kernel):
    """Numba asks for parts of tuples by plain values, such as a slice."""

    def body(self) -> Body:
        def body(a: Any) -> None:
            some = (1, 2, 3)[1:]
            a[0] = some[0]

        return body


def test_a_tuple_can_be_cut() -> None:
    assert compile_kernel(Slicing.of("tests:slicing"))
