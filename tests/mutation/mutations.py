"""The mistakes that the tests have to notice: one line of the package changed at a time.

Most are mistakes that learners make and that public code has shipped; a falling loss did not show
them.
"""

from tests.mutation.runner import Mutation

CONV2D = "tests/pure/test_conv2d.py"

MUTATIONS = [
    Mutation(
        "the filter gradient keeps the last product instead of adding all of them up",
        "pure/conv2d.py",
        "total += dy_row[j] * x_row[e]",
        "total = dy_row[j] * x_row[e]",
        CONV2D,
    ),
]
