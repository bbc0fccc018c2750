"""The equations of an operation: as text in the pages' source, typeset on the site."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from html import escape
from typing import Any

from backlit.equations import OPERATIONS, Equation, Operation, Phrase, operation

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
COLUMNS = 78


def equations(name: str, only: str | None = None, **options: Any) -> str:
    """All equations of an operation as Markdown, each with its sentence; then every letter once.

    Args:
        name: such as ``conv2d``.
        only: the gradient of this operand, and nothing else.
        options: of the operation; what is not given stays a letter.
    """
    shown = operation(name, **options)
    if only is not None:
        return "\n\n".join(_markdown(shown.gradients[only], "backward"))
    parts = [part for each, way in _directions(shown) for part in _markdown(each, way)]
    rows = [f"| `{_letter(role)}` | {words} |" for role, words in shown.letters.items()]
    letters = "\n".join(["| letter | what it stands for |", "| --- | --- |", *rows])
    parts += [f"<details><summary>What the letters stand for</summary>\n\n{letters}\n\n</details>"]
    return "\n\n".join([*parts, *shown.notes])


def _markdown(equation: Equation, direction: str) -> Iterator[str]:
    name = equation.name[0].upper() + equation.name[1:]
    yield f"**{name}** ({direction})"
    yield f"```text\n{equation.text(COLUMNS)}\n```"
    if equation.conditions:
        yield "\n".join(f"- {each}" for each in equation.conditions)
    yield equation.words


def _directions(shown: Operation) -> Iterator[tuple[Equation, str]]:
    """The equations, each with what it is for."""
    forward, faces = set(shown.steps), set(shown.faces.values())
    for each in shown.equations():
        direction = "another face" if each in faces else "backward"
        direction = "forward" if each in forward else direction
        yield each, "update" if each.kind == "update" else direction


def what_is_passed_back() -> str:
    """A table: what each operation passes back, and what it learns."""
    lines = ["| operation | what it passes back | what it learns |", "| --- | --- | --- |"]
    for name in OPERATIONS:
        shown = operation(name)
        back = shown.gradients.get("input") or shown.gradients.get("input1")
        if back is not None:
            each = (shown.gradients.get(operand) for operand in ("weight", "bias"))
            learned = ", ".join(f"`{one.name.split()[-1]}`" for one in each if one is not None)
            lines.append(f"| [{shown.title}]({name}.md) | {back.words} | {learned or '–'} |")
    return "\n".join(lines)


def arguments(text: str) -> tuple[str, dict[str, Any]]:
    """``"conv2d", stride=2`` as a name and a dictionary."""
    call = ast.parse(f"_({text})", mode="eval").body
    assert isinstance(call, ast.Call)
    options = {str(each.arg): ast.literal_eval(each.value) for each in call.keywords}
    return ast.literal_eval(call.args[0]), options


def equations_html(name: str, only: str | None = None, **options: Any) -> str:
    """What :func:`equations` shows, typeset as MathML."""
    shown = operation(name, **options)
    if only is None:
        return operation_html(shown)
    html = _equation_html(shown.gradients[only], "backward")
    return f'<div class="backlit-operation">{html}</div>'


def operation_html(shown: Operation) -> str:
    """The equations of an operation as a block of HTML."""
    parts = ['<div class="backlit-operation">']
    parts += [_equation_html(each, direction) for each, direction in _directions(shown)]
    letters = "".join(
        f'<div><dt class="{_class(role)}">{escape(_letter(role))}</dt>'
        f"<dd>{escape(words)}</dd></div>"
        for role, words in shown.letters.items()
    )
    parts.append(f'<dl class="backlit-letters">{letters}</dl>')
    parts += [f"<p>{escape(note)}</p>" for note in shown.notes]
    return "".join([*parts, "</div>"])


def _equation_html(equation: Equation, direction: str) -> str:
    conditions = "".join(f"<li>{_in_line(each)}</li>" for each in equation.conditions)
    return (
        f'<section class="backlit-equation {direction.split()[-1]}">'
        f"<h4>{escape(equation.name)} <small>{direction}</small></h4>"
        f'<div class="backlit-formula">{equation.mathml()}</div>'
        f"{f'<ul>{conditions}</ul>' if conditions else ''}"
        f'<p class="backlit-words">{escape(equation.words)}</p></section>'
    )


def _in_line(phrase: Phrase) -> str:
    """A condition as ordinary text, which unlike MathML is broken where a line ends."""
    return "".join(
        f'<i class="{_class(span.role)}">{escape(span.text)}</i>'
        if ":" in span.role
        else escape(span.text)
        for span in phrase.spans()
    )


def _class(role: str) -> str:
    return role.replace(":", "-")


def _letter(role: str) -> str:
    """The letter as the equations show it: X₁ for ``"tensor:X1"``."""
    return role.split(":")[-1].translate(SUBSCRIPTS)
