"""What the pages on speed show, from measurements that are made up."""

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from docs.extensions import measured
from docs.extensions.measured import canvas, documents, rows

OURS, PLAIN = documents.OURS, documents.PLAIN
HEAD = {
    "command": "python3 dev.py bench <some>",
    "date": "2026-01-02",
    "machine": "Python 3.11, NumPy 2.4, linux, a processor",
    "versions": {"numpy": "2.4", "numba": "0.68"},
}
MADE_UP: dict[str, dict[str, Any]] = {
    "networks": {
        "matrix_product": 1e9,
        "cases": {
            "fast & small": {
                "batch": 10,
                "goal": 2.5,
                "multiply_adds": 1000,
                "step": {
                    OURS: [2.0, 2.0, 3.0],
                    PLAIN[0]: [8.0, 8.0, 8.0],
                    "torch.compiled": [6.0, 6.0, 6.0],
                    "torch.bfloat16": [1.0, 1.0, 1.0],
                    documents.INSTALLED[0]: [12.0, 12.0, 12.0],
                },
                "predict": {"1": {OURS: [0.01234], PLAIN[0]: [0.1]}},
                "memory": {OURS: 100.4, PLAIN[0]: 300.0},
                "first": {OURS: 5.0, PLAIN[0]: 2.0, "torch.compiled": 20.0},
                "first_again": 0.5,
            },
            "large": {
                "batch": 10,
                "goal": 1.8,
                "multiply_adds": 1000,
                "step": {
                    OURS: [200.0, 200.0],
                    PLAIN[0]: [300.0, 300.0],
                    documents.INSTALLED[0]: [400.0, 400.0],
                },
                "predict": {"1": {OURS: [1000.0], PLAIN[0]: [1500.0]}},
                "memory": {OURS: 100.0, PLAIN[0]: 300.0},
                "first": {OURS: 5.0, PLAIN[0]: 2.0},
                "first_again": 0.5,
            },
        },
    },
    "ladder": {"multiply_adds": 1e9, "rungs": {"one": 4.5, "two": 0.5, "three": 0.005}},
    "scaling": {
        "threads": [1, 2],
        "cases": {
            "small": {
                "step": {
                    "1": {OURS: [3.0], PLAIN[0]: [8.0], PLAIN[1]: [9.0]},
                    "2": {OURS: [2.0], PLAIN[0]: [9.0], PLAIN[1]: [5.0]},
                }
            }
        },
    },
    "sizes": {
        "cases": {
            "small": {
                "pixels": 28,
                "batch": 64,
                "batches": {
                    "1": {OURS: [1.0], PLAIN[0]: [8.0], PLAIN[1]: [9.0]},
                    "64": {OURS: [32.0], PLAIN[0]: [64.0], PLAIN[1]: [128.0]},
                },
                "sizes": {
                    "14": {OURS: [6.4], PLAIN[0]: [12.8], PLAIN[1]: [19.2]},
                    "28": {OURS: [32.0], PLAIN[0]: [64.0], PLAIN[1]: [128.0]},
                },
            }
        }
    },
    "peers": {
        "few": 2,
        "cases": {
            "small": {
                "batch": 64,
                "step": {OURS: [2.0], PLAIN[0]: [7.0], PLAIN[1]: [6.0], "numpy": [50.0]},
                "few": {"backlit.pure": [100.0]},
            }
        },
    },
}
DRAWINGS = (measured.ratios, measured.scaling, measured.peers)
TABLES = (
    *(measured.steps_table, measured.predictions_table, measured.costs_table),
    *(measured.ladder_table, measured.scaling_table),
)


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder that the pages read."""
    for name, document in MADE_UP.items():
        (tmp_path / f"{name}.json").write_text(json.dumps({**HEAD, **document}), "utf-8")
    monkeypatch.setattr(documents, "FOLDER", tmp_path)
    return tmp_path


def cells(table: str) -> list[list[str]]:
    """The rows of a table without its head, and without what makes cells bold."""
    rows = [line.strip("|").split("|") for line in table.splitlines()[2:]]
    return [[cell.strip().strip("*") for cell in row] for row in rows]


@pytest.mark.parametrize("draw", DRAWINGS)
def test_drawings_are_well_formed_and_named(draw: Any) -> None:
    picture = draw()
    tree = ElementTree.fromstring(picture.svg("light"))
    assert re.search(r"\d", picture.title)
    places = [float(each.get("x", "nan")) for each in tree.iter() if each.tag.endswith("text")]
    assert places
    assert all(0 <= place <= picture.width for place in places)


@pytest.mark.parametrize("draw", [*TABLES, measured.overview_table])
def test_tables_have_as_many_heads_as_cells(draw: Any) -> None:
    heads, rule, *rows = (line.strip("|").split("|") for line in draw().splitlines())
    assert rule == [" --- ", *[" ---: "] * (len(heads) - 1)]
    assert {len(row) for row in rows} == {len(heads)}
    assert all(head.strip() for head in heads)


def test_a_goal_that_is_missed_has_a_star_and_is_named() -> None:
    small, large = cells(measured.steps_table())
    assert small == [
        *("fast & small", "10", "2.00", "8.00", "–", "6.00", "1.00", "12.0"),
        *("3.00", "6.00", "2.5"),
    ]
    assert large[-3:] == ["★ 1.50", "2.00", "1.8"]
    missed = "Of two goals one is missed: **large** (1.50 of 1.8). Against PyTorch as it is "
    given = "installed, which gives its memory back, "
    assert measured.goals_words() == f"{missed}{given}all would be reached."


def test_a_goal_that_is_missed_even_against_pytorch_as_installed(made_up: Path) -> None:
    document = json.loads((made_up / "networks.json").read_text("utf-8"))
    document["cases"]["large"]["goal"] = 2.5
    (made_up / "networks.json").write_text(json.dumps(document), "utf-8")
    assert measured.goals_words().endswith("these would be **large** (2.00 of 2.5).")


def test_when_all_goals_are_reached(made_up: Path) -> None:
    document = json.loads((made_up / "networks.json").read_text("utf-8"))
    document["cases"]["large"]["goal"] = 1.5
    (made_up / "networks.json").write_text(json.dumps(document), "utf-8")
    assert measured.goals_words() == "All two goals are reached."


def test_a_bar_is_as_long_as_its_number() -> None:
    svg = measured.ratios().inside
    small, large = (float(width) for width in re.findall(r'<rect [^>]*width="([\d.]+)"', svg))
    assert small / large == pytest.approx(3.0 / 1.5, abs=0.01)


def test_costs() -> None:
    small, large = cells(measured.costs_table())
    # 3 · 1000 multiply-adds · 10 images in 2 ms, beside 10⁹ a second
    assert small[1:] == ["2%", "5.0", "0.5", "2.0", "20.0", "100", "300"]
    assert large[5] == "–"


def test_the_ladder_tells_what_each_rung_brings() -> None:
    assert cells(measured.ladder_table()) == [
        ["one", "4,500", "", "0.222"],
        ["two", "500", "9.0", "2.00"],
        ["three", "5.00", "100.0", "200"],
    ]


def test_threads_are_compared_in_pytorchs_better_layout() -> None:
    assert cells(measured.scaling_table()) == [
        ["small", "3.00", "2.00", "1.50", "8.00", "5.00", "1.60"]
    ]
    assert "backlit 1.5 times as fast, and PyTorch 1.6 times" in measured.scaling_words()
    assert "small 1.50 and 1.60" in measured.scaling().title


def test_sizes_are_told_for_an_image() -> None:
    words = measured.sizes_words()
    assert "costs backlit 2.0 times" in words
    assert "PyTorch 8.0 times" in words
    assert "2.0 to 8.0 times PyTorch’s speed" in words
    assert "backlit 1.00 at 1, 0.500 at 64" in measured.sizes("small", "batches").title
    assert "backlit 0.100 at 14, 0.500 at 28" in measured.sizes("small", "sizes").title


def test_the_book_is_counted_up_to_the_batch() -> None:
    times = rows.peer_times(MADE_UP["peers"]["cases"]["small"], 2)
    assert times == {OURS: 2.0, "torch": 6.0, "numpy": 50.0, "backlit.pure": 3200.0}
    assert "the book: 3.20 s" in measured.peers().title
    assert "PyTorch takes 3.0 times as long" in measured.peers_words()
    assert "the book 1,600 times" in measured.peers_words()


def test_the_source_names_the_machine_once() -> None:
    text = measured.measured_by("ladder")
    assert text.count("2.4") == 1
    assert "numba 0.68" in text
    assert "`python3 dev.py bench <some>`" in text


@pytest.mark.parametrize(("load", "warned"), [(0.1, False), (2.5, False), (3.5, True)])
def test_a_busy_machine_is_owned_up_to(made_up: Path, load: float, warned: bool) -> None:
    document = json.dumps({**HEAD, "processors": 2, "load": load})
    (made_up / "ladder.json").write_text(document, encoding="utf-8")
    text = measured.measured_by("ladder")
    assert ("busy with other work (a load of 3.5 on 2 processors)" in text) == warned


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.8, 2e3, [1, 10, 100, 1000]),
        (0.04, 1.3, [0.05, 0.1, 0.2, 0.5, 1]),
        (3, 8, [5]),
    ],
)
def test_ticks_of_a_logarithmic_scale(low: float, high: float, ticks: list[float]) -> None:
    assert canvas.Scale(low, high, 0, 1).ticks() == ticks


def test_scales() -> None:
    assert canvas.Scale(1, 100, 20, 40).place(10) == pytest.approx(30)
    linear = canvas.Scale(1, 2, 20, 40, logarithmic=False)
    assert linear.place(1.5) == 30
    assert linear.ticks() == [1, 1.5, 2]
    assert canvas.Scale(0, 4.2, 0, 1, logarithmic=False).ticks() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("places", "found"),
    [
        ([10, 50, 90], [10, 50, 90]),
        ([50, 50], [42, 58]),
        ([58, 42], [58, 42]),
        ([50, 52, 100], [43, 59, 100]),
        ([51, 50, 49], [66, 50, 34]),
        ([50, 50, 60], [36 + 4 / 3, 52 + 4 / 3, 68 + 4 / 3]),
    ],
)
def test_labels_keep_apart_and_stay_near(places: list[float], found: list[float]) -> None:
    assert canvas.apart(places, 16) == pytest.approx(found)


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [(0.0318, "0.0318 ms"), (10, "10 ms"), (1.444, "1.44 ms"), (5274, "5.27 s"), (1e5, "100 s")],
)
def test_clock(milliseconds: float, words: str) -> None:
    assert rows.clock(milliseconds) == words
