"""Register tiles: P rows of Q vectors each, all of them in the processor's registers.

A convolution, a dense layer and their gradients are all sums of outer products: a few numbers of
one operand times a few vectors of the other.  A tile is such a sum under way.  ``outer`` adds one
outer product to it: P numbers are broadcast, Q vectors loaded, and P·Q fused multiply-adds follow
without touching memory again.  That is where a matrix product gets its speed, too.

The operations are unrolled when they are compiled, so P, Q and the offsets are constants of the
machine code; a kernel that uses them is still a few plain lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic, models, register_model

from .intrinsics import FLOATS, address_of, call_llvm, intrinsics, total
from .vectors import Vector, splat


class TileType(types.Type):
    """``rows`` × ``columns`` vectors."""

    def __init__(self, rows: int, columns: int, vector: Vector) -> None:
        self.count = rows * columns
        self.vector = vector
        super().__init__(name=f"tile({rows} x {columns} x {vector.name})")


@register_model(TileType)
class _TileModel(models.PrimitiveModel):
    def __init__(self, manager: Any, tile: TileType) -> None:
        super().__init__(manager, tile, ir.ArrayType(tile.vector.llvm, tile.count))


class Tile:
    """The operations on tiles of ``rows`` × ``columns`` vectors with so many ``lanes``.

    Attributes:
        zeros: ``zeros()``, an empty sum.
        fill: ``fill(p, i)``: every row begins with the vectors at ``p[i]``, such as biases.
        load: ``load(p, i, step)``: row r from ``p[i + r·step]``.
        splats: ``splats(p, i, step)``: every number of row r is ``p[i + r·step]``.
        store: ``store(tile, p, i, step)``: row r to ``p[i + r·step]``.
        store_some: ``store_some(tile, p, i, step, n)``: only the first n numbers of each row.
        store_totals: ``store_totals(tile, p, i, step)``: row r to ``p[i + r·step]``, of each vector
            only the sum of its lanes.
    """

    def __init__(self, rows: int, columns: int, lanes: int) -> None:
        self.rows, self.columns, self.lanes = rows, columns, lanes
        self.vector: Vector = intrinsics(lanes).vector
        self.type = TileType(rows, columns, self.vector)
        self.zeros, self.fill, self.load = self._starts()
        self.splats = self._splats()
        self.store, self.store_some, self.store_totals = self._stores()

    @property
    def width(self) -> int:
        """How many numbers a row has."""
        return self.columns * self.lanes

    def outer(self, offsets: Sequence[int], rows: Sequence[int] | None = None) -> Any:
        """``outer(tile, x, i, w, k)``: row r += x[i + offsets[r]] · w[k …].

        Args:
            offsets: one for each row.
            rows: which take part; by default all.
        """
        chosen = range(self.rows) if rows is None else tuple(rows)
        kind, places = self.type, tuple(offsets)

        @intrinsic
        def outer(typing: Any, tile: Any, x: Any, i: Any, w: Any, k: Any) -> Any:
            def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
                tile, x, i, w, k = args
                vectors = [self._vector(builder, w, k, column) for column in range(self.columns)]
                for row in chosen:
                    place = builder.add(i, ir.Constant(i.type, places[row]))
                    number = splat(builder, builder.load(builder.gep(x, [place])), self.lanes)
                    tile = self._add_products(builder, tile, row, [number] * self.columns, vectors)
                return tile

            return kind(kind, FLOATS, types.intp, FLOATS, types.intp), generate

        return outer

    def product(self, offsets: Sequence[int], rows: Sequence[int] | None = None) -> Any:
        """``product(tile, x, i, w, k)``: row r += x[i + offsets[r] …] · w[k …], by lanes.

        Args:
            offsets: one for each row.
            rows: which take part; by default all.
        """
        chosen = range(self.rows) if rows is None else tuple(rows)
        kind, places = self.type, tuple(offsets)

        @intrinsic
        def product(typing: Any, tile: Any, x: Any, i: Any, w: Any, k: Any) -> Any:
            def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
                tile, x, i, w, k = args
                columns = range(self.columns)
                vectors = [self._vector(builder, w, k, column) for column in columns]
                for row in chosen:
                    place = builder.add(i, ir.Constant(i.type, places[row]))
                    mine = [self._vector(builder, x, place, column) for column in columns]
                    tile = self._add_products(builder, tile, row, mine, vectors)
                return tile

            return kind(kind, FLOATS, types.intp, FLOATS, types.intp), generate

        return product

    def inner(self, step: int, other_step: int, rows: Sequence[int] | None = None) -> Any:
        """``inner(tile, x, i, w, k)``: [r, q] += x[i + r·step …] · w[k + q·other_step …].

        Every entry of the tile is the sum, lane by lane, of a dot product under way.

        Args:
            step: from row to row in x.
            other_step: from column to column in w.
            rows: which take part; by default all.
        """
        kind = self.type
        chosen = range(self.rows) if rows is None else tuple(rows)

        @intrinsic
        def inner(typing: Any, tile: Any, x: Any, i: Any, w: Any, k: Any) -> Any:
            def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
                tile, x, i, w, k = args
                vectors = []
                for column in range(self.columns):
                    place = builder.add(k, ir.Constant(k.type, column * other_step))
                    vectors.append(self._vector(builder, w, place, 0))
                for row in chosen:
                    place = builder.add(i, ir.Constant(i.type, row * step))
                    mine = self._vector(builder, x, place, 0)
                    tile = self._add_products(builder, tile, row, [mine] * self.columns, vectors)
                return tile

            return kind(kind, FLOATS, types.intp, FLOATS, types.intp), generate

        return inner

    def map(self, function: Callable[[Any], Any]) -> Any:
        """``map(tile)``: ``function``, made of vector operations, of every vector."""
        kind, vector, count = self.type, self.vector, self.rows * self.columns

        @intrinsic
        def mapped(typing: Any, tile: Any) -> Any:
            def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
                result = args[0]
                for place in range(count):
                    old = builder.extract_value(result, place)
                    new = context.compile_internal(builder, function, vector(vector), [old])
                    result = builder.insert_value(result, new, place)
                return result

            return kind(kind), generate

        return mapped

    def _vector(self, builder: Any, p: Any, i: Any, column: int) -> Any:
        place = builder.add(i, ir.Constant(i.type, column * self.lanes))
        return builder.load(address_of(builder, p, place, self.vector.llvm), align=4)

    def _add_products(self, builder: Any, tile: Any, row: int, left: Any, right: Any) -> Any:
        for column, factors in enumerate(zip(left, right, strict=True)):
            place = row * self.columns + column
            old = builder.extract_value(tile, place)
            new = call_llvm(builder, "fmuladd", self.vector, [*factors, old])
            tile = builder.insert_value(tile, new, place)
        return tile

    def _starts(self) -> tuple[Any, Any, Any]:
        kind = self.type
        llvm = ir.ArrayType(self.vector.llvm, kind.count)

        @intrinsic
        def zeros(typing: Any) -> Any:
            return kind(), lambda context, builder, sig, args: ir.Constant(llvm, None)

        @intrinsic
        def fill(typing: Any, p: Any, i: Any) -> Any:
            def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
                return self._loaded(builder, llvm, args[0], [args[1]] * self.rows)

            return kind(FLOATS, types.intp), generate

        @intrinsic
        def load(typing: Any, p: Any, i: Any, step: Any) -> Any:
            def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
                return self._loaded(builder, llvm, args[0], self._places(builder, *args[1:]))

            return kind(FLOATS, types.intp, types.intp), generate

        return zeros, fill, load

    def _splats(self) -> Any:
        kind = self.type

        @intrinsic
        def splats(typing: Any, p: Any, i: Any, step: Any) -> Any:
            def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
                tile = ir.Constant(ir.ArrayType(self.vector.llvm, kind.count), ir.Undefined)
                for row, place in enumerate(self._places(builder, *args[1:])):
                    number = builder.load(builder.gep(args[0], [place]))
                    vector = splat(builder, number, self.lanes)
                    for column in range(self.columns):
                        tile = builder.insert_value(tile, vector, row * self.columns + column)
                return tile

            return kind(FLOATS, types.intp, types.intp), generate

        return splats

    def _loaded(self, builder: Any, llvm: Any, p: Any, places: list[Any]) -> Any:
        tile = ir.Constant(llvm, ir.Undefined)
        for row, place in enumerate(places):
            for column in range(self.columns):
                value = self._vector(builder, p, place, column)
                tile = builder.insert_value(tile, value, row * self.columns + column)
        return tile

    def _places(self, builder: Any, i: Any, step: Any) -> list[Any]:
        places = [i]
        for _ in range(self.rows - 1):
            places.append(builder.add(places[-1], step))
        return places

    def _stores(self) -> tuple[Any, Any, Any]:
        kind = self.type

        def storing(write: Any) -> Any:
            """Write every vector of a tile: ``write(builder, vector, p, place of row, column)``."""

            @intrinsic
            def store(typing: Any, tile: Any, p: Any, i: Any, step: Any) -> Any:
                def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
                    tile, p, i, step = args
                    for row, place in enumerate(self._places(builder, i, step)):
                        for column in range(self.columns):
                            value = builder.extract_value(tile, row * self.columns + column)
                            write(builder, value, p, place, column)
                    return context.get_dummy_value()

                return types.void(kind, FLOATS, types.intp, types.intp), generate

            return store

        def vector(builder: Any, value: Any, p: Any, place: Any, column: int) -> None:
            target = builder.add(place, ir.Constant(place.type, column * self.lanes))
            builder.store(value, address_of(builder, p, target, self.vector.llvm), align=4)

        def its_total(builder: Any, value: Any, p: Any, place: Any, column: int) -> None:
            target = builder.add(place, ir.Constant(place.type, column))
            builder.store(total(builder, value, self.lanes), builder.gep(p, [target]))

        @intrinsic
        def store_some(typing: Any, tile: Any, p: Any, i: Any, step: Any, n: Any) -> Any:
            def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
                tile, p, i, step, n = args
                for row, place in enumerate(self._places(builder, i, step)):
                    self._store_some_of_row(builder, tile, row, p, place, n)
                return context.get_dummy_value()

            return types.void(kind, FLOATS, types.intp, types.intp, types.intp), generate

        return storing(vector), store_some, storing(its_total)

    def _store_some_of_row(
        self, builder: Any, tile: Any, row: int, p: Any, place: Any, n: Any
    ) -> None:
        """Lane by lane: masked stores are slow on many processors, and tails are short."""
        for column in range(self.columns):
            value = builder.extract_value(tile, row * self.columns + column)
            for lane in range(self.lanes):
                number = ir.Constant(place.type, column * self.lanes + lane)
                with builder.if_then(builder.icmp_signed("<", number, n)):
                    one = builder.extract_element(value, ir.Constant(ir.IntType(32), lane))
                    builder.store(one, builder.gep(p, [builder.add(place, number)]))


@cache
def tile(rows: int, columns: int, lanes: int) -> Tile:
    """The operations on tiles of that size."""
    return Tile(rows, columns, lanes)
