"""The functions of a C program: for each layer its loops, with its sizes as constants.

A function is written for one image, unless it says that it goes over all of a batch.  Two layers of
the same sizes get the same text, and so share one function.

The loops over the places of an image are the innermost ones, they have no conditions and a constant
length, and each of their turns stands alone: that is what compilers turn into vector instructions.
So padding is copied around an image first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from textwrap import indent, wrap
from typing import ClassVar

from backlit.equations.expressions import Comparison, Expression, Indicator
from backlit.layers import (
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dense,
    Dropout,
    GlobalAvgPool2d,
    Layer,
    MaxPool2d,
    PReLU,
)
from backlit.layers.activation import Activation
from backlit.pure.window import Axis

from .description import PlacedLayer
from .printing import ATOM, Printer

TILES = {4: 16, 3: 16, 2: 32, 1: 32}
"""So many places are worked out at once, for so many filters: their sums fit into registers.

With fewer, GCC unrolls the loop over them before it makes vectors of it, and finds none any more.
"""
WIDTH = 96
GENERIC = (
    "cos",
    "erfc",
    "exp",
    "expm1",
    "log",
    "log1p",
    "pow",
    "sqrt",
    "tanh",
)  # for any real type


@dataclass(frozen=True)
class CFunction:
    """A function before it has a name.

    Attributes:
        text: with ``@NAME@`` where its name stands.
        arguments: what it is given: letters of arrays such as "X", "W" and "dX", names of
            workspaces, and "count", "N" or "key".
        workspaces: how many numbers each needs.
        in_place: whether its input becomes its output, so that it is given "Y" alone.
        of_batch: whether it goes over a whole batch by itself.
    """

    text: str
    arguments: tuple[str, ...]
    workspaces: Mapping[str, int] = field(default_factory=dict)
    in_place: bool = False
    of_batch: bool = False


class CPrinter(Printer):
    """Expressions of one number as C."""

    functions: ClassVar[Mapping[str, str]] = {"max": "larger", "min": "smaller"}
    constants: ClassVar[Mapping[str, str]] = {
        "π": "(real)3.14159265358979323846",
        "−∞": "(real)-INFINITY",
    }

    def number(self, value: float | int | Fraction) -> str:
        """A number that belongs to an equation."""
        text = super().number(value)
        return f"(real){text}" if isinstance(value, float) and value != int(value) else text

    def choice(self, branches: list[tuple[str, str]]) -> str:
        """``condition ? value : …``."""
        return " : ".join(f"{when} ? {value}" if when else value for value, when in branches)

    def call(self, function: str, arguments: list[str]) -> str:
        """A function of mathematics; whole numbers are no reals by themselves."""
        if function in GENERIC:
            arguments = [f"(real){each}" if each.isdigit() else each for each in arguments]
        return super().call(function, arguments)

    def _constant(self, value: float | int | Fraction, symbol: str) -> tuple[str, int]:
        text, level = super()._constant(value, symbol)
        return f"(real){text}" if "/" in text else text, level

    def _text(self, expression: Expression) -> tuple[str, int]:
        if isinstance(expression, Indicator) and isinstance(expression.condition, Comparison):
            return f"(real)({self.comparison(expression.condition)})", ATOM
        return super()._text(expression)


def forward(part: PlacedLayer, training: bool) -> CFunction:
    """The function that computes a layer's output."""
    return _of(part.layer, _FORWARD)(part, training)


def backward(part: PlacedLayer, wants_error: bool) -> CFunction:
    """The function that adds to the errors of a layer's inputs and to its gradients.

    Convolutions and dense layers leave the errors out where nobody wants them.
    """
    make = _of(part.layer, _BACKWARD)
    return make(part, wants_error) if make in (_conv_backward, _dense_backward) else make(part)


def _of(
    layer: Layer, table: Mapping[type[Layer], Callable[..., CFunction]]
) -> Callable[..., CFunction]:
    return next(make for kind, make in table.items() if isinstance(layer, kind))


# --- pieces ---------------------------------------------------------------------------------------


def _function(
    equations: Sequence[str],
    parameters: str,
    body: str,
    constants: Mapping[str, int | str] | None = None,
) -> str:
    """A function; of the constants only those that it needs."""
    body = body.strip("\n")
    needed = _needed(constants or {}, re.sub(r"/\*.*?\*/", "", body, flags=re.DOTALL))
    comment = "".join(f" * {each}\n" for each in equations)
    head = f"/* @WHO@\n{comment[:-1]} */\n" + f"static void @NAME@({parameters})"
    if needed:
        values = ", ".join(f"{name} = {value}" for name, value in needed.items())
        body = listed("    enum { ", values, " };") + "\n\n" + body
    return f"{head}\n{{\n{body}\n}}\n"


def listed(begin: str, values: str, end: str) -> str:
    """What is listed, broken after a comma where a line would be too long."""
    lines, line = [], begin
    for value in values.split(", "):
        if len(line) + len(value) + 2 > WIDTH:
            lines.append(line.rstrip())
            line = " " * len(begin)
        line += value + ", "
    return "\n".join([*lines, line.removesuffix(", ") + end])


def _needed(constants: Mapping[str, int | str], body: str) -> dict[str, int | str]:
    """The constants that stand in a body, and those that they are made of."""
    found = body
    for name, value in reversed(list(constants.items())):
        if re.search(rf"\b{name}\b", found):
            found += f" {value}"
    return {k: v for k, v in constants.items() if re.search(rf"\b{k}\b", found)}


def _equation(part: PlacedLayer, training: bool = False) -> str:
    return str(part.layer.operation(part.shapes, training).forward)


def _gradients(part: PlacedLayer) -> list[str]:
    found = dict.fromkeys(part.layer.operation(part.shapes, True).gradients.values())
    ordered = sorted(found, key=lambda each: each.left.tensor.kind != "error")
    return [str(each) for each in ordered]


@dataclass(frozen=True)
class _WindowSizes:
    """A layer whose window slides over an image."""

    part: PlacedLayer

    @property
    def axes(self) -> tuple[Axis, Axis]:
        axes = self.part.layer.window(self.part.shapes[0])
        assert axes is not None
        return axes

    @property
    def padded(self) -> bool:
        return any(axis.before or axis.after for axis in self.axes)

    @property
    def frame(self) -> int:
        """How many numbers the padded input has."""
        rows, columns = (axis.size + axis.before + axis.after for axis in self.axes)
        return self.part.shapes[0][0] * rows * columns

    @property
    def constants(self) -> dict[str, int | str]:
        rows, columns = self.axes
        height, width = ("IH + top + bottom", "IW + left + right") if self.padded else ("IH", "IW")
        return {
            "C": self.part.shapes[0][0],
            "IH": rows.size,
            "IW": columns.size,
            "O": self.part.output[0],
            "OH": rows.output,
            "OW": columns.output,
            "kH": rows.kernel,
            "kW": columns.kernel,
            "sH": rows.stride,
            "sW": columns.stride,
            "dilH": rows.dilation,
            "dilW": columns.dilation,
            "top": rows.before,
            "bottom": rows.after,
            "left": columns.before,
            "right": columns.after,
            "PH": height,
            "PW": width,
        }

    def row(self, output: str, inside: str) -> str:
        """``i * sH + u * dilH``."""
        return self._place(output, inside, "H", self.axes[0])

    def column(self, output: str, inside: str) -> str:
        """``j * sW + v * dilW``."""
        return self._place(output, inside, "W", self.axes[1])

    @staticmethod
    def _place(output: str, inside: str, axis: str, values: Axis) -> str:
        first = f"{output} * s{axis}" if values.stride != 1 else output
        return f"{first} + {inside} * dil{axis}" if values.dilation != 1 else f"{first} + {inside}"


_FRAME = """
    padded(X, C, IH, IW, top, bottom, left, right, {fill}, P);
"""


# --- convolution ----------------------------------------------------------------------------------


def _conv(part: PlacedLayer, training: bool) -> CFunction:
    layer, window = part.layer, _WindowSizes(part)
    assert isinstance(layer, Conv2d)
    rows, columns = window.axes
    filters = layer.filters // layer.groups
    block = next(size for size in TILES if filters % size == 0)
    run = rows.stride == columns.stride == 1
    width = columns.size + columns.before + columns.after
    length = (rows.output - 1) * width + columns.output if run else columns.output
    direct = run and width == columns.output
    constants = {
        **window.constants,
        "G": layer.groups,
        "C_g": f"C / {layer.groups}" if layer.groups > 1 else "C",
        "SIZE": "C_g * kH * kW" if layer.groups > 1 else "C * kH * kW",
        "RUN": "(OH - 1) * PW + OW",
        "TILE": min(TILES[block], length),
    }
    group = "C_g" if layer.groups > 1 else "C"
    source = "P" if window.padded else "X"
    begin = "seen" if layer.groups > 1 else source
    sums = [f"sum{f}" if block > 1 else "sum" for f in range(block)]
    biases = [(f"b[o + {f}]" if f else "b[o]") if layer.bias else "0" for f in range(block)]
    weights = ["w[0]", "w[SIZE]", *(f"w[{f} * SIZE]" for f in range(2, block))][:block]
    step = f"t * {'sW'}" if columns.stride != 1 else "t"
    start = "\n".join(f"{s}[t] = {b};" for s, b in zip(sums, biases, strict=True))
    add = "\n".join(f"{s}[t] += {w} * x[{step}];" for s, w in zip(sums, weights, strict=True))
    if run:
        down = _times("u", rows.dilation, "dilH")
        place = f"(c * PH + {down}) * PW + {_times('v', columns.dilation, 'dilW')} + at"
        end = "RUN"
        target = [
            f"Y[(o{f' + {f}' if f else ''}) * RUN + at + t]"
            if direct
            else f"R[{f'{f} * RUN + ' if f > 1 else 'RUN + ' if f else ''}at + t]"
            for f in range(block)
        ]
    else:
        across = "at * sW" if columns.stride != 1 else "at"
        shift = _times("v", columns.dilation, "dilW")
        place = f"(c * PH + {window.row('i', 'u')}) * PW + {across} + {shift}"
        end = "OW"
        target = [f"Y[((o{f' + {f}' if f else ''}) * OH + i) * OW + at + t]" for f in range(block)]
    if len(begin) + len(place) > 43:
        place = place.replace(") * PW", ") * PW\n" + " " * 20, 1)
    store = "\n".join(f"{y} = {s}[t];" for y, s in zip(target, sums, strict=True))
    tile = f"""
for (int k = 0; k < {end}; k += TILE) {{
    const int at = k + TILE <= {end} ? k : {end} - TILE;
    real {", ".join(f"{s}[TILE]" for s in sums)};
    for (int t = 0; t < TILE; t++) {{
{indent(start, " " * 8)}
    }}
    for (int c = 0; c < {group}; c++)
        for (int u = 0; u < kH; u++)
            for (int v = 0; v < kW; v++) {{
                const real *restrict w = W + ((o * {group} + c) * kH + u) * kW + v;
                const real *restrict x = {begin} + {place};
                for (int t = 0; t < TILE; t++) {{
{indent(add, " " * 20)}
                }}
            }}
    for (int t = 0; t < TILE; t++) {{
{indent(store, " " * 8)}
    }}
}}
""".strip("\n")
    seen = f"        const real *restrict seen = {source} + o / (O / G) * C_g * PH * PW;\n"
    if run:
        inner = indent(tile, " " * 8)
        if not direct:
            first = "(o + f)" if block > 1 else "o"
            loop = f"        for (int f = 0; f < {block}; f++)\n    " if block > 1 else ""
            shift = "f * RUN + " if block > 1 else ""
            deep = "    " if block > 1 else ""
            inner += f"""
{loop}        for (int i = 0; i < OH; i++)
{deep}            for (int j = 0; j < OW; j++)
{deep}                Y[({first} * OH + i) * OW + j] = R[{shift}i * PW + j];"""
    else:
        inner = "        for (int i = 0; i < OH; i++)\n" + indent(tile, " " * 12)
    if layer.groups > 1:  # of the image, the channels of the filters' own group
        inner = seen + inner
    words = (_RUN_WORDS if run else _ROW_WORDS) + (f" {_SHARED}" if block > 1 else "")
    words = "\n     * ".join(wrap(words, WIDTH - 10))
    body = (
        (_FRAME.format(fill="0").lstrip("\n") if window.padded else "")
        + f"""
    /* {words} */
    for (int o = 0; o < O; o += {block}) {{
{inner}
    }}
""".lstrip("\n")
    )
    arguments = ["X", "W", *(["b"] if layer.bias else []), "Y"]
    workspaces = {"P": window.frame} if window.padded else {}
    if run and not direct:
        workspaces["R"] = block * length
    return CFunction(
        _function([_equation(part)], _parameters([*arguments, *workspaces]), body, constants),
        (*arguments, *workspaces),
        workspaces,
    )


_RUN_WORDS = (
    "With its rows one after the other an image is one long row, in which what a weight meets is "
    "at the same distance from every place. So TILE places are worked out at once, whatever rows "
    "they are in; what falls between two rows is worked out, too, and left behind."
)
_ROW_WORDS = "TILE places of a row are worked out at once."
_SHARED = "Their sums stay in registers, and some filters share what is read of the image."


def _times(letter: str, factor: int, name: str) -> str:
    return f"{letter} * {name}" if factor != 1 else letter


def _parameters(names: Sequence[str]) -> str:
    """``const real *restrict X, real *restrict Y``: what is only read is constant."""
    written = {
        *(() if "dX" in names else ("Y",)),
        "P",
        "R",
        "dX",
        "dP",
        "dW",
        "db",
        "dgamma",
        "dbeta",
        "da",
        "mu",
        "sigma2",
    }
    found = []
    for name in names:
        if name in ("count", "N"):
            found.append(f"int {name}")
        elif name == "key":
            found.append("uint32_t key")
        else:
            found.append(f"{'' if name in written else 'const '}real *restrict {name}")
    return ", ".join(found)


def _conv_backward(part: PlacedLayer, wants_error: bool) -> CFunction:
    layer, window = part.layer, _WindowSizes(part)
    assert isinstance(layer, Conv2d)
    columns = window.axes[1]
    grouped = layer.groups > 1
    constants = {
        **window.constants,
        "G": layer.groups,
        "C_g": f"C / {layer.groups}",
    }
    group = "C_g" if grouped else "C"
    channel = "(o / (O / G) * C_g + c)" if grouped else "c"
    source, errors = ("P", "dP") if window.padded else ("X", "dX")
    column = "t * sW" if columns.stride != 1 else "t"
    shift = _times("v", columns.dilation, "dilW")
    bias = (
        """
        for (int k = 0; k < OH * OW; k++)
            db[o] += dY[o * OH * OW + k];"""
        if layer.bias
        else ""
    )
    body = f"""
    for (int o = 0; o < O; o++) {{{bias}
        for (int c = 0; c < {group}; c++)
            for (int u = 0; u < kH; u++)
                for (int v = 0; v < kW; v++) {{
                    const int w = ((o * {group} + c) * kH + u) * kW + v;
                    for (int i = 0; i < OH; i++) {{
                        const real *restrict error = dY + (o * OH + i) * OW;
                        const int at = ({channel} * PH + {window.row("i", "u")}) * PW + {shift};
                        const real *restrict x = {source} + at;
@ERROR@                        dW[w] += @DOT@;
                    }}
                }}
    }}
"""
    if columns.stride == 1:
        dot = "dot(error, x, OW)"
    else:
        dot = "total"
        body = body.replace(
            "                        dW[w] +=",
            f"""                        real total = 0;
                        for (int t = 0; t < OW; t++)
                            total += error[t] * x[{column}];
                        dW[w] +=""",
        )
    body = body.replace("@DOT@", dot)
    error = f"""                        real *restrict dx = {errors} + at;
                        for (int t = 0; t < OW; t++)
                            dx[{column}] += error[t] * W[w];
"""
    body = body.replace("@ERROR@", error if wants_error else "")
    if window.padded:
        zeros = "    for (int k = 0; k < C * PH * PW; k++)\n        dP[k] = 0;\n"
        body = (
            _FRAME.format(fill="0").lstrip("\n")
            + (zeros if wants_error else "")
            + body.lstrip("\n")
            + (_UNFRAME if wants_error else "")
        )
    workspaces = {"P": window.frame} if window.padded else {}
    if window.padded and wants_error:
        workspaces["dP"] = window.frame
    arguments = _backward_arguments(layer.bias, wants_error, workspaces)
    equations = [_BOTH, *_gradients(part)] if wants_error else _gradients(part)[1:]
    return CFunction(
        _function(equations, _parameters(arguments), body, constants), arguments, workspaces
    )


def _backward_arguments(
    bias: bool, wants_error: bool, workspaces: Iterable[str] = ()
) -> tuple[str, ...]:
    given = ("dY", "X", "W") if wants_error else ("dY", "X")
    return (*given, *(["dX"] if wants_error else []), "dW", *(["db"] if bias else []), *workspaces)


_UNFRAME = """    for (int c = 0; c < C; c++)
        for (int h = 0; h < IH; h++)
            for (int w = 0; w < IW; w++)
                dX[(c * IH + h) * IW + w] += dP[(c * PH + h + top) * PW + w + left];
"""
_BOTH = "Each product sends its error to the weight and to the input that it was made of."


# --- dense ----------------------------------------------------------------------------------------


def _dense(part: PlacedLayer, training: bool) -> CFunction:
    bias = "b[o] + " if "bias" in part.parameters else ""
    arguments = ("X", "W", *(["b"] if bias else []), "Y")
    body = f"""
    for (int o = 0; o < O; o++)
        Y[o] = {bias}dot(W + o * IN, X, IN);
"""
    constants = {"IN": part.shapes[0][0], "O": part.output[0]}
    return CFunction(
        _function([_equation(part)], _parameters(arguments), body, constants), arguments
    )


def _dense_backward(part: PlacedLayer, wants_error: bool) -> CFunction:
    has_bias = "bias" in part.parameters
    bias = "        db[o] += dY[o];\n" if has_bias else ""
    error = "            dX[i] += dY[o] * W[o * IN + i];\n" if wants_error else ""
    body = f"""
    for (int o = 0; o < O; o++) {{
{bias}        for (int i = 0; i < IN; i++) {{
            dW[o * IN + i] += dY[o] * X[i];
{error}        }}
    }}
"""
    arguments = _backward_arguments(has_bias, wants_error)
    constants = {"IN": part.shapes[0][0], "O": part.output[0]}
    equations = [_BOTH, *_gradients(part)] if wants_error else _gradients(part)[1:]
    return CFunction(_function(equations, _parameters(arguments), body, constants), arguments)


# --- pools ----------------------------------------------------------------------------------------


def _max_pool2d(part: PlacedLayer, training: bool) -> CFunction:
    return _pool(
        part,
        "y[t] = larger(y[t], x[{step}]);",
        "-INFINITY",
        "y[t] = first[{step}];",
        "",
    )


def _avg_pool(part: PlacedLayer, training: bool) -> CFunction:
    layer = part.layer
    assert isinstance(layer, AvgPool2d)
    count = _count(layer, _WindowSizes(part))
    last = f"""
            for (int j = 0; j < OW; j++)
                y[j] /= (real)({count});"""
    return _pool(part, "y[t] += x[{step}];", "0", "y[t] = 0;", last)


def _count(layer: AvgPool2d, window: _WindowSizes) -> str:
    """How many numbers a window averages."""
    if layer.count_include_pad or not window.padded:
        return "kH * kW"
    return "inside(i * sH - top, kH, IH) * inside(j * sW - left, kW, IW)"


def _pool(part: PlacedLayer, take: str, fill: str, begin: str, last: str) -> CFunction:
    window = _WindowSizes(part)
    source = "P" if window.padded else "X"
    step = "t * sW" if window.axes[1].stride != 1 else "t"
    row = window.row("i", "0").removesuffix(" + 0")
    start = (
        f"\n            const real *restrict first = {source} + (c * PH + {row}) * PW;"
        if "first" in begin
        else ""
    )
    body = (
        (_FRAME.format(fill=fill).lstrip("\n") if window.padded else "")
        + f"""
    for (int c = 0; c < C; c++)
        for (int i = 0; i < OH; i++) {{
            real *restrict y = Y + (c * OH + i) * OW;{start}
            for (int t = 0; t < OW; t++)
                {begin.format(step=step)}
            for (int u = 0; u < kH; u++)
                for (int v = 0; v < kW; v++) {{
                    const real *restrict x = {source} + (c * PH + {window.row("i", "u")}) * PW + v;
                    for (int t = 0; t < OW; t++)
                        {take.format(step=step)}
                }}{last}
        }}
""".lstrip("\n")
    )
    workspaces = {"P": window.frame} if window.padded else {}
    arguments = ("X", "Y", *workspaces)
    return CFunction(
        _function([_equation(part)], _parameters(arguments), body, window.constants),
        arguments,
        workspaces,
    )


def _places(window: _WindowSizes) -> tuple[str, str, str]:
    """Row and column of an input, and the condition that they exist."""
    rows, columns = window.axes
    h = window.row("i", "u") + (" - top" if rows.before else "")
    w = window.column("j", "v") + (" - left" if columns.before else "")
    padded = "h >= 0 && h < IH && w >= 0 && w < IW" if window.padded else ""
    return h, w, padded


def _max_pool2d_backward(part: PlacedLayer) -> CFunction:
    window = _WindowSizes(part)
    h, w, inside = _places(window)
    when, close = (f"{inside} && (", ")") if inside else ("", "")
    body = f"""
    for (int c = 0; c < C; c++)
        for (int i = 0; i < OH; i++)
            for (int j = 0; j < OW; j++) {{
                int best = -1;
                for (int u = 0; u < kH; u++)
                    for (int v = 0; v < kW; v++) {{
                        const int h = {h}, w = {w};
                        const int at = (c * IH + h) * IW + w;
                        if ({when}best < 0 || X[at] > X[best]{close})
                            best = at;
                    }}
                dX[best] += dY[(c * OH + i) * OW + j];
            }}
"""
    return CFunction(
        _function(
            ["The error goes to the one input that won, among equals to the first."],
            _parameters(("dY", "X", "dX")),
            body,
            window.constants,
        ),
        ("dY", "X", "dX"),
    )


def _avg_pool_backward(part: PlacedLayer) -> CFunction:
    layer, window = part.layer, _WindowSizes(part)
    assert isinstance(layer, AvgPool2d)
    h, w, inside = _places(window)
    if inside:
        inside = f"if ({inside})\n                            "
    body = f"""
    for (int c = 0; c < C; c++)
        for (int i = 0; i < OH; i++)
            for (int j = 0; j < OW; j++) {{
                const real share = dY[(c * OH + i) * OW + j] / (real)({_count(layer, window)});
                for (int u = 0; u < kH; u++)
                    for (int v = 0; v < kW; v++) {{
                        const int h = {h}, w = {w};
                        {inside}dX[(c * IH + h) * IW + w] += share;
                    }}
            }}
"""
    return CFunction(
        _function(_gradients(part), _parameters(("dY", "dX")), body, window.constants),
        ("dY", "dX"),
    )


def _global_avg_pool(part: PlacedLayer, training: bool) -> CFunction:
    channels, height, width = part.shapes[0]
    body = """
    for (int c = 0; c < C; c++) {
        real total = 0;
        for (int k = 0; k < IH * IW; k++)
            total += X[c * IH * IW + k];
        Y[c] = total / (real)(IH * IW);
    }
"""
    constants = {"C": channels, "IH": height, "IW": width}
    return CFunction(
        _function([_equation(part)], _parameters(("X", "Y")), body, constants), ("X", "Y")
    )


def _global_avg_pool_backward(part: PlacedLayer) -> CFunction:
    channels, height, width = part.shapes[0]
    body = """
    for (int c = 0; c < C; c++)
        for (int k = 0; k < IH * IW; k++)
            dX[c * IH * IW + k] += dY[c] / (real)(IH * IW);
"""
    constants = {"C": channels, "IH": height, "IW": width}
    return CFunction(
        _function(_gradients(part), _parameters(("dY", "dX")), body, constants), ("dY", "dX")
    )


# --- number by number -----------------------------------------------------------------------------


def _activation(part: PlacedLayer, training: bool) -> CFunction:
    equation = part.layer.operation(part.shapes, training).forward
    value = f"        Y[k] = {CPrinter().text(equation.right)};"
    line = "\n".join(wrap(value, WIDTH, subsequent_indent=" " * 12))
    body = f"""
    for (int k = 0; k < count; k++) {{
        const real X = Y[k];
{line}
    }}
"""
    return CFunction(
        _function([str(equation)], "real *restrict Y, int count", body),
        ("Y", "count"),
        in_place=True,
    )


def _activation_backward(part: PlacedLayer) -> CFunction:
    (equation,) = dict.fromkeys(part.layer.operation(part.shapes, True).gradients.values())
    value = CPrinter().text(equation.right)
    needed = [each for each in ("X", "Y") if re.search(rf"\b{each}\b", value)]
    arguments = ("dY", *needed, "dX", "count")
    each = re.sub(r"\b(X|Y|dY)\b", r"\1[k]", value)
    line = wrap(f"        dX[k] += {each};", WIDTH, subsequent_indent=" " * 12)
    body = "    for (int k = 0; k < count; k++)\n" + "\n".join(line)
    return CFunction(_function([str(equation)], _parameters(arguments), body), arguments)


def _slope(part: PlacedLayer) -> tuple[str, dict[str, int | str]]:
    """Which slope belongs to place k."""
    layer = part.layer
    assert isinstance(layer, PReLU)
    size = prod(part.shapes[0][1:])
    if layer.shared:
        return "a[0]", {"COUNT": prod(part.shapes[0])}
    place = "a[k]" if size == 1 else "a[k / MAP]"
    return place, {"COUNT": prod(part.shapes[0]), "MAP": size}


def _prelu(part: PlacedLayer, training: bool) -> CFunction:
    slope, constants = _slope(part)
    body = f"""
    for (int k = 0; k < COUNT; k++)
        Y[k] = Y[k] > 0 ? Y[k] : {slope} * Y[k];
"""
    return CFunction(
        _function([_equation(part)], _parameters(("Y", "a")), body, constants),
        ("Y", "a"),
        in_place=True,
    )


def _prelu_backward(part: PlacedLayer) -> CFunction:
    slope, constants = _slope(part)
    body = f"""
    for (int k = 0; k < COUNT; k++) {{
        dX[k] += dY[k] * (X[k] > 0 ? 1 : {slope});
        if (X[k] <= 0)
            d{slope} += dY[k] * X[k];
    }}
"""
    arguments = ("dY", "X", "a", "dX", "da")
    return CFunction(
        _function(_gradients(part), _parameters(arguments), body, constants), arguments
    )


# --- batch norm and dropout -----------------------------------------------------------------------


def _norm_constants(part: PlacedLayer) -> dict[str, int | str]:
    channels, *rest = part.shapes[0]
    return {"C": channels, "MAP": prod(rest)}


def _batch_norm(part: PlacedLayer, training: bool) -> CFunction:
    layer = part.layer
    assert isinstance(layer, BatchNorm2d)
    body = f"""
    for (int c = 0; c < C; c++) {{
        const real scale = gamma[c] / sqrt(sigma2[c] + (real){layer.eps!r});
        for (int k = c * MAP; k < (c + 1) * MAP; k++)
            Y[k] = (Y[k] - mu[c]) * scale + beta[c];
    }}
"""
    arguments = ("Y", "gamma", "beta", "mu", "sigma2")
    parameters = "real *restrict Y, " + ", ".join(
        f"const real *restrict {x}" for x in arguments[1:]
    )
    return CFunction(
        _function([_equation(part)], parameters, body, _norm_constants(part)),
        arguments,
        in_place=True,
    )


def statistics(part: PlacedLayer) -> CFunction:
    """The function of a batch's mean and variance."""
    steps = part.layer.operation(part.shapes, True).steps
    body = """
    for (int c = 0; c < C; c++) {
        const real M = (real)(N * MAP);
        real total = 0, squares = 0;
        for (int n = 0; n < N; n++)
            for (int k = 0; k < MAP; k++)
                total += X[(n * C + c) * MAP + k];
        mu[c] = total / M;
        for (int n = 0; n < N; n++)
            for (int k = 0; k < MAP; k++) {
                const real apart = X[(n * C + c) * MAP + k] - mu[c];
                squares += apart * apart;
            }
        sigma2[c] = squares / M;
    }
"""
    arguments = ("X", "N", "mu", "sigma2")
    words = [str(step) for step in steps if step.left.tensor.symbol in ("μ", "σ²")]
    return CFunction(
        _function(words, _parameters(arguments), body, _norm_constants(part)),
        arguments,
        of_batch=True,
    )


def _batch_norm_backward(part: PlacedLayer) -> CFunction:
    layer = part.layer
    assert isinstance(layer, BatchNorm2d)
    body = f"""
    for (int c = 0; c < C; c++) {{
        const real M = (real)(N * MAP), root = sqrt(sigma2[c] + (real){layer.eps!r});
        real sum = 0, product = 0;
        for (int n = 0; n < N; n++)
            for (int k = 0; k < MAP; k++) {{
                const int at = (n * C + c) * MAP + k;
                sum += dY[at];
                product += dY[at] * (X[at] - mu[c]) / root;
            }}
        dbeta[c] += sum;
        dgamma[c] += product;
        for (int n = 0; n < N; n++)
            for (int k = 0; k < MAP; k++) {{
                const int at = (n * C + c) * MAP + k;
                const real x_hat = (X[at] - mu[c]) / root;
                dX[at] += gamma[c] / (M * root) * (M * dY[at] - sum - x_hat * product);
            }}
    }}
"""
    arguments = ("dY", "X", "gamma", "mu", "sigma2", "dX", "dgamma", "dbeta", "N")
    parameters = ", ".join(
        "int N"
        if x == "N"
        else f"{'' if x.startswith('d') and x != 'dY' else 'const '}real *restrict {x}"
        for x in arguments
    )
    return CFunction(
        _function(_gradients(part), parameters, body, _norm_constants(part)),
        arguments,
        of_batch=True,
    )


def _dropout_words(layer: Layer) -> tuple[str, str]:
    assert isinstance(layer, Dropout)
    return f"{int(layer.rate * 2**32)}u", f"(real){1 - layer.rate!r}"


def _dropout(part: PlacedLayer, training: bool) -> CFunction:
    limit, kept = _dropout_words(part.layer)
    body = f"""
    for (int k = 0; k < count; k++)
        Y[k] = stir(stir((uint32_t)k) ^ key) >= {limit} ? Y[k] / {kept} : 0;
"""
    return CFunction(
        _function([_equation(part, True)], "real *restrict Y, int count, uint32_t key", body),
        ("Y", "count", "key"),
        in_place=True,
        of_batch=True,
    )


def _dropout_backward(part: PlacedLayer) -> CFunction:
    limit, kept = _dropout_words(part.layer)
    body = f"""
    for (int k = 0; k < count; k++)
        dX[k] += stir(stir((uint32_t)k) ^ key) >= {limit} ? dY[k] / {kept} : 0;
"""
    arguments = ("dY", "dX", "count", "key")
    return CFunction(
        _function(_gradients(part), _parameters(arguments), body), arguments, of_batch=True
    )


_FORWARD: dict[type[Layer], Callable[..., CFunction]] = {
    Conv2d: _conv,
    Dense: _dense,
    MaxPool2d: _max_pool2d,
    AvgPool2d: _avg_pool,
    GlobalAvgPool2d: _global_avg_pool,
    Activation: _activation,
    PReLU: _prelu,
    BatchNorm2d: _batch_norm,
    Dropout: _dropout,
}
_BACKWARD: dict[type[Layer], Callable[..., CFunction]] = {
    Conv2d: _conv_backward,
    Dense: _dense_backward,
    MaxPool2d: _max_pool2d_backward,
    AvgPool2d: _avg_pool_backward,
    GlobalAvgPool2d: _global_avg_pool_backward,
    Activation: _activation_backward,
    PReLU: _prelu_backward,
    BatchNorm2d: _batch_norm_backward,
    Dropout: _dropout_backward,
}
