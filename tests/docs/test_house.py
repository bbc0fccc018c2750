"""What the page on the layout lists is what the package has."""

from pathlib import Path

import backlit
from docs.extensions.house import first_line, mentions_html, prose, rooms, rooms_html

PACKAGE = Path(backlit.__file__).parent


def test_every_folder_and_module_of_the_package_is_listed() -> None:
    there = {path.name for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    there -= {"__init__.py", "__main__.py", "__pycache__"}
    assert {room.path.name for room in rooms()} == there


def test_rooms_come_in_order_and_say_something() -> None:
    names = [room.name for room in rooms()]
    assert names.index("pure") < names.index("network") < names.index("cli")
    for room in rooms():
        assert room.sentence.endswith("."), room.name
        assert room.lines > 0
        assert all(path.suffix == ".py" for path in room.files)


def test_the_table_names_each_room() -> None:
    html = rooms_html()
    assert "<code>pure/</code>" in html
    assert "<code>errors.py</code>" in html


def test_mentions_are_whole_words() -> None:
    html = mentions_html("elu")
    assert "src/backlit/pure/activations.py" in html
    assert "src/backlit/network/graph.py" not in html
    assert "tests/torch_oracle.py" in html
    assert "activations.py" not in mentions_html("lu")  # part of elu, relu, gelu


def test_lines_of_docstrings_become_html(tmp_path: Path) -> None:
    assert prose("``a < b`` of :mod:`~backlit.pure`") == (
        "<code>a &lt; b</code> of <code>backlit.pure</code>"
    )
    file = tmp_path / "some.py"
    file.write_text('"""One sentence\non two lines.\n\nMore."""\n', encoding="utf-8")
    assert first_line(file) == "One sentence on two lines."
