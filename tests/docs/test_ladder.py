"""The ladder as text: what is worked out on the page is right, by arithmetic alone."""

import re
from fractions import Fraction

from backlit.models import MODELS
from backlit.recipes import RECIPES
from backlit.web.ladder import STEPS
from docs.extensions.ladder import COLUMNS, ladder, ladder_list
from docs.extensions.models import models_table, recipe_models_table


def value(text: str) -> Fraction:
    """Of a sum of products as it is written there."""
    written = re.sub(r"\s+", " ", text).replace("·", "*").replace("−", "-")
    assert re.fullmatch(r"[-+*() .\d]+", written), written
    exact = re.sub(r"\d+(?:\.\d+)?", lambda number: f'Fraction("{number[0]}")', written)
    result: Fraction = eval(exact, {"Fraction": Fraction})
    return result


def test_what_is_worked_out_in_full_is_right() -> None:
    worked = re.findall(r"^= ([^=]+)\n= (\S+)\n```", ladder(), re.MULTILINE)
    assert len(worked) >= len(STEPS)
    for terms, total in worked:
        assert value(terms) == value(total)


def test_the_updates_are_right() -> None:
    updates = re.findall(r"^W ← W − η·dW = (.*) = (\S+)$", ladder(), re.MULTILINE)
    assert len(updates) == len(STEPS)
    for old, new in updates:
        assert value(old) == value(new)


def test_every_step_can_be_read_without_scrolling() -> None:
    blocks = re.findall(r"^```text\n(.*?)^```", ladder(), re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 4 * len(STEPS)
    assert max(len(line) for block in blocks for line in block.splitlines()) <= COLUMNS


def test_the_list_leads_to_the_steps() -> None:
    for step in STEPS.values():
        assert f"`backlit toy {step.name}`" in ladder_list()
        assert f"\n## Step {step.number}: {step.title}\n" in f"\n{ladder()}"


def test_the_tables_of_models_and_recipes_have_all_of_them() -> None:
    models, recipes = models_table(), recipe_models_table()
    assert all(f"\n| `{name}` |" in models for name in MODELS)
    assert all(f"\n| `{name}` |" in recipes for name in RECIPES)
    rows = {row.split("`")[1]: row for row in models.splitlines()[2:]}
    assert "MaxPool2d" not in rows["pooling-free"]
    assert "| convolutions with stride 2 | GlobalAvgPool2d, Dense(10) |" in rows["pooling-free"]
    assert "| MaxPool2d with stride 2 |" in rows["small"]
