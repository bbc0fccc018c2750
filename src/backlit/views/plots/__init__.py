"""Figures for papers and slides, drawn by matplotlib, which is installed separately.

Each function makes one :class:`matplotlib.figure.Figure`, and :func:`save` writes it::

    from backlit.views import plots

    plots.save(plots.filters(network, "conv1"), "filters.pdf")

No window is ever opened, and matplotlib's own settings stay as they are.
"""

from __future__ import annotations

from .library import require_matplotlib

require_matplotlib()

from .contributions import contributions  # noqa: E402
from .curves import curves  # noqa: E402
from .filters import filters, gradients  # noqa: E402
from .layers import any_layer, convolution  # noqa: E402
from .maps import activations, errors  # noqa: E402
from .network import network  # noqa: E402
from .products import hardest, steepest, weight_address  # noqa: E402
from .saving import ENDINGS, content, kind_of, save  # noqa: E402

__all__ = [
    "ENDINGS",
    "activations",
    "any_layer",
    "content",
    "contributions",
    "convolution",
    "curves",
    "errors",
    "filters",
    "gradients",
    "hardest",
    "kind_of",
    "network",
    "save",
    "steepest",
    "weight_address",
]
