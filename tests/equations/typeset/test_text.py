"""Equations as Unicode text: how they read, in which pieces, and how they break into lines."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlit.equations import (
    Operation,
    Span,
    avg_pool2d,
    batch_norm2d,
    conv2d,
    dense,
    elu,
    flatten,
    gelu,
    max_pool2d,
    operation,
    relu,
    softmax_cross_entropy,
    symbol_text,
)
from backlit.equations.glyphs import glyph, slug
from backlit.equations.typeset.wrap import display_width
from tests.equations.everything import EVERY_FORMULA, every_operation


def written(shown: Operation) -> dict[str, str]:
    return {name: str(equation) for name, equation in shown.gradients.items()} | {
        "forward": str(shown.forward)
    }


def test_convolution_in_letters() -> None:
    shown = conv2d()
    assert written(shown) == {
        "forward": "Y[n,o,i,j] = b[o] + Σ_{c,u,v} W[o,c,u,v] · X[n,g(o)·C_g+c,i·s+u·d−p,j·s+v·d−p]",
        "bias": "db[o] = Σ_{n,i,j} dY[n,o,i,j]",
        "weight": "dW[o,c,u,v] = Σ_{n,i,j} dY[n,o,i,j] · X[n,g(o)·C_g+c,i·s+u·d−p,j·s+v·d−p]",
        "input": "dX[n,k,h,w] = Σ_{o in the group of k, u, v} "
        "dY[n,o,(h+p−u·d)/s,(w+p−v·d)/s] · W[o,k mod C_g,u,v]",
    }
    assert [str(each) for each in shown.shapes] == [
        "OH = ⌊(IH+2p−d(kH−1)−1)/s⌋+1",
        "OW = ⌊(IW+2p−d(kW−1)−1)/s⌋+1",
    ]
    assert [str(each) for each in shown.gradients["input"].conditions] == [
        "over those u, v for which both quotients are whole numbers inside the output: "
        "0 ≤ (h+p−u·d)/s < OH, 0 ≤ (w+p−v·d)/s < OW",
        "o is in the group of k when ⌊o/O_g⌋ = ⌊k/C_g⌋",
    ]


def test_numbers_are_simplified_away() -> None:
    plain = conv2d(3, 1, 0, 1, 1)
    assert str(plain.forward).endswith("W[o,c,u,v] · X[n,c,i+u,j+v]")
    assert str(plain.gradients["input"]) == ("dX[n,c,h,w] = Σ_{o,u,v} dY[n,o,h−u,w−v] · W[o,c,u,v]")
    assert [str(each) for each in plain.gradients["input"].conditions] == [
        "over those u, v for which both places lie inside the output: 0 ≤ h−u < OH, 0 ≤ w−v < OW"
    ]
    assert not plain.gradients["weight"].conditions
    assert [str(each) for each in plain.shapes] == ["OH = IH−2", "OW = IW−2"]

    strided = conv2d(3, 2, 1, 1, 1)
    assert str(strided.gradients["weight"]).endswith("X[n,c,2i+u−1,2j+v−1]")
    assert str(strided.gradients["input"]).endswith("dY[n,o,(h+1−u)/2,(w+1−v)/2] · W[o,c,u,v]")
    assert "whole numbers" in str(strided.gradients["input"].conditions[0])

    unequal = conv2d(3, (1, 2), ((0, 1), (2, 3)), (2, 1), 1)
    assert str(unequal.gradients["weight"]).endswith("X[n,c,i+2u,2j+v−2]")
    assert "and the quotient is a whole number" in str(unequal.gradients["input"].conditions[0])


def test_the_example_of_the_front_page() -> None:
    assert str(conv2d(3, 1, 1, 1, 1).gradients["weight"]) == (
        "dW[o,c,u,v] = Σ_{n,i,j} dY[n,o,i,j] · X[n,c,i+u−1,j+v−1]"
    )


def test_faces_of_the_input_error() -> None:
    faces = {name: str(each) for name, each in conv2d(3, 2, 1, 1, 1).faces.items()}
    assert faces == {
        "scatter": "dX[n,c,2i+u−1,2j+v−1] += dY[n,o,i,j] · W[o,c,u,v]",
        "zeros": "D[n,o,2i,2j] = dY[n,o,i,j]",
        "correlation": "dX[n,c,h,w] = Σ_{o,u,v} D[n,o,h+u−1,w+v−1] · W[o,c,2−u,2−v]",
    }
    unit = conv2d(3, 1, 0, 1, 1).faces["correlation"]
    assert str(unit) == "dX[n,c,h,w] = Σ_{o,u,v} dY[n,o,h+u−2,w+v−2] · W[o,c,2−u,2−v]"
    assert [str(each) for each in unit.conditions[1:]] == [
        "rows of zeros: 2 above, 2 below",
        "columns of zeros: 2 on the left, 2 on the right",
    ]


@pytest.mark.parametrize(
    ("shown", "forward", "error"),
    [
        (dense(), "Y[n,o] = b[o] + Σ_f W[o,f] · X[n,f]", "dX[n,f] = Σ_o dY[n,o] · W[o,f]"),
        (
            max_pool2d(2),
            "Y[n,c,i,j] = max_{u,v} X[n,c,2i+u−p,2j+v−p]",
            "dX[n,c,h,w] = Σ_{i,j} dY[n,c,i,j] · [(h,w) wins (i,j)]",
        ),
        (
            avg_pool2d(2, 2, 0),
            "Y[n,c,i,j] = 1/4 · Σ_{u,v} X[n,c,2i+u,2j+v]",
            "dX[n,c,h,w] = 1/4 · Σ_{u,v} dY[n,c,(h−u)/2,(w−v)/2]",
        ),
        (
            flatten(),
            "Y[n,f] = X[n,⌊f/(IH·IW)⌋,⌊f/IW⌋ mod IH,f mod IW]",
            "dX[n,c,h,w] = dY[n,(c·IH+h)·IW+w]",
        ),
        (relu(), "Y = max(0, X)", "dX = dY · [X > 0]"),
        (elu(1), "Y = X if X > 0, else e^X − 1", "dX = dY · (1 if X > 0, else Y + 1)"),
        (
            gelu(),
            "Y = X/2 · erfc(−X/√2)",
            "dX = dY · (erfc(−X/√2)/2 + X · e^(−X²/2) / √(2 · π))",
        ),
        (
            batch_norm2d(),
            "Y[n,c,h,w] = γ[c] · x\u0302[n,c,h,w] + β[c]",
            "dX[n,c,h,w] = γ[c] / (M · √(σ²[c] + ε)) "
            "· (M · dY[n,c,h,w] − dβ[c] − x\u0302[n,c,h,w] · dγ[c])",
        ),
        (
            softmax_cross_entropy(),
            "L = −1/N · Σ_{n,k} T[n,k] · ln(P[n,k])",
            "dZ[n,k] = (P[n,k] − T[n,k])/N",
        ),
    ],
    ids=lambda each: getattr(each, "name", ""),
)
def test_other_operations(shown: Operation, forward: str, error: str) -> None:
    assert (str(shown.forward), str(shown.gradients["input"])) == (forward, error)


def test_spans_and_their_roles() -> None:
    assert operation("update").forward.spans() == [
        Span("W", "tensor:W"),
        Span(" ", "space"),
        Span("←", "operator"),
        Span(" ", "space"),
        Span("W", "tensor:W"),
        Span(" ", "space"),
        Span("−", "operator"),
        Span(" ", "space"),
        Span("η", "option:η"),
        Span(" ", "space"),
        Span("·", "operator"),
        Span(" ", "space"),
        Span("dW", "gradient:dW"),
    ]
    roles = {role for _, role in conv2d(3, 2, 1, 1, 1).gradients["input"].spans()}
    assert {"error:dX", "error:dY", "tensor:W", "index:u", "number", "operator"} <= roles


def test_spans_join_to_the_text() -> None:
    for told, formula in EVERY_FORMULA:
        assert "".join(span.text for span in formula.spans()) == formula.text() == str(formula), (
            told
        )
        assert all(span.text for span in formula.spans()), told


@every_operation
def test_every_letter_is_explained_once(operation: Operation) -> None:
    """Whoever meets a letter finds it among the operation's letters, in words."""
    explained = operation.letters
    kinds = {"tensor", "error", "gradient", "index", "size", "option"}
    for formula in (*operation.equations(), *operation.shapes):
        for role in {span.role for span in formula.spans()}:
            if role.partition(":")[0] in kinds:
                assert explained[role], role
    assert set(operation.indices) == {
        role.removeprefix("index:") for role in explained if role.startswith("index:")
    }
    together = {*operation.indices, *operation.tensors, *operation.sizes}
    assert len(together) >= 2


@every_operation
def test_every_equation_has_a_sentence(operation: Operation) -> None:
    for equation in operation.equations():
        assert equation.words.endswith(".")
        assert equation.words[0].isupper()
        assert equation.words.count(". ") == 0  # one sentence
        assert equation.name


@every_operation
def test_roles_are_stable(operation: Operation) -> None:
    """A symbol has one role of each kind: X is a tensor wherever it stands."""
    roles: dict[str, set[str]] = {}
    for equation in operation.equations():
        for text, role in equation.spans():
            kind = role.partition(":")[0]
            if kind in ("tensor", "error", "gradient", "index"):
                roles.setdefault(text, set()).add(role)
    assert all(len(each) == 1 for each in roles.values()), roles


@given(st.sampled_from(EVERY_FORMULA), st.integers(8, 120))
def test_lines_hold_the_whole_text(case: tuple[str, Operation], width: int) -> None:
    _, formula = case
    lines = formula.text(width).split("\n")  # type: ignore[attr-defined]
    assert " ".join(line.strip() for line in lines) == str(formula)


@pytest.mark.parametrize("width", [60, 70, 80, 100])
def test_lines_are_short_enough(width: int) -> None:
    for told, formula in EVERY_FORMULA:
        for line in formula.text(width).split("\n"):
            assert display_width(line) <= width, f"{told}: {line}"


def test_lines_break_before_a_sign_and_hang_below_the_right_side() -> None:
    assert conv2d(3, 2, 1, 1, 1).forward.text(60).split("\n") == [
        "Y[n,o,i,j] = b[o] + Σ_{c,u,v} W[o,c,u,v]",
        "             · X[n,c,2i+u−1,2j+v−1]",
    ]
    condition = conv2d(3, 2, 1, 1, 1).gradients["input"].conditions[0]
    assert condition.text(50).split("\n") == [
        "over those u, v for which both quotients are whole",
        "numbers inside the output: 0 ≤ (h+1−u)/2 < OH,",
        "0 ≤ (w+1−v)/2 < OW",
    ]


def test_marks_take_no_columns() -> None:
    assert display_width("x\u0302[n]") == 4


@pytest.mark.parametrize(
    ("symbol", "text", "latex", "name"),
    [
        ("X", "X", "X", "X"),
        ("dX", "dX", r"\mathrm{d}X", "dX"),
        ("d", "d", "d", "d"),
        ("kH", "kH", "k_{H}", "k-H"),
        ("OH", "OH", r"\mathit{OH}", "OH"),
        ("C_g", "C_g", "C_{g}", "C-g"),
        ("X12", "X₁₂", "X_{12}", "X12"),
        ("dX1", "dX₁", r"\mathrm{d}X_{1}", "dX1"),
        ("x\u0302", "x\u0302", r"\hat{x}", "x-hat"),
        ("σ²", "σ²", r"\sigma^{2}", "sigma-squared"),
        ("dγ", "dγ", r"\mathrm{d} \gamma", "dgamma"),
        ("ε", "ε", r"\varepsilon", "epsilon"),
    ],
)
def test_glyphs(symbol: str, text: str, latex: str, name: str) -> None:
    assert (glyph(symbol).text, glyph(symbol).latex, slug(symbol)) == (text, latex, name)


@every_operation
def test_the_letters_of_an_explanation_are_explained_too(operation: Operation) -> None:
    """An index runs "0 to C_g−1", and C_g is "C/G": all of these are letters of the page."""
    explained = {symbol_text(role) for role in operation.letters}
    for words in operation.letters.values():
        for found in re.findall(r"(?:, 0 to |, )([A-Zk][^ ]*(?:−1|/[A-Z]))$", words):
            for symbol in re.split("[·+/]", found.removesuffix("−1")):
                assert symbol in explained or symbol.isdigit(), (symbol, words)
