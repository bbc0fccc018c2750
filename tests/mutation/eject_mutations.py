"""Mistakes in what programs are written of: other loops than the equation's, arrays mixed up."""

from tests.mutation.runner import noticed_by

C = "tests/eject/test_c.py"
LEARNING = "tests/eject/test_learning.py"
PICTURES = "tests/eject/test_pictures.py"
PYTHON = "tests/eject/test_python.py"

EJECT_MUTATIONS = [
    *noticed_by(
        PYTHON,
        (
            "ejected: a product sends its error to one factor only",
            "eject:_sent",
            "$FACTOR.tensor.gradient.symbol in $WANTED",
            "$FACTOR.tensor.gradient.symbol in $WANTED and $FACTOR.tensor.learned",
        ),
        (
            "ejected: an average hands back the whole error",
            "eject:products_backward",
            "scaled(replace_tensor($FORWARD.left), $SCALE)",
            "scaled(replace_tensor($FORWARD.left), [])",
        ),
        (
            "ejected: the winner of a window gets the error, not adds it",
            "eject:winner_backward",
            "Assign($TARGET, $ERROR, adds=True)",
            "Assign($TARGET, $ERROR)",
        ),
        (
            "ejected: a place before the image is read at its other end",
            "eject:may_leave",
            "$LOW < 0 or $BEHIND",
            "$BEHIND",
        ),
        (
            "ejected: errors of two readers take each other's place",
            "Program._hand_on",
            "HandOn($TARGET, $SOURCE, $NAME in $ERRORS)",
            "HandOn($TARGET, $SOURCE, False)",
        ),
        (
            "ejected: a layer of many inputs reads its first one again and again",
            "Program.argument",
            "int($SYMBOL[1:] or 1) - 1",
            "0",
        ),
    ),
    *noticed_by(
        C,
        (
            "ejected: an array gets the room of one that is still needed",
            "eject:UseOfRoom.meets",
            "$ONE.first <= $OTHER.last and $OTHER.first <= $ONE.last",
            "$ONE.first < $OTHER.last and $OTHER.first < $ONE.last",
        ),
        (
            "ejected: what a later layer reads is overwritten",
            "eject:_Writer._started",
            "{*$LATER, *$BESIDE}",
            "{*$BESIDE}",
        ),
        (
            "ejected: the first error that arrives is added to what was there",
            "eject:_Writer._cleared",
            "$ROOT not in $ERRORS",
            "False",
        ),
    ),
    *noticed_by(
        LEARNING,
        (
            "ejected: the program learns at twice the rate",
            "network:rule_of",
            "$OPTIMIZER.learning_rate",
            "2 * $OPTIMIZER.learning_rate",
        ),
    ),
    *noticed_by(
        PICTURES,
        (
            "ejected: pictures of other proportions are cut where they should be widened",
            "network:describe",
            "bool($PADS)",
            "False",
        ),
    ),
]
