"""Mistakes in the checker: code read otherwise than it is meant, and what is not so told."""

from tests.mutation.runner import noticed_by

FIXED = "tests/check/test_fixed.py"
SIZES = "tests/check/test_sizes.py"

CHECK_MUTATIONS = [
    *noticed_by(
        SIZES,
        (
            "check: a map is told that not all errors follow",
            "check:described_filter_gradient",
            "not close($CAME, $TOLD, $ROUNDING)",
            "False",
        ),
        (
            "check: rows in place of columns pass for a limit",
            "check:asks_for_columns",
            '{"u", "v"} <= $ASKED',
            "False",
        ),
        (
            "check: a square image tells nothing of the layout",
            "check:_attempts",
            "$PLAN.operation in SPATIAL and $FREE and $THERE",
            "False",
        ),
    ),
    *noticed_by(
        FIXED,
        (
            "check: a row too few passes for another stride",
            "check:_is_shaped_elsewhere",
            "not $RESULTS or any($EACH.numbers is None for $EACH in $RESULTS)",
            "False",
        ),
        (
            "check: a backward pass may have another stride than its forward pass",
            "check:_forward_beside",
            "$PLAN if $RIGHT else None",
            "None",
        ),
        (
            "check: one right number tells that code is for single numbers",
            "check:_is_right_elsewhere",
            "not $PROBE.features",
            "False",
        ),
        (
            "check: momentum is taken for plain descent",
            "check:_rule_of",
            '"momentum" if $VELOCITY else $OTHER',
            '"sgd"',
        ),
    ),
]
