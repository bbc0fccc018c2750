"""Mistakes in the compiled engine, each beside tests that need few kernels."""

from tests.mutation.runner import noticed_by

ARENA = "tests/engines/fast/plan/test_arena.py"
CHANGES = "tests/engines/fast/plan/test_changes.py"
ENGINE = "tests/engines/fast/test_engine.py"
UPDATE = "tests/engines/fast/test_update.py"
NARROW = "tests/engines/fast/kernels/test_narrow.py"

FAST_MUTATIONS = [
    *noticed_by(
        UPDATE,
        (
            "compiled Adam multiplies by what it should divide by",
            "_reciprocal",
            'call("pow", $BASE, -$EXPONENT)',
            'call("pow", $BASE, $EXPONENT)',
        ),
        (
            "compiled differences are sums",
            "_Source.of",
            '"+" if $SIGN > 0 else "-"',
            '"+"',
        ),
        (
            "a compiled step always counts as finite",
            "FastEngine.proposed_step",
            "not any($EACH.any() for $EACH in $WRITTEN)",
            "True",
        ),
        (
            "a thread without weights says what some other step has left",
            "engines/fast/plan/rules:update",
            "$B.clear($TITLE, $FINITE)",
            "pass",
        ),
        (
            "the new velocity is written over the old one",
            "CompiledUpdate.arrays",
            '$FOUND[f"update.{$NAME}.new"] = update.new_state[$NAME]',
            '$FOUND[f"update.{$NAME}.new"] = update.state[$NAME]',
        ),
    ),
    *noticed_by(
        "tests/engines/fast/kernels/test_winograd.py::test_errors_of_two_readers_are_added",
        (
            "tiles of an error that overlap are not added up",
            "engines/fast:input_gradient",
            '$ONTO_MAP($B, $LANES, $TARGET, $OUTPUTS, "add", None, $BLOCK)',
            '$ONTO_MAP($B, $LANES, $TARGET, $OUTPUTS, "zero", None, $BLOCK)',
        ),
        (
            "the transforms of the error are not transposed",
            "B",
            "$B: Matrix = tuple(zip(*BT, strict=True))",
            "$B: Matrix = BT",
        ),
    ),
    *noticed_by(
        f"{NARROW}::test_errors_are_added_where_another_layer_reads_the_same",
        (
            "the filter of one channel is turned across",
            "_tile_of_positions",
            # a line of generated source, whose names cannot be placeholders
            'f"tile = outer(tile, w, u * {$SIZE} + v, x, xu + v * {$STEP})"',
            'f"tile = outer(tile, w, u * {$SIZE} + {$SIZE - 1} - v, x, xu + v * {$STEP})"',
        ),
        (
            "the error of few channels keeps the last image's part only",
            "_tile_of_sums",
            '$BEGIN == "add"',
            "False",
        ),
        (
            "only the first thread's part of a gradient counts",
            "engines/fast/kernels:sum_of_parts",
            '(f"p{$T}[k]" for $T in range($PARTS))',
            '(f"p{$T}[k]" for $T in range(1))',
        ),
    ),
    *noticed_by(
        f"{ENGINE}::test_the_last_nan_of_a_window_wins_as_in_the_book",
        (
            "NaN never wins a maximum",
            "max_forward.body",
            "$Z != $Z",
            "$Z > $Z",
        ),
    ),
    *noticed_by(
        ARENA,
        (
            "memory that all threads share is given away in the middle of a stage",
            "_during",
            "($STEP, $STEP) if $ORDERED else $STAGE",
            "($STEP, $STEP)",
        ),
    ),
    *noticed_by(
        CHANGES,
        (
            "weights count as packed although a run was cut off",
            "_first_stage",
            "self.$PREPARED = False",
            "pass",
        ),
        (
            "weights are packed from where others may write, not from the copy that is compared",
            "engines/fast/plan:note_changes",
            "$OF_COPIES($STEP.operands, $COPIES)",
            "$STEP.operands",
        ),
        (
            "an array that was replaced still counts as bound",
            "_bind",
            "self._bound.pop($NAME, None)",
            "pass",
        ),
        (
            "a change of the sign of 0 is overlooked",
            "note_changes.body",
            "$NOW[$K] ^ $BEFORE[$K]",
            "($NOW[$K] ^ $BEFORE[$K]) & 0x7FFFFFFF",
        ),
    ),
]
