"""Training: the loop, optimizers, schedules, callbacks, progress, and checkpoints on disk.

* :mod:`~backlit.training.fitting`: ``fit``, which checks everything and trains;
* :mod:`~backlit.training.optimizers`, :mod:`~backlit.training.schedules`,
  :mod:`~backlit.training.clipping`: what becomes of a gradient;
* :mod:`~backlit.training.loop` and :mod:`~backlit.training.training`: step after step;
* :mod:`~backlit.training.callbacks`, :mod:`~backlit.training.progress`: who looks on;
* :mod:`~backlit.training.checkpoint`, :mod:`~backlit.training.saver` and
  :mod:`~backlit.training.state`: what is on disk; :mod:`backlit.runs` opens it;
* :mod:`~backlit.training.update_rule`: by what rule a parameter is updated, for those who show an
  update: :mod:`backlit.explain`, :mod:`backlit.runs` and :mod:`backlit.web`.
"""

from .callbacks import BestCheckpoint, CSVLog, EarlyStopping
from .checkpoint import Checkpoint, read_checkpoint
from .fitting import fit
from .history import EpochRecord, History
from .optimizers import SGD, Adam, AdamW, Optimizer, RMSprop, optimizer_from_config
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
from .training import Callback, Training

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "BestCheckpoint",
    "CSVLog",
    "Callback",
    "Checkpoint",
    "ConstantRate",
    "CosineDecay",
    "EarlyStopping",
    "EpochRecord",
    "History",
    "OneCycle",
    "Optimizer",
    "RMSprop",
    "Schedule",
    "Settings",
    "StepDecay",
    "Training",
    "WarmUp",
    "fit",
    "optimizer_from_config",
    "read_checkpoint",
    "schedule_from_config",
]
