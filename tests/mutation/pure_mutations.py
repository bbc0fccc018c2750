"""Mistakes in the book: those that learners make, and that public code has shipped."""

from tests.mutation.runner import noticed_by

CONVENTIONS = "tests/pure/test_conventions.py"
DIRECTIONS = "tests/pure/test_directions.py"
EXACT = "tests/pure/test_exact.py"
FACES = "tests/pure/test_conv2d_faces.py"

PURE_MUTATIONS = [
    *noticed_by(
        EXACT,
        (
            "the forward pass forgets the bias",
            "_slide",
            "sum(map(mul, $WEIGHTS, $NUMBERS), $START[$O])",
            "sum(map(mul, $WEIGHTS, $NUMBERS))",
        ),
        (
            "the forward pass turns the filter",
            "_slide",
            "map(mul, $WEIGHTS, $NUMBERS)",
            "map(mul, $WEIGHTS[::-1], $NUMBERS)",
        ),
        (
            "the filter gradient has the wrong sign",
            "conv2d_filter_gradient",
            "sum(map(mul, $ERRORS, $INPUTS), $ZERO)",
            "-sum(map(mul, $ERRORS, $INPUTS), $ZERO)",
        ),
        (
            "the filter gradient is an average over all positions instead of their sum",
            "conv2d_filter_gradient",
            "sum(map(mul, $ERRORS, $INPUTS), $ZERO)",
            "sum(map(mul, $ERRORS, $INPUTS), $ZERO) / max(len($INPUTS), 1)",
        ),
        (
            "the filter gradient keeps the last product only",
            "conv2d_filter_gradient",
            "sum(map(mul, $ERRORS[$O], $INPUTS), $ZERO)",
            "([$ZERO, *map(mul, $ERRORS[$O], $INPUTS)])[-1]",
        ),
        (
            "the filter gradient is turned by 180 degrees",
            "conv2d_filter_gradient",
            "$CHANNELS_PER_GROUP[$U][$V] = sum(map(mul, $ERRORS, $INPUTS), $ZERO)",
            "$CHANNELS_PER_GROUP[-1 - $U][-1 - $V] = sum(map(mul, $ERRORS, $INPUTS), $ZERO)",
        ),
        (
            "the filter gradient forgets the stride",
            "conv2d_filter_gradient",
            "$SPANS($TAPS, $COLUMNS.stride)",
            "$SPANS($TAPS, 1)",
        ),
        (
            "the filter gradient counts the first image only",
            "conv2d_filter_gradient",
            "[$ERROR for $IMAGE in $HERE for $I, $U in $TAPS for $ERROR in $ROW]",
            "$HERE[:1]",
            0,
        ),
        (
            "the filter gradient gives every channel to the first group",
            "conv2d_filter_gradient",
            "$K // $CHANNELS_PER_GROUP * $FILTERS_PER_GROUP",
            "0",
        ),
        (
            "the bias gradient counts the last image only",
            "conv2d_bias_gradient",
            "(sum($ROW, $ZERO) for $IMAGE in $HERE for $ROW in $MAP)",
            "$HERE[-1:]",
        ),
        (
            "the bias gradient is an average over the batch",
            "conv2d_bias_gradient",
            "sum(($PART for $IMAGE in $DY for $ROW in $MAP), $ZERO)",
            "sum(($PART for $IMAGE in $DY for $ROW in $MAP), $ZERO) / max(len($DY), 1)",
        ),
        (
            "the input gradient takes the filters of the first group for all",
            "conv2d_input_gradient",
            "$W[$FIRST : $FIRST + $FILTERS_PER_GROUP]",
            "$W[:$FILTERS_PER_GROUP]",
        ),
    ),
    *noticed_by(
        FACES,
        (
            "scatter overwrites where windows overlap",
            "conv2d_input_gradient_scatter",
            "$DX += $ERROR * $W",
            "$DX = $ERROR * $W",
        ),
        (
            "scatter turns the filter",
            "conv2d_input_gradient_scatter",
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
        (
            "the forward pass forgets the padding",
            "input_position",
            "$I * $STRIDE - self.before + $U * $DILATION",
            "$I * $STRIDE + $U * $DILATION",
        ),
        (
            "the forward pass forgets the dilation",
            "input_position",
            "$U * self.dilation",
            "$U",
        ),
    ),
    *noticed_by(
        CONVENTIONS,
        (
            "a tie goes to the last pixel instead of the first",
            "pure:_winner",
            "$VALUE > $BEST",
            "$VALUE >= $BEST",
        ),
        (
            "max pool overwrites where windows overlap",
            "pure:max_pool2d_backward",
            "$DX_MAP += $ERROR",
            "$DX_MAP = $ERROR",
        ),
        (
            "counting the padding is turned round",
            "pure:_counts",
            "not $INCLUDE_PAD",
            "$INCLUDE_PAD",
        ),
        (
            "average pool gives everyone the whole error",
            "pure:avg_pool2d_backward",
            "$ERROR / $COUNT",
            "$ERROR",
        ),
    ),
    *noticed_by(
        EXACT,
        (
            "average pool overwrites where windows overlap",
            "pure:avg_pool2d_backward",
            "$DX_MAP += $PART",
            "$DX_MAP = $PART",
        ),
        (
            "the global average divides by the width alone",
            "global_avg_pool2d_backward.spread",
            "($HEIGHT * $WIDTH)",
            "$WIDTH",
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
    ),
    *noticed_by(
        EXACT,
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
            "sigmoid_backward.slope",
            "$S * (1 - $S)",
            "$S",
        ),
        (
            "tanh's slope forgets the square",
            "pure:tanh_backward",
            "tanh($Z) ** 2",
            "tanh($Z)",
        ),
        (
            "GELU's slope forgets that the gate moves too",
            "gelu_backward.slope",
            "$NORMAL_DISTRIBUTION($Z, $ERF) + $Z * $NORMAL_DENSITY($Z, $EXP)",
            "$NORMAL_DISTRIBUTION($Z, $ERF)",
        ),
        (
            "SiLU's slope has the wrong sign",
            "silu_backward.slope",
            "1 + $Z * (1 - $S)",
            "1 - $Z * (1 - $S)",
        ),
        (
            "batch norm forgets the way through the mean",
            "pure:batch_norm2d_backward",
            "$HERE if $TRAINING else $ZERO",
            "$ZERO",
            0,
        ),
        (
            "batch norm forgets the way through the variance",
            "pure:batch_norm2d_backward",
            "$HERE if $TRAINING else $ZERO",
            "$ZERO",
            1,
        ),
        (
            "batch norm goes through the mean in evaluation too",
            "pure:batch_norm2d_backward",
            "$SHIFT / $COUNT if $TRAINING else $ZERO",
            "$SHIFT / $COUNT",
            0,
        ),
    ),
    *noticed_by(
        CONVENTIONS,
        (
            "the variance of a batch is divided by M - 1",
            "batch_norm2d_statistics",
            "sum($SQUARES, zero_of($SQUARES)) / $HERE",
            "($HERE - 1)",
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
            "[sum($ERROR, $ZERO) for $ERROR in $ERRORS]",
            "[sum($ERROR, $ZERO) / len($ERROR) for $ERROR in $ERRORS]",
        ),
        (
            "the weight gradient has the wrong sign",
            "pure:dense_backward",
            "$DW = [[$HERE for $VALUE in $INPUTS] for $ERROR in $ERRORS]",
            "-$HERE",
            1,
        ),
    ),
    *noticed_by(
        CONVENTIONS,
        (
            "1/N is forgotten",
            "pure:softmax_cross_entropy_backward",
            "[$ERROR / len($Z) for $ERROR in $ROW]",
            "[$ERROR for $ERROR in $ROW]",
        ),
        (
            "1/N is applied twice",
            "pure:softmax_cross_entropy_backward",
            "[$ERROR / len($Z) for $ERROR in $ROW]",
            "[$ERROR / len($Z) ** 2 for $ERROR in $ROW]",
        ),
        (
            "truth is added to the probabilities",
            "pure:softmax_cross_entropy_backward",
            "$LABEL -= 1",
            "$LABEL += 1",
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
