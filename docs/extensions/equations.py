"""The directive ``{operation} conv2d``: an operation's equations, with words and letters."""

from __future__ import annotations

from html import escape
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from backlit.equations import Equation, Operation, operation


class OperationDirective(SphinxDirective):
    """All equations of an operation as MathML, each with its sentence; then every letter once.

    Options of the operation are given as Python literals: ``:options: stride=2, padding=1``.
    """

    required_arguments = 1
    option_spec: ClassVar = {"options": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        options: dict[str, Any] = {}
        for part in filter(None, self.options.get("options", "").split(", ")):
            name, value = part.split("=")
            options[name] = int(value) if value.lstrip("-").isdigit() else value
        return [
            nodes.raw("", operation_html(operation(self.arguments[0], **options)), format="html")
        ]


def operation_html(shown: Operation) -> str:
    """The equations of an operation as a block of HTML."""
    parts = ['<div class="backlit-operation">']
    parts += [_equation_html(each, "forward") for each in shown.steps]
    parts += [_equation_html(each, "backward") for each in shown.gradients.values()]
    parts += [_equation_html(each, "another face") for each in shown.faces.values()]
    letters = "".join(
        f'<div><dt class="{_class(role)}">{escape(role.split(":")[-1])}</dt>'
        f"<dd>{escape(words)}</dd></div>"
        for role, words in shown.letters.items()
    )
    parts.append(f'<dl class="backlit-letters">{letters}</dl>')
    parts += [f"<p>{escape(note)}</p>" for note in shown.notes]
    return "".join([*parts, "</div>"])


def _equation_html(equation: Equation, direction: str) -> str:
    conditions = "".join(f"<li>{each.mathml()}</li>" for each in equation.conditions)
    return (
        f'<section class="backlit-equation {direction.split()[-1]}">'
        f"<h4>{escape(equation.name)} <small>{direction}</small></h4>"
        f'<div class="backlit-formula">{equation.mathml()}</div>'
        f"{f'<ul>{conditions}</ul>' if conditions else ''}"
        f'<p class="backlit-words">{escape(equation.words)}</p></section>'
    )


def _class(role: str) -> str:
    return role.replace(":", "-")


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx the directive."""
    app.add_directive("operation", OperationDirective)
    return {"parallel_read_safe": True}
