"""Tests lie as the source does, so that who reads the one finds the other."""

from pathlib import Path

import backlit

PACKAGE = Path(backlit.__file__).parent
TESTS = Path(__file__).parent
OTHERS = {"benchmarks", "docs", "mutation"}  # of what lies beside the package


def test_a_folder_of_tests_is_a_folder_of_the_package() -> None:
    folders = {path.parent.relative_to(TESTS) for path in TESTS.rglob("test_*.py")}
    assert len(folders) > 20
    stray = [each for each in folders if not (PACKAGE / each).is_dir()]
    assert [each for each in stray if each.as_posix() not in OTHERS] == []


def test_every_room_has_tests() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert {room for room in rooms if not list((TESTS / room).rglob("test_*.py"))} == set()
