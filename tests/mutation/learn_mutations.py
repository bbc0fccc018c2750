"""Mistakes in the course: blanks that count, work that is lost, wrong answers that pass."""

from tests.mutation.runner import noticed_by

COURSE = "tests/learn/test_course.py"
EXERCISES = "tests/learn/test_exercises.py"

LEARN_MUTATIONS = [
    *noticed_by(
        EXERCISES,
        (
            "learn: a blank is graded like an answer",
            "learn:_is_open",
            "$NODE.value.value is Ellipsis",
            "False",
        ),
        (
            "learn: an answer of another size passes",
            "learn:same",
            "len($ONE) == len($OTHER) and all(map(same, $ONE, $OTHER))",
            "all(map(same, $ONE, $OTHER))",
        ),
        (
            "learn: a bug is named where it is to be found",
            "Checked.judge",
            "self.names or $FOUND.verdict != $WRONG",
            "True",
        ),
        (
            "learn: a gradient against the slope of the loss passes",
            "Slopes._compared",
            "not _near($PAIR[1], $PAIR[2])",
            "not _near(abs($PAIR[1]), abs($PAIR[2]))",
        ),
    ),
    *noticed_by(
        COURSE,
        (
            "learn: what a reader wrote is overwritten",
            "Course.begin",
            "not $PATH.exists()",
            "True",
        ),
        (
            "learn: the same file counts as another try",
            "Course.check",
            "$TRIED not in $STANDING.tries",
            "True",
        ),
        (
            "learn: a damaged file replaces one that was kept",
            "Course._set_aside",
            "$KEPT.exists()",
            "False",
        ),
    ),
]
