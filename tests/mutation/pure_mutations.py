"""Mistakes in the book: those that learners make, and that public code has shipped."""

from tests.mutation.runner import noticed_by

CONVENTIONS = "tests/pure/test_conventions.py"
DIRECTIONS = "tests/pure/test_directions.py"
EXACT = "tests/pure/test_exact.py"
FACES = "tests/pure/test_conv2d_faces.py"
TAILS = "tests/pure/test_tails.py"
WALKS = "tests/engines/pure/test_walks.py"

PURE_MUTATIONS = [
    *noticed_by(
        EXACT,
        ("the forward pass forgets the bias", "pure:conv2d_forward", "add_bias($Y, $B)", "pass"),
        (
            "the forward pass turns the filter",
            "pure:conv2d_forward",
            "$W[$O][$C][$U][$V] * $X",
            "$W[$O][$C][-1 - $U][-1 - $V] * $X",
        ),
    ),
    *noticed_by(
        FACES,
        ("the loops forget the stride", "connections", "$I * $S[0]", "$I", 0),
        ("the loops forget the padding", "connections", "$PLACE - $P[0]", "$PLACE"),
        ("the loops forget the dilation", "connections", "$V * $D[1]", "$V", 1),
        (
            "every filter sees the channels of the first group",
            "connections",
            "($O // $O_G) * $C_G + $C",
            "$C",
        ),
        (
            "gather forgets that a stride jumps over places",
            "conv2d_input_gradient_gather",
            "$REST == 0",
            "True",
            0,
        ),
        (
            "gather turns the filter",
            "conv2d_input_gradient_gather",
            "$ERROR * $W[$U][$V]",
            "$ERROR * $W[-1 - $U][-1 - $V]",
        ),
        (
            "the correlation mirrors the filter instead of turning it",
            "turn_180",
            "reversed($MATRIX)",
            "$MATRIX",
        ),
        (
            "the correlation forgets the zeros that stride puts between the rows",
            "spread_and_pad",
            "$SPREAD.extend([[$ZERO] * $WIDTH] * ($ROWS.stride - 1))",
            "pass",
        ),
        (
            "the correlation forgets the inputs that no window reached",
            "_full_padding",
            "$REACH - $AFTER + $AXIS.remainder",
            "$REACH - $AFTER",
        ),
    ),
    *noticed_by(
        WALKS,
        (
            "the quick walks forget the padding",
            "input_position",
            "$I * $STRIDE - self.before + $U * $DILATION",
            "$I * $STRIDE + $U * $DILATION",
        ),
        (
            "the quick walks forget the dilation",
            "input_position",
            "$U * self.dilation",
            "$U",
        ),
        (
            "the quick filter gradient forgets the stride",
            "engines/pure:conv2d_filter_gradient",
            "$SPANS($TAPS, $COLUMNS.stride)",
            "$SPANS($TAPS, 1)",
        ),
        (
            "the quick filter gradient gives every channel to the first group",
            "engines/pure:conv2d_filter_gradient",
            "$K // $CHANNELS_PER_GROUP * $FILTERS_PER_GROUP",
            "0",
        ),
        (
            "the quick input gradient takes the filters of the first group for all",
            "engines/pure:conv2d_input_gradient",
            "$W[$FIRST : $FIRST + $FILTERS_PER_GROUP]",
            "$W[:$FILTERS_PER_GROUP]",
        ),
        (
            "a tie goes to the last pixel on the quick walk",
            "engines/pure:_winner",
            "$NUMBER > $BEST",
            "$NUMBER >= $BEST",
        ),
        (
            "the quick forward pass skips what is multiplied by 0",
            "engines/pure:_slide",
            "map(mul, $WEIGHTS, $NUMBERS)",
            "(a * b for a, b in zip($WEIGHTS, $NUMBERS) if b)",
        ),
    ),
    *noticed_by(
        CONVENTIONS,
        (
            "a tie goes to the last pixel instead of the first",
            "pure:winner",
            "$NUMBER > $BEST",
            "$NUMBER >= $BEST",
        ),
        (
            "max pool overwrites where windows overlap",
            "pure:max_pool2d_backward",
            "$DX += $ERROR",
            "$DX = $ERROR",
        ),
        (
            "counting the padding is turned round",
            "pure:divisor",
            "if $COUNT:\n    return $M",
            "if not $COUNT:\n        return $M",
        ),
        (
            "average pool gives everyone the whole error",
            "pure:avg_pool2d_backward",
            "$ERROR / $M",
            "$ERROR",
        ),
    ),
    *noticed_by(
        EXACT,
        (
            "average pool overwrites where windows overlap",
            "pure:avg_pool2d_backward",
            "$DX += $PART",
            "$DX = $PART",
        ),
        (
            "the global average divides by the width alone",
            "pure:global_avg_pool2d_backward",
            "$ERROR / ($HEIGHT * $WIDTH)",
            "$ERROR / $WIDTH",
        ),
    ),
    *noticed_by(
        CONVENTIONS,
        (
            "ReLU lets the error pass at 0",
            "pure:relu_backward",
            "$Z <= 0",
            "$Z < 0",
        ),
        (
            "hard swish has the slope of the left side at 3",
            "pure:hard_swish_backward",
            "$Z >= 3",
            "$Z > 3",
        ),
        (
            "hard sigmoid lets the error pass at 3",
            "pure:hard_sigmoid_backward",
            "$Z >= 3",
            "$Z > 3",
        ),
        (
            "ReLU6 lets the error pass at 6",
            "pure:relu6_backward",
            "$Z >= 6",
            "$Z > 6",
        ),
    ),
    *noticed_by(
        EXACT,
        (
            "ReLU6 lets the error of what is above 6 pass",
            "pure:relu6_backward",
            "$Z <= 0 or $Z >= 6",
            "$Z <= 0",
        ),
        (
            "hard sigmoid lets the whole error pass",
            "pure:hard_sigmoid_backward",
            "$ERROR / 6",
            "$ERROR",
        ),
        (
            "PReLU's slope learns from positive inputs too",
            "prelu_backward.back",
            "not $Z <= 0",
            "False",
        ),
        (
            "leaky ReLU stops the error of negative inputs",
            "pure:leaky_relu_backward",
            "$SLOPE * $ERROR",
            "0 * $ERROR",
        ),
    ),
    *noticed_by(
        DIRECTIONS,
        (
            "ELU's slope forgets alpha",
            "pure:elu_backward",
            "$ALPHA * exp($Z)",
            "exp($Z)",
        ),
        (
            "sigmoid's slope is the sigmoid",
            "pure:sigmoid_backward",
            "$ERROR * $SIGMOID * $OTHER",
            "$ERROR * $SIGMOID",
        ),
        (
            "tanh's slope forgets the square",
            "pure:tanh_backward.slope",
            "4 * $ONE * $OTHER",
            "2 * $OTHER",
        ),
        (
            "GELU's slope forgets that the gate moves too",
            "pure:gelu_backward.slope",
            "$SHARE + $MOVES",
            "$SHARE",
        ),
        (
            "hard swish forgets that the gate moves too",
            "pure:hard_swish_backward",
            "2 * $Z + 3",
            "$Z + 3",
        ),
        (
            "softplus' slope is that of a ReLU",
            "pure:softplus_backward",
            "$ERROR * $SIGMOID($Z, $EXP)",
            "$ERROR * ($Z > 0)",
        ),
        (
            "SiLU's slope has the wrong sign",
            "pure:silu_backward.slope",
            "1 + $MOVES",
            "1 - $MOVES",
        ),
        (
            "batch norm forgets the way through the mean",
            "pure:batch_norm2d_backward",
            "$SHIFT / $M if $TRAINING else 0",
            "0",
            0,
        ),
        (
            "batch norm forgets the way through the variance",
            "pure:batch_norm2d_backward",
            "$SCALE / $M if $TRAINING else 0",
            "0",
            1,
        ),
        (
            "batch norm goes through the mean in evaluation too",
            "pure:batch_norm2d_backward",
            "$SHIFT / $M if $TRAINING else 0",
            "$SHIFT / $M",
            0,
        ),
    ),
    *noticed_by(
        CONVENTIONS,
        (
            "the variance of a batch is divided by M - 1",
            "pure:batch_norm2d_statistics",
            "$VARIANCE[$C] /= $M",
            "$VARIANCE[$C] /= $M - 1",
            1,
        ),
        (
            "the running average keeps the share that is new",
            "running_average",
            "(1 - $MOMENTUM) * $O + $MOMENTUM * $N",
            "$MOMENTUM * $O + (1 - $MOMENTUM) * $N",
        ),
    ),
    *noticed_by(
        EXACT,
        (
            "the bias gradient is averaged over the batch once more",
            "pure:dense_backward",
            "$DB += $DY[$N][$O]",
            "$DB += $DY[$N][$O] / len($DY)",
        ),
        (
            "the weight gradient has the wrong sign",
            "pure:dense_backward",
            "$DW[$O][$F] += $DY[$N][$O] * $X[$N][$F]",
            "$DW[$O][$F] -= $DY[$N][$O] * $X[$N][$F]",
        ),
    ),
    *noticed_by(
        CONVENTIONS,
        (
            "1/N is forgotten",
            "pure:softmax_cross_entropy_backward",
            "$P /= $N",
            "$P /= 1",
        ),
        (
            "1/N is applied twice",
            "pure:softmax_cross_entropy_backward",
            "$P /= $N",
            "$P /= $N**2",
        ),
        (
            "truth is added to the probabilities",
            "pure:softmax_cross_entropy_backward",
            "$Z = -$OTHERS / $N",
            "$Z = (2 - $OTHERS) / $N",
        ),
    ),
    *noticed_by(
        TAILS,
        (
            "GELU's tail is 1 + erf, of which nothing is left",
            "pure:normal_distribution",
            "$ERFC(-$Z / $ROOT)",
            "(1 + math.erf($Z / $ROOT))",
        ),
        ("ELU close to 0 is e^z − 1", "pure:elu_forward", "expm1($Z)", "(math.exp($Z) - 1)"),
        ("−∞ is multiplied by a closed gate", "gated", "gate == 0", "False"),
        (
            "sigmoid's slope is σ(1 − σ), of which nothing is left",
            "pure:sigmoid_backward",
            "sigmoid(-$Z, $EXP)",
            "(1 - sigmoid($Z, $EXP))",
        ),
        (
            "the loss of a class that is almost sure is ln(1 + little)",
            "pure:softmax_cross_entropy_forward",
            "log1p($OTHERS)",
            "math.log(1 + $OTHERS)",
        ),
        (
            "the error of a class that is almost sure is P − 1",
            "pure:softmax_cross_entropy_backward",
            "-$OTHERS / $N",
            "(row[label] - 1) / $N",
        ),
    ),
    *noticed_by(
        EXACT,
        (
            "the way back does not make the others larger",
            "dropout_backward",
            "$DROPOUT_FORWARD($DY, $MASK, $RATE)",
            "apply2(lambda error, kept: error * kept, $DY, $MASK)",
        ),
        (
            "every joined input gets the error of the first channels",
            "pure:concat_backward",
            "$FIRST += $COUNT",
            "$FIRST += 0",
        ),
    ),
]
