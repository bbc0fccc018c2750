"""One hue for each kind of thing, the same in every view.

Every color has a relative luminance near 0.18, the value at which the contrast to black and to
white is the same, about 4.6 to 1 (WCAG 2.2 asks for 4.5).  So it can be read on a light and on a
dark terminal alike, and nobody has to be asked which one it is.  Color is never the only cue: the
letters say the same.
"""

from __future__ import annotations

BLUE = "#1273e2"
ORANGE = "#bb5a05"
OLIVE = "#707c07"
TEAL = "#08809e"
RED = "#e02942"
PURPLE = "#9d51d4"
GREEN = "#18864f"
GRAY = "#757575"

# A role is "kind:symbol"; the symbol decides if it is listed, else the kind.
_BY_ROLE: dict[str, str] = {
    "tensor:X": BLUE,
    "tensor:Z": BLUE,
    "tensor:x\u0302": BLUE,
    "tensor:W": ORANGE,
    "tensor:γ": ORANGE,
    "tensor:b": OLIVE,
    "tensor:β": OLIVE,
    "tensor:Y": TEAL,
    "tensor:P": TEAL,
}
_BY_KIND: dict[str, str] = {
    "tensor": BLUE,
    "error": RED,
    "gradient": PURPLE,
    "index": f"italic {GREEN}",
    "size": GRAY,
    "option": GRAY,
    "punctuation": GRAY,
}


def style_of(role: str) -> str:
    """The rich style of a role such as "tensor:X"; empty for what keeps the terminal's own color.

    Tensors that are an operation's input (X, X1, Z) are blue, weights (W, γ) orange, biases (b, β)
    olive, outputs (Y, P) teal; errors (dY, dX) are red, gradients of weights and biases purple;
    indices are green and italic.
    """
    kind, _, symbol = role.partition(":")
    return _BY_ROLE.get(f"{kind}:{symbol}", _BY_KIND.get(kind, ""))
