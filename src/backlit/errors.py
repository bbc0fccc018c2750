"""The one exception tree of backlit.

Every message is a single clear sentence that names the place (layer, file, option), what was
expected and what came.  The command line prints the message and nothing else; a program can
catch :class:`BacklitError` for all of them, or the built-in class named beside each.
"""


class BacklitError(Exception):
    """Whatever goes wrong inside backlit for a reason that a user can mend."""


class ConfigurationError(BacklitError, ValueError):
    """An argument of a layer, an optimizer or an option is not usable."""


class ShapeError(BacklitError, ValueError):
    """Two things that have to fit together do not: a layer and what arrives at it."""


class InputError(BacklitError, ValueError):
    """Images or labels given to a network are not what it works on."""


class ParameterError(BacklitError, ValueError):
    """Named arrays given to a network do not match its parameters."""


class DataError(BacklitError, ValueError):
    """A data set's file is missing, truncated, corrupt or mislabeled."""


class RunError(BacklitError):
    """A run's folder or a saved network cannot be read, written or continued."""


class TrainingError(BacklitError):
    """Training cannot go on: the loss or a gradient is not a finite number."""


class TrainingInterrupted(TrainingError):  # noqa: N818 - nothing went wrong
    """Training was stopped from outside, as with Ctrl-C.

    Attributes:
        history: the :class:`~backlit.History` of the epochs that were finished.
    """

    def __init__(self, message: str, history: object = None) -> None:
        super().__init__(message)
        self.history = history


class AddressError(BacklitError, LookupError):
    """No such layer, parameter or element: the message lists what there is."""
