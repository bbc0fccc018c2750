"""Mistakes in the compiled engine, each beside tests that need few kernels."""

from tests.mutation.runner import Mutation

ARENA = "tests/engines/fast/test_arena.py"
CHANGES = "tests/engines/fast/test_changes.py"
ENGINE = "tests/engines/fast/test_engine.py"
OPTIMIZER_STATE = "tests/training/test_optimizer_state.py"
NARROW = "tests/engines/fast/kernels/test_narrow.py"
READERS = f"{NARROW}::test_errors_are_added_where_another_layer_reads_the_same"
TILES = "tests/engines/fast/kernels/test_winograd.py::test_errors_of_two_readers_are_added"

FAST_MUTATIONS = [
    Mutation(
        "the compiled velocity goes backwards",
        "engines/fast/kernels/optimizers.py",
        "velocity = load(floats(a, 6), i) * keep + direction",
        "velocity = load(floats(a, 6), i) * keep - direction",
        OPTIMIZER_STATE,
    ),
    Mutation(
        "compiled Adam forgets that its second average began at 0",
        "engines/fast/kernels/optimizers.py",
        "(sqrt(second) * widen + eps)",
        "(sqrt(second) + eps)",
        OPTIMIZER_STATE,
    ),
    Mutation(
        "a compiled step always counts as finite",
        "engines/fast/updating.py",
        "return not self._finite.any()",
        "return True or self._finite.any()",
        OPTIMIZER_STATE,
    ),
    Mutation(
        "squares of an error that overlap are not added up",
        "engines/fast/kernels/winograd_input_gradient.py",
        'outputs, "add", None, block)',
        'outputs, "zero", None, block)',
        TILES,
    ),
    Mutation(
        "the transforms of the error are not turned round",
        "engines/fast/kernels/winograd_input_gradient.py",
        "B: Matrix = tuple(zip(*BT, strict=True))",
        "B: Matrix = BT",
        TILES,
    ),
    Mutation(
        "the filter of one channel is turned across",
        "engines/fast/kernels/narrow.py",
        "tile = outer(tile, w, u * {across.kernel} + v, x,",
        "tile = outer(tile, w, u * {across.kernel} + {across.kernel - 1} - v, x,",
        READERS,
    ),
    Mutation(
        "the error of few channels keeps the last image's part only",
        "engines/fast/kernels/narrow.py",
        'store_sums(shape, begin == "add")',
        "store_sums(shape, False)",
        READERS,
    ),
    Mutation(
        "only the first thread's part of a gradient counts",
        "engines/fast/kernels/partials.py",
        'added = " + ".join(f"p{t}[k]" for t in range(parts))',
        'added = " + ".join(f"p{t}[k]" for t in range(1))',
        READERS,
    ),
    Mutation(
        "NaN never wins a maximum",
        "engines/fast/kernels/pooling.py",
        "better = (z > best) | (z != z)",
        "better = (z > best) | (z > z)",
        f"{ENGINE}::test_the_last_nan_of_a_window_wins_as_in_the_book",
    ),
    Mutation(
        "memory that all threads share is given away in the middle of a stage",
        "engines/fast/plan/lifetimes.py",
        "first, last = (step, step) if ordered else stage",
        "first, last = (step, step)",
        ARENA,
    ),
    Mutation(
        "weights count as packed although a run was cut off",
        "engines/fast/plan/running.py",
        "self._prepared = False  # until the end",
        "pass  # until the end",
        CHANGES,
    ),
    Mutation(
        "weights are packed from where others may write, not from the copy that is compared",
        "engines/fast/plan/changes.py",
        "steps = [replace(step, operands=_of_copies(step.operands, copies)) for step",
        "steps = [replace(step, operands=step.operands) for step",
        CHANGES,
    ),
    Mutation(
        "an array that was replaced still counts as bound",
        "engines/fast/plan/running.py",
        "self._bound.pop(name, None)",
        "pass",
        CHANGES,
    ),
    Mutation(
        "a change of the sign of 0 is overlooked",
        "engines/fast/kernels/changes.py",
        "differences |= now[k] ^ before[k]",
        "differences |= (now[k] ^ before[k]) & 0x7FFFFFFF",
        CHANGES,
    ),
]
