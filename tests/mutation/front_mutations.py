"""Mistakes in what runs in the browser; the tests that must notice open pages in one."""

from tests.mutation.runner import Mutation

_FRONT = "web/front/"
_PAGE, _STEPS = "tests/web/test_page.py::", "tests/web/test_steps.py::"
_PICTURES = "tests/web/test_pictures.py::"

FRONT_MUTATIONS = [
    Mutation(
        "the error map lies over the input without its stride",
        _FRONT + "views/lying.js",
        "placeOf(rows, i, u),",
        "placeOf({ ...rows, stride: 1 }, i, u),",
        _PAGE + "test_backward_to_the_filter",
    ),
    Mutation(
        "the running sum leaves out the position that is marked",
        _FRONT + "views/filter.js",
        "products.flat().slice(0, until ?? count)",
        "products.flat().slice(0, (until ?? count + 1) - 1)",
        _STEPS + "test_the_sum_of_a_filter_grows_position_by_position",
    ),
    Mutation(
        "a group's filter looks at the channels of the first group",
        _FRONT + "views/filter.js",
        "return group * node.parameters.weight[1] + c;",
        "return c;",
        _PAGE + "test_backward_to_the_filter",
    ),
    Mutation(
        "a tab leads to the place where another image gave most",
        _FRONT + "near.js",
        "(term.index.n ?? image) === image",
        "(term.index.n ?? image) !== image",
        _STEPS + "test_every_tab_leads_to_a_number_nearby",
    ),
    Mutation(
        "the filter is not turned where it has to be",
        _FRONT + "views/faces.js",
        "const turned = [...weights].reverse().map((line) => [...line].reverse());",
        "const turned = weights;",
        _PAGE + "test_three_faces_of_an_error",
    ),
    Mutation(
        "a weight is moved along its gradient",
        _FRONT + "views/update.js",
        "line.map((each, j) => each - rate * slopes[i][j])",
        "line.map((each, j) => each + rate * slopes[i][j])",
        _PAGE + "test_an_update",
    ),
    Mutation(
        "the story follows the weakest term",
        _FRONT + "thread.js",
        "Math.abs(b.term.product) - Math.abs(a.term.product)",
        "Math.abs(a.term.product) - Math.abs(b.term.product)",
        _STEPS + "test_the_story_goes_by_the_strongest_term",
    ),
    Mutation(
        "a difference is added up",
        _FRONT + "algebra.js",
        'symbol: "−1", index: [], value: -1',
        'symbol: "−1", index: [], value: 1',
        "tests/web/test_algebra.py",
    ),
    Mutation(
        "a guess with the wrong sign is right",
        _FRONT + "guess.js",
        "Math.abs(guess - total) <=",
        "Math.abs(Math.abs(guess) - Math.abs(total)) <=",
        _PAGE + "test_predict_then_reveal",
    ),
    Mutation(
        "the program on the page is told another place",
        _FRONT + "python.js",
        "[[letter, index[axis]]]",
        "[[letter, index[0]]]",
        _STEPS + "test_the_program_on_the_page_computes_the_number",
    ),
    Mutation(
        "what a pool passes back is what it read",
        _FRONT + "views/pool.js",
        "rows=${model.tensor(below).rows([n, c])}",
        "rows=${x}",
        _STEPS + "test_what_a_pool_passes_back",
    ),
    Mutation(
        "the large filter stays as it was in the beginning",
        _FRONT + "views/training.js",
        "tensor.rows([frame, o, c])",
        "tensor.rows([0, o, c])",
        "tests/web/test_training_view.py",
    ),
    Mutation(
        "gather shows the weights in the order of the outputs",
        _FRONT + "views/faces.js",
        "used[index.i][index.j] = weights[index.u][index.v];",
        "used[index.i][index.j] = weights[index.v]?.[index.u] ?? 0;",
        _PICTURES + "test_gather_shows_the_weights_that_a_number_went_through",
    ),
    Mutation(
        "the matrix is told without its padding",
        _FRONT + "views/matrix.js",
        "const u = (a - placeOf(axis, i)) / axis.dilation;",
        "const u = (a - i * axis.stride) / axis.dilation;",
        _PICTURES + "test_an_entry_of_the_matrix",
    ),
    Mutation(
        "a click in a padded map arrives beside its cell",
        _FRONT + "grid.js",
        "* (across + left + right)) - left;",
        "* (across + left + right));",
        _PICTURES + "test_a_click_in_a_padded_map_arrives",
    ),
    Mutation(
        "a second change by hand takes back the first",
        _FRONT + "live.js",
        "edits: [...edits(), { address: write(address), value }]",
        "edits: [{ address: write(address), value }]",
        "tests/web/test_live_page.py::test_two_weights_changed_by_hand",
    ),
]
