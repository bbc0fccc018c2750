"""Mistakes in what a page is made of, and in who may ask its server."""

from tests.mutation.runner import noticed_by

PACING = "tests/web/test_pacing.py"
SERVER = "tests/web/test_server.py"
TRAINER = "tests/web/test_trainer.py"

WEB_MUTATIONS = [
    *noticed_by(
        SERVER,
        (
            "the server answers to any name",
            "_refused",
            '$HOST not in $NAMES or ($PORT or "80") != str($SERVER)',
            'False or ($PORT or "80") != str($SERVER)',
        ),
        (
            "the server answers to pages of other sites",
            "_refused",
            "$ORIGIN is not None",
            "False",
        ),
        (
            "a request may have any size",
            "web:_read",
            "len($BODY) > LARGEST",
            "False",
        ),
        (
            "a pixel that was changed by hand is forgotten",
            "web:edited",
            "if $EDITED.is_pixel: $HERE",
            "pass",
        ),
        (
            "what follows a changed weight is not computed anew",
            "web:edited",
            "$SNAPSHOT.record($RECORDING, $PARAMETERS, images=$IMAGES)",
            "$RECORDING",
        ),
        (
            "what nobody waits for any more is computed",
            "_route.answer",
            "await $REQUEST.is_disconnected()",
            "False",
        ),
    ),
    *noticed_by(
        "tests/web/test_recent.py",
        (
            "a click runs the batch again that it is on",
            "RecentPasses.add",
            "$SELF._total > $SELF._largest",
            "True",
        ),
        (
            "an evaluation is shown as the training step before it",
            "Live._changed",
            "($STEP, $FROZEN, request.in_training, $KEY, $LABELS)",
            "($STEP, $FROZEN, $KEY, $LABELS)",
        ),
    ),
    *noticed_by(
        TRAINER,
        (
            "a training that is looked at sees the same batches in every epoch",
            "_batches",
            "$BATCHES($COUNT, $BATCH_SIZE, $SEED, $EPOCH, $SHUFFLE)",
            "$BATCHES($COUNT, $BATCH_SIZE, $SEED, 0, $SHUFFLE)",
        ),
        (
            "the learning rate that is told is that of the step before",
            "Trainer.rate",
            "min($STEP, $TOTAL - 1)",
            "max($STEP - 1, 0)",
        ),
        (
            "what a frozen layer's optimizer keeps goes on",
            "OptimizerState.without",
            "$ARRAY[...] = $BEFORE[$KEY]",
            "pass",
            1,
        ),
        (
            "a frozen layer's gradients count where they are clipped",
            "Stepper._propose",
            "$GRADIENTS[$NAME][...] = 0",
            "pass",
        ),
        (
            "a network of another training is shown, in which nothing was frozen",
            "Trainer.frozen_until",
            "$AT < $STEP and $LAYERS != $REST",
            "False",
        ),
    ),
    *noticed_by(
        PACING,
        (
            "a pause waits until the next step is due",
            "Pacer.end",
            "self.$CHANGED.notify_all()",
            "pass",
        ),
        (
            "another pace holds only from the next step on",
            "Pacer.change",
            "self.$CHANGED.notify_all()",
            "pass",
        ),
        (
            "the pace is forgotten",
            "Pacer.wait",
            "$SINCE + self._pace - $TIME.monotonic()",
            "$SINCE - $TIME.monotonic()",
        ),
    ),
]
