"""A place in the source is found by name and form, whatever its letters are, or it is refused."""

from pathlib import Path

import pytest

from tests.mutation.places import DoesNotFitError, replaced

PYTHON = """
RATE = 0.5


class SGD:
    def step(self, value, gradient):
        rate = self.rate  # a comment
        return value - rate * gradient + rate * 0


def total(values):
    found = 0
    for value in values:
        found += value
    found += 1
    return found
"""
JAVASCRIPT = """
export const size = (a, b) => a * b;
function total(values) {
  const add = (one, other) => one + other;
  return values.reduce(add, 0);
}
class Run {
  total(values) { return -values.length; }
}
"""


# The class of above by somebody who likes other names, with everything else elsewhere.
RENAMED = """
class SGD:
    def step(self, w, dw):
        η = self.η
        # downhill
        return (
            w  -  η * dw  # with care
        )
"""


def write(package: Path, **texts: str) -> Path:
    for name, text in texts.items():
        file = package.joinpath(*name.split("__")).with_suffix(".js" if "page" in name else ".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return package


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write(tmp_path, training__rules=PYTHON, front__page=JAVASCRIPT, vendor__page=JAVASCRIPT)


def changed(package: Path, where: str, form: str, mutant: str, nth: int | None = None) -> str:
    """The one line that is different afterwards."""
    file, after = replaced(package, where, form, mutant, nth)
    lines = zip(file.read_text(encoding="utf-8").splitlines(), after.splitlines(), strict=True)
    (line,) = [new.strip() for old, new in lines if old != new]
    return line


@pytest.mark.parametrize(
    ("where", "form", "mutant", "line"),
    [
        ("SGD.step", "$A - $B * $C", "$A + $B * $C", "return value + rate * gradient + rate * 0"),
        ("step", "$RATE = self.$RATE2", "$RATE = 1", "rate = 1  # a comment"),
        ("SGD", "$RATE * 0", "1", "return value - rate * gradient + 1"),
        ("RATE", "$NAME = $VALUE", "$NAME = -$VALUE", "RATE = -0.5"),
        ("training:total", "for $X in $HERE: $$$DO", "$HERE[:1]", "for value in values[:1]:"),
        ("size", "$A * $B", "$A", "export const size = (a, b) => a;"),
        ("add", "$A + $B", "$B + $A", "const add = (one, other) => other + one;"),
        ("Run.total", "-$N", "$N", "total(values) { return values.length; }"),
        ("front:total", "$F($$$ALL)", "$F()", "return values.reduce();"),
    ],
)
def test_a_piece_is_found_and_replaced(
    package: Path, where: str, form: str, mutant: str, line: str
) -> None:
    assert changed(package, where, form, mutant) == line


@pytest.mark.parametrize(("nth", "line"), [(0, "found = value"), (1, "found = 1")])
def test_which_of_several_pieces_can_be_said(package: Path, nth: int, line: str) -> None:
    assert changed(package, "training:total", "$A += $B", "$A = $B", nth) == line


@pytest.mark.parametrize(
    ("where", "form", "nth", "problem"),
    [
        ("nothing", "$A", None, "nothing is called nothing"),
        ("found", "$A", None, "nothing is called found"),  # only a variable
        ("step", "$A / $B", None, "fits 0 pieces"),
        ("step", "$A * $B", None, "fits 2 pieces"),
        ("step", "$A * $B", 2, "fits 2 pieces"),
        ("total", "return $A", None, "fits 2 pieces .*page.js.*rules.py"),
        ("total", "return $A", 1, "fits 2 pieces .*page.js.*rules.py"),
    ],
)
def test_what_is_not_there_once_is_refused(
    package: Path, where: str, form: str, nth: int | None, problem: str
) -> None:
    with pytest.raises(DoesNotFitError, match=problem):
        replaced(package, where, form, "0", nth)


def test_of_two_of_one_name_the_form_tells_which(package: Path) -> None:
    assert changed(package, "total", "$A.reduce($$$REST)", "0") == "return 0;"


def test_other_names_another_layout_and_another_file_change_nothing(tmp_path: Path) -> None:
    place = ("SGD.step", "$VALUE - $RATE * $GRADIENT", "$VALUE + $RATE * $GRADIENT")
    package = write(tmp_path / "before", training__rules=PYTHON)
    assert changed(package, *place) == "return value + rate * gradient + rate * 0"
    package = write(tmp_path / "after", updates__descent=RENAMED)
    assert changed(package, *place) == "w + η * dw  # with care"
