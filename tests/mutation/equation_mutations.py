"""Mistakes in the equations."""

from tests.mutation.runner import noticed_by

CONVOLUTION = "tests/equations/operations/test_convolution.py"
OPERATIONS = "tests/equations/operations/test_operations.py"
NONLINEAR = "tests/equations/operations/test_nonlinear.py"
RULES = "tests/equations/operations/test_rules.py"

EQUATION_MUTATIONS = [
    *noticed_by(
        RULES,
        (
            "the shown rule of Adam takes the gradient for its square",
            "_written",
            "$POWER($ONE, 2)",
            "$ONE",
        ),
    ),
    *noticed_by(
        CONVOLUTION,
        (
            "a derived gradient moves the padding to the wrong side",
            "_isolate",
            "$VALUE - $REST",
            "$VALUE + $REST",
        ),
        (
            "a derived gradient forgets the stride",
            "_isolate",
            "$QUOTIENT($VALUE - $REST, $FACTOR)",
            "$QUOTIENT($VALUE - $REST, whole(1))",
        ),
        (
            "every channel of a group gets the first one's weights",
            "_solve_axis",
            "remainder($VALUE, $BASE)",
            "whole(0)",
        ),
        (
            "every channel belongs to the first group",
            "_join_digits",
            "$LOOP($VARIABLE, $START, $DIVISOR)",
            "$LOOP($VARIABLE, whole(0), $DIVISOR)",
        ),
    ),
    *noticed_by(
        OPERATIONS,
        (
            "a derived gradient loses the constant factor",
            "_gathered",
            "$PRODUCT((*$CONSTANT, $REST)) if $CONSTANT else $REST",
            "$REST",
        ),
        (
            "a derived gradient loses the other factor",
            "equations:_times",
            "$PRODUCT(($ERROR, *$OTHERS)) if $OTHERS else $ERROR",
            "$ERROR",
        ),
    ),
    *noticed_by(
        CONVOLUTION,
        (
            "the equation adds the padding",
            "WindowAxis",
            "$OUT * $STRIDE + $WINDOW * $DILATION - $BEFORE",
            "$OUT * $STRIDE + $WINDOW * $DILATION + $BEFORE",
        ),
        (
            "the equation forgets the dilation",
            "WindowAxis",
            "$OUT * $STRIDE + $WINDOW * self.dilation - $BEFORE",
            "$OUT * $STRIDE + $WINDOW - $BEFORE",
        ),
        (
            "the equation forgets the stride",
            "WindowAxis",
            "$OUT * self.stride + $WINDOW * $DILATION",
            "$OUT + $WINDOW * $DILATION",
        ),
        (
            "same padding puts the larger half first",
            "SamePadding.evaluate",
            "($TOTAL + $EXTRA)",
            "($TOTAL + 1 - $EXTRA)",
        ),
        (
            "the correlation forgets to turn the filter",
            "_correlation",
            "$AXIS.kernel - 1 - $AXIS.window",
            "$AXIS.window",
        ),
        (
            "the correlation is padded as the forward pass",
            "equations:_padded",
            "$INPUT + $WINDOW * $DILATION + $AXIS.before - $AXIS.reach",
            "$INPUT + $WINDOW * $DILATION - $AXIS.before",
        ),
    ),
    *noticed_by(
        "tests/equations/program/test_program.py",
        (
            "the program of a scatter keeps the last part only",
            "scatter_program",
            'f"{$VALUES.read($LEFT)} {$WRITTEN.relation} {$VALUES.text($RIGHT, ADDED)}"',
            'f"{$VALUES.read($LEFT)} = {$VALUES.text($RIGHT, ADDED)}"',
        ),
    ),
    *noticed_by(
        "tests/equations/program/test_legend.py",
        (
            "what a program sets is said to be given",
            "legend",
            "$NAME in $USED and $NAME not in $MADE",
            "$NAME in $USED",
        ),
    ),
    *noticed_by(
        OPERATIONS,
        (
            "a tie goes to the last one",
            "Evaluator._winner",
            "$PRODUCT > $PRODUCT2",
            "$PRODUCT >= $PRODUCT2",
        ),
        (
            "a difference is added",
            "_signed",
            "$SIGN > 0",
            "$SIGN",
        ),
    ),
    *noticed_by(
        "tests/equations/test_domain.py",
        (
            "the last place is left out",
            "narrow",
            "$SIZE - 1",
            "$SIZE - 2",
        ),
        (
            "steps between the zeros are forgotten",
            "narrow",
            "range($FIRST, $STOP, $STEP * $PERIOD)",
            "range($FIRST, $STOP, $STEP)",
        ),
    ),
    *noticed_by(
        OPERATIONS,
        (
            "a loop does not hide an index outside",
            "Visit.__init__",
            "$SYMBOL not in $OWN",
            "True",
        ),
        (
            "a max pool forgets its padding",
            "equations/operations:_inside",
            "$INPUT + $AXIS.before - $OUT * $STRIDE",
            "$INPUT - $OUT * $STRIDE",
        ),
    ),
    *noticed_by(
        NONLINEAR,
        (
            "the equation of ELU forgets alpha",
            "elu",
            "$Y + $BEND",
            "$Y",
        ),
        (
            "the equation of tanh forgets the square",
            "equations:tanh",
            "1 - $Y**2",
            "1 - $Y",
        ),
        (
            "the equation of GELU forgets the bell curve",
            "equations:gelu",
            "$BELOW / 2 + $X * $DENSITY",
            "$BELOW / 2",
        ),
        (
            "the equation of SiLU has a wrong sign",
            "equations:silu",
            "1 + $X * (1 - $GATE)",
            "1 - $X * (1 - $GATE)",
        ),
        (
            "the equation of ReLU lets the error pass everywhere",
            "relu",
            "Indicator($POSITIVE)",
            'Indicator(Comparison(node(1), ">", node(0)))',
        ),
        (
            "the equation of hard sigmoid lets the whole error pass",
            "equations:hard_sigmoid",
            "$FROM * $BELOW / 6",
            "$FROM * $BELOW",
        ),
        (
            "the equation of hard swish forgets that the gate moves too",
            "equations:hard_swish",
            "2 * $X + 3",
            "$X + 3",
        ),
        (
            "the equation of softplus forgets the number itself",
            "equations:softplus",
            '$X + call("log1p", $POWER)',
            'call("log1p", $POWER)',
        ),
        (
            "the equation of ReLU6 lets the error of what is above 6 pass",
            "equations:relu6",
            "Indicator($POSITIVE) * $BELOW",
            "Indicator($POSITIVE)",
        ),
        (
            "the equation of batch norm forgets the way through the mean",
            "_error_in_training",
            "$DIRECT - $DBETA[$C] - $NORMALIZED * $DGAMMA",
            "$DIRECT - $NORMALIZED * $DGAMMA",
        ),
        (
            "the equation of batch norm divides by N alone",
            "_DEFINITIONS",
            "$N * IH * IW",
            "$N",
        ),
        (
            "the equation of the loss's error adds the truth",
            "equations:softmax_cross_entropy",
            "$P - $T",
            "$P + $T",
        ),
        (
            "the equation of the loss's error forgets 1/N",
            "equations:softmax_cross_entropy",
            "($P - $T) / $SIZE($N)",
            "($P - $T) / 1",
        ),
    ),
    *noticed_by(
        OPERATIONS,
        (
            "the equation of the update goes uphill",
            "equations:update",
            "$W - $ETA * $GRADIENT",
            "$W + $ETA * $GRADIENT",
        ),
    ),
    *noticed_by(
        "tests/equations/typeset/test_text.py",
        (
            "a minus is written as a plus",
            "equations/typeset:place",
            '$OPERATOR("−", $TIGHT or $NUMBER == 0)',
            '$OPERATOR("+", $TIGHT or $NUMBER == 0)',
        ),
    ),
    *noticed_by(
        "tests/equations/test_worked.py",
        (
            "negative factors lose their brackets",
            "_is_sum",
            "$VALUE < 0 or (isinstance($VALUE, Fraction) and $DENOMINATOR > 1)",
            "(isinstance($VALUE, Fraction) and $DENOMINATOR > 1)",
        ),
    ),
]
