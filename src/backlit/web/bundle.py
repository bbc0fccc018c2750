"""The front end as one script: its modules, linked.

Browsers load modules from ``file://`` in no way, and a notebook's widget is a single one.  So the
modules in ``front/`` are put into one, each in a function of its own, in the order in which they
need each other.  That takes no tool: they import by relative paths and export by name, in lines
that :data:`_IMPORT` and :data:`_EXPORT` know; whatever else they write is an error here.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

START = "app.js"
WIDGET = "widget.js"
_FRONT = "front"
_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]*)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_LIST = re.compile(r"(?:^|;)export ?\{([^}]*)\};?\s*\Z", re.MULTILINE)
# Whatever else imports or exports: at the start of a line or behind a semicolon, at run time, or
# several constants in one line.
_LEFT = re.compile(r"(?:^|;)\s*(?:import|export)\b.*$|\bimport\s*\(.*$", re.MULTILINE)
_SEVERAL = re.compile(r"^export const \w+ = [^\n(\[{]*, \w+ =.*$", re.MULTILINE)
_TYPES = re.compile(r"/\*\*(?:(?!\*/).)*\*/", re.DOTALL)


@cache
def script() -> str:
    """The text of the one module; it exports what ``front/app.js`` exports."""
    return link(modules(), START)


_STYLES = (
    *("base", "network", "selected", "maps", "terms", "views", "narrow", "served", "training"),
    *("quiz", "questions", "norm"),
)


@cache
def style() -> str:
    """The style sheets as one, in their order, since later rules win."""
    return "\n".join(_text(f"styles/{name}.css") for name in _STYLES)


@cache
def widget_script() -> str:
    """The text of the one module that a notebook's widget is, in the form that anywidget asks for.

    It exports what ``front/widget.js`` exports, as its default.
    """
    lines = link(modules(), WIDGET).splitlines()
    return "\n".join([*lines[:-1], lines[-1].replace("export", "export default", 1), ""])


@cache
def widget_style() -> str:
    """The style sheet for a widget, which leaves the notebook around it alone."""
    return style().replace(":root", ".backlit-widget") + _text("widget.css")


def _text(name: str) -> str:
    return (files(__package__) / _FRONT / name).read_text("utf-8")


def modules() -> dict[str, str]:
    """The modules of the front end by their paths, such as "views/filter.js"."""
    return dict(_walk(files(__package__) / _FRONT, ""))


def _walk(folder: Traversable, path: str) -> Iterator[tuple[str, str]]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _walk(each, f"{path}{each.name}/")
        elif each.name.endswith(".js"):
            yield path + each.name, each.read_text("utf-8")


def link(sources: Mapping[str, str], start: str) -> str:
    """Modules as one.

    Args:
        sources: their texts by path.
        start: the one whose exports are those of the whole.

    Raises:
        ValueError: an import of what is not there, in a circle, or written in another form.
    """
    parts: list[str] = []
    names = _add(sources, start, parts, {}, ())
    exports = ", ".join(sorted(names))
    return "\n".join(
        [*parts, f"const {{ {exports} }} = {_name(start)};", f"export {{ {exports} }};\n"]
    )


def _add(
    sources: Mapping[str, str],
    path: str,
    parts: list[str],
    known: dict[str, set[str]],
    above: tuple[str, ...],
) -> set[str]:
    """Append a module and what it needs; the names that it exports."""
    if path in known:
        return known[path]
    if path in above:
        raise ValueError(f"modules import each other in a circle: {' → '.join([*above, path])}")
    if path not in sources:
        raise ValueError(f"{above[-1] if above else 'the page'} imports {path}, which is not there")
    text = sources[path]
    twin = next((each for each in known if _name(each) == _name(path)), None)
    if twin:
        raise ValueError(f"{path} and {twin} would be called alike")
    for wanted, other in _IMPORT.findall(text):
        exported = _add(sources, _resolved(path, other), parts, known, (*above, path))
        missing = {each.split(" as ")[0] for each in _names(wanted)} - exported
        if missing:
            raise ValueError(f"{path} imports {', '.join(sorted(missing))}, which {other} has not")
    body, exports = _linked(path, text)
    known[path] = set(exports)
    given = ", ".join(f"{outer}: {inner}" for outer, inner in exports.items())
    parts.append(f"const {_name(path)} = (() => {{\n{body}\nreturn {{ {given} }};\n}})();")
    return known[path]


def _linked(path: str, text: str) -> tuple[str, dict[str, str]]:
    """A module's text without imports and exports, and its names by those that it exports."""
    exports = {name: name for name in _EXPORT.findall(text)}
    body = _EXPORT.sub("", text)
    last = _LIST.search(body)
    if last:
        for each in _names(last.group(1)):
            inner, _, outer = each.partition(" as ")
            exports[outer or inner] = inner
        body = body[: last.start()] + ";"

    def constant(found: re.Match[str]) -> str:
        names = ", ".join(each.replace(" as ", ": ") for each in _names(found.group(1)))
        return f"const {{ {names} }} = {_name(_resolved(path, found.group(2)))};"

    body = _IMPORT.sub(constant, body)
    left = _SEVERAL.search(text) or _LEFT.search(_TYPES.sub("", body))
    if left:
        raise ValueError(
            f"{path} imports or exports in a form that is not understood: {left.group()}"
        )
    return body, exports


def _names(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _resolved(path: str, other: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), other))


def _name(path: str) -> str:
    """The constant that holds a module's exports."""
    return "module_" + re.sub(r"\W", "_", path.removesuffix(".js"))
