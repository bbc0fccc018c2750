"""Writes a kernel as a nest of loops, line by line, where Python's own loops cannot be used.

Numba cannot loop over a list of different functions, such as one for each kind of tile.  Where a
kernel needs that, its writer puts the loops together here, with a call for each function, and gets
the function that they make.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from backlit.engines.fast.simd.intrinsics import floats
from backlit.pure.window import Axis

from .affine_index import AffineIndex

Steps = tuple[int, int, int]  # the floats from image to image, row to row, pixel to pixel


class Nest:
    """A function that is being written.

    Args:
        kind: its name, for people who look into a profile.
        signature: its parameters; that of a kernel is its pointer to all arguments.
        names: what its lines may use.
    """

    def __init__(self, kind: str, signature: str = "a", **names: Any) -> None:
        self._kind, self._signature = kind, signature
        self._names = {"floats": floats, "max": max, "min": min, **names}
        self._lines: list[str] = []
        self._depth = 1

    def write(self, *lines: str) -> None:
        """Add lines inside the loops that are open."""
        self._lines += [f"{'    ' * self._depth}{line}" for line in lines]

    def arrays(self, names: str, first: int = 1) -> None:
        """Name the arrays among a kernel's arguments, the first of which is argument ``first``."""
        places = range(first, first + len(names.split(",")))
        self.write(f"{names} = {', '.join(f'floats(a, {k})' for k in places)}")

    def parts(self, letter: str, count: int) -> None:
        """Name the parts of a sum, one of each thread: arguments from the second on."""
        self.write(*(f"{letter}{k} = floats(a, {k + 2})" for k in range(count)))

    def loop(self, letter: str, *bounds: int | str) -> AbstractContextManager[None]:
        """What is written inside this is done for each number of ``range(*bounds)``."""
        return self.block(f"for {letter} in range({', '.join(map(str, bounds))}):")

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """What is written inside this belongs to a line such as ``while …:``."""
        self.write(head)
        self._depth += 1
        yield
        self._depth -= 1

    def named(self, stem: str, function: Any) -> str:
        """A name, new in this nest, by which its lines can call a function."""
        name = f"{stem}{len(self._names)}"
        self._names[name] = function
        return name

    def row_of_taps(
        self,
        down: AffineIndex,
        across: AffineIndex,
        source: Steps,
        target: Steps,
        groups: tuple[int, int] | None = None,
    ) -> None:
        """For image n and row t: where the rows of X and Y begin, and which taps are in the image.

        They are called ``xr`` and ``yr``, and ``k0`` to behind it, ``k1``.

        Args:
            down: the index along the rows.
            across: the one along the columns.
            source: the :data:`Steps` of X.
            target: the same of Y.
            groups: channels of X and of Y in each group g, where there are groups.
        """
        x_group, y_group = (f" + g * {each}" for each in groups) if groups else ("", "")
        self.write(
            f"at = {down.pace} * t + {down.first}",
            f"k0 = max(0, -(at // {down.gap}))",
            f"k1 = min({down.taps}, -((at - {down.size}) // {down.gap}))",
            f"xr = n * {source[0]} + at * {source[1]}{x_group}",
            f"yr = n * {target[0]} + ({down.start} + {down.step} * t) * {target[1]}"
            f" + {across.start * target[2]}{y_group}",
        )

    def positions_inside(self, position: str, tap: str, axis: Axis) -> None:
        """The outputs at which a tap lies inside the image, such as ``i0`` to behind it, i1."""
        at = f"({tap} * {axis.dilation} - {axis.before})"
        self.write(
            f"{position}0 = max(0, -({at} // {axis.stride}))",
            f"{position}1 = min({axis.output}, -(({at} - {axis.size}) // {axis.stride}))",
        )

    def bend(self, ops: Any, activation: tuple[str, float] | None, lanes: int) -> None:
        """Let a tile go through an activation, if there is one."""
        if activation is not None:
            from .activations import activation as activation_of

            bend = self.named("bend", ops.map(activation_of(*activation, lanes)))
            self.write(f"tile = {bend}(tile)")

    def function(self) -> Any:
        """What has been written, as a function."""
        source = f"def {self._kind}({self._signature}):\n" + "\n".join(self._lines)
        space = dict(self._names)
        exec(compile(source, f"<{self._kind}>", "exec"), space)
        return space[self._kind]
