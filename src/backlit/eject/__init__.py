"""Eject: a network as one program that needs nothing of backlit.

The loops are made of the equations (:mod:`backlit.equations`), so that a layer, an activation or an
option needs no line here.  What no equation says, such as how pictures are read and the loop of the
training, is a text for each language.
"""

from .description import ArrayNumbers, Description, Expected, LearningRule, Picture, PlacedLayer
from .pictures import share
from .schedules import can_follow
from .targets import TARGETS, Target, target_of, weights, write

__all__ = [
    "TARGETS",
    "ArrayNumbers",
    "Description",
    "Expected",
    "LearningRule",
    "Picture",
    "PlacedLayer",
    "Target",
    "can_follow",
    "share",
    "target_of",
    "weights",
    "write",
]
