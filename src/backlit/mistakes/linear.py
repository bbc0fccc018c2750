"""Mistakes in linear operations, each as a change of the one line that a result consists of.

A change gets the right line (or one that is already wrong in another way) and gives back a wrong
one, or None where the mistake makes no sense.  Since lines are made of the operation's equations,
a change holds for any stride, padding, dilation and number of groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from backlit.equations.expressions import (
    Constant,
    Expression,
    Indicator,
    Product,
    Ratio,
    Sum,
    WholeNumber,
    over,
)
from backlit.equations.indices import (
    Floor,
    IndexExpression,
    Letter,
    floor,
    index,
    remainder,
    single,
    whole,
)
from backlit.equations.program.places import is_divided
from backlit.equations.tensors import Reference

from .accumulation import Accumulation, only, role_of
from .mutation import GRADIENTS, Mutation

Changed = Accumulation | None


def _last(letter: Letter) -> IndexExpression:
    assert letter.size is not None
    return letter.size - 1


# --- factors ------------------------------------------------------------------------------------


def _sign(line: Accumulation) -> Changed:
    return line.times(Constant(-1))


def _divided_by(*symbols: str) -> Callable[[Accumulation], Changed]:
    """The product divided by the number of values that these indices take."""

    def change(line: Accumulation) -> Changed:
        size = whole(1)
        for symbol in symbols:
            letter = line.letter(symbol)
            if letter is None or letter.size is None:
                return None
            size = size * letter.size
        return line.times(Ratio(Constant(1), WholeNumber(size)))

    return change


def _without(letter: str) -> Callable[[Accumulation], Changed]:
    """The factor X, W or Y (its error) left out."""

    def change(line: Accumulation) -> Changed:
        rest = tuple(f for f in line.factors if not (_is(f, letter)))
        if len(rest) == len(line.factors):
            return None
        # The loops stay the same: what is left out still says how often something is added.
        gone = next(f for f in line.factors if _is(f, letter))
        ones = tuple(
            only(single(each), "≥", 0)
            for where in gone.indices or ()  # type: ignore[attr-defined]
            for each in where.letters()
            if each.kind == "index"
        )
        return replace(line, factors=(*rest, *ones))

    return change


def _not_divided(line: Accumulation) -> Changed:
    rest = tuple(f for f in line.factors if not isinstance(f, Ratio))
    return replace(line, factors=rest) if len(rest) < len(line.factors) else None


def _output_for_error(line: Accumulation) -> Changed:
    """Y read where dY belongs."""
    Y = next((t for t in line.equation.vocabulary if t.symbol == "Y"), None)
    if Y is None or not any(_is(f, "Y") for f in line.factors):
        return None
    factors = tuple(
        Reference(Y, f.indices) if isinstance(f, Reference) and _is(f, "Y") else f
        for f in line.factors
    )
    return replace(line, factors=factors)


def _error_everywhere(line: Accumulation) -> Changed:
    """The error squared, for want of the other operand."""
    error = next((f for f in line.factors if _is(f, "Y")), None)
    others = [f for f in line.factors if _is(f, "X") or _is(f, "W")]
    if error is None or not others:
        return None
    return replace(line, factors=tuple(error if f is others[0] else f for f in line.factors))


def _is(factor: Expression, letter: str) -> bool:
    return isinstance(factor, Reference) and role_of(factor.tensor) == letter


# --- which products are added -----------------------------------------------------------------


def _only_last(*symbols: str) -> Callable[[Accumulation], Changed]:
    def change(line: Accumulation) -> Changed:
        letters = [line.letter(symbol) for symbol in symbols]
        if not all(letters):
            return None
        return line.times(*(only(single(x), "=", _last(x)) for x in letters if x))

    return change


def _only_first(*symbols: str) -> Callable[[Accumulation], Changed]:
    def change(line: Accumulation) -> Changed:
        letters = [line.letter(symbol) for symbol in symbols]
        if not all(letters):
            return None
        return line.times(*(only(single(x), "=", 0) for x in letters if x))

    return change


def _not_last(*symbols: str) -> Callable[[Accumulation], Changed]:
    """Ranges that end one too early."""

    def change(line: Accumulation) -> Changed:
        letters = [line.letter(symbol) for symbol in symbols]
        if not all(letters):
            return None
        return line.times(*(only(single(x), "<", _last(x)) for x in letters if x))

    return change


def _not_first(*symbols: str) -> Callable[[Accumulation], Changed]:
    def change(line: Accumulation) -> Changed:
        letters = [line.letter(symbol) for symbol in symbols]
        if not all(letters):
            return None
        return line.times(*(only(single(x), ">", 0) for x in letters if x))

    return change


def _assigned(line: Accumulation) -> Changed:
    return replace(line, relation="=") if line.relation == "+=" and _adds_up(line) else None


def _adds_up(line: Accumulation) -> bool:
    """Whether more than one product goes to a place."""
    alone = {each.letter.symbol for each in line.left.indices or () if each.letter is not None}
    return any(letter.symbol not in alone for letter in line.letters())


def _assigned_where_it_holds(line: Accumulation) -> Changed:
    conditions = any(isinstance(f, Indicator) for f in line.factors)
    return replace(line, relation="=", guarded=True) if conditions else None


def _window_by_window(change: Callable[[Accumulation], Changed]) -> Callable[..., Changed]:
    """With the loops over the window outside of those over the output, as col2im has them."""

    def changed(line: Accumulation) -> Changed:
        if not {"u", "v", "i", "j"} <= {letter.symbol for letter in line.letters()}:
            return None
        new = change(line)
        return None if new is None else replace(new, order="nockuvijfhw")

    return changed


def _assigned_summing(*symbols: str) -> Callable[[Accumulation], Changed]:
    """``=`` outside, while these indices are summed up inside: ``dX[…] = Σ_o dY[o] · W[o]``."""

    def change(line: Accumulation) -> Changed:
        letters = [line.letter(symbol) for symbol in symbols]
        free = {a.symbol for where in line.left.indices or () for a in where.letters()}
        if not all(letters) or free & set(symbols) or line.relation != "+=":
            return None
        if any(
            letter.symbol in symbols
            for each in line.references
            for where in each.indices or ()
            if where.letter is None and not is_divided(where)
            for letter in where.letters()
        ):
            return None  # whether a place exists would have to be asked inside the sum
        loops = over(*(single(x) for x in letters if x))
        inside = replace(line, relation="=", factors=(Sum(loops, Product(line.factors)),))
        return inside if _adds_up(inside) else None

    return change


# --- places -----------------------------------------------------------------------------------


def _exchanged(letter: str, first: str, second: str) -> Callable[[Accumulation], Changed]:
    def change(line: Accumulation) -> Changed:
        one, other = line.letter(first), line.letter(second)
        if one is None or other is None or line.reference(letter) is None:
            return None
        return line.at(letter, {first: single(other), second: single(one)})

    return change


def _turned(*symbols: str) -> Callable[[Accumulation], Changed]:
    def change(line: Accumulation) -> Changed:
        letters = [line.letter(symbol) for symbol in symbols]
        if not all(letters) or line.reference("W") is None:
            return None
        return line.at("W", {x.symbol: _last(x) - single(x) for x in letters if x})

    return change


def _square(here: str, there: str) -> Callable[[Accumulation], Changed]:
    """The size in one direction used for the other one, too, as far as it reaches."""

    def change(line: Accumulation) -> Changed:
        along, across = line.letter(here), line.letter(there)
        if along is None or across is None or along.size is None or across.size is None:
            return None
        most, least = along.size.constant, across.size.constant
        if most is not None and least is not None and most <= least:
            return None
        return line.times(only(single(along), "<", across.size))

    return change


def _image_transposed(line: Accumulation) -> Changed:
    """X read (dX written) at [e, a] instead of [a, e]."""
    image = line.reference("X")
    if image is None or image.indices is None or len(image.indices) < 4:
        return None
    *front, a, e = image.indices
    return line.places("X", (*front, e, a))


def _window_places(
    line: Accumulation, change: Callable[..., IndexExpression], axes: str
) -> Changed:
    """With each place of the image changed: ``change(i, s, u, d, rest)``."""
    image = line.reference("X")
    if image is None or image.indices is None or len(image.indices) < 4:
        return None
    *front, a, e = image.indices
    new = []
    for where, out, window in ((a, "i", "u"), (e, "j", "v")):
        taken = apart(where, out, window)
        if taken is None:
            return None
        new.append(change(*taken) if out in axes else where)
    if (new[0], new[1]) == (a, e):
        return None
    return line.places("X", (*front, *new))


def apart(where: IndexExpression, out: str, window: str) -> tuple[IndexExpression, ...] | None:
    """i·s + u·d − p as (i, s, u, d, −p)."""
    by_out = where.coefficient_of(out)
    if by_out is None:
        return None
    stride, rest = by_out
    by_window = rest.coefficient_of(window)
    if by_window is None:
        return None
    dilation, rest = by_window
    letters = {each.symbol: each for each in where.letters()}
    if out not in letters or window not in letters:
        return None
    return single(letters[out]), stride, single(letters[window]), dilation, rest


def moved(change: Callable[..., IndexExpression], axes: str = "ij") -> Callable[..., Changed]:
    """Each place of the image as ``change(i, s, u, d, rest)`` says."""
    return lambda line: _window_places(line, change, axes)


def _of_the_rows(option: int) -> Callable[[Accumulation], Changed]:
    """The rows' stride (1 of what :func:`apart` tells) or padding (4) for the columns, too."""

    def change(line: Accumulation) -> Changed:
        image = line.reference("X")
        if image is None or image.indices is None or len(image.indices) < 4:
            return None
        rows = apart(image.indices[-2], "i", "u")
        if rows is None:
            return None

        def place(*columns: Any) -> IndexExpression:
            parts: list[Any] = list(columns)
            parts[option] = rows[option]
            j, s, v, d, rest = parts
            at: IndexExpression = j * s + v * d + rest
            return at

        return _window_places(line, place, "j")

    return change


def _groups_forgotten(line: Accumulation) -> Changed:
    """Every filter meets the channels of the first group."""
    image = line.reference("X")
    if image is None or image.indices is None or len(image.indices) < 2:
        return None
    channel = image.indices[1]
    kept = [
        (coefficient, atoms)
        for coefficient, atoms in channel.terms
        if not any(isinstance(atom, Floor) for atom in atoms)
    ]
    if len(kept) == len(channel.terms):
        return None
    indices = list(image.indices)
    indices[1] = IndexExpression(tuple(kept))
    return line.places("X", indices)


def _wrong_group(line: Accumulation) -> Changed:
    """The groups are taken in turns (o mod G) instead of in blocks."""
    image, filters = line.reference("X"), line.letter("o")
    if image is None or image.indices is None or filters is None:
        return None
    for _, atoms in image.indices[1].terms:
        for atom in atoms:
            if isinstance(atom, Floor):
                letters = {x.symbol: x for x in image.indices[1].letters()}
                c = letters.get("c")
                if c is None or c.size is None or filters.size is None:
                    return None
                indices = list(image.indices)
                groups = _group_count(atom, filters)
                indices[1] = remainder(single(filters), groups) * c.size + single(c)
                return line.places("X", indices)
    return None


def _group_count(atom: Floor, filters: Letter) -> IndexExpression:
    assert filters.size is not None
    return floor(filters.size, atom.divisor)


def _first_channel(line: Accumulation) -> Changed:
    """All channels alike: X is always read (dX written) at channel 0."""
    image = line.reference("X")
    if image is None or image.indices is None or len(image.indices) < 2:
        return None
    indices = list(image.indices)
    indices[1] = whole(0)
    return line.places("X", indices)


def _all_channels(line: Accumulation) -> Changed:
    """All channels alike: each gets the sum over all of them."""
    image = line.reference("X")
    if image is None or image.indices is None or len(image.indices) < 2:
        return None
    axis = image.tensor.letters[1]
    if axis.size is None:
        return None
    every = index("k", axis.size, "every channel")
    indices = list(image.indices)
    indices[1] = every
    return line.places("X", indices)


def _filter_one(line: Accumulation) -> Changed:
    """All filters alike: W is always read at filter 0."""
    weights, filters = line.reference("W"), line.letter("o")
    if weights is None or filters is None or weights is line.left:
        return None
    return line.at("W", {"o": 0})


def _same_image(line: Accumulation) -> Changed:
    """All images alike: the error of the first one for all of them."""
    images = line.letter("n")
    return None if images is None else line.at("Y", {"n": 0})


def _weights_of_first_channel(line: Accumulation) -> Changed:
    weights = line.reference("W")
    if weights is None or line.letter("c") is None or weights is line.left:
        return None
    return line.at("W", {"c": 0})


def _weights_of_all_filters(line: Accumulation) -> Changed:
    """Each filter's error (or output) meets the weights of all of them."""
    weights, filters = line.reference("W"), line.letter("o")
    if weights is None or filters is None or filters.size is None or weights is line.left:
        return None
    return line.at("W", {"o": index("k", filters.size, "every filter")})


def _no_bias(line: Accumulation) -> Changed:
    return replace(line, begin=None) if line.begin is not None else None


def _bias_for_each(*symbols: str) -> Callable[[Accumulation], Changed]:
    """The bias, or its gradient, inside of the loops over these indices of the weights."""

    def change(line: Accumulation) -> Changed:
        weights = next((t for t in line.equation.vocabulary if t.symbol == "W"), None)
        of_bias = role_of(line.left.tensor) == "b"
        if weights is None or (line.begin is None and not of_bias):
            return None
        sizes = [a.size for a in weights.letters if a.symbol in symbols and a.size is not None]
        if len(sizes) < len(symbols):
            return None
        count = whole(1)
        for each in sizes:
            count = count * each
        if of_bias:
            return line.times(WholeNumber(count))
        assert line.begin is not None
        return replace(line, begin=Product((WholeNumber(count), line.begin)))

    return change


def _shifted(shift: int) -> Callable[..., IndexExpression]:
    """Shifted where there is padding."""

    def place(i: Any, s: Any, u: Any, d: Any, rest: IndexExpression) -> IndexExpression:
        here: IndexExpression = i * s + u * d + rest
        return here + shift if rest.terms else here

    return place


def _strides_exchanged(line: Accumulation) -> Changed:
    """The step of the columns for the rows, and the other way round."""
    image = line.reference("X")
    if image is None or image.indices is None or len(image.indices) < 4:
        return None
    *front, a, e = image.indices
    rows, columns = apart(a, "i", "u"), apart(e, "j", "v")
    if rows is None or columns is None:
        return None
    new_a = rows[0] * columns[1] + rows[2] * rows[3] + rows[4]
    new_e = columns[0] * rows[1] + columns[2] * columns[3] + columns[4]
    return None if (new_a, new_e) == (a, e) else line.places("X", (*front, new_a, new_e))


def _other_operand(line: Accumulation) -> Changed:
    """The input where the weight belongs, or the weight where the input belongs."""
    tensors = {each.symbol: each for each in line.equation.vocabulary}
    for mine, other in (("W", "X"), ("X", "W")):
        read = next((f for f in line.factors if _is(f, mine)), None)
        if read is not None and role_of(line.left.tensor) == other and other in tensors:
            new = Reference(tensors[other], line.left.indices)
            return replace(line, factors=tuple(new if f is read else f for f in line.factors))
    return None


def _wrapped(line: Accumulation) -> Changed:
    """Places above and left of the image count from its end, as negative indices do."""
    image = line.reference("X")
    if image is None or image.indices is None or len(image.indices) < 4:
        return None
    *front, a, e = image.indices
    places, inside = [], []
    for where, axis, out, window in ((a, image.tensor.letters[-2], "i", "u"),
                                     (e, image.tensor.letters[-1], "j", "v")):  # fmt: skip
        taken = apart(where, out, window)
        if taken is None or axis.size is None:
            return None
        *_, rest = taken
        places.append(remainder(where, axis.size) if rest.terms else where)
        inside += [only(where, "<", axis.size)] if rest.terms else []
    return line.places("X", (*front, *places)).times(*inside) if inside else None


def _windows_inside_only(line: Accumulation) -> Changed:
    """The windows of the image without padding, which are fewer."""
    image, rows, columns = line.reference("X"), line.letter("i"), line.letter("j")
    unpadded = _window_places(line, lambda i, s, u, d, rest: i * s + u * d, "ij")
    if unpadded is None or image is None or not image.indices or rows is None or columns is None:
        return None
    limits = []
    for where, axis, out, window in (
        (image.indices[-2], image.tensor.letters[-2], rows, "u"),
        (image.indices[-1], image.tensor.letters[-1], columns, "v"),
    ):
        taken = apart(where, out.symbol, window)
        kernel = next((x.size for x in where.letters() if x.symbol == window), None)
        if taken is None or axis.size is None or kernel is None:
            return None
        _, stride, _, dilation, _ = taken
        count = floor(axis.size - dilation * (kernel - 1) - 1, stride) + 1
        limits.append(only(single(out), "<", count))
    return unpadded.times(*limits)


def _slid_over_input(line: Accumulation) -> Changed:
    """Quotients rounded down where only whole numbers count: each place meets every output."""
    image = line.reference("X")
    if image is None or image.indices is None or len(image.indices) < 4:
        return None
    *front, a, e = image.indices
    new, more = [], []
    for where, out, window in ((a, "i", "u"), (e, "j", "v")):
        taken = apart(where, out, window)
        if taken is None:
            return None
        _, stride, _, _, _ = taken
        if stride.constant is None or stride.constant < 2:
            new.append(where)
            continue
        rest = index(f"r{out}", stride, "what the division leaves")
        new.append(where + rest)
        more.append(only(rest, "≥", 0))
    return line.places("X", (*front, *new)).times(*more) if more else None


def _mutations() -> Iterator[Mutation]:
    symbols: tuple[str, ...]
    yield Mutation("sign", _sign)
    yield Mutation("batch-average-extra", _divided_by("n"), GRADIENTS)
    yield Mutation("positions-averaged", _divided_by("i", "j"), GRADIENTS)
    yield Mutation("positions-averaged", _divided_by("n", "i", "j"), GRADIENTS)
    yield Mutation("positions-averaged", _divided_by("c", "u", "v"), ("output",))
    yield Mutation("error-ignored", _without("Y"), GRADIENTS)
    yield Mutation(
        "wrong-operand", _output_for_error, GRADIENTS, "the output in place of its error"
    )
    yield Mutation("wrong-operand", _error_everywhere, GRADIENTS, "the error twice")
    yield Mutation("wrong-operand", _without("W"), ("input",), "the weights are not used")
    yield Mutation("wrong-operand", _without("X"), ("weight",), "the input is not used")
    yield Mutation("wrong-operand", _other_operand, ("weight", "input"), "its own operand")
    yield Mutation("one-image-only", _only_last("n"), GRADIENTS, "the last one")
    yield Mutation("one-image-only", _only_first("n"), GRADIENTS, "the first one")
    yield Mutation("one-image-only", _same_image, ("input",), "the first one's error for all")
    yield Mutation("one-image-only", _only_first("n"), ("output",), "the first one")
    yield Mutation("one-image-only", _only_last("n"), ("output",), "the last one")
    yield Mutation("assigned-not-added", _assigned)
    yield Mutation("assigned-not-added", _assigned_where_it_holds)
    yield Mutation("assigned-not-added", _window_by_window(_assigned), ("input",))
    yield Mutation("assigned-not-added", _window_by_window(_assigned_summing("o")), ("input",))
    for symbols in (
        ("o",),
        ("n",),
        ("c",),
        ("u", "v"),
        ("c", "u", "v"),
        ("o", "u", "v"),
        ("n", "o"),
    ):
        yield Mutation("assigned-not-added", _assigned_summing(*symbols))
    yield Mutation("assigned-not-added", _only_last("i", "j"), ("weight", "bias"))
    yield Mutation("assigned-not-added", _only_last("n", "i", "j"), ("weight", "bias"))
    yield Mutation("assigned-not-added", _only_last("i"), ("weight", "bias"), "the last row only")
    yield Mutation(
        "assigned-not-added", _only_last("j"), ("weight", "bias"), "the last column only"
    )
    yield Mutation("assigned-not-added", _only_last("u", "v"), ("output",))
    yield Mutation("assigned-not-added", _only_last("c", "u", "v"), ("output",))
    yield Mutation("filter-turned", _turned("u", "v"), ("weight", "output"))
    yield Mutation("filter-turned", _turned("u"), ("weight", "output"), "upside down")
    yield Mutation("filter-turned", _turned("v"), ("weight", "output"), "left and right exchanged")
    yield Mutation("filter-turned", _turned("o", "c", "u", "v"), ("weight", "output"), "all axes")
    yield Mutation("filter-not-turned", _turned("u", "v"), ("input",))
    yield Mutation("filter-not-turned", _turned("u"), ("input",), "columns only are turned")
    yield Mutation("filter-not-turned", _turned("v"), ("input",), "rows only are turned")
    yield Mutation("axes-turned", _turned("o", "c"), words="in place of rows and columns")
    yield Mutation("axes-turned", _turned("o", "c", "u", "v"), ("input",), "all four axes")
    every = ("weight", "input", "output")
    yield Mutation("square-assumed", _square("v", "u"), every)
    yield Mutation("square-assumed", _square("u", "v"), every, "as many rows as columns")
    yield Mutation("image-square-assumed", _square("j", "i"), words="as many columns as rows")
    yield Mutation("image-square-assumed", _square("i", "j"), words="as many rows as columns")
    yield Mutation("transposed", _exchanged("W", "u", "v"), ("weight", "input", "output"))
    yield Mutation("transposed", _exchanged("Y", "i", "j"), GRADIENTS)
    yield Mutation("transposed", _exchanged("Y", "i", "j"), ("output",))
    yield Mutation("transposed", _image_transposed)
    yield Mutation("transposed", _exchanged("W", "o", "f"), ("weight", "input", "output"))
    yield Mutation("stride-forgotten", moved(lambda i, s, u, d, rest: i + u * d + rest))
    for axis in "ij":
        yield Mutation(
            "stride-forgotten",
            moved(lambda i, s, u, d, rest: i + u * d + rest, axis),
            words=f"in the {'rows' if axis == 'i' else 'columns'} only",
        )
    yield Mutation(
        "stride-forgotten",
        moved(lambda i, s, u, d, rest: i + u * d * s + rest),
        words="it multiplies the place in the window, not that of the output",
    )
    yield Mutation("stride-forgotten", _slid_over_input, ("input",), "rounded instead of skipped")
    yield Mutation("transposed", _strides_exchanged, words="the strides of rows and columns")
    yield Mutation("stride-forgotten", _of_the_rows(1), words="that of the rows for the columns")
    for axes, words in (("ij", ""), ("i", "in the rows only"), ("j", "in the columns only")):
        forgotten = moved(lambda i, s, u, d, rest: i * s + u * d, axes)
        yield Mutation("padding-forgotten", forgotten, ("output", "weight"), words)
        yield Mutation("padding-cropped-wrongly", forgotten, ("input",), words)
    yield Mutation(
        "padding-cropped-wrongly",
        _of_the_rows(4),
        ("input",),
        "that of the rows for the columns",
    )
    yield Mutation("padding-wraps", _wrapped)
    yield Mutation("padding-forgotten", _windows_inside_only, ("weight",), "fewer windows")
    for axes, words in (("ij", ""), ("i", "in the rows only"), ("j", "in the columns only")):
        for shift in (-1, 1):
            yield Mutation("padding-cropped-wrongly", moved(_shifted(shift), axes), words=words)
        yield Mutation(
            "padding-cropped-wrongly",
            moved(lambda i, s, u, d, rest: i * s + u * d + rest + rest, axes),
            words=words,
        )
    yield Mutation("dilation-forgotten", moved(lambda i, s, u, d, rest: i * s + u + rest))
    every = ("output", "weight", "input")
    for axes, of in (("ij", ""), ("i", " in the rows"), ("j", " in the columns")):
        alone = moved(lambda i, s, u, d, rest: u * d + rest, axes)
        inside = moved(lambda i, s, u, d, rest: i * s + rest, axes)
        yield Mutation("place-incomplete", alone, every, f"where the window begins{of}")
        yield Mutation("place-incomplete", inside, every, f"where in the window{of}")
    yield Mutation("groups-forgotten", _groups_forgotten)
    yield Mutation("groups-forgotten", _wrong_group, words="groups taken in turns")
    yield Mutation("one-channel-only", _only_first("c"), words="the first one")
    yield Mutation("one-channel-only", _only_last("c"), words="the last one")
    yield Mutation("one-filter-only", _only_first("o"), words="the first one")
    yield Mutation("one-filter-only", _only_last("o"), words="the last one")
    yield Mutation("one-filter-only", _filter_one, ("input", "output"), "weights of the first")
    yield Mutation("channels-mixed", _exchanged("W", "o", "c"), ("weight", "input", "output"))
    yield Mutation("channels-mixed", _first_channel, words="the first channel for all")
    yield Mutation("channels-mixed", _all_channels, words="the sum for all")
    yield Mutation(
        "channels-mixed", _weights_of_first_channel, ("input", "output"), "weights of the first"
    )
    yield Mutation(
        "channels-mixed", _weights_of_all_filters, ("input", "output"), "weights of all filters"
    )
    yield Mutation("bias-forgotten", _no_bias, ("output",))
    for symbols, words in (
        (("c",), "once for each channel"),
        (("u", "v"), "once for each place of the window"),
        (("u",), "once for each row of the window"),
        (("c", "u", "v"), "once for each weight of the filter"),
        (("f",), "once for each input"),
    ):
        yield Mutation("bias-repeated", _bias_for_each(*symbols), ("output", "bias"), words)
    for symbols in (("i", "j"), ("i",), ("j",)):
        yield Mutation("last-row-forgotten", _not_last(*symbols), words=_which(symbols))
    for symbols in (("u", "v"), ("u",), ("v",)):
        yield Mutation("last-row-forgotten", _not_last(*symbols), words=_which(symbols))
    yield Mutation("last-row-forgotten", _not_first("i", "j"), words="the first ones")
    yield Mutation("last-row-forgotten", _not_last("h", "w"))
    yield Mutation("last-row-forgotten", _not_last("h"))
    yield Mutation("last-row-forgotten", _not_last("w"))
    yield Mutation("average-not-divided", _not_divided)


def _which(symbols: Sequence[str]) -> str:
    return {
        "i": "rows",
        "j": "columns",
        "u": "rows of the window",
        "v": "columns of the window",
    }.get(symbols[0] if len(symbols) == 1 else "", "")


LINEAR_MUTATIONS: tuple[Mutation, ...] = tuple(_mutations())
