"""Worksheets: every answer is the book's, and a wrong way gives another one."""

from __future__ import annotations

from fractions import Fraction
from html import escape
from typing import Any

import pytest

from backlit import pure
from backlit.errors import ConfigurationError
from backlit.pure.nested import apply2, shape
from backlit.worksheets import WORKSHEETS, Worksheet, key_page, sheets_page, worksheet
from backlit.worksheets.drawing import drawn, is_lopsided

COPIES = range(12)
CONVOLUTIONS: list[dict[str, int]] = [
    {},
    {"stride": 2, "size": 5},
    {"padding": 1},
    {"kernel_size": 3, "size": 6, "stride": 2, "padding": 1},
    {"channels": 2, "filters": 2},
]


def arrays(sheet: Worksheet) -> dict[str, Any]:
    return {each.letter: each.numbers for each in sheet.given}


def answers(sheet: Worksheet) -> dict[str, Any]:
    return {each.letter: each.answer for each in sheet.questions}


@pytest.mark.parametrize("copy", COPIES)
@pytest.mark.parametrize("options", CONVOLUTIONS, ids=str)
def test_a_convolution_by_the_book(options: dict[str, int], copy: int) -> None:
    sheet = worksheet("conv2d", 3, copy, **options)
    given, found = arrays(sheet), answers(sheet)
    steps = options.get("stride", 1), options.get("padding", 0)
    dX, dW, db = pure.conv2d_backward(given["dY"], given["X"], given["W"], *steps)
    Y = pure.conv2d_forward(given["X"], given["W"], given["b"], *steps)
    assert found == {"Y": Y, "dW": dW, "db": db, "dX": dX}
    turned = [[[row[::-1] for row in c[::-1]] for c in o] for o in given["W"]]
    assert pure.conv2d_forward(given["X"], turned, given["b"], *steps) != Y
    size = len(given["X"][0][0]), len(given["X"][0][0][0])
    assert pure.conv2d_input_gradient(given["dY"], turned, size, *steps) != dX
    transposed = [[[list(row) for row in zip(*c, strict=True)] for c in o] for o in given["W"]]
    assert pure.conv2d_forward(given["X"], transposed, given["b"], *steps) != Y


@pytest.mark.parametrize("copy", COPIES)
def test_the_other_operations_by_the_book(copy: int) -> None:
    sheet = worksheet("dense", 1, copy, images=2)
    given = arrays(sheet)
    dX, dW, db = pure.dense_backward(given["dY"], given["X"], given["W"])
    Y = pure.dense_forward(given["X"], given["W"], given["b"])
    assert answers(sheet) == {"Y": Y, "dW": dW, "db": db, "dX": dX}
    for overlapping in ({}, {"size": 5, "kernel_size": 3, "stride": 1}, {"size": 5}):
        window = overlapping.get("kernel_size", 2), overlapping.get("stride", 2)
        for name in ("max_pool2d", "avg_pool2d"):
            sheet = worksheet(name, 1, copy, **overlapping)
            given = arrays(sheet)
            x = pure.nested.apply(Fraction, given["X"])
            forward, backward = (getattr(pure, f"{name}_{way}") for way in ("forward", "backward"))
            expected = {"Y": forward(x, *window), "dX": backward(given["dY"], x, *window)}
            assert answers(sheet) == expected
    sheet = worksheet("relu", 1, copy)
    given = arrays(sheet)
    assert answers(sheet) == {
        "Y": pure.relu_forward(given["X"]),
        "dX": pure.relu_backward(given["dY"], given["X"]),
    }
    sheet = worksheet("update", 1, copy)
    given = arrays(sheet)
    step = apply2(lambda w, dw: w - given["η"] * dw, given["W"], given["dW"])
    assert answers(sheet) == {"W": step}


@pytest.mark.parametrize("copy", COPIES)
def test_the_error_of_softmax_is_probability_minus_truth_over_the_images(copy: int) -> None:
    sheet = worksheet("softmax_cross_entropy", 1, copy, images=3)
    given = arrays(sheet)
    assert all(sum(row) == 1 for row in given["P"])
    difference = apply2(lambda p, t: Fraction(p - t, 3), given["P"], given["T"])
    assert answers(sheet) == {"dZ": difference}


@pytest.mark.parametrize("operation", WORKSHEETS)
def test_copies_differ_and_the_same_one_comes_again(operation: str) -> None:
    sheets = [worksheet(operation, 7, copy) for copy in range(30)]
    texts = [str(arrays(sheet)) for sheet in sheets]
    assert len(set(texts)) >= 25  # a page of 2 by 2 numbers may come twice
    again = worksheet(operation, 7, 29)
    assert arrays(again) == arrays(sheets[29])
    assert answers(again) == answers(sheets[29])
    assert arrays(worksheet(operation, 8, 29)) != arrays(again)
    assert [sheet.code for sheet in sheets[:2]] == ["7-1", "7-2"]


@pytest.mark.parametrize("operation", WORKSHEETS)
def test_numbers_are_small_and_the_working_ends_with_its_answer(operation: str) -> None:
    for copy in COPIES:
        sheet = worksheet(operation, 0, copy)
        for question in sheet.questions:
            index, _, working = question.working.partition(" = ")
            number = question.answer
            for place in index.partition("[")[2].rstrip("]").split(",") if "[" in index else ():
                number = number[int(place)]
            if "[" in index:
                assert working.endswith(str(number).replace("-", "−"))
            assert all(abs(each) < 200 for each in _numbers(question.answer))


def _numbers(nested: Any) -> list[Any]:
    return [n for part in nested for n in _numbers(part)] if isinstance(nested, list) else [nested]


@pytest.mark.parametrize(
    ("operation", "options", "said"),
    [
        ("conv3d", {}, "there are worksheets for conv2d, dense, .*, not for 'conv3d'"),
        ("relu", {"stride": 2}, "a worksheet of relu takes size, got 'stride'"),
        ("conv2d", {"size": 2, "kernel_size": 3}, "a worksheet of conv2d: .*"),
        ("conv2d", {"size": 0}, "size .* must be a whole number from 1 to 50, got 0"),
        ("conv2d", {"filters": 0}, "filters .* must be a whole number from 1 to 50, got 0"),
        ("conv2d", {"padding": -1}, "padding .* must be a whole number from 0 to 50, got -1"),
        ("dense", {"images": 0}, "images .* must be a whole number"),
        ("softmax_cross_entropy", {"classes": 0}, "classes .* must be a whole number"),
        ("relu", {"size": 2.5}, "size .* must be a whole number from 1 to 50, got 2.5"),
        ("relu", {"size": 100_000}, "size .* must be a whole number from 1 to 50"),
    ],
)
def test_what_is_no_worksheet_is_told(operation: str, options: dict[str, int], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        worksheet(operation, **options)


@pytest.mark.parametrize("operation", WORKSHEETS)
def test_every_letter_of_a_sheet_is_explained_on_it(operation: str) -> None:
    sheet = worksheet(operation)
    page = sheets_page([sheet])
    for question in sheet.questions:
        for role in question.equation.letters:
            symbol = role.partition(":")[2]
            words = sheet.letters[symbol]
            assert f"<dt><b>{symbol}</b></dt><dd>{escape(words)}</dd>" in page
    assert "What the letters mean" not in key_page([sheet])


def test_a_sheet_says_where_its_equations_hold() -> None:
    page = sheets_page([worksheet("conv2d", stride=2, size=5)])
    assert "for which both quotients are whole numbers inside the output" in page


def test_how_far_an_index_runs_is_told_in_numbers() -> None:
    letters = worksheet("conv2d", size=5, kernel_size=2, stride=2, filters=3).letters
    assert letters["i"] == "row of the output, 0 to 1"
    assert letters["u"] == "row inside the filter, 0 to 1"
    assert letters["h"] == "row of the input, 0 to 4"
    assert letters["o"] == "filter, which is also the output channel, 0 to 2"
    assert letters["c"] == "input channel, here 0"
    assert letters["L"] == "the loss: how wrong the network is"
    assert letters["dY"] == "dL/dY, the error of Y: how the loss changes with it"


@pytest.mark.parametrize(
    ("operation", "options"),
    [
        ("conv2d", {"size": 50, "channels": 50, "filters": 50}),
        ("conv2d", {"size": 20, "kernel_size": 1, "filters": 50}),
        ("max_pool2d", {"size": 50}),
        ("dense", {"inputs": 50, "outputs": 50}),
    ],
)
def test_what_is_too_large_together_is_told(operation: str, options: dict[str, int]) -> None:
    with pytest.raises(ConfigurationError, match=r"more than 400 numbers .* take smaller ones"):
        worksheet(operation, **options)


def test_where_nothing_fits_that_is_told() -> None:
    with pytest.raises(ValueError, match="these sizes leave too few numbers"):
        drawn(lambda: [[1, 1], [1, 1]], is_lopsided)
    assert is_lopsided([[[[1, 2], [3, 4]]]])
    assert not is_lopsided([[[[1, 2], [2, 1]]]])
    assert not is_lopsided([[[[1, 2], [2, 4]]]])


def test_a_pool_has_one_winner_in_each_window() -> None:
    for copy in COPIES:
        given = arrays(worksheet("max_pool2d", 5, copy))
        found = _numbers(given["X"])
        assert len(set(found)) == len(found)
        assert shape(given["X"]) == (1, 1, 4, 4)
