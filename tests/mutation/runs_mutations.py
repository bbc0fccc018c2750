"""Mistakes with runs: other images, other weights or another rule than those that are asked for."""

from tests.mutation.runner import noticed_by

BATCH = "tests/runs/test_batch.py"
EVALUATION = "tests/runs/test_evaluation.py"
FILM = "tests/runs/test_film.py"
RUN = "tests/runs/test_run.py"
TEST_FILE = "tests/runs/test_test_file.py"

RUNS_MUTATIONS = [
    *noticed_by(
        RUN,
        (
            "the velocity of the last step moves the best weights, which it is not of",
            "Run.update_rule",
            "$KEPT is not None and np.array_equal($KEPT, $VALUES)",
            "True",
        ),
        (
            "the update of a run is that of plain gradient descent",
            "Run.update_rule",
            "UpdateRule($OPTIMIZER, $STATE, $CLIP, $NOTE)",
            "UpdateRule(SGD(0.05), None, None, $NOTE)",
        ),
        (
            "an update shows gradients longer than the training lets them be",
            "Run.update_rule",
            "UpdateRule($OPTIMIZER, $STATE, $CLIP, $NOTE)",
            "UpdateRule($OPTIMIZER, $STATE, None, $NOTE)",
        ),
        (
            "other pictures are explained as if the run had seen them",
            "Run._check_same_data",
            "if not $SAME: $$$",
            "pass",
        ),
        (
            "a mistake is explained with other numbers dropped than where it was found",
            "Run.explain",
            "not ($WRONG and has_modes($GRAPH))",
            "True",
        ),
    ),
    *noticed_by(
        BATCH,
        (
            "a range with steps is taken without them",
            "runs:_part",
            "isinstance($INDICES, range) and $INDICES.step == 1",
            "isinstance($INDICES, range) and $INDICES.step > 0",
        ),
    ),
    *noticed_by(
        EVALUATION,
        (
            "rows and columns of the confusion are exchanged",
            "runs:evaluate",
            "($TRUTH, $SCORES.argmax(1))",
            "($SCORES.argmax(1), $TRUTH)",
        ),
        (
            "the share of a class is that of what was taken for it",
            "EvaluationReport.per_class",
            "self.confusion.sum(1)",
            "self.confusion.sum(0)",
        ),
    ),
    *noticed_by(
        "tests/cli/test_train.py",
        (
            "pictures are left as they are",
            "runs:_train",
            "$PLAN.make_augmentation()",
            "None",
        ),
    ),
    *noticed_by(
        TEST_FILE,
        (
            "the result of earlier weights is told",
            "read_test",
            '$KNOWN["epoch"] == $EPOCHS',
            "True",
        ),
    ),
    *noticed_by(
        FILM,
        (
            "a resumed run begins its film anew",
            "Film.on_step_end",
            "$EARLIER if $FITS($EARLIER, $TRAINING.net) else []",
            "[]",
        ),
    ),
]
