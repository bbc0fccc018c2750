"""Equations as MathML: well-formed, the right number of children, a class for each role."""

from __future__ import annotations

import re
from fractions import Fraction
from xml.etree import ElementTree

from backlit.equations import Phrase, batch_norm2d, conv2d, update
from backlit.equations.typeset.layout import Digits
from backlit.equations.typeset.mathml import NAMESPACE
from backlit.equations.typeset.numbers import format_number
from tests.equations.everything import EVERY_FORMULA

CHILDREN = {"msub": 2, "msup": 2, "mfrac": 2, "munder": 2, "mover": 2}
KNOWN = CHILDREN.keys() | {
    "math",
    "mrow",
    "mi",
    "mn",
    "mo",
    "mtext",
    "msqrt",
    "mtable",
    "mtr",
    "mtd",
}


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def tag(node: ElementTree.Element) -> str:
    return node.tag.removeprefix(f"{{{NAMESPACE}}}")


def test_snapshot() -> None:
    assert update().forward.mathml() == (
        f'<math xmlns="{NAMESPACE}" display="block" alttext="W becomes W minus eta times d W">'
        '<mi class="tensor tensor-W">W</mi><mo>←</mo><mi class="tensor tensor-W">W</mi><mo>−</mo>'
        '<mi class="option option-eta">η</mi><mo>·</mo><mrow class="gradient gradient-dW">'
        '<mi mathvariant="normal">d</mi><mi>W</mi></mrow></math>'
    )


def test_structure() -> None:
    for told, formula in EVERY_FORMULA:
        root = parsed(formula.mathml())
        assert tag(root) == "math", told
        assert root.get("alttext"), told
        for node in root.iter():
            assert tag(node) in KNOWN, told
            if tag(node) in CHILDREN:
                assert len(node) == CHILDREN[tag(node)], f"{told}: {tag(node)}"
            if len(node):
                assert not node.text, told
            elif tag(node) not in ("mrow", "mtd"):
                assert node.text, f"{told}: an empty {tag(node)}"


def test_classes_are_plain_names_for_roles() -> None:
    for told, formula in EVERY_FORMULA:
        for node in parsed(formula.mathml()).iter():
            for name in node.get("class", "").split():
                assert re.fullmatch(r"[a-zA-Z][a-zA-Z0-9-]*", name), f"{told}: {name}"
    classes = {node.get("class") for node in parsed(batch_norm2d().steps[2].mathml()).iter()}
    assert {"tensor tensor-x-hat", "tensor tensor-sigma-squared", "index index-n"} <= classes


def test_the_alternative_is_spoken() -> None:
    error = conv2d(3, 2, 1, 1, 1).gradients["input"]
    assert parsed(error.mathml()).get("alttext") == error.spoken()
    assert error.spoken() == (
        "d X at n, c, h, w equals the sum over o, u, v of "
        "d Y at n, o, ( h plus 1 minus u ) over 2, ( w plus 1 minus v ) over 2 "
        "times W at o, c, u, v"
    )


def test_numbers() -> None:
    def inner(text: str) -> str:
        whole = Phrase(Digits(text)).mathml()
        return re.sub(r' class="number"', "", whole[whole.index(">") + 1 : -len("</math>")])

    assert inner("12") == "<mn>12</mn>"
    assert inner("−0.5") == '<mrow><mo form="prefix">−</mo><mn>0.5</mn></mrow>'
    assert inner(format_number(Fraction(3, 4))) == (
        "<mrow><mfrac><mrow><mn>3</mn></mrow><mn>4</mn></mfrac></mrow>"
    )
    assert inner(format_number(1.5e-7)) == (
        "<mrow><mn>1.5</mn><mo>·</mo><msup><mn>10</mn>"
        '<mrow><mo form="prefix">−</mo><mn>7</mn></mrow></msup></mrow>'
    )
