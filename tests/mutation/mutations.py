"""The mistakes that tests have to notice: one line of the package changed at a time.

Most are mistakes that learners make and that public code has shipped, where the loss kept falling.
Each group names the file that is changed, and the tests that have to turn red.
"""

from tests.equations.mutations import EQUATION_MUTATIONS
from tests.mutation.fast_mutations import FAST_MUTATIONS
from tests.mutation.front_mutations import FRONT_MUTATIONS
from tests.mutation.runner import Mutation
from tests.mutation.web_mutations import WEB_MUTATIONS

CONVENTIONS = "tests/pure/test_conventions.py"
DIRECTIONS = "tests/pure/test_directions.py"
EXACT = "tests/pure/test_exact.py"
FACES = "tests/pure/test_conv2d_faces.py"
NETWORK = "tests/network/test_network.py"
OPTIMIZERS = "tests/training/test_optimizers.py"


def group(file: str, tests: str, *changes: tuple[str, str, str]) -> list[Mutation]:
    """Mutations of one file: (the mistake in words, the original piece, its mutant)."""
    return [Mutation(mistake, file, before, after, tests) for mistake, before, after in changes]


MUTATIONS = [
    *group(
        "pure/conv2d.py",
        EXACT,
        (
            "the forward pass forgets the bias",
            "sum(map(mul, weights[i][j][o], numbers), start[o])",
            "sum(map(mul, weights[i][j][o], numbers))",
        ),
        (
            "the forward pass turns the filter",
            "map(mul, weights[i][j][o], numbers)",
            "map(mul, weights[i][j][o][::-1], numbers)",
        ),
        (
            "the filter gradient has the wrong sign",
            "= sum(map(mul, errors[o], inputs), zero)",
            "= -sum(map(mul, errors[o], inputs), zero)",
        ),
        (
            "the filter gradient is an average over all positions instead of their sum",
            "= sum(map(mul, errors[o], inputs), zero)",
            "= sum(map(mul, errors[o], inputs), zero) / max(len(inputs), 1)",
        ),
        (
            "the filter gradient keeps the last product only",
            "= sum(map(mul, errors[o], inputs), zero)",
            "= ([zero, *map(mul, errors[o], inputs)])[-1]",
        ),
        (
            "the filter gradient is turned by 180 degrees",
            "dw[o][k % channels_per_group][u][v] =",
            "dw[o][k % channels_per_group][-1 - u][-1 - v] =",
        ),
        (
            "the filter gradient forgets the stride",
            "_spans(taps_v, columns.stride)",
            "_spans(taps_v, 1)",
        ),
        (
            "the filter gradient counts the first image only",
            "[error for image in dy for i, _ in taps_u",
            "[error for image in dy[:1] for i, _ in taps_u",
        ),
        (
            "the filter gradient gives every channel to the first group",
            "first_filter = k // channels_per_group * filters_per_group",
            "first_filter = 0",
        ),
        (
            "the bias gradient counts the last image only",
            "for image in dy for row in image[o]",
            "for image in dy[-1:] for row in image[o]",
        ),
        (
            "the bias gradient is an average over the batch",
            "for row in image[o]), zero) for o",
            "for row in image[o]), zero) / max(len(dy), 1) for o",
        ),
        (
            "the input gradient takes the filters of the first group for all",
            "for filter_o in w[first : first + filters_per_group]",
            "for filter_o in w[:filters_per_group]",
        ),
    ),
    *group(
        "pure/conv2d_faces.py",
        FACES,
        (
            "scatter overwrites where windows overlap",
            "[a][e] += error * w",
            "[a][e] = error * w",
        ),
        (
            "scatter turns the filter",
            "w[o][c][u][v]",
            "w[o][c][-1 - u][-1 - v]",
        ),
        (
            "the correlation mirrors the filter instead of turning it",
            "[row[::-1] for row in reversed(matrix)]",
            "[row[::-1] for row in matrix]",
        ),
        (
            "the correlation forgets the zeros that stride puts between the rows",
            "spread.extend([[zero] * width] * (rows.stride - 1))",
            "pass",
        ),
        (
            "the correlation forgets the inputs that no window reached",
            "reach - axis.after + axis.remainder",
            "reach - axis.after",
        ),
    ),
    *group(
        "pure/window.py",
        FACES,
        (
            "the forward pass forgets the padding",
            "i * self.stride - self.before + u * self.dilation",
            "i * self.stride + u * self.dilation",
        ),
        (
            "the forward pass forgets the dilation",
            "i * self.stride - self.before + u * self.dilation",
            "i * self.stride - self.before + u",
        ),
    ),
    *group(
        "pure/pooling.py",
        CONVENTIONS,
        ("a tie goes to the last pixel instead of the first", "value > best", "value >= best"),
        ("max pool overwrites where windows overlap", "[a][e] += error", "[a][e] = error"),
        ("counting the padding is turned round", "if not include_pad", "if include_pad"),
        ("average pool gives everyone the whole error", "error / count", "error"),
    ),
    *group(
        "pure/pooling.py",
        EXACT,
        ("average pool overwrites where windows overlap", "[a][e] += part", "[a][e] = part"),
        (
            "the global average divides by the width alone",
            "error / (height * width)",
            "error / width",
        ),
    ),
    *group(
        "pure/activations.py",
        CONVENTIONS,
        (
            "ReLU lets the error pass at 0",
            "lambda error, z: zero if z <= 0",
            "lambda error, z: zero if z < 0",
        ),
    ),
    *group(
        "pure/activations.py",
        EXACT,
        (
            "leaky ReLU stops the error of negative inputs",
            "slope * error if z <= 0",
            "0 * error if z <= 0",
        ),
    ),
    *group(
        "pure/activations.py",
        DIRECTIONS,
        ("ELU's slope forgets alpha", "alpha * exp(z) * error", "exp(z) * error"),
        ("sigmoid's slope is the sigmoid", "return s * (1 - s)", "return s"),
        ("tanh's slope forgets the square", "(1 - tanh(z) ** 2)", "(1 - tanh(z))"),
        (
            "GELU's slope forgets that the gate moves too",
            "normal_distribution(z, erf) + z * normal_density(z, exp)",
            "normal_distribution(z, erf)",
        ),
        ("SiLU's slope has the wrong sign", "s * (1 + z * (1 - s))", "s * (1 - z * (1 - s))"),
    ),
    *group(
        "pure/batch_norm.py",
        DIRECTIONS,
        (
            "batch norm forgets the way through the mean",
            "d_shift / count if training",
            "zero if training",
        ),
        (
            "batch norm forgets the way through the variance",
            "d_scale / count if training",
            "zero if training",
        ),
        (
            "batch norm goes through the mean in evaluation too",
            "d_shift / count if training else zero",
            "d_shift / count",
        ),
    ),
    *group(
        "pure/batch_norm.py",
        CONVENTIONS,
        (
            "the variance of a batch is divided by M - 1",
            "zero_of(squares)) / len(numbers)",
            "zero_of(squares)) / (len(numbers) - 1)",
        ),
        (
            "the running average keeps the share that is new",
            "(1 - momentum) * o + momentum * n",
            "momentum * o + (1 - momentum) * n",
        ),
    ),
    *group(
        "pure/dense.py",
        EXACT,
        (
            "the bias gradient is averaged over the batch once more",
            "[sum(error, zero) for error in errors]",
            "[sum(error, zero) / len(error) for error in errors]",
        ),
        (
            "the weight gradient has the wrong sign",
            "sum(map(mul, error, values), zero)",
            "-sum(map(mul, error, values), zero)",
        ),
    ),
    *group(
        "pure/loss.py",
        CONVENTIONS,
        ("1/N is forgotten", "[[error / len(z) for", "[[error for"),
        ("1/N is applied twice", "[[error / len(z) for", "[[error / len(z) ** 2 for"),
        ("truth is added to the probabilities", "row[label] -= 1", "row[label] += 1"),
    ),
    *group(
        "pure/dropout.py",
        EXACT,
        (
            "the way back does not make the others larger",
            "return dropout_forward(dy, mask, rate)",
            "return apply2(lambda error, kept: error * kept, dy, mask)",
        ),
    ),
    *group(
        "pure/merge.py",
        EXACT,
        (
            "every joined input gets the error of the first channels",
            "first += count",
            "first += 0",
        ),
    ),
    *group(
        "network/pure_engine.py",
        NETWORK,
        (
            "an output that several layers read keeps the error of the last one only",
            "errors[name] = add_up(errors.get(name), error)",
            "errors[name] = error",
        ),
    ),
    *group(
        "network/network.py",
        "tests/network/test_turns.py",
        (
            "two threads start from the same running statistics, and one update is lost",
            "with self._turns:",
            "if self._turns:",
        ),
    ),
    *group(
        "network/checks.py",
        NETWORK,
        (
            "a number that is finite in float64 becomes infinite in float32",
            "if not np.isfinite(arrays[name]).all():",
            "if not np.isfinite(array).all():",
        ),
    ),
    *group(
        "training/resume.py",
        "tests/training/test_state.py",
        (
            "a run goes on with other threads as if nothing were different",
            "differing = [name for name in {**then, **now} if then.get(name) != now.get(name)]",
            "return None",
        ),
    ),
    *group(
        "training/optimizers/sgd.py",
        OPTIMIZERS,
        ("SGD goes uphill", "return -rate * gradient, {}", "return rate * gradient, {}"),
        (
            "momentum forgets the velocity so far",
            'self.momentum * state["momentum"] + gradient',
            "gradient",
        ),
        (
            "weight decay makes the weights grow",
            "gradient + self.weight_decay * value",
            "gradient - self.weight_decay * value",
        ),
        (
            "Nesterov does not look ahead",
            "gradient + self.momentum * velocity if self.nesterov else velocity",
            "velocity",
        ),
    ),
    *group(
        "training/stepping.py",
        "tests/training/test_fit.py",
        (
            "a small last batch counts as much as a whole one",
            "position.loss += loss * len(labels)",
            "position.loss += loss * training.settings.batch_size",
        ),
    ),
    *group(
        "training/loop.py",
        "tests/training/test_fit.py",
        (
            "the validation loss is a mean of batch means",
            "loss += result.loss * count",
            "loss += result.loss * size",
        ),
    ),
    *group(
        "training/memory.py",
        "tests/training/test_memory.py",
        ("the weights stay as they are", "parameters.flat + delta", "parameters.flat + 0 * delta"),
        ("the state is forgotten", "self._state = change.state", "pass"),
    ),
    *group(
        "training/training.py",
        "tests/training/test_fit.py",
        (
            "the learning rate is that of the step before",
            "step = self.step - (self.position.batch == self.batches)",
            "step = max(self.step - 1, 0)",
        ),
    ),
    *group(
        "training/clipping.py",
        "tests/training/test_clipping.py",
        (
            "each gradient is clipped by itself to the limit",
            "each * (limit / norm)",
            "each * (limit / global_norm({name: each}))",
        ),
        ("the norm is a sum of squares", "return math.sqrt(", "return 1.0 * ("),
    ),
    *group(
        "training/callbacks.py",
        "tests/training/test_callbacks.py",
        (
            "patience is one epoch too long",
            "record.epoch - self.best_epoch >= self.patience",
            "record.epoch - self.best_epoch > self.patience",
        ),
    ),
    *group(
        "data/augmentation.py",
        "tests/data/test_augmentation.py",
        (
            "pictures move the other way",
            "rows - down, columns - right",
            "rows + down, columns + right",
        ),
        (
            "mirrored pictures stand on their heads",
            "images[mirrored, ..., ::-1]",
            "images[mirrored, :, ::-1]",
        ),
    ),
    *group(
        "recipes.py",
        "tests/cli/test_recipes.py",
        ("a recipe wins over what is typed", "{**options, **given}", "{**given, **options}"),
    ),
    *group(
        "cli/training.py",
        "tests/cli/test_train.py",
        ("pictures are left as they are", "=plan.make_augmentation()", "=None"),
    ),
    *group(
        "explain/nudge.py",
        "tests/explain/test_nudge.py",
        (
            "the nudge divides by ε and not by the whole way",
            "measured=(plus.loss - minus.loss) / width",
            "measured=(plus.loss - minus.loss) / epsilon",
        ),
        (
            "both nudges go the same way",
            "_moved(array, index, -epsilon)",
            "_moved(array, index, 0)",
        ),
    ),
    *group(
        "explain/part.py",
        "tests/explain/test_explanation.py",
        (
            "a subtotal is a mean",
            "sum(products), len(products))",
            "sum(products) / len(products), len(products))",
        ),
    ),
    *group(
        "explain/update_rules.py",
        "tests/explain/test_update.py",
        (
            "the explained weight decay pulls the wrong way",
            "slope = step.gradient + decay * step.value",
            "slope = step.gradient - decay * step.value",
        ),
        (
            "Adam's average is not freed from its beginning at 0",
            "m / (1 - first**time), s / (1 - second**time)",
            "m, s",
        ),
    ),
    *group(
        "explain/update_words.py",
        "tests/explain/test_update.py",
        (
            "what pulls with the gradient is said to outweigh it",
            "if _opposite(pull, update.change)",
            "if _opposite(-pull, update.change)",
        ),
    ),
    *EQUATION_MUTATIONS,
    *FAST_MUTATIONS,
    *WEB_MUTATIONS,
    *FRONT_MUTATIONS,
]
