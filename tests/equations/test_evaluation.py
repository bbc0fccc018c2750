"""One element taken apart: its terms, their numbers and places, what was left out, and errors."""

from __future__ import annotations

import math
import sys
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from backlit.equations import (
    Factor,
    avg_pool2d,
    batch_norm2d,
    conv2d,
    dense,
    elu,
    relu,
    softmax_cross_entropy,
    tanh,
    update,
)
from backlit.equations.evaluation import Evaluator
from backlit.equations.functions import FUNCTIONS, power
from backlit.errors import AddressError, ConfigurationError, ShapeError

from .brute import at, integers, places
from .everything import OPTION_VALUES, every_operation, numbers_for

X = integers((2, 1, 4, 4), 1)
W = integers((3, 1, 3, 3), 2)
ERROR = integers((2, 3, 4, 4), 3)
TENSORS = {"X": X, "W": W, "b": [1, 2, 3], "dY": ERROR}
PADDED = conv2d(3, 1, 1, 1, 1)


def test_terms_of_a_weight() -> None:
    evaluation = PADDED.gradients["weight"].evaluate((2, 0, 0, 1), TENSORS)
    assert (evaluation.possible, len(evaluation.terms), evaluation.skipped) == (32, 24, 8)
    assert evaluation.conditions == (
        "8 of 32 products are left out: they fall outside the image, where X is 0.",
    )
    term = evaluation.terms[0]
    assert term.index == {"n": 0, "i": 1, "j": 0}  # row 0 of the filter leaves the image at i = 0
    assert term.factors == (
        Factor("dY", (0, 2, 1, 0), ERROR[0][2][1][0]),
        Factor("X", (0, 0, 0, 0), X[0][0][0][0]),
    )
    assert term.product == ERROR[0][2][1][0] * X[0][0][0][0]
    order = [tuple(each.index.values()) for each in evaluation.terms]
    assert order == sorted(order)  # images first, then rows, then columns
    assert evaluation.total == sum(each.product for each in evaluation.terms)


def test_terms_of_an_input_know_the_output_they_come_from() -> None:
    strided = conv2d(3, 2, 1, 1, 1)
    tensors = {"X": X, "W": W, "dY": integers((2, 3, 2, 2), 4)}
    evaluation = strided.gradients["input"].evaluate((1, 0, 1, 2), tensors)
    for term in evaluation.terms:
        o, u, v, i, j = (term.index[letter] for letter in "ouvij")
        assert (2 * i + u - 1, 2 * j + v - 1) == (1, 2)
        assert [factor.index for factor in term.factors] == [(1, o, i, j), (o, 0, u, v)]
    assert evaluation.possible == 27
    assert evaluation.skipped == 27 - len(evaluation.terms) > 0
    assert "no output position" in evaluation.conditions[0]


def test_the_bias_is_a_term_of_its_own() -> None:
    evaluation = PADDED.forward.evaluate((0, 1, 2, 2), TENSORS)
    assert evaluation.terms[0].factors == (Factor("b", (1,), 2),)
    assert len(evaluation.terms) == 1 + 9
    assert evaluation.possible == 9


def test_coefficients_are_factors() -> None:
    mean = avg_pool2d(2, 2, 0).forward.evaluate((0, 0, 0, 0), {"X": X})
    assert [term.factors[0] for term in mean.terms] == [Factor("1/4", (), Fraction(1, 4))] * 4
    step = update(Fraction(1, 2)).forward.evaluate((0,), {"W": [3], "dW": [5]})
    assert [term.product for term in step.terms] == [3, Fraction(-5, 2)]
    assert step.terms[1].factors == (
        Factor("−1", (), -1),
        Factor("1/2", (), Fraction(1, 2)),
        Factor("dW", (0,), 5),
    )
    passed = relu().gradients["input"].evaluate((0,), {"X": [2], "dY": [7]})
    assert passed.terms[0].factors == (Factor("dY", (0,), 7), Factor("[X > 0]", (), 1))
    bent = elu(1).gradients["input"].evaluate((0,), {"X": [-2.0], "Y": [-0.5], "dY": [7.0]})
    assert bent.terms[0].factors[1] == Factor("Y + 1", (), 0.5)


FULL: dict[str, Any] = {
    "X": integers((2, 4, 5, 5), 1),
    "X1": integers((2, 2, 5, 5), 1),
    "X2": integers((2, 3, 5, 5), 2),
    "Z": [[0.5, -1.0], [2.0, 0.25]],
    "T": [[1, 0], [0, 1]],
}


@every_operation
def test_totals_are_sums_of_products_of_factors(operation: Any) -> None:
    """Whatever the operation: total = Σ products, product = factors multiplied."""
    tensors = numbers_for(operation, lambda shape, seed: np.full(shape, 1.0 + seed % 2))
    for equation in operation.equations():
        rank = 2 if equation.left.indices is None else len(equation.left.indices)
        evaluation = equation.evaluate((0,) * rank, tensors, OPTION_VALUES)
        assert evaluation.total == sum(term.product for term in evaluation.terms)
        for term in evaluation.terms:
            assert term.product == math.prod(factor.value for factor in term.factors)
            assert all(isinstance(each, int) for each in term.index.values())
        for shown in (equation.with_numbers(evaluation), equation.with_numbers(evaluation, 1)):
            assert str(shown) == "".join(span.text for span in shown.spans())
            assert shown.mathml()


# --- numbers ---------------------------------------------------------------------------------


def test_fractions_stay_exact() -> None:
    third = [[Fraction(1, 3)] * 4] * 4
    evaluation = avg_pool2d(2, 2, 0).forward.evaluate((0, 0, 0, 0), {"X": [[third]]})
    assert evaluation.total == Fraction(1, 3)
    assert isinstance(evaluation.total, Fraction)


def test_arrays_and_lists_give_the_same_terms() -> None:
    equation = PADDED.gradients["weight"]
    arrays = {key: np.array(value, dtype=np.float32) for key, value in TENSORS.items()}
    lists = {key: array.tolist() for key, array in arrays.items()}
    first = equation.evaluate((0, 0, 2, 2), arrays)
    assert first.terms == equation.evaluate((0, 0, 2, 2), lists).terms
    assert all(type(factor.value) is float for term in first.terms for factor in term.factors)


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a[::-1, :, ::-1],  # not in one piece
        lambda a: a.astype(">f4"),  # an unusual byte order
        lambda a: a.astype(np.float16),
        lambda a: a.astype(np.int8),
        np.asfortranarray,
    ],
)
def test_any_kind_of_array_can_be_read(change: Any) -> None:
    array = change(np.arange(16.0, dtype=np.float32).reshape(2, 1, 2, 4))
    equation = relu().forward
    for place in places(array.tolist()):
        assert equation.evaluate(place, {"X": array}).total == at(array.tolist(), place)


def test_products_of_narrow_numbers_are_python_floats() -> None:
    """float32 products would be rounded to 24 bits; here nothing is lost."""
    x, w = np.float32(1 / 3), np.float32(1 / 7)
    tensors = {"X": np.array([[x]]), "W": np.array([[w]]), "b": np.array([np.float32(0)])}
    total = dense().forward.evaluate((0, 0), tensors).total
    assert total == float(x) * float(w) != float(x * w)


def test_sources_are_worked_out_only_where_they_are_needed() -> None:
    """Batch normalization of one number needs its channel's statistics, and no other channel's."""

    class Guarded(list[Any]):
        def __getitem__(self, key: Any) -> Any:
            assert key == 0, "another channel was read"
            return super().__getitem__(key)

    image = Guarded([[[1.0, 3.0]], [[5.0, 7.0]]])
    tensors = {"X": [image], "γ": [2.0, 2.0], "β": [0.0, 0.0]}
    evaluation = batch_norm2d(eps=0).forward.evaluate((0, 0, 0, 1), tensors)
    assert evaluation.total == 2.0


def test_sizes_may_be_given_by_their_plain_names() -> None:
    evaluation = elu().forward.evaluate((0,), {"X": [-1.0]}, {"alpha": 2.0})
    assert evaluation.total == 2 * (math.exp(-1) - 1)


def test_only_visited_elements_are_read() -> None:
    """Cost is that of the element's own terms: nothing else of a large tensor is touched."""
    reads: list[Any] = []

    class Counting:
        shape = (1, 3, 4, 4)

        def __getitem__(self, index: Any) -> float:
            reads.append(index)
            return 1.0

    tensors = {"dY": Counting(), "W": np.ones((3, 1, 3, 3))}
    evaluation = PADDED.gradients["input"].evaluate((0, 0, 0, 0), tensors)
    probed = 1  # one number tells whether the tensor holds floats
    assert len(reads) == len(evaluation.terms) + probed == 12 + probed


# --- errors ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ((0, 0, 0), r"takes 4 indices, got 3"),
        ((3, 0, 0, 0), r"o is 0 to 2, got 3"),
        ((0, 0, 3, 0), r"u is 0 to 2, got 3"),
        ((0, 0, 0, -1), r"v is 0 to 2, got -1"),
    ],
)
def test_no_such_element(index: tuple[int, ...], message: str) -> None:
    with pytest.raises(AddressError, match=message):
        PADDED.gradients["weight"].evaluate(index, TENSORS)


def test_an_empty_batch_has_no_elements() -> None:
    with pytest.raises(AddressError, match="n is nothing, got 0"):
        PADDED.forward.evaluate((0, 0, 0, 0), {"X": np.zeros((0, 1, 4, 4)), "W": W, "b": [0] * 3})


def test_no_such_element_where_each_number_stands_for_itself() -> None:
    for X_or_list in (np.ones((2, 3)), [[1, 2, 3], [4, 5, 6]]):
        for index in [(0,), (2, 0), (0, -1), (0, 0, 0)]:
            with pytest.raises(AddressError, match=r"X has shape \(2, 3\), so no element"):
                relu().forward.evaluate(index, {"X": X_or_list})


def test_indices_are_whole_numbers_of_any_kind() -> None:
    place = tuple(np.array([2, 0, 0, 1]))
    plain = PADDED.gradients["weight"].evaluate((2, 0, 0, 1), TENSORS)
    assert PADDED.gradients["weight"].evaluate(place, TENSORS).terms == plain.terms
    letters = conv2d(None, None, None, 1, 1).gradients["weight"]
    sizes = {"s": np.int64(1), "p": np.int32(1)}
    assert letters.evaluate(place, TENSORS, sizes).terms == plain.terms  # type: ignore[arg-type]
    with pytest.raises(AddressError, match="whole numbers"):
        PADDED.gradients["weight"].evaluate((2, 0, 0, 1.0), TENSORS)  # type: ignore[arg-type]


def test_a_missing_tensor_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"reads X \(input\), but only .*: dY"):
        PADDED.gradients["weight"].evaluate((0, 0, 0, 0), {"dY": ERROR}, {"IH": 4, "IW": 4})


def test_a_missing_letter_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"no value for p in .*give sizes="):
        conv2d(3, 1, None, 1, 1).forward.evaluate((0, 0, 0, 0), TENSORS)
    with pytest.raises(ConfigurationError, match="no value for kH"):
        conv2d(None, 1, 1, 1, 1).forward.evaluate((0, 0, 0, 0), {"X": X, "b": [1, 2, 3]})
    with pytest.raises(ConfigurationError, match=r"η \(learning rate"):
        update().forward.evaluate((0,), {"W": [1], "dW": [1]})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dY": integers((3, 3, 4, 4), 1)}, r"N is 2 by the shape .* of X, but 3 by .* of dY"),
        ({"dY": integers((2, 3, 4, 5), 1)}, r"OW is 5 by .* of dY, but 4 by the sizes"),
        ({"W": integers((3, 1, 2, 3), 1)}, r"expected size 3, but it is 2 by .* of W"),
        ({"W": integers((3, 3, 3), 1)}, r"W has 4 axes, but the array has shape \(3, 3, 3\)"),
        ({"W": integers((3, 2, 3, 3), 1)}, r"C is 1 by .* of X, but 2 by .* of W"),
    ],
)
def test_shapes_that_contradict_each_other(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        PADDED.gradients["weight"].evaluate((0, 0, 0, 0), TENSORS | changes)


def test_given_sizes_are_compared_with_shapes() -> None:
    with pytest.raises(ShapeError, match="IH is 9 by the given sizes, but 4"):
        PADDED.gradients["weight"].evaluate((0, 0, 0, 0), TENSORS, {"IH": 9})


def test_groups_must_fit_the_channels() -> None:
    tensors = {"X": integers((1, 3, 4, 4), 1), "W": integers((2, 1, 3, 3), 2), "b": [0, 0]}
    with pytest.raises(ShapeError, match=r"C is 3 by .* of X, but 2 by"):
        conv2d(3, 1, 0, 1, 2).forward.evaluate((0, 0, 0, 0), tensors)


def test_rows_of_different_length() -> None:
    ragged = [[[[1, 2], [3]]]]
    with pytest.raises(ShapeError, match="differ in length"):
        avg_pool2d(2, 2, 0).forward.evaluate((0, 0, 0, 0), {"X": ragged})


def test_division_by_zero_is_told() -> None:
    constant = {"X": [[[[1.0, 1.0]]]], "γ": [1.0], "β": [0.0]}
    with pytest.raises(ShapeError, match="divides by zero"):
        batch_norm2d(eps=0).forward.evaluate((0, 0, 0, 0), constant)


# --- small parts -----------------------------------------------------------------------------


def test_functions() -> None:
    assert FUNCTIONS["exp"](1000) == math.inf
    assert FUNCTIONS["log"](0) == -math.inf
    assert FUNCTIONS["log1p"](1e-20) == 1e-20
    assert FUNCTIONS["log1p"](-1) == -math.inf
    for name in ("max", "min"):
        assert math.isnan(FUNCTIONS[name](0, math.nan))
    assert FUNCTIONS["sqrt"](Fraction(9, 4)) == Fraction(3, 2)
    assert FUNCTIONS["sqrt"](2) == math.sqrt(2)
    assert FUNCTIONS["sigmoid"](-sys.float_info.max) == 0.0


@pytest.mark.parametrize("name", ["log", "log1p", "sqrt"])
@pytest.mark.parametrize("number", [-2.0, Fraction(-3, 2), -math.inf])
def test_where_a_function_has_no_value_there_is_nan(name: str, number: Any) -> None:
    assert math.isnan(FUNCTIONS[name](number))


@pytest.mark.parametrize(
    ("base", "exponent", "result"),
    [(1e200, 2, math.inf), (-1e200, 2, math.inf), (-1e200, 3, -math.inf), (-1e-200, -3, -math.inf)],
)
def test_a_power_beyond_the_largest_float_is_infinite(
    base: float, exponent: int, result: float
) -> None:
    assert power(base, exponent) == result


def test_cases_note_the_branch_that_held() -> None:
    evaluation = elu(1).forward.evaluate((0,), {"X": [-1.0]})
    (branch,) = evaluation.chosen.values()
    assert "exp" in str(branch)


def test_loss_reads_only_the_true_class() -> None:
    evaluation = softmax_cross_entropy().forward.evaluate(
        (), {"P": [[0.5, 0.25, 0.25]], "T": [[0, 1, 0]]}
    )
    assert [term.index for term in evaluation.terms] == [{"n": 0, "k": 1}]
    assert evaluation.total == pytest.approx(math.log(4))


def test_numbers_of_an_activation_without_axes() -> None:
    assert tanh().forward.evaluate((), {"X": 0.5}).total == math.tanh(0.5)


@pytest.mark.parametrize("index", [(0, 0, 0, 0), (2, 0, 1, 1)])
def test_an_element_is_evaluated_as_if_it_were_the_first(index: tuple[int, ...]) -> None:
    equation = PADDED.gradients["weight"]
    evaluator = Evaluator(equation, TENSORS, {})
    evaluator.element((1, 0, 0, 1))
    assert evaluator.element(index) == equation.evaluate(index, TENSORS)
