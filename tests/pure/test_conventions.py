"""Conventions that a learner can get wrong, and what happens at the edges."""

import math
from typing import Any

import pytest

from backlit import pure

NAN = math.nan


class TestMaxPool:
    def test_ties_go_to_the_first_in_row_order_and_only_to_it(self) -> None:
        x = [[[[1.0, 5.0], [5.0, 5.0]]]]
        assert pure.max_pool2d_backward([[[[7.0]]]], x, 2) == [[[[0.0, 7.0], [0.0, 0.0]]]]

    def test_overlapping_windows_add_up(self) -> None:
        x = [[[[0.0, 9.0, 0.0]]]]
        dx = pure.max_pool2d_backward([[[[1.0, 10.0]]]], x, (1, 2), 1)
        assert dx == [[[[0.0, 11.0, 0.0]]]]

    def test_padding_never_wins(self) -> None:
        assert pure.max_pool2d_forward([[[[-3.0]]]], 3, 1, padding=1) == [[[[-3.0]]]]

    def test_nan_is_not_lost(self) -> None:
        y = pure.max_pool2d_forward([[[[1.0, NAN], [2.0, 3.0]]]], 2)
        assert math.isnan(y[0][0][0][0])

    def test_a_window_of_nothing_but_padding_is_refused(self) -> None:
        with pytest.raises(ValueError, match="padding altogether"):
            pure.max_pool2d_forward([[[[1.0]]]], 1, 1, padding=1)


class TestAvgPool:
    def test_everyone_gets_an_equal_part(self) -> None:
        dx = pure.avg_pool2d_backward([[[[8.0]]]], [[[[1.0, 2.0], [3.0, 4.0]]]], 2)
        assert dx == [[[[2.0, 2.0], [2.0, 2.0]]]]

    def test_padding_counts_unless_told_not_to(self) -> None:
        x = [[[[6.0]]]]
        assert pure.avg_pool2d_forward(x, (1, 2), 1, ((0, 0), (0, 1))) == [[[[3.0]]]]
        assert pure.avg_pool2d_forward(x, (1, 2), 1, ((0, 0), (0, 1)), False) == [[[[6.0]]]]


class TestActivations:
    def test_slope_at_zero_is_the_left_one(self) -> None:
        assert pure.relu_backward([3.0], [0.0]) == [0.0]
        assert pure.leaky_relu_backward([3.0], [0.0], 0.5) == [1.5]
        assert pure.elu_backward([3.0], [0.0], 2.0) == [6.0]
        assert pure.prelu_backward([[3.0]], [[0.0]], [2.0]) == ([[6.0]], [0.0])

    def test_prelu_has_one_slope_or_one_for_each_channel(self) -> None:
        assert pure.prelu_forward([[-1.0, -2.0]], [3.0, 5.0]) == [[-3.0, -10.0]]
        assert pure.prelu_forward([[-1.0, -2.0]], [3.0]) == [[-3.0, -6.0]]
        with pytest.raises(ValueError, match="a needs 1 or 3 slopes, one for each channel, got 2"):
            pure.prelu_forward([[1.0, 2.0, 3.0]], [1.0, 2.0])

    def test_slopes_at_two_kinks_are_those_of_the_outer_sides(self) -> None:
        assert pure.relu6_backward([3.0, 3.0], [0.0, 6.0]) == [0.0, 0.0]
        assert pure.hard_sigmoid_backward([3.0, 3.0], [-3.0, 3.0]) == [0.0, 0.0]
        assert pure.hard_swish_backward([3.0, 3.0], [-3.0, 3.0]) == [0.0, 3.0]

    @pytest.mark.parametrize(
        "name",
        [
            "relu",
            "relu6",
            "hard_sigmoid",
            "hard_swish",
            "leaky_relu",
            "elu",
            "sigmoid",
            "tanh",
            "gelu",
            "silu",
        ],
    )
    def test_nan_stays_nan(self, name: str) -> None:
        assert math.isnan(getattr(pure, f"{name}_forward")([NAN])[0])

    @pytest.mark.parametrize("name", ["elu", "sigmoid", "tanh", "gelu", "silu", "softplus"])
    @pytest.mark.parametrize("z", [-1e4, 1e4])
    def test_far_out_nothing_overflows(self, name: str, z: float) -> None:
        y = getattr(pure, f"{name}_forward")([z])[0]
        slope = getattr(pure, f"{name}_backward")([1.0], [z])[0]
        assert math.isfinite(y)
        assert slope == pytest.approx(0.0 if z < 0 or name in {"sigmoid", "tanh"} else 1.0)

    def test_a_single_number_and_any_depth(self) -> None:
        assert pure.relu_forward([[[-1.0, 2.0]], [[]]]) == [[[0.0, 2.0]], [[]]]


class TestLoss:
    def test_probability_minus_truth_with_one_over_n_once(self) -> None:
        z = [[0.0, 0.0], [0.0, 0.0]]
        dz = pure.softmax_cross_entropy_backward(z, [0, 1])
        assert dz == [[-0.25, 0.25], [0.25, -0.25]]
        assert pure.softmax_cross_entropy_forward(z, [0, 1]) == pytest.approx(math.log(2))

    def test_large_scores_do_not_overflow(self) -> None:
        assert pure.softmax_cross_entropy_forward([[1e4, -1e4]], [1]) == 2e4
        assert pure.softmax([[1e4, 0.0]]) == [[1.0, 0.0]]

    @pytest.mark.parametrize("label", [-1, 2])
    def test_a_label_that_is_no_class(self, label: int) -> None:
        with pytest.raises(ValueError, match=f"label {label} of image 0 is not one of 0 to 1"):
            pure.softmax_cross_entropy_forward([[0.0, 0.0]], [label])

    def test_an_empty_batch_has_no_loss(self) -> None:
        with pytest.raises(ValueError, match="empty batch"):
            pure.softmax_cross_entropy_forward([], [])


class TestBatchNorm:
    def test_a_channel_comes_out_with_mean_beta_and_deviation_gamma(self) -> None:
        x = [[[[1.0, 2.0], [3.0, 10.0]]]]
        y = pure.batch_norm2d_forward(x, [3.0], [5.0], eps=0.0)
        numbers = [number for row in y[0][0] for number in row]
        mean = sum(numbers) / 4
        assert mean == pytest.approx(5.0)
        assert math.sqrt(sum((n - mean) ** 2 for n in numbers) / 4) == pytest.approx(3.0)

    def test_running_average(self) -> None:
        assert pure.running_average([1.0], [3.0], 0.25) == [1.5]

    def test_mean_without_variance_is_refused(self) -> None:
        with pytest.raises(ValueError, match="together"):
            pure.batch_norm2d_forward([[[[1.0]]]], [1.0], [0.0], mean=[0.0])


class TestDropout:
    def test_mask_depends_on_key_and_place_alone(self) -> None:
        assert pure.dropout_mask(100, 0.5, 1) == pure.dropout_mask(200, 0.5, 1)[:100]
        assert pure.dropout_mask(100, 0.5, 1) != pure.dropout_mask(100, 0.5, 2)

    @pytest.mark.parametrize("rate", [0.0, 0.1, 0.5, 0.9])
    def test_share_of_what_is_dropped(self, rate: float) -> None:
        """Six standard deviations of a fair draw, for each of five keys."""
        count = 20_000
        reach = 6 * math.sqrt(rate * (1 - rate) / count)
        for key in range(5):
            dropped = 1 - sum(pure.dropout_mask(count, rate, key)) / count
            assert abs(dropped - rate) <= reach

    def test_keys_of_all_steps_and_layers_differ(self) -> None:
        keys = {pure.dropout_key(0, layer, step) for layer in range(20) for step in range(500)}
        assert len(keys) == 20 * 500


BATCH: Any = [[[[1.0] * 4] * 4] * 2]  # (1, 2, 4, 4)
FILTERS: Any = [[[[1.0] * 3] * 3] * 2]  # (1, 2, 3, 3)


class TestEmptyBatch:
    def test_forward_gives_nothing(self) -> None:
        assert pure.conv2d_forward([], FILTERS, [0.0]) == []
        assert pure.dense_forward([], [[1.0]], [0.0]) == []
        assert pure.max_pool2d_forward([], 2) == []
        assert pure.avg_pool2d_forward([], 2) == []
        assert pure.relu_forward([]) == []

    def test_gradients_of_weights_are_zeros(self) -> None:
        dx, dw, db = pure.conv2d_backward([], [], FILTERS)
        assert (dx, dw, db) == ([], [[[[0.0] * 3] * 3] * 2], [0.0])
        assert pure.dense_backward([], [], [[1.0, 2.0]]) == ([], [[0.0, 0.0]], [0.0])


class TestErrors:
    @pytest.mark.parametrize(
        ("arguments", "options", "message"),
        [
            ((BATCH, FILTERS, [0.0, 0.0]), {}, "b has 2 entries for 1 filters"),
            ((BATCH, FILTERS, None), {"groups": 2}, "1 filters cannot be cut into 2 groups"),
            (([[[[1.0] * 4] * 4]], FILTERS, None), {}, "expect 2 channels .* x has 1"),
            (([[[[1.0] * 2] * 2] * 2], FILTERS, None), {}, "spans 3 rows, .* has only 2"),
            ((BATCH, FILTERS, None), {"stride": 0}, "stride must be an int .* at least 1, got 0"),
            ((BATCH, FILTERS, None), {"padding": "full"}, "padding must be .* got 'full'"),
            ((BATCH, FILTERS, None), {"padding": -1}, "padding must be .* got -1"),
            ((BATCH, FILTERS, None), {"padding": ((0, -1), (0, 0))}, "padding must be"),
            ((BATCH, FILTERS, None), {"dilation": (1, 2, 3)}, "dilation must be an int or a pair"),
            ((BATCH, FILTERS, None), {"stride": True}, "stride must be an int"),
            (([[[[1.0, 2.0], [3.0]]]], FILTERS, None), {}, "x is ragged"),
            (([[1.0]], FILTERS, None), {}, "x needs 4 dimensions"),
        ],
    )
    def test_conv2d_says_what_is_wrong(
        self, arguments: tuple[Any, ...], options: dict[str, Any], message: str
    ) -> None:
        with pytest.raises(ValueError, match=message):
            pure.conv2d_forward(*arguments, **options)

    def test_error_of_another_shape(self) -> None:
        with pytest.raises(ValueError, match=r"dy must have the shape .*\(1, 1, 2, 2\)"):
            pure.conv2d_backward([[[[1.0]]]], BATCH, FILTERS)
        with pytest.raises(ValueError, match=r"dy must have the shape .*\(1, 2, 2, 2\)"):
            pure.max_pool2d_backward([[[[1.0]]]], BATCH, 2)

    def test_dense_says_what_is_wrong(self) -> None:
        with pytest.raises(ValueError, match="expect 2 inputs, x has 1"):
            pure.dense_forward([[1.0]], [[1.0, 2.0]], [0.0])
        with pytest.raises(ValueError, match="b has 2 entries for 1 units"):
            pure.dense_forward([[1.0]], [[1.0]], [0.0, 0.0])

    def test_merging_says_what_is_wrong(self) -> None:
        with pytest.raises(ValueError, match="equal shapes"):
            pure.add_forward([[[1.0]], [[1.0, 2.0]]])
        with pytest.raises(ValueError, match="one length"):
            pure.concat_forward([[[[[1.0]]]], []])


def test_every_public_name_is_exported_once_and_sorted() -> None:
    assert list(pure.__all__) == sorted(set(pure.__all__))
    for name in pure.__all__:
        assert callable(getattr(pure, name))
        assert getattr(pure, name).__doc__, f"{name} has no docstring"
