"""Mistakes in what a page is made of, and in who may ask its server."""

from tests.mutation.runner import Mutation

FILM = "tests/training/test_film.py"
PACING = "tests/web/test_pacing.py"
SERVER = "tests/web/test_server.py"
TESTED = "tests/training/test_tested.py"
TRAINER = "tests/web/test_trainer.py"

WEB_MUTATIONS = [
    Mutation(
        "the server answers to any name",
        "web/server.py",
        "if host not in _NAMES or",
        "if False or",
        SERVER,
    ),
    Mutation(
        "the server answers to pages of other sites",
        "web/server.py",
        "if origin is not None and",
        "if False and",
        SERVER,
    ),
    Mutation(
        "a request may have any size",
        "web/server.py",
        "if len(body) > LARGEST:",
        "if False:",
        SERVER,
    ),
    Mutation(
        "a pixel that was changed by hand is forgotten",
        "web/changes.py",
        "images[address.index] = edit.value",
        "pass",
        SERVER,
    ),
    Mutation(
        "what follows a changed weight is not computed anew",
        "web/changes.py",
        "snapshot.record(recording, parameters, images=images)",
        "recording",
        SERVER,
    ),
    Mutation(
        "a training that is looked at sees the same batches in every epoch",
        "web/trainer.py",
        "settings.seed, epoch, settings.shuffle",
        "settings.seed, 0, settings.shuffle",
        TRAINER,
    ),
    Mutation(
        "the learning rate that is told is that of the step before",
        "web/trainer.py",
        "self._settings.learning_rate(min(step, total - 1), total)",
        "self._settings.learning_rate(max(step - 1, 0), total)",
        TRAINER,
    ),
    Mutation(
        "a pause waits until the next step is due",
        "web/pacing.py",
        "self._ended = True\n            self._changed.notify_all()",
        "self._ended = True",
        PACING,
    ),
    Mutation(
        "another pace holds only from the next step on",
        "web/pacing.py",
        "self._pace = pace\n            self._changed.notify_all()",
        "self._pace = pace",
        PACING,
    ),
    Mutation(
        "what nobody waits for any more is computed",
        "web/server.py",
        "if await request.is_disconnected():",
        "if False:",
        SERVER,
    ),
    Mutation(
        "the pace is forgotten",
        "web/pacing.py",
        "left = since + self._pace - time.monotonic()",
        "left = since - time.monotonic()",
        PACING,
    ),
    Mutation(
        "the result of earlier weights is told",
        "training/tested.py",
        'known["epoch"] == len(run.history)',
        "True",
        TESTED,
    ),
    Mutation(
        "a resumed run begins its film anew",
        "training/film.py",
        "self.taken = earlier if _fits(earlier, training.net) else []",
        "self.taken = []",
        FILM,
    ),
]
