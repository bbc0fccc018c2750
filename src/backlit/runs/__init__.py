"""Runs: what a training left behind in its folder, as one object.

* :mod:`~backlit.runs.opening`: ``open_run``, the public door;
* :mod:`~backlit.runs.run`: the run, whose parts are loaded when they are asked for;
* :mod:`~backlit.runs.plan` and :mod:`~backlit.runs.training`: what ``backlit train`` was asked for,
  and a run begun or resumed by that;
* :mod:`~backlit.runs.batch`, :mod:`~backlit.runs.evaluation`, :mod:`~backlit.runs.prediction`,
  :mod:`~backlit.runs.film`: some of its images, how well it does, what it sees in pictures, and its
  filters over time;
* :mod:`~backlit.runs.advice` and :mod:`~backlit.runs.suggestion`: what to try next.

A run's folder holds

    config.json           how it was begun: network, settings, data, versions
    history.json          the finished epochs
    weights.safetensors   the network to use; ``backlit.load(folder)`` reads it
    state.safetensors     everything that the next step depends on, config and history included
    test.json             how it does on the test images, after ``backlit train``
    film.safetensors      its filters at some of its steps, after ``backlit train``

Writing and resuming the first four is the business of :mod:`backlit.training`.
"""

from .batch import Batch
from .evaluation import EvaluationReport
from .film import Film, Frame
from .opening import open_network, open_run
from .plan import TrainingPlan
from .prediction import Prediction
from .run import Run

__all__ = [
    "Batch",
    "EvaluationReport",
    "Film",
    "Frame",
    "Prediction",
    "Run",
    "TrainingPlan",
    "open_network",
    "open_run",
]
