"""Modules linked to one script."""

import re
from importlib.resources import files

import pytest

from backlit.web.bundle import link, modules, script, style, widget_script, widget_style


def test_what_a_module_needs_stands_before_it() -> None:
    text = link(
        {
            "start.js": 'import { twice } from "./parts/twice.js";\n'
            "export const four = twice(2);\n",
            "parts/twice.js": 'import { two as deux } from "../two.js";\n'
            "export function twice(x) {\n  return deux * x;\n}\n",
            "two.js": "const two = 2;\nexport { two };\n",
        },
        "start.js",
    )
    places = [text.index(f"const module_{name} =") for name in ("two", "parts_twice", "start")]
    assert places == sorted(places)
    assert "const { two: deux } = module_two;" in text
    assert text.rstrip().endswith("export { four };")
    assert not re.search(r"^import ", text, re.MULTILINE)


def test_a_long_import_and_a_long_export_may_take_several_lines() -> None:
    text = link(
        {
            "start.js": 'import {\n  one,\n  two as deux,\n} from "./parts.js";\n'
            "export const three = one + deux;\n",
            "parts.js": "const one = 1;\nconst two = 2;\nexport {\n  one,\n  two,\n};\n",
        },
        "start.js",
    )
    assert "const { one, two: deux } = module_parts;" in text
    assert "return { one: one, two: two };" in text
    assert not re.search(r"^import ", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        ({"a.js": 'import { b } from "./b.js";\n'}, "imports b.js, which is not there"),
        (
            {"a.js": 'import { b } from "./b.js";\n', "b.js": "export const c = 1;\n"},
            "imports b, which ./b.js has not",
        ),
        (
            {
                "a.js": 'import { b } from "./b.js";\nexport const a = 1;\n',
                "b.js": 'import { a } from "./a.js";\nexport const b = 1;\n',
            },
            "in a circle: a.js → b.js → a.js",
        ),
        ({"a.js": 'import b from "./b.js";\n'}, "in a form that is not understood"),
        ({"a.js": "export default 3;\n"}, "in a form that is not understood"),
        ({"a.js": "const x = 1; export default x;\n"}, "in a form that is not understood"),
        ({"a.js": 'const b = await import("./b.js");\n'}, "in a form that is not understood"),
        ({"a.js": "export const y = 1, z = 2;\n"}, "in a form that is not understood"),
        (
            {
                "a.js": 'import { x } from "./x-y.js";\nimport { z } from "./x_y.js";\n',
                "x-y.js": "export const x = 1;\n",
                "x_y.js": "export const z = 1;\n",
            },
            "would be called alike",
        ),
    ],
)
def test_what_cannot_be_linked_is_an_error(sources: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        link(sources, "a.js")


def test_every_module_of_the_front_end_is_in_a_script() -> None:
    text = script() + widget_script()
    for path in modules():
        name = re.sub(r"\W", "_", path.removesuffix(".js"))
        assert f"const module_{name} = (() => {{" in text, path


def test_nothing_is_fetched_from_anywhere() -> None:
    """A served page asks its own server, in one place, which names no other."""
    for text in (script(), style(), widget_script(), widget_style()):
        assert not re.search(r"https?://(?!www\.w3\.org/)", text)
        assert not re.search(r"\b(?:XMLHttpRequest|WebSocket|eval)\s*\(", text)
    fetching = [path for path, text in modules().items() if re.search(r"\bfetch\s*\(", text)]
    assert fetching == ["live.js"]


def test_the_widget_is_a_module_in_the_form_of_anywidget() -> None:
    assert widget_script().endswith("\nexport default { render };\n")
    assert widget_script().count("\nexport ") == 1


def test_no_style_sheet_is_forgotten() -> None:
    folder = files("backlit.web") / "front" / "styles"
    rules = [each.read_text("utf-8") for each in folder.iterdir()]
    assert len(rules) > 5
    assert all(text in style() for text in rules)
