"""The README's tables are what the benchmarks kept."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def readme(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    yield import_module("readme")
    sys.modules.pop("readme")


def test_its_tables_are_made_of_what_was_measured(readme: Any) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {found[2] for found in readme.TABLE.finditer(text)} == set(readme.TABLES)
    made = readme.TABLE.sub(lambda found: found[1] + readme.TABLES[found[2]](), text)
    assert made == text, "python docs/readme.py --tables writes them anew"


def test_a_table_is_replaced_to_its_end_and_no_further(readme: Any) -> None:
    text = "before\n\n<!-- measured: speed -->\n| old |\n| rows |\n\nafter\n\nmore\n"
    made = readme.TABLE.sub(lambda found: f"{found[1]}new {found[2]}\n", text)
    assert made == "before\n\n<!-- measured: speed -->\nnew speed\n\nafter\n\nmore\n"
