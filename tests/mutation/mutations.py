"""The mistakes that tests have to notice: one line of the package changed at a time.

Most are mistakes that learners make and that public code has shipped, where the loss kept falling.
Each group names the file that is changed, and the tests that have to turn red.
"""

from tests.equations.mutations import EQUATION_MUTATIONS
from tests.mutation.fast_mutations import FAST_MUTATIONS
from tests.mutation.front_mutations import FRONT_MUTATIONS
from tests.mutation.pure_mutations import PURE_MUTATIONS
from tests.mutation.runner import group
from tests.mutation.web_mutations import WEB_MUTATIONS

NETWORK = "tests/network/test_network.py"
OPTIMIZERS = "tests/training/test_optimizers.py"

MUTATIONS = [
    *PURE_MUTATIONS,
    *group(
        "engines/pure/engine.py",
        NETWORK,
        (
            "an output that several layers read keeps the error of the last one only",
            "errors[name] = _add_up(errors.get(name), error)",
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
        "training/optimizer_state.py",
        "tests/training/test_optimizer_state.py",
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
        "explain/layer_words.py",
        "tests/explain/test_readers.py",
        (
            "the ways of all readers are told as those of one",
            "self.own = [each for part, each in link.terms if part is link.part]",
            "self.own = [each for part, each in link.terms]",
        ),
        (
            "windows are won only where an error comes back",
            "sum(_share(term) != 0 for term in self.own)",
            "sum(term.product != 0 for term in self.own)",
        ),
    ),
    *group(
        "explain/update.py",
        "tests/web/test_told.py",
        (
            "clipping is forgotten",
            "seen = gradient if clip is None else clip.apply(gradient)",
            "seen = gradient",
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
