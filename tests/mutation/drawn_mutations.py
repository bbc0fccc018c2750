"""Mistakes that people make, made in the book: each is one of :mod:`backlit.mistakes`.

The book's gradient is replaced by what the wrong equation gives, and the book's tests notice.
"""

from backlit.mistakes import MISTAKES
from tests.mutation.runner import Mutation, noticed_by

EXACT = "tests/pure/test_exact.py"

# By the function of the book: its result, and the mistakes.
DRAWN = {
    "conv2d_filter_gradient": (
        "weight",
        (
            "sign",
            "batch-average-extra",
            "assigned-not-added",
            "filter-turned",
            "one-image-only",
            "transposed",
            "stride-forgotten",
            "padding-forgotten",
        ),
    ),
    "conv2d_input_gradient": (
        "input",
        ("assigned-not-added", "filter-not-turned", "padding-cropped-wrongly"),
    ),
    "conv2d_bias_gradient": ("bias", ("one-image-only", "batch-average-extra")),
}


def _drawn(function: str, result: str, mistake: str) -> tuple[str, str, str, str]:
    wrong = '__import__("tests.mutation.drawn", fromlist=["drawn"]).mistaken'
    return (
        f"{result}: {MISTAKES[mistake].title}",
        f"pure:{function}",
        "return $RIGHT",
        f"return {wrong}({result!r}, {mistake!r}, $RIGHT, locals())",
    )


DRAWN_MUTATIONS: list[Mutation] = noticed_by(
    EXACT,
    *(
        _drawn(function, result, mistake)
        for function, (result, mistakes) in DRAWN.items()
        for mistake in mistakes
    ),
)
