"""The mistakes that tests have to notice: one piece of the package changed at a time.

Most are mistakes that learners make and that public code has shipped, where the loss kept falling.
Each group names the tests that have to turn red; each mistake the place and the form of what is
changed (:mod:`tests.mutation.places`).
"""

from tests.mutation.check_mutations import CHECK_MUTATIONS
from tests.mutation.drawn_mutations import DRAWN_MUTATIONS
from tests.mutation.eject_mutations import EJECT_MUTATIONS
from tests.mutation.equation_mutations import EQUATION_MUTATIONS
from tests.mutation.fast_mutations import FAST_MUTATIONS
from tests.mutation.front_mutations import FRONT_MUTATIONS
from tests.mutation.learn_mutations import LEARN_MUTATIONS
from tests.mutation.pure_mutations import PURE_MUTATIONS
from tests.mutation.runner import noticed_by
from tests.mutation.runs_mutations import RUNS_MUTATIONS
from tests.mutation.web_mutations import WEB_MUTATIONS

NETWORK = "tests/network/test_network.py"
OPTIMIZERS = "tests/training/optimizers/test_optimizers.py"
FIT = "tests/training/test_fit.py"
FLIP = "tests/explain/test_flip.py"
NUDGE = "tests/explain/test_nudge.py"
UPDATE = "tests/explain/test_update.py"

MUTATIONS = [
    *PURE_MUTATIONS,
    *DRAWN_MUTATIONS,
    *noticed_by(
        NETWORK,
        (
            "an output that several layers read keeps the error of the last one only",
            "PureEngine._backward",
            "$ADD_UP($ERRORS.get($NAME), $ERROR)",
            "$ERROR",
        ),
    ),
    *noticed_by(
        "tests/network/test_threads.py",
        (
            "two threads start from the same running statistics, and one update is lost",
            "Network.loss_and_gradients",
            "with $HERE: $$$STEP",
            "__import__('contextlib').nullcontext()",
        ),
    ),
    *noticed_by(
        NETWORK,
        (
            "a number that is finite in float64 becomes infinite in float32",
            "checked_arrays",
            "if not np.isfinite($ARRAYS[$NAME]).all(): $$$",
            "if False:\n            pass",
        ),
    ),
    *noticed_by(
        "tests/training/test_state.py",
        (
            "a run goes on with other threads as if nothing were different",
            "other_arithmetic",
            "$THEN.get($NAME) != $NOW.get($NAME)",
            "False",
        ),
    ),
    *noticed_by(
        OPTIMIZERS,
        (
            "SGD goes uphill",
            "sgd",
            "$EQUATIONS($DECAY, $ETA * $G)",
            "$EQUATIONS($DECAY, -$ETA * $G)",
            0,
        ),
        (
            "momentum forgets the velocity so far",
            "sgd",
            "Assignment(V, MU * V + $GRADIENT, kept=$NAME)",
            "Assignment(V, $GRADIENT + 0, kept=$NAME)",
        ),
        (
            "weight decay makes the weights grow",
            "with_decay",
            "DW + LAMBDA * W",
            "DW - LAMBDA * W",
        ),
        (
            "Adam's average is not freed from its beginning at 0",
            "_adaptive_step",
            'Assignment(M_HAT, M / (1 - call("pow", BETA1, T)))',
            "Assignment(M_HAT, M / 1)",
        ),
        (
            "Nesterov does not look ahead",
            "sgd",
            "$GRADIENT + MU * V if $NESTEROV else V",
            "V",
        ),
    ),
    *noticed_by(
        FIT,
        (
            "a small last batch counts as much as a whole one",
            "Stepper.step",
            "$LOSS * len($LABELS)",
            "$LOSS * self.training.settings.batch_size",
        ),
        (
            "the validation loss is a mean of batch means",
            "_validate",
            "$RESULT.loss * $COUNT",
            "$RESULT.loss * self.training.settings.batch_size",
        ),
    ),
    *noticed_by(
        "tests/training/test_optimizer_state.py",
        (
            "the weights stay as they are",
            "OptimizerState.change",
            "$CHANGE($FLAT + $DELTA, $STATE)",
            "$CHANGE($FLAT + 0 * $DELTA, $STATE)",
        ),
        (
            "the state is forgotten",
            "OptimizerState.take",
            "self._state = $CHANGE.state",
            "pass",
        ),
    ),
    *noticed_by(
        FIT,
        (
            "the learning rate is that of the step before",
            "Training.learning_rate",
            "$STEP = self.step - (self.position.batch == self.batches)",
            "$STEP = max(self.step - 1, 0)",
        ),
    ),
    *noticed_by(
        "tests/training/test_clipping.py",
        (
            "each gradient is clipped by itself to the limit",
            "clip_gradients",
            "np.multiply($EACH, $LIMIT / $HERE, out=$ROW)",
            'global_norm({"": $EACH})',
        ),
        (
            "the norm is a sum of squares",
            "_norm",
            "math.sqrt(math.fsum(map(float, $SQUARES)))",
            "1.0 * (math.fsum(map(float, $SQUARES)))",
        ),
    ),
    *noticed_by(
        "tests/training/test_callbacks.py",
        (
            "patience is one epoch too long",
            "EarlyStopping.on_epoch_end",
            "$EPOCH - $BEST_EPOCH >= $PATIENCE",
            "$EPOCH - $BEST_EPOCH > $PATIENCE",
        ),
    ),
    *noticed_by(
        "tests/data/test_augmentation.py",
        (
            "pictures move the other way",
            "data:apply",
            "$PLACES[np.arange(len($IMAGES)), :, $ROWS - $DOWN, $COLUMNS - $RIGHT]",
            "$PLACES[np.arange(len($IMAGES)), :, $ROWS + $DOWN, $COLUMNS + $RIGHT]",
        ),
        (
            "mirrored pictures stand on their heads",
            "data:apply",
            "$IMAGES[$MIRRORED, ..., ::-1]",
            "$IMAGES[$MIRRORED, :, ::-1]",
        ),
    ),
    *noticed_by(
        "tests/cli/test_recipes.py",
        (
            "a recipe wins over what is typed",
            "beside",
            "{**$OPTIONS, **$GIVEN}",
            "{**$GIVEN, **$OPTIONS}",
        ),
    ),
    *noticed_by(
        FLIP,
        (
            "the farther of two sides is taken",
            "explain:flip",
            "lambda $AT: abs($AT - $VALUE)",
            "lambda $AT: -abs($AT - $VALUE)",
        ),
        (
            "another wrong answer counts as the right one",
            "explain:flip.flipped",
            "($SCORES.predicted($AT) == $LABEL) != $RIGHT",
            "$SCORES.predicted($AT) != $SCORES.predicted($SCORES.value)",
        ),
    ),
    *noticed_by(
        NUDGE,
        (
            "the nudge divides by ε and not by the whole way",
            "explain:nudge",
            "($LOSS - $LOSS2) / $WIDTH",
            "($LOSS - $LOSS2) / epsilon",
        ),
        (
            "both nudges go the same way",
            "explain:nudge",
            "$MOVED($ARRAY, $INDEX, -$EPSILON)",
            "$MOVED($ARRAY, $INDEX, 0)",
        ),
    ),
    *noticed_by(
        "tests/explain/test_explanation.py",
        (
            "a subtotal is a mean",
            "explain:subtotals",
            "sum($PRODUCTS)",
            "sum($PRODUCTS) / len($PRODUCTS)",
        ),
    ),
    *noticed_by(
        UPDATE,
        (
            "what is subtracted is written as if it were added",
            "explain:_written",
            "'+' if $SIGN > 0 else '−'",
            "'+'",
        ),
        (
            "a square is shown as its root",
            "_factors",
            "$TEXT, $PLACE = $SQUARED($TEXT), $PLACE + 1",
            "$TEXT, $PLACE = $TEXT, $PLACE + 1",
        ),
    ),
    *noticed_by(
        "tests/explain/test_step_words.py",
        (
            "the ways of all readers are told as those of one",
            "_LinkWords.__init__",
            "[$EACH for $PART, $EACH in $TERMS if $PART is $LINK.part]",
            "[$EACH for $PART, $EACH in $TERMS]",
        ),
        (
            "windows are won only where an error comes back",
            "_max_pool",
            "_share($TERM)",
            "$TERM.product",
        ),
    ),
    *noticed_by(
        "tests/explain/test_once.py",
        (
            "a story works out again what is known of its number",
            "explain:story",
            "$NUMBER.trace is not self",
            "$NUMBER.trace is self",
        ),
    ),
    *noticed_by(
        "tests/web/test_update_report.py",
        (
            "clipping is forgotten",
            "make_update",
            "$GRADIENT if $CLIP is None else $CLIP.apply($GRADIENT)",
            "$GRADIENT",
        ),
    ),
    *noticed_by(
        UPDATE,
        (
            "what pulls with the gradient is said to outweigh it",
            "_movement_words",
            "[$WORDS for $WORDS, $PULL in $PULLS($UPDATE) if $OPPOSITE($PULL, $CHANGE)]",
            "[$WORDS for $WORDS, $PULL in $PULLS($UPDATE) if $OPPOSITE(-$PULL, $CHANGE)]",
        ),
    ),
    *EQUATION_MUTATIONS,
    *EJECT_MUTATIONS,
    *LEARN_MUTATIONS,
    *CHECK_MUTATIONS,
    *FAST_MUTATIONS,
    *RUNS_MUTATIONS,
    *WEB_MUTATIONS,
    *FRONT_MUTATIONS,
]
