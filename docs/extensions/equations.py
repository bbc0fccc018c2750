"""The directive ``{operation} conv2d``: an operation's equations, with words and letters."""

from __future__ import annotations

import ast
from html import escape
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from backlit.equations import Equation, Operation, Phrase, operation

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class OperationDirective(SphinxDirective):
    """All equations of an operation as MathML, each with its sentence; then every letter once.

    Options of the operation are given as Python literals: ``:options: stride=2, padding=1``.
    ``:only: input`` shows one gradient and nothing else.
    """

    required_arguments = 1
    option_spec: ClassVar = {"options": directives.unchanged, "only": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        options = _literals(self.options.get("options", ""))
        shown = operation(self.arguments[0], **options)
        if "only" in self.options:
            html = _equation_html(shown.gradients[self.options["only"]], "backward")
            html = f'<div class="backlit-operation">{html}</div>'
        else:
            html = operation_html(shown)
        return [nodes.raw("", html, format="html")]


def _literals(options: str) -> dict[str, Any]:
    """``stride=2, padding="same"`` as a dictionary."""
    call = ast.parse(f"_({options})", mode="eval").body
    assert isinstance(call, ast.Call)
    return {str(each.arg): ast.literal_eval(each.value) for each in call.keywords}


def operation_html(shown: Operation) -> str:
    """The equations of an operation as a block of HTML."""
    parts = ['<div class="backlit-operation">']
    forward, faces = set(shown.steps), set(shown.faces.values())
    for each in shown.equations():
        direction = "another face" if each in faces else "backward"
        direction = "forward" if each in forward else direction
        parts.append(_equation_html(each, "update" if each.kind == "update" else direction))
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


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx the directive."""
    app.add_directive("operation", OperationDirective)
    return {"parallel_read_safe": True}
