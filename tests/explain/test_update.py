from functools import partial
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.errors import AddressError, ConfigurationError
from tests.explain.networks import CONVOLUTIONS, MODES

TRACE = CONVOLUTIONS[0].trace()
WEIGHT = TRACE["conv1.weight", 1, 0, 2, 1]


def test_plain_gradient_descent() -> None:
    update = WEIGHT.update(learning_rate=0.5)
    assert update.old == WEIGHT.value
    assert update.gradient == WEIGHT.gradient
    assert update.change == -0.5 * update.gradient
    assert update.new == update.old + update.change
    assert [line.equation for line in update.lines] == ["W − η·dW"]
    assert update.lines[0].value == update.new
    assert update.optimizer["optimizer"] == "SGD"
    assert WEIGHT.update().change == -0.05 * update.gradient


@pytest.mark.parametrize(
    ("optimizer", "letters"),
    [
        (bl.SGD(0.1), ["η"]),
        (bl.SGD(0.1, momentum=0.9, weight_decay=0.1), ["η", "μ", "v", "λ"]),
        (bl.Adam(0.1), ["η", "m", "s", "β₁", "β₂", "t", "ε"]),
        (bl.RMSprop(0.1), ["η", "s", "α", "ε"]),
    ],
)
def test_each_letter_of_a_rule_is_explained_once(optimizer: Any, letters: list[str]) -> None:
    explained = WEIGHT.update(optimizer).letters
    assert [sentence.split(" is ")[0] for sentence in explained] == letters


OPTIMIZERS = [
    bl.SGD(0.1, momentum=0.9),
    bl.SGD(0.1, momentum=0.9, nesterov=True, weight_decay=0.1),
    bl.SGD(0.1, weight_decay=0.5),
    bl.Adam(0.01),
    bl.Adam(0.01, weight_decay=0.3),
    bl.AdamW(0.01, weight_decay=0.3),
    bl.RMSprop(0.01),
    bl.RMSprop(0.01, momentum=0.8, centered=True, weight_decay=0.2),
]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_an_element_is_updated_as_the_whole_array_is(optimizer: Any) -> None:
    """Three steps: the first without a state, the others with what the whole array's step left."""
    whole = np.array(TRACE.snapshot.parameters["conv1.weight"])
    gradient = TRACE.recording.gradients["conv1.weight"]
    state = None
    for _ in range(3):
        change, after = optimizer.update(whole, gradient, state)
        update = WEIGHT.update(optimizer, state=state)
        if not getattr(optimizer, "weight_decay", 0):  # else it depends on the weight itself
            assert update.change == pytest.approx(change[1, 0, 2, 1], rel=1e-12)
        state = after
    first, _ = optimizer.update(whole, gradient, None)
    assert WEIGHT.update(optimizer).change == pytest.approx(first[1, 0, 2, 1], rel=1e-12)


def calculated(numbers: str) -> float:
    """What the numbers of a line come to, as a reader would work it out."""
    plain = numbers.replace("−", "-").replace("·", "*").replace("²", "**2").replace("^", "**")
    return float(eval(plain, {"__builtins__": {}}))


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
@pytest.mark.parametrize("again", [False, True], ids=["first step", "second step"])
def test_every_line_can_be_checked_with_a_calculator(optimizer: Any, again: bool) -> None:
    parameter = TRACE.snapshot.parameters["conv1.weight"]
    gradient = TRACE.recording.gradients["conv1.weight"]
    state = optimizer.update(parameter, 0.5 * gradient, None)[1] if again else None
    update = WEIGHT.update(optimizer, state=state)
    for line in update.lines:
        # Each number shows four digits, so each is off by at most 5e-4 of itself.
        assert calculated(line.numbers) == pytest.approx(line.value, rel=3e-3), line
    assert update.lines[-1].value == update.new
    assert update.lines[-1].symbol == "W"


def test_letters_are_those_of_the_parameter() -> None:
    trace = MODES[0].trace()
    assert TRACE["conv1.bias", 0].update().lines[0].equation == "b − η·db"
    assert trace["batchnorm1.weight", 0].update().lines[0].symbol == "γ"
    assert trace["batchnorm1.bias", 0].update().lines[0].equation == "β − η·dβ"


def test_enough_digits_to_see_the_weight_move() -> None:
    line = WEIGHT.update(learning_rate=1e-6).lines[0]
    old, new = WEIGHT.value, line.value
    assert f"{old:.{line.digits}g}" != f"{new:.{line.digits}g}"


def test_in_words() -> None:
    update = WEIGHT.update()
    way = "grows" if update.change > 0 else "falls"
    assert update.sentence.startswith(f"The weight {way}: it moves against its gradient")
    still = CONVOLUTIONS[5].trace()
    recording = still.recording.gradients["conv1.bias"]
    recording[...] = 0
    assert still["conv1.bias", 0].update().sentence == "The bias stays as it is."


def remembering(optimizer: Any, **values: float) -> dict[str, Any]:
    """A state of the whole parameter that has these numbers at every place."""
    start = optimizer.initial_state(np.asarray(TRACE.snapshot.parameters["conv1.weight"]))
    return {name: array + values.get(name, 0) for name, array in start.items()}


UPHILL = np.sign(WEIGHT.engine_value)  # a memory of −UPHILL moves the weight with its gradient
VELOCITY, AVERAGE, DECAY = (
    "the velocity of the earlier steps",
    "the average of the earlier gradients",
    "the weight decay",
)


@pytest.mark.parametrize(
    ("optimizer", "kept", "why"),
    [
        (bl.SGD(0.1, momentum=0.9), "momentum", VELOCITY),
        (bl.SGD(0.1, momentum=0.9, nesterov=True), "momentum", VELOCITY),
        (bl.RMSprop(0.1, momentum=0.9), "momentum", VELOCITY),
        (bl.Adam(0.1), "first_moment", AVERAGE),
        (bl.AdamW(0.1, weight_decay=0), "first_moment", AVERAGE),
    ],
)
def test_a_weight_that_moves_with_its_gradient(optimizer: Any, kept: str, why: str) -> None:
    way, other = ("grows", "fall") if UPHILL > 0 else ("falls", "grow")
    told = WEIGHT.update(optimizer, state=remembering(optimizer, **{kept: -100 * UPHILL}))
    assert told.sentence.startswith(
        f"The weight {way} although its gradient says that it should {other}: {why} outweighs "
        "this gradient."
    )
    back = WEIGHT.update(optimizer, state=remembering(optimizer, **{kept: 100 * UPHILL}))
    assert "it moves against its gradient" in back.sentence


@pytest.mark.parametrize("kind", [bl.SGD, bl.Adam, bl.AdamW, bl.RMSprop])
def test_a_weight_decay_that_outweighs_the_gradient(kind: Any) -> None:
    rows = TRACE.recording.gradients["conv1.weight"] * TRACE.snapshot.parameters["conv1.weight"]
    torn = TRACE["conv1.weight", *np.argwhere(rows < 0)[0]]  # decay and gradient disagree
    sentence = torn.update(kind(0.1, weight_decay=1e4)).sentence
    assert f": {DECAY} outweighs this gradient." in sentence
    assert "moves against its gradient" in torn.update(kind(0.1, weight_decay=0)).sentence


def test_two_that_outweigh_it_together() -> None:
    rows = TRACE.recording.gradients["conv1.weight"] * TRACE.snapshot.parameters["conv1.weight"]
    torn = TRACE["conv1.weight", *np.argwhere(rows < 0)[0]]
    optimizer = bl.SGD(0.1, momentum=0.9, weight_decay=1e4)
    state = remembering(optimizer, momentum=-torn.engine_value)
    assert f"{VELOCITY} and {DECAY} outweigh this" in torn.update(optimizer, state=state).sentence


def test_a_weight_that_moves_without_a_gradient() -> None:
    still = CONVOLUTIONS[5].trace()
    still.recording.gradients["conv1.bias"][...] = 0
    optimizer = bl.SGD(0.1, momentum=0.9)
    state = {"momentum": np.ones_like(still.snapshot.parameters["conv1.bias"])}
    sentence = still["conv1.bias", 0].update(optimizer, state=state).sentence
    assert sentence.startswith(f"The bias falls although its gradient is 0: {VELOCITY} moves it.")


def test_a_rule_that_nothing_is_known_of() -> None:
    class Ascent(bl.SGD):
        def _rule(self, value: Any, gradient: Any, state: Any, rate: float) -> Any:
            return rate * gradient, state

    assert ", by the optimizer's rule." in WEIGHT.update(Ascent(0.1)).sentence


def test_all_that_is_remembered_is_told() -> None:
    optimizer = bl.Adam(0.1)
    state = remembering(optimizer, first_moment=0.25, second_moment=0.5, step=3)
    told = WEIGHT.update(optimizer, state=state)
    assert told.remembered == {"m": 0.25, "s": 0.5}
    assert "until now m was 0.25 and s was 0.5." in told.sentence


@pytest.mark.parametrize("key", ["input[0,0,0,0]", "conv1.output[0,0,0,0]", "loss"])
def test_only_weights_and_biases_are_updated(key: str) -> None:
    with pytest.raises(AddressError, match="only weights and biases are updated"):
        TRACE[key].update()


def test_a_learning_rate_that_makes_no_sense() -> None:
    with pytest.raises(ConfigurationError, match="learning_rate must be a number above 0"):
        WEIGHT.update(learning_rate=-1)


def test_whether_an_optimizer_remembers_is_said() -> None:
    momentum = bl.SGD(0.1, momentum=0.9)
    state = {"momentum": np.ones_like(TRACE.snapshot.parameters["conv1.weight"])}
    assert WEIGHT.update().memory == "none"
    assert "first step" not in WEIGHT.update().sentence
    assert "as the first step of SGD" in WEIGHT.update(momentum).sentence
    given = WEIGHT.update(momentum, state=state)
    remembers = "SGD also remembers the gradients of the steps before: until now v was 1."
    assert remembers in given.sentence
    assert given.change == -0.1 * (0.9 + WEIGHT.engine_value)
    told = TRACE.story("conv1.weight", 1, 0, 2, 1, optimizer=momentum, state=state)
    assert told.steps[-2].to_dict()["update"] == given.to_dict()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"optimizer": 5}, r"the optimizer must be one, such as backlit.SGD\(0.05\), got 5"),
        ({"state": 5}, "the state must be a dictionary of arrays, got 5"),
        (
            {"state": {"momentum": np.zeros((1, 1, 1, 1))}},
            r"the state has no element \[1, 0, 2, 1\]",
        ),
        ({"state": {"momentum": np.zeros(3)}}, "SGD keeps no state for a parameter"),
    ],
)
def test_arguments_that_make_no_update(arguments: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        WEIGHT.update(**arguments)
    with pytest.raises(ConfigurationError, match=message):
        TRACE.story("conv1.weight", 1, 0, 2, 1, **arguments)


def test_arguments_that_make_no_story() -> None:
    for image in ("a", 1.5, None.__class__):
        with pytest.raises(AddressError, match="the number of an image is a whole number"):
            TRACE.story("conv1.weight", 1, 0, 2, 1, image=image)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="the first argument must be a Network, got 5"):
        bl.explain(5, np.zeros((1, 1, 2, 2)), [0])  # type: ignore[arg-type]


@pytest.mark.parametrize("clip", [0, -1, float("nan"), float("inf"), "a", True])
def test_a_clip_that_is_none(clip: Any) -> None:
    for told in (WEIGHT.update, partial(TRACE.story, "conv1.weight[1,0,2,1]")):
        with pytest.raises(ConfigurationError, match="clip must be a positive number or None"):
            told(clip=clip)
