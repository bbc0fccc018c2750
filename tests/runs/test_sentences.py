"""How a run was trained, in words."""

from __future__ import annotations

import pytest

import backlit as bl
from backlit.runs.sentences import (
    about_the_update,
    callback_words,
    is_plain,
    optimizer_words,
    schedule_words,
    training_words,
)
from backlit.training import Schedule
from backlit.training.settings import Settings


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (bl.ConstantRate(), "stays the same"),
        (bl.CosineDecay(), "falls along a cosine to 0"),
        (bl.CosineDecay(0.1), "falls along a cosine to 10%"),
        (bl.StepDecay(), "is multiplied by 0.1 after 50% and 75% of the steps"),
        (bl.OneCycle(), "rises for the first 30% of the steps, then falls to almost 0"),
        (bl.WarmUp(0.05), "rises for the first 5% of the steps, then stays the same"),
        (
            bl.WarmUp(0.1, then=bl.CosineDecay()),
            "rises for the first 10% of the steps, then falls along a cosine to 0",
        ),
    ],
)
def test_schedules(schedule: Schedule, words: str) -> None:
    assert schedule_words(schedule) == words


def test_every_schedule_has_words() -> None:
    from backlit.training.schedules import SCHEDULES

    assert not any("(" in schedule_words(kind()) for kind in SCHEDULES.values())


def test_optimizers() -> None:
    assert optimizer_words(bl.SGD(0.02)) == "SGD, learning rate 0.02"
    assert optimizer_words(bl.SGD(0.02, momentum=0.9, nesterov=True)) == (
        "SGD, learning rate 0.02, momentum 0.9, nesterov"
    )
    assert optimizer_words(bl.Adam()) == "Adam, learning rate 0.001"
    assert optimizer_words(bl.AdamW(weight_decay=0.1)) == (
        "AdamW, learning rate 0.001, weight decay 0.1"
    )


def test_callbacks() -> None:
    stopping = bl.EarlyStopping(patience=3).config()
    assert stopping is not None
    assert callback_words(stopping) == "stops after 3 epochs without a better validation loss"
    one = {"callback": "EarlyStopping", "patience": 1, "monitor": "loss"}
    assert callback_words(one) == "stops after 1 epoch without a better loss"
    assert callback_words({"callback": "Other"}) == "Other"


def settings(optimizer: bl.SGD, schedule: Schedule | None = None) -> Settings:
    return Settings(epochs=2, batch_size=4, optimizer=optimizer, schedule=schedule)


def test_what_is_said_with_an_update() -> None:
    plain, own = bl.SGD(0.02), bl.SGD(0.02, momentum=0.9)
    assert about_the_update(settings(own)) == ""
    assert about_the_update(settings(plain), plain) == ""
    assert about_the_update(settings(own, bl.CosineDecay())) == (
        "0.02 is the highest learning rate of the training; its rate falls along a cosine to 0."
    )
    assert about_the_update(settings(own), kept=True) == "The run has kept that from its last step."
    assert about_the_update(settings(own, bl.CosineDecay()), kept=True).startswith(
        "The run has kept that from its last step. 0.02 is the highest"
    )
    assert about_the_update(settings(own), bl.SGD(0.1)) == (
        "Shown is plain gradient descent at a rate of 0.1. The training itself used SGD, learning "
        "rate 0.02, momentum 0.9."
    )
    assert about_the_update(settings(plain, bl.CosineDecay()), plain).endswith(
        "used SGD, learning rate 0.02; its rate falls along a cosine to 0."
    )


def test_an_update_without_the_clipping_of_the_training() -> None:
    plain = bl.SGD(0.02)
    said = about_the_update(Settings(optimizer=plain, clip=0.5), plain)
    assert said.endswith(
        "SGD, learning rate 0.02; gradients longer than 0.5 are shortened to that."
    )


def test_all_that_became_of_a_gradient_is_told() -> None:
    schedule = bl.WarmUp(0.1, then=bl.CosineDecay())
    settings = Settings(optimizer=bl.SGD(0.05), schedule=schedule, clip=0.5)
    words = training_words(settings)
    assert words.startswith("SGD, learning rate 0.05; its rate rises for the first 10%")
    assert words.endswith("gradients longer than 0.5 are shortened to that")
    assert training_words(Settings(optimizer=bl.SGD(0.05))) == "SGD, learning rate 0.05"


@pytest.mark.parametrize(
    ("settings", "plain"),
    [
        (Settings(optimizer=bl.SGD(0.05)), True),
        (Settings(optimizer=bl.SGD(0.05), schedule=bl.ConstantRate()), True),
        (Settings(optimizer=bl.SGD(0.05, momentum=0.5)), False),
        (Settings(optimizer=bl.SGD(0.05), schedule=bl.CosineDecay()), False),
        (Settings(optimizer=bl.SGD(0.05), clip=1), False),
        (Settings(optimizer=bl.Adam(0.05)), False),
    ],
)
def test_what_is_plain_gradient_descent(settings: Settings, plain: bool) -> None:
    assert is_plain(settings) == plain
