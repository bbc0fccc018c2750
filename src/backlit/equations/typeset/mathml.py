"""A layout as presentation MathML, each letter with a class for its color role.

The role "tensor:X" becomes ``class="tensor tensor-X"``, so that a page can color all tensors or
one.  See MathML Core, https://www.w3.org/TR/mathml-core/.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element as Node
from xml.etree.ElementTree import SubElement, tostring

from ..glyphs import glyph, slug
from .layout import (
    Applied,
    Big,
    Branches,
    Digits,
    Element,
    Fenced,
    Layout,
    Name,
    Operator,
    Root,
    Row,
    Stacked,
    Superscript,
    Words,
)

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
_FUNCTION_APPLICATION = "\u2061"
_NO_BREAK_SPACE = "\u00a0"
_INVISIBLE_TIMES = "\u2062"


def document(layout: Layout, alternative: str) -> str:
    """A whole ``<math>`` element with the text that stands for it where it cannot be shown."""
    root = Node("math", {"xmlns": NAMESPACE, "display": "block", "alttext": alternative})
    write(layout, root)
    return tostring(root, encoding="unicode")


def write(layout: Layout, parent: Node) -> None:
    """Append a layout to an element."""
    match layout:
        case Name(symbol, role):
            _letter(symbol, role, parent)
        case Digits(text):
            _digits(text, SubElement(parent, "mrow") if not text.isdecimal() else parent)
        case Operator(sign, tight):
            invisible = tight and sign == "·"
            _leaf("mo", _INVISIBLE_TIMES if invisible else sign, parent)
        case Words(text):
            _leaf("mtext", text.replace(" ", _NO_BREAK_SPACE), parent, "words")
        case Row(children):
            for child in children:
                write(child, parent)
        case Element(tensor, indices):
            node = SubElement(parent, "msub")
            write(tensor, node)
            _list(indices, SubElement(node, "mrow"))
        case Fenced(fences, body):
            _fenced(body, fences, parent)
        case Stacked(above, below):
            node = SubElement(parent, "mfrac")
            write(above, SubElement(node, "mrow"))
            write(below, SubElement(node, "mrow"))
        case Superscript(base, exponent):
            node = SubElement(parent, "msup")
            write(base, SubElement(node, "mrow"))
            write(exponent, SubElement(node, "mrow"))
        case Root(body):
            write(body, SubElement(parent, "msqrt"))
        case Applied(function, arguments):
            _leaf("mi", function, parent, "function")
            _leaf("mo", _FUNCTION_APPLICATION, parent)
            _fenced(Row(_separated(arguments)), "()", parent)
        case Big(sign, below, body):
            node = SubElement(parent, "munder")
            _leaf("mo", "∑" if sign == "Σ" else sign, node)
            _list(below, SubElement(node, "mrow"))
            write(body, parent)
        case Branches():
            _branches(layout, parent)


def _leaf(tag: str, text: str, parent: Node, style: str = "") -> Node:
    node = SubElement(parent, tag, {"class": style} if style else {})
    node.text = text
    return node


def _letter(symbol: str, role: str, parent: Node) -> None:
    """A letter: one ``<mi>``, with its hat, square or subscript around it."""
    parts = glyph(symbol)
    family = role.partition(":")[0]
    attributes = {"class": f"{family} {family}-{slug(symbol)}"}
    decorated = parts.hat or parts.squared or parts.subscript
    outer = SubElement(parent, "mrow", attributes) if decorated or parts.derivative else parent
    if parts.derivative:
        SubElement(outer, "mi", {"mathvariant": "normal"}).text = "d"
    tag = {True: "mover", False: "msup"}[parts.hat] if parts.hat or parts.squared else "msub"
    holder = SubElement(outer, tag) if decorated else outer
    base = SubElement(holder, "mi", {} if outer is not parent else attributes)
    base.text = parts.base
    if parts.hat:
        _leaf("mo", "^", holder)
    elif parts.squared:
        _leaf("mn", "2", holder)
    elif parts.subscript:
        _leaf("mn" if parts.subscript.isdigit() else "mi", parts.subscript, holder)


def _digits(text: str, parent: Node) -> None:
    """A number: 3/4 as a fraction, 1.2e−5 with a power of ten, a minus as a sign of its own."""
    above, slash, below = text.partition("/")
    if slash:
        node = SubElement(parent, "mfrac")
        _digits(above, SubElement(node, "mrow"))
        _leaf("mn", below, node, "number")
        return
    mantissa, e, exponent = text.partition("e")
    if text.startswith("−"):
        _leaf("mo", "−", parent).set("form", "prefix")
    _leaf("mn", mantissa.removeprefix("−"), parent, "number")
    if e:
        _leaf("mo", "·", parent)
        power = SubElement(parent, "msup")
        _leaf("mn", "10", power, "number")
        _digits(exponent, SubElement(power, "mrow"))


def _list(items: tuple[Layout, ...], parent: Node) -> None:
    for item in _separated(items):
        write(item, parent)


def _separated(items: tuple[Layout, ...]) -> tuple[Layout, ...]:
    separated: list[Layout] = []
    for item in items:
        separated += [Operator(",", tight=True)] if separated else []
        separated.append(item)
    return tuple(separated)


def _fenced(body: Layout, fences: str, parent: Node) -> None:
    node = SubElement(parent, "mrow")
    _leaf("mo", fences[0], node)
    write(body, SubElement(node, "mrow"))
    _leaf("mo", fences[-1], node)


def _branches(layout: Branches, parent: Node) -> None:
    node = SubElement(parent, "mrow")
    _leaf("mo", "{", node)
    table = SubElement(node, "mtable", {"columnalign": "left"})
    for value, condition in layout.branches:
        line = SubElement(table, "mtr")
        write(value, SubElement(line, "mtd"))
        cell = SubElement(line, "mtd")
        _leaf(
            "mtext",
            f"{_NO_BREAK_SPACE}otherwise"
            if condition is None
            else f"{_NO_BREAK_SPACE}if{_NO_BREAK_SPACE}",
            cell,
            "words",
        )
        if condition is not None:
            write(condition, cell)
