"""Networks: layers that describe, a graph that names and measures, parameters, and an engine.

* :mod:`~backlit.layers`: what a network is described with;
* :mod:`~backlit.network.graph`: names, order and every shape, before any number exists;
* :mod:`~backlit.network.network`: the network itself;
* :mod:`~backlit.network.engine`: what an engine must do, and where one plugs in;
* :mod:`~backlit.engines.pure.engine`: the engine that runs the book.
"""

from .engine import Engine, ProposedStep, Recording, engine_names, register_engine
from .graph import Graph, Node
from .loading import load
from .network import Evaluation, Network

__all__ = [
    "Engine",
    "Evaluation",
    "Graph",
    "Network",
    "Node",
    "ProposedStep",
    "Recording",
    "engine_names",
    "load",
    "register_engine",
]
