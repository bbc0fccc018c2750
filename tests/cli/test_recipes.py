"""``backlit train DATA --recipe NAME``."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest

from backlit.cli import completion
from backlit.data import load_dataset
from backlit.recipes import OF_THE_OPTIMIZER, RECIPES
from backlit.runs import TrainingPlan as Plan
from backlit.training import SGD, Adam

from .conftest import CommandLine

FEW = ("digits", "--limit", "40", "--epochs", "1", "--model", "small", "--quiet")
ELU = RECIPES["fashion-elu"].options


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_a_whole_plan(name: str) -> None:
    recipe = RECIPES[name]
    assert recipe.name == name
    assert set(recipe.options) < {each.name for each in fields(Plan)} - {"data", "seed", "command"}
    plan = Plan.of_options({"data": recipe.data, "recipe": name, "seed": 1})
    assert plan == replace(Plan(recipe.data, recipe=name, seed=1), **recipe.options)
    assert plan.make_optimizer().learning_rate == recipe.options["learning_rate"]
    assert plan.make_schedule().depends_on_total
    augmentation = plan.make_augmentation()
    assert (augmentation is not None) == bool(plan.augment_shift or plan.augment_flip)
    assert augmentation is None or augmentation.seed == 1


@pytest.mark.parametrize("name", RECIPES)
def test_its_model_fits_its_data(name: str) -> None:
    digits = load_dataset("digits", image_size=28, limit=10)  # of the shape of Fashion-MNIST
    network = Plan("digits", **{**RECIPES[name].options, "engine": "pure"}).make_network(digits)
    assert network.graph.output_shape == (10,)


@pytest.mark.parametrize("name", RECIPES)
def test_it_trains_on_every_image(name: str) -> None:
    plan = Plan("digits", **RECIPES[name].options)
    (_, labels), held_out = plan.parts(load_dataset("digits", limit=50))
    assert (len(labels), held_out) == (50, None)


def test_what_is_typed_wins(backlit: CommandLine, tmp_path: Path) -> None:
    out = tmp_path / "run"
    typed = ("--batch-size", "8", "--no-nesterov", "--validation", "0.1", "--augment-flip")
    result = backlit("train", *FEW, "--recipe", "fashion-elu", *typed, "--json", "--out", out)
    assert result.status == 0
    plan = result.json["plan"]
    assert (plan["recipe"], plan["model"], plan["epochs"]) == ("fashion-elu", "small", 1)
    assert (plan["batch_size"], plan["validation"], plan["augment_flip"]) == (8, 0.1, True)
    assert plan["nesterov"] is False
    for name in ("learning_rate", "momentum", "weight_decay", "schedule"):
        assert plan[name] == ELU[name]
    config = json.loads((out / "config.json").read_text(encoding="utf-8"))
    assert config["settings"]["optimizer"]["weight_decay"] == ELU["weight_decay"]
    assert config["settings"]["schedule"]["schedule"] == "OneCycle"


def test_a_value_that_is_the_usual_one_wins_too(backlit: CommandLine, tmp_path: Path) -> None:
    typed = ("--schedule", "constant", "--weight-decay", "0", "--seed", "0")
    out = tmp_path / "run"
    result = backlit("train", *FEW, "--recipe", "fashion-elu", *typed, "--json", "--out", out)
    assert (result.json["plan"]["schedule"], result.json["plan"]["weight_decay"]) == ("constant", 0)


def test_another_optimizer_brings_its_own_values() -> None:
    plan = Plan.of_options({"data": "digits", "recipe": "fashion-elu", "optimizer": "adam"})
    assert plan.make_optimizer() == Adam()
    assert plan.schedule == ELU["schedule"]
    given = {"optimizer": "sgd", "learning_rate": 0.1}
    made = Plan.of_options({"data": "digits", "recipe": "fashion-elu", **given}).make_optimizer()
    assert made == SGD(0.1, momentum=0.9, nesterov=True, weight_decay=ELU["weight_decay"])
    assert {each.name for each in fields(SGD)} >= OF_THE_OPTIMIZER


def test_a_run_remembers_its_recipe_and_goes_on_without_it(
    backlit: CommandLine, tmp_path: Path
) -> None:
    out, typed = tmp_path / "run", ("--schedule", "constant", "--augment-shift", "1")
    backlit("train", *FEW, "--recipe", "fashion-elu", *typed, "--out", out)
    shown = backlit("info", out).out
    assert "recipe     fashion-elu" in shown
    assert "augmented  shift=1" in shown
    for again in ((), ("--recipe", "fashion-elu", "--epochs", "2", "--augment-shift", "1")):
        assert backlit("train", "--out", out, "--resume", "--quiet", *again).status == 0
    result = backlit("train", "--out", out, "--resume", "--recipe", "fashion-best")
    assert result.status == 2
    assert "--recipe fashion-best contradicts" in result.sentence


def test_a_shell_offers_recipes_with_a_line_about_each() -> None:
    assert completion.recipes("fashion-e") == [("fashion-elu", RECIPES["fashion-elu"].summary)]
    assert [name for name, _ in completion.recipes("")] == list(RECIPES)
