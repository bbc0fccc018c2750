"""See it: every number of a network explained by the numbers that it is made of.

    trace = backlit.explain(network, images, labels)
    t = trace["conv1.weight", 0, 0, 1, 2]
    t.value, t.gradient, t.terms, t.total, t.equation, t.update(learning_rate=0.05), t.nudge(1e-3)
    t.flip()

* :mod:`~backlit.explain.address`: which numbers there are, and how to ask for them;
* :mod:`~backlit.explain.recorded`: the pass that they are from, and :mod:`~backlit.explain.work`:
  the equations that give them;
* :mod:`~backlit.explain.explanation`: one number, its terms, its equation, as data, and
  :mod:`~backlit.explain.agreement`: how far its sum lies from the engine's own value;
* :mod:`~backlit.explain.update` and :mod:`~backlit.explain.nudge`: what an optimizer makes of its
  gradient, and whether the loss really does what the gradient says;
* :mod:`~backlit.explain.flip`: how far a number must change until an image gets another answer;
* :mod:`~backlit.explain.changing`: the same pass with a filter silenced, or after a step;
* :mod:`~backlit.explain.story`: from the loss back to one weight, as data, and
  :mod:`~backlit.explain.telling`: how it is told;
* :mod:`~backlit.explain.trace`: what :func:`explain` gives back; it asks all of these.

All of it is data; :mod:`backlit.views` shows it.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from backlit.network import Network

from .address import Address
from .agreement import Agreement
from .explanation import Explanation, Grid, Part, Subtotal
from .flip import Flip
from .nudge import CrossedKinks, Nudge
from .picture import Patch
from .story import (
    BatchStep,
    ClassRow,
    GradientStep,
    LossStep,
    NudgeStep,
    Story,
    StoryStep,
    TermsStep,
    UpdateStep,
)
from .trace import Trace, TracedNumber, explain
from .update import Update

if TYPE_CHECKING:
    from .trace import UpdateRules

__all__ = [
    "Address",
    "Agreement",
    "BatchStep",
    "ClassRow",
    "CrossedKinks",
    "Explanation",
    "Flip",
    "GradientStep",
    "Grid",
    "LossStep",
    "Nudge",
    "NudgeStep",
    "Part",
    "Patch",
    "Story",
    "StoryStep",
    "Subtotal",
    "TermsStep",
    "Trace",
    "TracedNumber",
    "Update",
    "UpdateStep",
    "explain",
]


class _CallableModule(ModuleType):
    """This package, which is also the function ``backlit.explain``.

    Python binds an imported package as an attribute of its parent, so ``backlit.explain`` would be
    the function or the package, depending on who imported what before.  A package that can be
    called is both, in any order.
    """

    def __call__(
        self,
        network: Network,
        images: ArrayLike,
        labels: ArrayLike,
        training: bool = True,
        update_rules: UpdateRules | None = None,
    ) -> Trace:
        return explain(network, images, labels, training, update_rules)

    __call__.__doc__ = explain.__doc__


sys.modules[__name__].__class__ = _CallableModule
