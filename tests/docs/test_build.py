"""The build of the pages: what it needs, what it leaves out, and which links it finds dead."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import dev
from backlit.engines.fast.compiling import notice
from docs.extensions.links import dead_links
from docs.extensions.running import without_notices

ROOT = Path(__file__).resolve().parents[2]


def name_of(requirement: str) -> str:
    return re.split(r"[^\w-]", requirement)[0]


def test_what_the_pages_document_can_be_imported_with_their_group_alone() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    optional = [each for group in project["optional-dependencies"].values() for each in group]
    missing = set(map(name_of, optional)) - set(map(name_of, dev.requirements(["docs"])))
    text = (ROOT / "docs" / "reference.md").read_text("utf-8")
    named = [
        name.removesuffix(".*") for name in re.findall(r'^    "([\w.*]+)",$', text, re.MULTILINE)
    ]
    assert len(named) > 30
    imports = ["from {} import {}".format(*each.rsplit(".", 1)) for each in named]
    blocked = f"import sys; sys.modules.update(dict.fromkeys({sorted(missing)}))"
    done = subprocess.run(
        [sys.executable, "-c", "\n".join([blocked, *imports])],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("count", [0, 1, 30])
def test_what_depends_on_the_cache_of_kernels_is_left_out(
    count: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(notice, "_PATIENCE", -1)
    with notice.Notice(count):
        pass
    said = capsys.readouterr().err
    assert said.startswith("backlit: ")
    assert without_notices(f"before\n{said}behind\n") == "before\nbehind\n"
    assert without_notices("backlit: error: no kernels\n") == "backlit: error: no kernels\n"


def test_dead_links_are_found(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "index.html").write_text(
        '<a href="inner/page.html#here">a</a> <a href="inner/page.html#gone">b</a> '
        '<a href="#top">c</a> <h1 id="top">x</h1> <img src="missing.png"> '
        '<a href="https://example.org/nowhere">d</a> <a href="mailto:x@example.org">e</a>',
        encoding="utf-8",
    )
    (tmp_path / "inner" / "page.html").write_text(
        '<p id="here">x</p> <a href="../index.html">y</a> <a href="../other.html">z</a>',
        encoding="utf-8",
    )
    (tmp_path / "playground").mkdir()
    (tmp_path / "playground" / "examples.json").write_text('[{"name": "one"}]', encoding="utf-8")
    (tmp_path / "playground" / "index.html").write_text(
        '<a href="#one">a</a> <a href="index.html#two">b</a>', encoding="utf-8"
    )
    assert dead_links(tmp_path) == [
        ("index.html", "inner/page.html#gone"),
        ("index.html", "missing.png"),
        ("inner/page.html", "../other.html"),
        ("playground/index.html", "index.html#two"),
    ]
