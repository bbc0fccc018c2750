"""Training: the loop, optimizers, schedules, callbacks, progress, and runs that survive a kill.

* :mod:`~backlit.training.fitting`: ``fit``, which checks everything and trains;
* :mod:`~backlit.training.optimizers`, :mod:`~backlit.training.schedules`,
  :mod:`~backlit.training.clipping`: what becomes of a gradient;
* :mod:`~backlit.training.loop` and :mod:`~backlit.training.training`: step after step;
* :mod:`~backlit.training.callbacks`, :mod:`~backlit.training.progress`: who looks on;
* :mod:`~backlit.training.run` and :mod:`~backlit.training.state`: what is on disk;
* :mod:`~backlit.training.update_rule`: by what rule a parameter is updated;
* :mod:`~backlit.training.tested`: how a run did on images that it has not seen.
"""

from .callbacks import BestCheckpoint, Callback, CSVLog, EarlyStopping
from .fitting import fit
from .history import EpochRecord, History
from .optimizers import SGD, Adam, AdamW, Optimizer, RMSprop, optimizer_from_config
from .run import Run, read_run
from .schedules import (
    ConstantRate,
    CosineDecay,
    OneCycle,
    Schedule,
    StepDecay,
    WarmUp,
    schedule_from_config,
)
from .settings import Settings
from .training import Training

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "BestCheckpoint",
    "CSVLog",
    "Callback",
    "ConstantRate",
    "CosineDecay",
    "EarlyStopping",
    "EpochRecord",
    "History",
    "OneCycle",
    "Optimizer",
    "RMSprop",
    "Run",
    "Schedule",
    "Settings",
    "StepDecay",
    "Training",
    "WarmUp",
    "fit",
    "optimizer_from_config",
    "read_run",
    "schedule_from_config",
]
