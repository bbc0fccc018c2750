"""Convolution: one forward equation, and three gradients derived from it.

What the field calls a convolution is a cross-correlation: the filter is laid over the image as it
is, nothing is turned.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..conditions import phrase
from ..equation import Equation
from ..expressions import sum_over
from ..indices import IndexExpression, floor, index, option, size, whole
from ..operation import Operation
from ..sizes import Definition
from ..tensors import Reference, Tensor
from ..typeset import Phrase
from ..typeset.layout import Operator
from .building import IN_PADDING, C, O, gradient_of, n, o
from .convolution_faces import faces
from .geometry import Window, make_window
from .options import Padding, Pair, positive

_NOT_FLIPPED = (
    "“Convolution” means cross-correlation here, as everywhere in the field: "
    "the filter is not flipped."
)
_BEFORE = "All gradients use the weights from before the update."


def conv2d(
    kernel_size: Pair = None,
    stride: Pair = None,
    padding: Padding = None,
    dilation: Pair = None,
    groups: int | None = None,
    bias: bool = True,
) -> Operation:
    """Y[n,o,i,j] = b[o] + Σ_{c,u,v} W[o,c,u,v] · X[n, k, i·s + u·d − p, j·s + v·d − p].

    k = (o div O/G)·C/G + c: a filter sees the channels of its own group; with one group, k = c.

    Args:
        kernel_size: an int or (rows, columns); None leaves the letters kH and kW.
        stride: an int or (rows, columns); None leaves the letter s.
        padding: an int, (rows, columns), ((top, bottom), (left, right)), "same" or "valid"; None
            leaves the letter p.
        dilation: an int or (rows, columns); None leaves the letter d.
        groups: an int; None leaves the letter G.
        bias: whether b is added.

    Raises:
        ConfigurationError: an option that is none of these.
    """
    window = make_window("conv2d", kernel_size, stride, padding, dilation)
    parts = _parts(window, positive("conv2d", "groups", groups))
    forward = _forward(parts, bias)
    error = gradient_of(
        forward,
        parts.X,
        "An input number took part in every output whose window covers it, so it collects the "
        "errors of those outputs, each times the weight that joined the two.",
        conditions=parts.group_of_channel,
        range_words={"o": "in the group of k"} if parts.grouped else None,
    )
    gradients = {"weight": _weight_gradient(forward, parts)}
    if bias:
        gradients["bias"] = gradient_of(
            forward,
            parts.b,
            "The bias was added to every output of its filter, so its gradient is the sum of that "
            "filter's errors over all images and positions.",
        )
    return Operation(
        name="conv2d",
        title=f"Convolution{window.settings}" + (f", {groups} groups" if parts.many else ""),
        steps=(forward,),
        gradients={**gradients, "input": error},
        shapes=window.shapes,
        faces=faces(forward, error, parts.weight, parts.read, window),
        notes=(_NOT_FLIPPED, parts.channels_words, _BEFORE),
    )


@dataclass(frozen=True)
class _Parts:
    """The tensors and the places of one convolution."""

    X: Tensor
    W: Tensor
    b: Tensor
    Y: Tensor
    window: Window
    c: IndexExpression
    channel: IndexExpression
    definitions: tuple[Definition, ...] = ()
    many: bool = False
    group_of_filter: tuple[Phrase, ...] = ()
    group_of_channel: tuple[Phrase, ...] = ()

    @property
    def weight(self) -> Reference:
        """The weight in a product."""
        return self.W[o, self.c, self.window.rows.window, self.window.columns.window]

    @property
    def read(self) -> Reference:
        """The input that it meets."""
        rows, columns = self.window
        return self.X[n, self.channel, rows.input_index, columns.input_index]

    @property
    def grouped(self) -> bool:
        return bool(self.definitions)

    @property
    def channels_words(self) -> str:
        """Which channels a filter sees."""
        where = " of its group" if self.grouped else ""
        return f"One filter sees all input channels{where} and adds them up."

    @property
    def outside(self) -> tuple[Phrase, ...]:
        """What counts as 0."""
        if not self.window.may_leave:
            return ()
        return (phrase("X is 0 outside the image"),)


def _parts(window: Window, groups: int | None) -> _Parts:
    rows, columns = window
    if groups == 1:
        c = channel = k = index("c", C, "input channel")
        extra: tuple[Definition, ...] = ()
        of_filter: tuple[Phrase, ...] = ()
        of_channel: tuple[Phrase, ...] = ()
    else:
        G = option("G", "number of groups") if groups is None else whole(groups)
        per = "G" if groups is None else groups
        C_g = size("C_g", f"input channels in one group, C/{per}")
        O_g = size("O_g", f"filters in one group, O/{per}")
        c = index("c", C_g, "input channel inside the filter's group")
        k = index("k", C, "input channel of the image")
        channel = floor(o, O_g, label="g") * C_g + c
        extra = (
            Definition("C_g", floor(C, G)),
            Definition("C", C_g * G),
            Definition("O_g", floor(O, G)),
            Definition("G", floor(C, C_g)),
        )
        of_filter = (
            phrase(
                floor(o, O_g, label="g"), Operator("="), floor(o, O_g), " is the group of filter o"
            ),
        )
        of_channel = (
            phrase("o is in the group of k when ", floor(o, O_g), Operator("="), floor(k, C_g)),
        )
    return _Parts(
        X=Tensor("X", (n, k, rows.input, columns.input), "input"),
        W=Tensor("W", (o, c, rows.window, columns.window), "weights of the filters", learned=True),
        b=Tensor("b", (o,), "bias, one number for each filter", learned=True),
        Y=Tensor("Y", (n, o, rows.out, columns.out), "output"),
        window=window,
        c=c,
        channel=channel,
        definitions=extra,
        many=groups is not None and groups > 1,
        group_of_filter=of_filter,
        group_of_channel=of_channel,
    )


def _forward(parts: _Parts, bias: bool) -> Equation:
    rows, columns = parts.window
    products = sum_over((parts.c, rows.window, columns.window), parts.weight * parts.read)
    return Equation(
        name="output",
        kind="forward",
        left=parts.Y[n, o, rows.out, columns.out],
        right=parts.b[o] + products if bias else products,
        words="Lay the filter over the image, multiply each weight with the input below it, and "
        + ("add all the products and the filter's bias." if bias else "add all the products."),
        conditions=(*parts.outside, *parts.group_of_filter),
        vocabulary=(parts.X, parts.W, parts.b, parts.Y),
        definitions=(*parts.window.definitions, *parts.definitions),
        skipped_words=IN_PADDING,
    )


def _weight_gradient(forward: Equation, parts: _Parts) -> Equation:
    return gradient_of(
        forward,
        parts.W,
        "The same weight was used at every output position of every image, so its gradient is the "
        "sum over all of them: the error there times the input that the weight met.",
        conditions=(*parts.outside, *parts.group_of_filter),
        skipped_words=IN_PADDING,
    )
