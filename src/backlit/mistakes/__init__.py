"""What goes wrong in people's code, as data.

    >>> from backlit.equations import conv2d
    >>> from backlit.mistakes import MISTAKES, wrong_ways
    >>> print(MISTAKES["stride-forgotten"].why)
    Output row i begins at input row i·s, not at row i.
    >>> for way in wrong_ways(conv2d(3, stride=2, padding=0, dilation=1, groups=1), "weight"):
    ...     if way.mistakes == ("stride-forgotten",) and not way.words:
    ...         print(way.line)
    dW[o,c,u,v] += dY[n,o,i,j] · X[n,c,i+u,j+v]

A mistake has a name, a sentence that says why it is wrong, and the page that shows it.  Where it
can be written as an equation, it is made of the right one, so that it holds for any options, and
its numbers can be computed: :func:`wrong_ways`.  Standard library only.
"""

from .accumulation import Accumulation, AddedProduct, accumulations
from .catalog import MISTAKES, Mistake, page_of
from .mutation import Mutation
from .ways import Way, mutations_of, right_line, wrong_way, wrong_ways

__all__ = [
    "MISTAKES",
    "Accumulation",
    "AddedProduct",
    "Mistake",
    "Mutation",
    "Way",
    "accumulations",
    "mutations_of",
    "page_of",
    "right_line",
    "wrong_way",
    "wrong_ways",
]
