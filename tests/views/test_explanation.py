import re

import pytest

from backlit.equations import format_number
from backlit.errors import ConfigurationError
from backlit.explain import Explanation, Trace
from backlit.views.explanation import render_explanation
from tests.explain.networks import BRANCHES, CONVOLUTIONS, MODES, POOLS
from tests.views.rendering import plain_lines, widest, words

RESIDUAL, PLAIN = BRANCHES[0].trace(), CONVOLUTIONS[0].trace()
PADDED = CONVOLUTIONS[1].trace()

EXPLAINED: list[tuple[Trace, str]] = [
    (PLAIN, "conv1.weight[1,0,2,1]"),
    (PLAIN, "conv1.bias[1]"),
    (PLAIN, "conv1.output[1,0,2,1]"),
    (PLAIN, "dense1.weight[1,7]"),
    (PLAIN, "dense1.error[0,1]"),
    (PLAIN, "input[0,0,3,2]"),
    (PLAIN, "probability[0,1]"),
    (PLAIN, "loss"),
    (PADDED, "conv1.weight[1,0,0,1]"),
    (POOLS[1].trace(), "input[0,0,2,2]"),
    (RESIDUAL, "relu1.error[0,1,2,2]"),
    (RESIDUAL, "conv1.error[0,1,2,2]"),
    (RESIDUAL, "batchnorm1.weight[2]"),
    (MODES[2].trace(), "conv1.error[0,1,0,0]"),
]


@pytest.mark.parametrize("width", [40, 60, 79, 80, 100, 200])
@pytest.mark.parametrize(("trace", "key"), EXPLAINED, ids=[key for _, key in EXPLAINED])
def test_what_is_shown_fits_and_is_complete(trace: Trace, key: str, width: int) -> None:
    found = trace[key]
    lines = plain_lines(render_explanation(found), width)
    assert widest(lines) <= min(width, 100)
    text = words(lines)
    assert lines[0] == f"{key} = {format_number(found.value)}"
    assert found.sentence in text
    for part in found.parts:
        assert words([part.equation.text()]) in text
    assert f"the engine's own value {found.engine_value!r}".replace("-", "−") in text
    way = "sum of the terms" if len(found.terms) > 1 else "by the equation"
    assert f"{way} {found.total!r}".replace("-", "−") in text


def numbers_below(lines: list[str], title: str) -> list[list[str]]:
    """The words of the lines of a table, from its header to its sum."""
    start = next(k for k, line in enumerate(lines) if title in line)
    table = [line.split() for line in lines[start + 1 :]]
    return table[: next(k for k, row in enumerate(table) if row and row[0] == "sum") + 1]


def test_the_largest_terms_come_first() -> None:
    found = PLAIN["conv1.weight[1,0,2,1]"]
    table = numbers_below(plain_lines(render_explanation(found, terms=5), 80), "The 18 terms")
    header, *rows, others, total = table
    assert header == ["n", "i", "j", "error", "dY", "input", "X", "product"]
    for term, row in zip(found.by_magnitude(5), rows, strict=True):
        error, pixel = (format_number(factor.value) for factor in term.factors)
        index = [str(term.index[letter]) for letter in "nij"]
        assert row[:8] == [*index, error, "·", pixel, "=", format_number(term.product)]
    rest = sum(float(term.product) for term in found.by_magnitude()[5:])
    assert others == ["13", "others", format_number(rest)]
    assert total == ["sum", format_number(found.total)]


def test_terms_in_loop_order() -> None:
    found = PLAIN["conv1.weight[1,0,2,1]"]
    view = render_explanation(found, terms=3, order="loop")
    _, *rows, _, _ = numbers_below(plain_lines(view, 80), "in the order of the sum")
    assert [row[:3] for row in rows] == [["0", "0", "0"], ["0", "0", "1"], ["0", "1", "0"]]
    with pytest.raises(ConfigurationError, match="largest or loop, not 'smallest'"):
        render_explanation(found, order="smallest")


def test_the_bias_stands_beside_the_products() -> None:
    found = PLAIN["conv1.output[1,0,2,1]"]
    table = numbers_below(plain_lines(render_explanation(found, terms=30), 80), "The 19 terms")
    bias = PLAIN.snapshot.parameters["conv1.bias"][0]
    (row,) = [row for row in table if row[0] == "conv1.bias[0]"]
    assert row[:3] == ["conv1.bias[0]", "=", format_number(float(bias))]


def test_paths_are_named() -> None:
    lines = plain_lines(render_explanation(RESIDUAL["relu1.error[0,1,2,2]"]), 80)
    assert "  through conv2:" in lines
    assert "  through add1:" in lines
    assert "relu1.error[0,1,2,2] = " in words(lines)


def test_images_and_positions_are_added_up() -> None:
    text = words(plain_lines(render_explanation(PLAIN["conv1.weight[1,0,2,1]"]), 80))
    assert "Added up image by image (3): n = " in text
    assert "added up position by position" in text
    channels = words(plain_lines(render_explanation(PLAIN["input[0,0,3,2]"]), 80))
    assert "Added up filter by filter (3): o = " in channels


def test_letters_are_explained_with_the_numbers_of_this_run() -> None:
    text = words(plain_lines(render_explanation(PADDED["conv1.weight[1,0,0,1]"]), 80))
    assert "dY conv1.error, dL/d of conv1.output" in text
    assert "o = 1 filter, which is also the output channel, 0 to 1" in text
    assert "n image in the batch, 0 to 2" in text
    assert re.search(r"\d+ of \d+ products are left out: they fall outside the image", text)


def test_how_far_an_index_runs_is_a_number_also_where_it_is_a_product() -> None:
    text = words(plain_lines(render_explanation(PLAIN["flatten1.output[0,5]"]), 80))
    assert "f = 5 place in the row of all numbers of an image, 0 to 17" in text  # 3 maps of 3×2


def test_normalized_is_said_to_be_what_it_is() -> None:
    text = words(plain_lines(render_explanation(PLAIN["conv1.weight[1,0,2,1]"]), 80))
    assert "normalized: (pixel − mean) / spread of the training pictures" in text


def test_what_is_no_array_of_the_run_is_explained_too() -> None:
    text = words(plain_lines(render_explanation(RESIDUAL["batchnorm1.weight[2]"]), 80))
    assert "x\u0302 normalized input" in text


def explained_tie() -> Explanation:
    trace = POOLS[0].trace()
    trace.recording.activations["input"][0, 0, :2, :2] = 1.0
    return trace["input[0,0,0,1]"]


def test_conventions_are_told() -> None:
    text = words(plain_lines(render_explanation(explained_tie()), 80))
    assert "Note: In window (0, 0) of maxpool1 four numbers are equally large (1)." in text


def test_a_difference_beyond_rounding_is_said() -> None:
    trace = CONVOLUTIONS[0].trace()
    trace.recording.gradients["conv1.bias"][1] += 1.0
    text = words(plain_lines(render_explanation(trace["conv1.bias[1]"]), 80))
    assert re.search(r"difference 1 \(more than the \S+ that rounding can make\)", text)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "latin-1"])
@pytest.mark.parametrize(("trace", "key"), EXPLAINED, ids=[key for _, key in EXPLAINED])
def test_terminals_with_few_signs(trace: Trace, key: str, encoding: str) -> None:
    for width in (60, 80):
        lines = plain_lines(render_explanation(trace[key]), width, encoding)
        assert widest(lines) <= width
        assert "?" not in "".join(lines)


@pytest.mark.parametrize("width", [1, 5, 20])
def test_a_terminal_too_narrow_for_tables_gets_them_wrapped(width: int) -> None:
    narrow, least = (
        "".join("".join(plain_lines(render_explanation(PLAIN["conv1.weight[1,0,2,1]"]), w)).split())
        for w in (width, 40)
    )
    assert narrow == least
