"""``backlit plot RUN WHAT``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure

import backlit as bl
from backlit.cli.plot import KINDS, default_name
from backlit.data import load_dataset
from backlit.views import plots

from .conftest import CommandLine

SHAPES = {
    "strides in color": [
        *({"layer": "Conv2d", "filters": 4, "kernel_size": 3, "stride": 2}, {"layer": "ReLU"}),
        *({"layer": "Flatten"}, {"layer": "Dense", "units": 2}),
    ],
    "around a convolution": [
        {"layer": "Conv2d", "filters": 4, "kernel_size": 3, "padding": 1, "bias": False},
        *({"layer": "BatchNorm2d"}, {"layer": "ReLU", "name": "first"}),
        {"layer": "Conv2d", "filters": 4, "kernel_size": 3, "padding": 1},
        *({"layer": "BatchNorm2d"}, {"layer": "Add", "others": ["first"]}),
        *({"layer": "GlobalAvgPool2d"}, {"layer": "Dense", "units": 2}),
    ],
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which the command is given."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures that were written."""
    figures: list[Figure] = []
    save = plots.save

    def keep(figure: Figure, path: Path) -> int:
        figures.append(figure)
        return save(figure, path)

    monkeypatch.setattr(plots, "save", keep)
    return figures


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures, of which only the files' names are written: others are drawn to the end."""
    figures: list[Figure] = []

    def keep(figure: Figure, path: Path) -> int:
        figures.append(figure)
        Path(path).touch()
        return 0

    monkeypatch.setattr(plots, "save", keep)
    return figures


def values(figure: Figure, label: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The numbers of the squares with that name."""
    found = [each for each in figure.axes[0].collections if each.get_label() == label]
    return np.asarray(found[0].get_array())


@pytest.mark.parametrize("what", KINDS)
def test_every_kind_is_written_and_it_is_said_where(
    what: str, backlit: CommandLine, trained: Path, here: Path
) -> None:
    result = backlit("plot", trained, what)
    assert (result.status, result.err) == (0, "")
    (file,) = here.iterdir()
    assert file.name == f"digits-{what}.svg"
    assert result.out.startswith(f"{file.name} (")
    assert ElementTree.parse(file).getroot().tag.endswith("svg")


def test_the_numbers_are_those_of_the_run(
    backlit: CommandLine, trained: Path, here: Path, looked_at: list[Figure]
) -> None:
    net = bl.load(trained)
    images, labels = load_dataset("digits").test
    trace = bl.explain(net, images[4:5], labels[4:5])
    assert backlit("plot", trained, "filters", "--layer", "conv2").status == 0
    assert backlit("plot", trained, "activations", "--layer", "relu1", "--image", "4").status == 0
    assert backlit("plot", trained, "errors", "--layer", "relu1", "--image", "4").status == 0
    assert backlit("plot", trained, "gradients", "--image", "4").status == 0
    expected = [
        ("weight W", net.parameters["conv2.weight"]),
        ("output of relu1", trace.recording.activations["relu1"]),
        ("error dL/dY", trace.recording.errors["relu1"]),
        ("gradient dL/dW", trace.recording.gradients["conv1.weight"]),
    ]
    for figure, (label, array) in zip(looked_at, expected, strict=True):
        np.testing.assert_array_equal(values(figure, label), array.ravel())
    names = ["filters-conv2", "activations-relu1-4", "errors-relu1-4", "gradients-4"]
    assert {file.name for file in here.iterdir()} == {f"digits-{name}.svg" for name in names}


def test_curves_are_the_history(
    backlit: CommandLine, trained: Path, here: Path, drawn: list[Figure]
) -> None:
    assert backlit("plot", trained, "curves", "--out", "c.png").status == 0
    (epoch,) = json.loads((trained / "history.json").read_text(encoding="utf-8"))["epochs"]
    loss, accuracy = drawn[0].axes
    assert np.asarray(loss.lines[0].get_ydata()).tolist() == [epoch["loss"]]
    assert np.asarray(accuracy.lines[0].get_ydata()).tolist() == [epoch["accuracy"]]


def test_one_image_of_a_batch(
    backlit: CommandLine, trained: Path, here: Path, drawn: list[Figure]
) -> None:
    address = "conv1.weight[1,0,2,2]"
    options = ("--images", "2:6", "--image", "3", "--address", address, "--out", "c.pdf")
    assert backlit("plot", trained, "contributions", *options).status == 0
    images, labels = load_dataset("digits").test
    trace = bl.explain(bl.load(trained), images[2:6], labels[2:6])
    np.testing.assert_array_equal(
        values(drawn[0], "dL/dY"), trace.recording.errors["conv1"][1, 1].ravel()
    )
    written = [text.get_text() for text in drawn[0].axes[0].texts]
    assert any(text.startswith("image 3 of the test images: class ") for text in written)
    assert (here / "c.pdf").read_bytes().startswith(b"%PDF")


def test_a_batch_without_a_choice(
    backlit: CommandLine, trained: Path, here: Path, looked_at: list[Figure]
) -> None:
    for what in ("gradients", "activations", "contributions"):
        options = ("--images", "0:4", "--split", "train")
        assert backlit("plot", trained, what, *options).status == 0
    gradients, activations, contributions = (
        [text.get_text() for text in figure.axes[0].texts] for figure in looked_at
    )
    assert "of the loss of the train images 0 to 3" in gradients
    assert any(text.startswith("image 0 of the train images") for text in activations)
    assert any("of the train images: class" in text for text in contributions)


@pytest.mark.parametrize("name", SHAPES)
def test_other_networks(
    name: str, backlit: CommandLine, tmp_path: Path, here: Path, drawn: list[Figure]
) -> None:
    from PIL import Image

    generator = np.random.default_rng(0)
    for part in ("train", "test"):
        for label in ("bird", "fish"):
            folder = tmp_path / "photos" / part / label
            folder.mkdir(parents=True)
            for number in range(3):
                pixels = generator.integers(0, 256, (9, 8, 3)).astype(np.uint8)
                Image.fromarray(pixels).save(folder / f"{number}.png")
    model, run = tmp_path / "model.json", tmp_path / "run"
    model.write_text(json.dumps({"layers": SHAPES[name]}), encoding="utf-8")
    options = ("--model", model, "--out", run, "--epochs", "1", "--quiet")
    result = backlit("train", tmp_path / "photos", *options)
    assert result.status == 0, result.err
    for what in KINDS:
        result = backlit("plot", run, what)
        assert (result.status, result.err) == (0, "")
    assert len(drawn) == len(list(here.iterdir())) == len(KINDS)
    weights = bl.load(run).parameters["conv1.weight"]
    np.testing.assert_array_equal(values(drawn[0], "weight W"), weights.ravel())


def test_a_saved_network_has_filters(backlit: CommandLine, trained: Path, here: Path) -> None:
    assert backlit("plot", trained / "weights.safetensors", "filters").status == 0
    assert [file.name for file in here.iterdir()] == ["weights-filters.svg"]


@pytest.mark.parametrize(
    ("options", "status", "says"),
    [
        (("filter",), 2, "contributions, got 'filter'; did you mean filters?"),
        (("zebras",), 2, "must be one of filters, activations, errors, gradients, curves,"),
        (("filters", "--layer", "con2"), 2, "did you mean conv2? The convolutions are conv1,"),
        (("gradients", "--layer", "relu1"), 2, "relu1 has no filters: the convolutions are"),
        (("errors", "--layer", "zebra"), 2, "'zebra'; the layers are input, conv1, relu1,"),
        (("filters", "--out", "a.jpg"), 2, ".svg, .pdf or .png, not with .jpg, as 'a.jpg' does"),
        (("filters", "--out", "a"), 2, ".svg, .pdf or .png, not with nothing, as 'a' does"),
        (("filters", "--out", "no/a.svg"), 1, "cannot be written"),
        (("curves", "--layer", "conv1"), 2, "--layer does not apply to curves"),
        (("filters", "--image", "3"), 2, "--image does not apply to filters"),
        (("curves", "--misclassified"), 2, "--misclassified does not apply to curves"),
        (("filters", "--split", "test"), 2, "--split does not apply to filters"),
        (("curves", "--evaluation"), 2, "--evaluation does not apply to curves"),
        (("network", "--engine", "pure"), 2, "--engine does not apply to network"),
        (("errors", "--address", "loss"), 2, "--address does not apply to errors"),
        (("errors", "--image", "1", "--misclassified"), 2, "give --image or --misclassified, not"),
        (("errors", "--image", "9999"), 1, "image 9999 is not there"),
        (("contributions", "--address", "dense1.weight[0,0]"), 2, "no weight of a convolution"),
        (("contributions", "--address", "conv1.weight[0,0,9,0]"), 2, "the last element is"),
        (
            ("contributions", "--address", "a", "--layer", "conv1"),
            2,
            "give --layer or --address, not both",
        ),
    ],
)
def test_what_makes_no_sense_is_one_sentence(
    options: tuple[str, ...],
    status: int,
    says: str,
    backlit: CommandLine,
    trained: Path,
    here: Path,
) -> None:
    result = backlit("plot", trained, *options)
    assert result.status == status
    assert says in result.sentence
    assert result.out == ""
    assert not list(here.iterdir())


@pytest.mark.parametrize(
    ("name", "what", "says"),
    [
        ("weights.safetensors", "curves", "is a network without a history"),
        ("weights.safetensors", "errors", "is a network without its data"),
        ("nowhere", "curves", "there is no run"),
        ("nowhere", "filters", "there is no run"),
    ],
)
def test_what_a_run_lacks(
    name: str, what: str, says: str, backlit: CommandLine, trained: Path, here: Path
) -> None:
    result = backlit("plot", trained / name, what)
    assert result.status == 1
    assert says in result.sentence
    assert not list(here.iterdir())


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("filters", None, None, None), "run-1-filters.svg"),
        (("errors", "conv1", None, 0), "run-1-errors-conv1-0.svg"),
        (
            ("contributions", None, "conv1.weight[0, 0,1,2]", None),
            "run-1-contributions-conv1-weight-0-0-1-2.svg",
        ),
    ],
)
def test_the_name_of_a_file_that_was_not_named(
    parts: tuple[str, str | None, str | None, int | None], name: str, tmp_path: Path
) -> None:
    assert default_name(tmp_path / "run 1", *parts) == name


def test_the_name_of_the_folder_that_one_is_in(here: Path) -> None:
    assert default_name(Path(), "curves", None, None, None) == "here-curves.svg"


def test_without_matplotlib_one_sentence_and_all_else_works(trained: Path) -> None:
    start = "import sys; sys.modules['matplotlib'] = None; from backlit.cli import main; "
    commands = [["plot", str(trained), "filters"], ["plot", "--help"]]
    plot, help_page = (
        subprocess.run(
            [sys.executable, "-c", f"{start}sys.exit(main({words!r}))"],
            capture_output=True,
            text=True,
            check=False,
        )
        for words in commands
    )
    assert (plot.returncode, plot.stdout) == (1, "")
    assert plot.stderr == (
        "backlit: error: figures are drawn by matplotlib, which is not installed: "
        "pip install matplotlib\n"
    )
    assert help_page.returncode == 0


def test_matplotlib_is_imported_for_figures_alone() -> None:
    program = (
        "import sys; from backlit.cli import main; import backlit.views, backlit.cli.app; "
        "main(['plot', '--help']); sys.exit('matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 0
