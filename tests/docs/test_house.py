"""What the page on the layout lists is what the package has."""

from pathlib import Path

import backlit
from docs.extensions.house import first_line, prose, rooms, rooms_table

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


def test_the_table_names_each_room() -> None:
    table = rooms_table()
    assert "\n| `pure/` | " in table
    assert "\n| `errors.py` | " in table


def test_lines_of_docstrings_become_markdown(tmp_path: Path) -> None:
    assert prose("``a < b`` of :mod:`~backlit.pure`") == "`a < b` of `backlit.pure`"
    file = tmp_path / "some.py"
    file.write_text('"""One sentence\non two lines.\n\nMore."""\n', encoding="utf-8")
    assert first_line(file) == "One sentence on two lines."
