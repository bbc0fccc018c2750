"""The directive ``{operation} "conv2d", stride=2``: on the site, what ``equations`` shows."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from docs.extensions.equations import arguments, equations_html


class OperationDirective(SphinxDirective):
    """Equations as MathML; the argument is what the page calls ``equations`` with."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        name, options = arguments(self.arguments[0])
        return [nodes.raw("", equations_html(name, **options), format="html")]


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx the directive."""
    app.add_directive("operation", OperationDirective)
    return {"parallel_read_safe": True}
