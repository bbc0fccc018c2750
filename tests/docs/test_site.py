"""What the site makes of the pages' Markdown."""

from docs.extensions.equations import arguments, equations
from docs.extensions.narrow import class_of
from docs.extensions.reference import directives, reference
from docs.extensions.site import for_the_site


def test_equations_are_typeset() -> None:
    text = '<!-- computed: equations("elu", alpha=1.0) -->\n\nold\n\n<!-- end -->'
    assert for_the_site(text, 0) == '```{operation} "elu", alpha=1.0\n```'
    assert arguments('"elu", alpha=1.0') == ("elu", {"alpha": 1.0})


def test_in_the_source_equations_are_text() -> None:
    shown = equations("dense")
    assert "```text\ndX[n,f] = Σ_o dY[n,o] · W[o,f]\n```" in shown
    assert "| `dX` | dL/dX, the error of X" in shown
    only = equations("batch_norm2d", only="input", training=False)
    assert only.count("```text") == 1
    assert "letters stand for" not in only


def test_the_reference_has_first_sentences_here_and_docstrings_there() -> None:
    names = ("backlit.Conv2d", "backlit.Normalization.*", "backlit.errors.*", "backlit.load")
    text = reference(*names)
    assert "- `bl.Conv2d(filters, kernel_size, stride=1," in text
    assert "\n  - `apply(images, dtype=…)`: X = (x/255 − mean) / std for" in text
    assert "\n- `bl.errors.BacklitError`: Whatever goes wrong" in text
    lines = directives(*names).splitlines()
    assert lines[1:4] == [
        ".. autoclass:: backlit.Conv2d",
        ".. autoclass:: backlit.Normalization",
        "   :members:",
    ]
    assert lines[4:] == [
        ".. automodule:: backlit.errors",
        "   :members:",
        ".. autofunction:: backlit.load",
        "```",
    ]
    shown = '<!-- computed: reference(\n    "backlit.load",\n) -->\nold\n<!-- end -->'
    assert for_the_site(shown, 0) == "```{eval-rst}\n.. autofunction:: backlit.load\n```"


def test_pictures_follow_the_theme() -> None:
    text = (
        '<picture>\n  <source media="x" srcset="a-dark.svg">\n'
        '  <img alt="words" src="a-light.svg" width="300">\n</picture>'
    )
    light, dark = for_the_site(text, 0).split("\n\n")
    assert light == ("```{image} a-light.svg\n:alt: words\n:class: only-light\n:width: 300px\n```")
    assert dark == "```{image} a-dark.svg\n:alt: words\n:class: only-dark\n:width: 300px\n```"


def test_what_lies_outside_is_named_and_not_linked() -> None:
    assert for_the_site("[it](../LICENSE) [a](see.md)", 0) == "it [a](see.md)"
    assert for_the_site("[it](../../src/x.py) [a](../see.md)", 1) == "it [a](../see.md)"


def test_what_is_for_the_site_alone() -> None:
    assert for_the_site("a <!-- site: **b** --> c <!-- not this -->", 0) == (
        "a **b** c <!-- not this -->"
    )


def test_sentences_are_wrapped_on_a_phone_and_tables_are_not() -> None:
    sentence = "The weight falls: it moves against its gradient, so that the loss falls."
    row = "conv1     Conv2d     8 × 6 × 6             80          2,880   3×3"
    assert class_of("short\n  · 12  with columns\n") is None
    assert class_of(f"short\n{sentence}\n") == "wraps"
    assert class_of(f"{row}\n{row}\n{sentence}\n") == "small"
    assert class_of(f"{'─' * 60}\nname\n{'─' * 60}\n") == "small"
    assert class_of(f"  12  {sentence}\n") == "wraps"
