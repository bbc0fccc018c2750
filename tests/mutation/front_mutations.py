"""Mistakes in what runs in the browser; the tests that must notice open pages in one."""

from tests.mutation.runner import noticed_by

LIVE = "tests/web/test_live_page.py"
ODD = "tests/web/test_odd_pages.py"
OWN = "tests/web/test_own_input.py"
PAGE = "tests/web/test_page.py"
PARITY = "tests/web/test_parity.py"
PICTURES = "tests/web/test_pictures.py"
STEPS = "tests/web/test_steps.py"
TRAINING = "tests/web/test_training_view.py"

FRONT_MUTATIONS = [
    *noticed_by(
        f"{PARITY}::test_every_number_is_the_same_sum",
        (
            "what is no rounding is called rounding",
            "web:agreement",
            '$DTYPE === "float64" ? 2 ** -52 : 2 ** -23',
            '$DTYPE === "float64" ? 2 ** -38 : 2 ** -23',
        ),
        (
            "what cancels inside a term is forgotten",
            "web:inside",
            "$ERROR * $SCALE * (1 + $X)",
            "0",
        ),
        (
            "a difference is added up",
            "web/front:Evaluation.terms",
            "{ symbol: $SYMBOL, index: [], value: -1 }",
            "{ symbol: $SYMBOL, index: [], value: 1 }",
        ),
    ),
    *noticed_by(
        f"{LIVE}::test_an_answer_that_comes_too_late_changes_nothing",
        (
            "a late answer takes the place of the last one",
            "useLive.load",
            "$MINE !== $LATEST.current",
            "$MINE === null",
            0,
        ),
    ),
    *noticed_by(
        f"{LIVE}::test_the_last_change_is_taken_back_and_not_the_first",
        (
            "the last change by hand stays, and the first is taken back",
            "useLive",
            "$EDITS.slice(0, -1)",
            "$EDITS.slice(1)",
        ),
    ),
    *noticed_by(
        f"{LIVE}::test_two_weights_changed_by_hand",
        (
            "a second change by hand takes back the first",
            "useLive",
            "[...edits(), { address: $WRITE($ADDRESS), value }]",
            "[{ address: $WRITE($ADDRESS), value }]",
        ),
    ),
    *noticed_by(
        f"{ODD}::test_positions_over_the_padding_are_counted_in_one_picture",
        (
            "positions over the padding are counted in all images",
            "web:ErrorMeetsInput",
            "$LENGTH / $MODEL.images",
            "$LENGTH",
        ),
    ),
    *noticed_by(
        f"{ODD}::test_strides_stop_errors_without_anybody",
        (
            "a layer is blamed that stopped nothing",
            "stoppers",
            "$ERROR !== 0 && $PLACE === 0",
            "$PLACE === 0",
        ),
    ),
    *noticed_by(
        f"{OWN}::test_a_number_of_an_image_that_the_next_batch_has_not",
        (
            "a number of an image that is no longer there stays selected",
            "fitting",
            "$OFIMAGES($NAME) ? [0, ...$INDEX.slice(1)] : $INDEX",
            "$INDEX",
        ),
    ),
    *noticed_by(
        f"{OWN}::test_black_and_white_of_a_color_picture",
        (
            "all channels are as bright as the first",
            "level",
            "$WHITE - $MEAN[$C]",
            "$WHITE - $MEAN[0]",
        ),
    ),
    *noticed_by(
        f"{PAGE}::test_an_update",
        (
            "a weight is moved along its gradient",
            "web:Update",
            "($EACH, $J) => $EACH - $RATE * $SLOPES",
            "($EACH, $J) => $EACH + $RATE * $SLOPES",
        ),
    ),
    *noticed_by(
        f"{PAGE}::test_backward_to_the_filter",
        (
            "the error map lies over the input without its stride",
            "overlay.meets",
            "[$PLACEOF($ROWS, $I, $U), $PLACEOF($COLUMNS, $J, $V)]",
            "[$PLACEOF({ ...$ROWS, stride: 1 }, $I, $U), $PLACEOF($COLUMNS, $J, $V)]",
        ),
        (
            "a group's filter looks at the channels of the first group",
            "channelOf",
            "$GROUP * $NODE.parameters.weight[1] + $C",
            "$C",
        ),
    ),
    *noticed_by(
        f"{PAGE}::test_predict_then_reveal",
        (
            "a guess with the wrong sign is right",
            "isNear",
            "$GUESS - $VALUE",
            "Math.abs($GUESS) - Math.abs($VALUE)",
        ),
    ),
    *noticed_by(
        "tests/web/test_javascript.py",
        (
            "a guess is compared with a filter that is turned half",
            "halfTurn",
            "axis < 2",
            "axis < 3",
        ),
    ),
    *noticed_by(
        "tests/web/test_embedded.py",
        (
            "an address is written for the page around an embedded one",
            "keep",
            'location.href.split("#")[0] + hash',
            "hash",
        ),
    ),
    *noticed_by(
        f"{PAGE}::test_three_faces_of_an_error",
        (
            "the filter is not turned where it has to be",
            "Correlation",
            "[...$WEIGHTS].reverse().map(($LINE) => [...$LINE].reverse())",
            "$WEIGHTS",
        ),
    ),
    *noticed_by(
        f"{PICTURES}::test_a_click_in_a_padded_map_arrives",
        (
            "a click in a padded map arrives beside its cell",
            "cellOf",
            "Math.floor($WAY) - $LEFT",
            "Math.floor($WAY)",
            0,
        ),
    ),
    *noticed_by(
        f"{PICTURES}::test_an_entry_of_the_matrix",
        (
            "the matrix is told without its padding",
            "along",
            "$PLACEOF($AXIS, $I)",
            "$I * $AXIS.stride",
        ),
    ),
    *noticed_by(
        f"{PICTURES}::test_gather_shows_the_weights_that_a_number_went_through",
        (
            "gather shows the weights in the order of the outputs",
            "Gather",
            "$USED = $WEIGHTS[$INDEX.u][$INDEX.v]",
            "$USED = $WEIGHTS[$INDEX.v]?.[$INDEX.u] ?? 0",
        ),
    ),
    *noticed_by(
        f"{STEPS}::test_every_tab_leads_to_a_number_nearby",
        (
            "a tab leads to the place where another image gave most",
            "strongestTerm",
            "($TERM ?? $IMAGE) === $IMAGE",
            "($TERM ?? $IMAGE) !== $IMAGE",
        ),
    ),
    *noticed_by(
        f"{STEPS}::test_the_program_on_the_page_computes_the_number",
        (
            "the program on the page is told another place",
            "Python",
            "$INDEX[$AXIS]",
            "$INDEX[0]",
        ),
    ),
    *noticed_by(
        f"{STEPS}::test_the_story_goes_by_the_strongest_term",
        (
            "the story follows the weakest term",
            "thread",
            "Math.abs($B.term.product) - Math.abs($A.term.product)",
            "Math.abs($A.term.product) - Math.abs($B.term.product)",
        ),
    ),
    *noticed_by(
        f"{STEPS}::test_the_sum_of_a_filter_grows_position_by_position",
        (
            "the running sum leaves out the position that is marked",
            "Filter",
            "$PRODUCTS.flat().slice(0, $UNTIL ?? $COUNT)",
            "$PRODUCTS.flat().slice(0, ($UNTIL ?? $COUNT + 1) - 1)",
        ),
    ),
    *noticed_by(
        f"{STEPS}::test_what_a_pool_passes_back",
        (
            "what a pool passes back is what it read",
            "PoolPicture",
            "$MODEL.tensor($BELOW).rows([$N, $C])",
            "$MODEL.tensor($BELOW.replace('.error', '.output')).rows([$N, $C])",
            2,
        ),
    ),
    *noticed_by(
        TRAINING,
        (
            "the large filter stays as it was in the beginning",
            "OwnFilter",
            "[$FRAME, $O, $C]",
            "[0, $O, $C]",
        ),
        (
            "the axis of the losses begins anywhere",
            "web/front:Curve",
            '$TITLE === "loss" ? 0 : Math.min(...all)',
            "Math.min(...all)",
        ),
    ),
    *noticed_by(
        "tests/web/test_ways.py::test_a_tab_leads_back_to_the_weight_that_was_visited",
        (
            "the visited weight of a filter is forgotten",
            "ownFilter",
            "$INDEX === filter",
            "$INDEX < 0",
        ),
    ),
]
