"""Filters and images of other shapes than squares, and what tells one layout from another."""

from pathlib import Path
from typing import Any

import pytest

import backlit

from .programs import SQUARE_FILTERS

MAPS = """
def conv_forward(image, filters, bias):
    k = len(filters[0])
    maps = []
    for f in range(len(filters)):
        rows = []
        for i in range(len(image) - k + 1):
            row = []
            for j in range(len(image[0]) - k + 1):
                total = bias[f]
                for u in range(k):
                    for v in range(k):
                        total += image[i + u][j + v] * filters[f][u][v]
                row.append(total)
            rows.append(row)
        maps.append(rows)
    return maps


def conv_backward(d_maps, image, filters):
    k = len(filters[0])
    d_filters = [[[0.0] * k for _ in range(k)] for _ in filters]
    d_bias = [0.0] * len(filters)
    d_image = [[0.0] * len(image[0]) for _ in image]
    for f in range(len(filters)):
        for i in range(len(d_maps[f])):
            for j in range(len(d_maps[f][0])):
                error = d_maps[f][i][j]
                d_bias[f] += error
                for u in range(k):
                    for v in range(k):
                        d_filters[f][u][v] += error * image[i + u][j + v]
                        d_image[i + u][j + v] += error * filters[f][u][v]
    return d_filters, d_bias, d_image
"""
KERNEL = """
def conv_forward(image, kernel):
    kh, kw = len(kernel), len(kernel[0])
    height, width = len(image) - kh + 1, len(image[0]) - kw + 1
    return [[sum(image[i + u][j + v] * kernel[u][v] for u in range(kh) for v in range(kw))
             for j in range(width)] for i in range(height)]


def conv_backward(error, image, kernel):
    kh, kw = len(kernel), len(kernel[0])
    dk = [[0.0] * kw for _ in range(kh)]
    for u in range(kh):
        for v in range(kw):
            for i in range(len(error)):
                for j in range(len(error[0])):
                    h, w = i + u, j + v
                    dk[u][v] += error[i][j] * image[h][w]
    return dk


def max_pool(image, size, stride):
    height, width = (len(image) - size) // stride + 1, (len(image[0]) - size) // stride + 1
    return [[max(image[i * stride + u][j * stride + v] for u in range(size) for v in range(size))
             for j in range(width)] for i in range(height)]
"""


def found(folder: Path, text: str, function: str) -> Any:
    path = folder / "mine.py"
    path.write_text(text, encoding="utf-8")
    (finding,) = backlit.check(path, function=function).findings
    return finding


@pytest.mark.parametrize(
    ("ask", "means_squares"),
    [
        ("size = len(w[0][0])", True),
        ("size = len(w[0][0]); columns = len(w[0][0][0])", False),
    ],
)
def test_square_filters_are_a_limit_unless_columns_are_asked_for(
    tmp_path: Path, ask: str, means_squares: bool
) -> None:
    text = SQUARE_FILTERS.replace("size = len(w[0][0])", ask)
    finding = found(tmp_path, text, "conv_backward")
    if means_squares:
        assert finding.verdict == "right"
        assert "filters that are not square" in finding.not_taken
        assert finding.remarks[0].startswith("It takes every filter for a square one.")
    else:
        assert finding.mistakes == ("square-assumed",)
        assert finding.sentence.startswith("dW is wrong")


@pytest.mark.parametrize(
    ("ask", "means_squares"),
    [
        ("F, C, k, _ = w.shape", True),
        ("F, C, k, k = w.shape", True),
        ("F, C, k, columns = w.shape", False),
        ("k, columns = w.shape[2:]", False),
        ("k = w.shape[2]", True),
        ("k, columns = w.shape[2], w.shape[-1]", False),
        ("F, C, k, columns = np.shape(w)", False),
    ],
)
def test_ways_to_ask_for_columns(tmp_path: Path, ask: str, means_squares: bool) -> None:
    text = f"""
import numpy as np
def conv_backward(dy, x, w):
    {ask}
    dw = np.zeros_like(w)
    for u in range(k):
        for v in range(k):
            part = x[:, :, u:u + dy.shape[2], v:v + dy.shape[3]]
            dw[:, :, u, v] = np.einsum("noij,ncij->oc", dy, part)
    return dw
"""
    assert (found(tmp_path, text, "conv_backward").verdict == "right") == means_squares


@pytest.mark.parametrize("function", ["conv_forward", "conv_backward"])
def test_maps_in_front_are_read_so_also_with_square_filters_alone(
    tmp_path: Path, function: str
) -> None:
    finding = found(tmp_path, MAPS, function)
    assert finding.verdict == "right", finding.sentence
    assert "maps first (O, OH, OW)" in finding.reading
    (remark,) = finding.remarks
    assert remark.endswith("len(filters[0]) counts rows, len(filters[0][0]) columns.")


def test_a_mistake_in_maps_with_square_filters_is_named(tmp_path: Path) -> None:
    slip = MAPS.replace("d_bias[f] += error", "d_bias[f] = error")
    finding = found(tmp_path, slip, "conv_backward")
    assert finding.mistakes == ("assigned-not-added",)
    assert "dW and dX are right" in finding.sentence


def test_square_filters_on_the_way_back_are_a_limit_whatever_the_forward_pass_asks(
    tmp_path: Path,
) -> None:
    forward, backward = MAPS.split("def conv_backward")
    forward = forward.replace("k = len(filters[0])", "k, kw = len(filters[0]), len(filters[0][0])")
    forward = forward.replace("len(image[0]) - k", "len(image[0]) - kw")
    forward = forward.replace("for v in range(k)", "for v in range(kw)")
    text = f"{forward}def conv_backward{backward}"
    assert found(tmp_path, text, "conv_forward").remarks == ()
    finding = found(tmp_path, text, "conv_backward")
    assert finding.verdict == "right"
    assert "filters that are not square" in finding.not_taken


@pytest.mark.parametrize(
    ("function", "right", "wrong"),
    [
        ("conv_forward", "len(image[0]) - kw", "len(image) - kw"),
        ("conv_backward", "range(len(error[0]))", "range(len(error))"),
        ("max_pool", "(len(image[0]) - size)", "(len(image) - size)"),
    ],
)
def test_an_image_taken_for_a_square_one_is_named(
    tmp_path: Path, function: str, right: str, wrong: str
) -> None:
    assert found(tmp_path, KERNEL, function).verdict == "right"
    finding = found(tmp_path, KERNEL.replace(right, wrong), function)
    assert finding.mistakes == ("image-square-assumed",)
    assert " is wrong with images that are not square: the image" in finding.sentence
    assert "matrices: one image with one channel" in finding.reading


# Read at another place, and there only where it lies inside of the image.
ELSEWHERE = """h, w = i + 2 - u, j + 2 - v
                    if not (0 <= h < len(image) and 0 <= w < len(image[0])):
                        continue"""


def test_a_filter_gradient_without_a_name_is_described_by_its_map(tmp_path: Path) -> None:
    text = KERNEL.replace("h, w = i + u, j + v", ELSEWHERE)
    finding = found(tmp_path, text, "conv_backward")
    assert finding.mistakes == ()
    assert "adds up dY[n,o,i,j] · X[n,c,i−u+2,j−v+2], with" in finding.sentence


def test_a_map_that_not_all_errors_follow_is_not_told(tmp_path: Path) -> None:
    text = KERNEL.replace("h, w = i + u, j + v", ELSEWHERE)
    text = text.replace("range(len(error[0]))", "range(len(error[0]) - (i == 1))")
    finding = found(tmp_path, text, "conv_backward")
    assert finding.verdict == "wrong"
    assert "adds up" not in finding.sentence


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("image[u][v]", "where the window begins"),
        ("image[i][j]", "where in the window"),
        ("image[h][j]", "where in the window in the columns"),
    ],
)
def test_a_part_of_the_place_that_is_missing_is_named(
    tmp_path: Path, place: str, words: str
) -> None:
    finding = found(tmp_path, KERNEL.replace("image[h][w]", place), "conv_backward")
    assert finding.mistakes == ("place-incomplete",)
    assert f"is missing ({words})" in finding.sentence
