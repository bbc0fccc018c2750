"""The check of the built pages: a link that leads nowhere is found."""

from pathlib import Path

from docs.extensions.links import dead_links


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
    assert dead_links(tmp_path) == [
        ("index.html", "inner/page.html#gone"),
        ("index.html", "missing.png"),
        ("inner/page.html", "../other.html"),
    ]
