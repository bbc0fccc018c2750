"""A function is called right only if it is, and a mistake by its name."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import backlit
from backlit.check.probes import KINDS
from backlit.cli import main
from backlit.errors import ConfigurationError, InputError
from backlit.mistakes import MISTAKES, page_of
from tests.check.programs import written

BACKWARD = "conv_backward_naive"


def finding(path: Path, function: str = BACKWARD, **settings: Any) -> Any:
    (found,) = backlit.check(path, function=function, **settings).findings
    return found


def test_a_right_program_is_right(tmp_path: Path) -> None:
    report = backlit.check(written(tmp_path))
    assert report.ok
    assert [each.function for each in report.findings] == ["conv_forward_naive", BACKWARD]
    assert {each.operation for each in report.findings} == {"conv2d"}
    assert report.findings[1].mistake is None
    assert report.findings[1].first_wrong is None
    assert "stride 2" in report.findings[1].tried
    assert "dilation 2" in report.findings[1].not_taken


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("dout[n, f, i, j]\n", "-dout[n, f, i, j]\n", "sign"),
        ("dw[f] += xp[n, :, i * s:i * s + HH, j * s:j * s + WW]",
         "dw[f] += xp[n, :, i:i + HH, j:j + WW]", "stride-forgotten"),
        ("dw[f] += ", "dw[f] = ", "assigned-not-added"),
        ("+= w[f]", "+= w[f, :, ::-1, ::-1]", "filter-not-turned"),
        ("dxp[:, :, p:p + H, p:p + W]", "dxp[:, :, :H, :W]", "padding-cropped-wrongly"),
        ("dout.sum(axis=(0, 2, 3))", "dout.mean(axis=(0, 2, 3))", "positions-averaged"),
        ("dout.sum(axis=(0, 2, 3))", "dout.sum(axis=(0, 2, 3)) / N", "batch-average-extra"),
        ("for n in range(N):\n        for f in range(F):\n            for i in range(dout",
         "for n in range(1):\n        for f in range(F):\n            for i in range(dout",
         "one-image-only"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, mistake: str) -> None:
    found = finding(written(tmp_path, (old, new)))
    assert (found.verdict, found.mistake, found.mistakes) == ("wrong", mistake, (mistake,))
    assert found.why
    assert found.page.startswith("docs/operations/conv2d.md")


def test_the_sentence_says_when_it_is_wrong_and_the_terms_which_products(tmp_path: Path) -> None:
    path = written(tmp_path, ("dw[f] += xp[n, :, i * s:i * s + HH, j * s:j * s + WW]",
                              "dw[f] += xp[n, :, i:i + HH, j:j + WW]"))  # fmt: skip
    found = finding(path)
    assert found.sentence.startswith("dW is wrong with a stride above 1: the stride is forgotten.")
    assert found.sentence.endswith("dX and db are right.")
    first = found.first_wrong
    assert first.element.startswith("dW[")
    assert first.yours != first.right
    assert any(each.startswith("Missing: dY[") for each in first.terms)
    assert found.equation == "dW[o,c,u,v] += dY[n,o,i,j] · X[n,c,i+u,j+v]"
    assert "dW += dY[n][o][i][j] * X[n][c][h][w]" in found.loop


def test_the_command_line_tells_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(written(tmp_path)), "--json"]) == 0
    right = json.loads(capsys.readouterr().out)
    assert [each["verdict"] for each in right["findings"]] == ["right", "right"]

    wrong = written(tmp_path, ("+= w[f]", "-= w[f]"))
    assert main(["check", str(wrong), "--function", BACKWARD, "--json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert found["mistake"] == "sign"
    assert found["first_wrong"]["yours"] == -found["first_wrong"]["right"]

    assert main(["check", str(wrong)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert "conv_forward_naive: right" in lines
    assert f"{BACKWARD}: wrong" in lines


def test_what_cannot_be_tried_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "none.py").write_text("def area(r):\n    return r * r\n", encoding="utf-8")
    assert main(["check", str(tmp_path / "none.py")]) == 2
    assert "its functions are area" in capsys.readouterr().err
    (tmp_path / "broken.py").write_text("def area(r:\n", encoding="utf-8")
    assert main(["check", str(tmp_path / "broken.py")]) == 2
    assert "SyntaxError" in capsys.readouterr().err
    assert main(["check", str(tmp_path / "missing.py")]) == 2


def test_the_package_s_own_book_is_right() -> None:
    report = backlit.check(backlit.pure.conv2d_backward)
    assert report.ok
    assert report.findings[0].not_taken == ()


def test_what_the_program_prints_disturbs_nothing_and_endless_loops_end(tmp_path: Path) -> None:
    noisy = written(tmp_path, ("import numpy as np\n", "import numpy as np\nprint('{', 7)\n"))
    assert backlit.check(noisy).ok


# Right functions whose arrays have fewer axes than ours, in lists, where `max` and `[i]` take
# lists as well as numbers: only the numbers tell how they are laid out.
FEW_AXES = """
def max_pool(x, k=2):
    return [
        [max(x[i * k + u][j * k + v] for u in range(k) for v in range(k))
         for j in range(len(x[0]) // k)]
        for i in range(len(x) // k)
    ]

def max_pool_maps(x, k=2):
    return [max_pool(each, k) for each in x]

def avg_pool(x, k=2):
    return [
        [sum(x[i * k + u][j * k + v] for u in range(k) for v in range(k)) / k**2
         for j in range(len(x[0]) // k)]
        for i in range(len(x) // k)
    ]

def global_avg_pool(x):
    return sum(map(sum, x)) / (len(x) * len(x[0]))

def relu_rows(x):
    return [[max(v, 0) for v in row] for row in x]

def relu_maps(x):
    return [relu_rows(each) for each in x]

def relu_images(x):
    return [relu_maps(each) for each in x]

def dense_forward(x, w, b):
    return [sum(map(float.__mul__, map(float, x), map(float, row))) + c for row, c in zip(w, b)]
"""


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize(
    ("function", "layout"),
    [
        ("max_pool", "matrices: one image with one channel"),
        ("max_pool_maps", "one image at a time (C, H, W)"),
        ("avg_pool", "matrices: one image with one channel"),
        ("global_avg_pool", "matrices: one image with one channel"),
        ("relu_rows", "arrays of any shape"),
        ("relu_maps", "one image at a time (C, H, W)"),
        ("relu_images", "images (N, C, H, W)"),
        ("dense_forward", "one image at a time (F), weights (O, F)"),
    ],
)
def test_a_right_function_is_read_in_the_layout_in_which_it_is_right(
    tmp_path: Path, function: str, layout: str
) -> None:
    found = finding(written(tmp_path, program=FEW_AXES), function)
    assert found.verdict == "right", found.sentence
    assert f"nested lists, {layout}. Say" in found.reading


def test_what_is_told_about_the_code_has_to_exist(tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    path.write_text("def conv_backward(dy, x, w):\n    return dy\n")
    with pytest.raises(
        ConfigurationError, match="no layout 'nhcw' for conv2d; there are nchw, nhwc"
    ):
        backlit.check(path, layout="nhcw")
    with pytest.raises(ConfigurationError, match="arguments must be a list of names, got 'dy,x,w'"):
        backlit.check(path, arguments="dy,x,w")
    with pytest.raises(ConfigurationError, match="a list of a program and its arguments, got"):
        backlit.check(command="./own")
    assert backlit.check(path, layout="hw").findings


def test_a_missing_library_is_to_be_installed(tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    path.write_text("import no_such_library\n")
    with pytest.raises(InputError, match="'no_such_library', which has to be installed for the"):
        backlit.check(path)


def test_a_wrong_function_of_matrices_is_named_in_its_layout(tmp_path: Path) -> None:
    path = written(tmp_path, ("max(x[i * k + u][j * k + v]", "min(x[i * k + u][j * k + v]"),
                   program=FEW_AXES)  # fmt: skip
    found = finding(path, "max_pool")
    assert found.verdict == "wrong"


EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "playground" / "examples"


def test_the_max_pool_of_the_page_is_right() -> None:
    assert backlit.check(EXAMPLES / "max_pool.py").ok


WRONG_SHAPE = """
import numpy as np


def conv_backward(dy, x, w):
    kh, kw = w.shape[2:]
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    for i in range(dy.shape[2]):
        for j in range(dy.shape[3]):
            for o in range(len(w)):
                e = dy[:, o, i, j][:, None, None, None]
                dw[o] += (e * x[:, :, i : i + kh, j : j + kw]).sum(axis=0)
                dx[:, :, i : i + kh, j : j + kw] += e * w[o]
    return {}
"""


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize(
    ("returned", "wrong"),
    [
        ("dx, dw[:, :, 1:]", "dW"),
        ("dx[:, :, 1:], dw", "dX"),
        ("dw, dx[:, :, 1:]", "dX"),
        ("dx[:, :, 1:], dw, dy.sum(axis=(0, 2, 3))", "dX"),
    ],
)
def test_no_result_of_a_wrong_shape_is_left_out_of_sight(
    returned: str, wrong: str, tmp_path: Path
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(WRONG_SHAPE.format(returned), encoding="utf-8")
    (found,) = backlit.check(file).findings
    assert (found.verdict, found.mistake) == ("wrong", "wrong-shape")
    assert found.first_wrong is not None
    assert found.first_wrong.letter == wrong


def test_passes_that_nobody_recognizes_are_named(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "def relu_backward(dy, x):\n    return [d * (z > 0) for d, z in zip(dy, x)]\n\n\n"
        "def col2im(columns, shape):\n    return columns\n\n\ndef helper(a):\n    return a\n",
        encoding="utf-8",
    )
    report = backlit.check(file)
    assert report.skipped == ("col2im",)
    assert report.document()["skipped"] == ["col2im"]
    assert "nothing tells what col2im computes" in " ".join(report.text().split())
    assert backlit.check(file, function="relu_backward").skipped == ()


def test_every_page_that_a_finding_can_name_is_there() -> None:
    root = Path(__file__).resolve().parents[2]
    for operation in KINDS:
        assert (root / page_of(operation)).is_file(), operation
        for mistake in MISTAKES.values():
            page, _, anchor = mistake.page(operation).partition("#")
            assert (root / page).is_file(), page
            headings = re.findall(r"^#+ (.*)$", (root / page).read_text("utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings}
            assert not anchor or anchor in slugs, (mistake.name, page, anchor)


def test_a_loss_has_no_indices(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "import numpy as np\n\n\ndef softmax_loss(x, y):\n"
        "    p = np.exp(x - x.max(axis=1, keepdims=True))\n    p /= p.sum(axis=1, keepdims=True)\n"
        "    loss = -np.log(p[np.arange(len(y)), y]).sum()\n"
        "    p[np.arange(len(y)), y] -= 1\n    return loss, p / len(y)\n",
        encoding="utf-8",
    )
    text = " ".join(backlit.check(file).text().split())
    assert re.search(r"The first wrong number, with [^:]*: L is [\d.]+ and should be", text), text
