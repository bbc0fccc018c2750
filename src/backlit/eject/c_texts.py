"""What no layer says, in C: reading pictures and weights, learning, the commands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from math import prod
from textwrap import wrap

from backlit.equations.typeset import plain_text

from . import schedules, text
from .c_functions import GENERIC, WIDTH, CPrinter, listed
from .description import Description, PlacedLayer
from .printing import identifier
from .text import filled
from .wording import path


def mathematics(code: str) -> list[str]:
    """The functions of the C library's mathematics that stand in a program."""
    return [name for name in GENERIC if re.search(rf"(?<![\w.]){name}\(", code)]


def passes(part: PlacedLayer, training: bool) -> bool:
    """Whether the output of a layer is its input, in memory too."""
    modes = (False, True) if training else (False,)
    if part.layer.family == "flatten" or getattr(part.layer, "rate", None) == 0:
        return True
    return all(part.layer.is_identity(part.shapes[0], mode) for mode in modes)


def plain(name: str) -> str:
    """A layer's name as part of a name in C."""
    return re.sub(r"\W", lambda found: f"x{ord(found[0]):x}", name, flags=re.ASCII)


def names(description: Description) -> dict[str, str]:
    """The names of all arrays of layers: ``W_conv1`` for "conv1.weight"."""
    found = {}
    for part in description.parts:
        for name in part.parameters:
            letter = identifier(part.layer.letters[name])
            found[f"{part.name}.{name}"] = f"{letter}_{plain(part.name)}"
        for name in part.buffers:
            found[f"{part.name}.{name}"] = f"{name}_{plain(part.name)}"
    return found


# --- the beginning --------------------------------------------------------------------------------

_HEAD = """/* A convolutional network in C99, written by backlit: one file, no allocation.

@PATH@

       gcc -O3 -march=native cnn.c -o cnn -lm
       ./cnn test                    compute what backlit computed
@COMMANDS@
   As part of another program, compile it with -DCNN_LIBRARY and declare

@INTERFACE@
   All arrays of its own take @ARENA@ bytes, besides what was learned.
   @FUNCTIONS@ */

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
@TGMATH@
#ifndef REAL
#define REAL float /* -DREAL=double computes in double precision */
#endif
typedef REAL real;

@PROTOTYPES@
"""

_LEARNING_INTERFACE = """void cnn_begin_anew(uint32_t seed);
real cnn_step(const real *inputs, const int *labels, int N, uint32_t step);
"""


def head(description: Description, functions: Sequence[str], arena: int) -> str:
    """What the file is, and what it includes."""
    lines = wrap(path(description), WIDTH, initial_indent="   ", subsequent_indent="   ")
    commands = ""
    if description.reads_pictures:
        commands += "       ./cnn predict PICTURE.pgm     say what is in a picture\n"
    if description.training:
        commands += "       ./cnn train                   learn from the pictures in here\n"
    prototypes = "void cnn_forward(const real *input, real *scores);\n"
    prototypes += _LEARNING_INTERFACE if description.training else ""
    interface = "".join(
        f"       {line}\n" for line in prototypes.replace("real", "float").split("\n")
    )
    library = "It needs no mathematics of the C library."
    if functions:
        every = ", ".join(f"{name}f" for name in functions)
        library = f"Of the C library's mathematics it needs {every}."
    return filled(
        _HEAD,
        PATH="\n".join(lines),
        COMMANDS=commands,
        INTERFACE=interface.rstrip() + "\n",
        ARENA=f"{arena:,}",
        FUNCTIONS=library,
        TGMATH="#include <tgmath.h> /* exp of a float is expf */\n" if functions else "",
        PROTOTYPES=prototypes,
    )


def learned(description: Description, every: dict[str, str]) -> list[str]:
    """The gradients of all that is learned, and the table of both."""
    parameters = list(_parameters(description))
    count = sum(size for _, _, _, size in parameters)
    lines = ["", "/* How the loss changes with each of these numbers. */"]
    lines.append(f"static real gradients[{count}];")
    table, offset = [], 0
    for part, name, key, size in parameters:
        lines.append(f"static real *const d{every[key]} = gradients + {offset};")
        first = part.layer.first_values.get(name)
        variance = "0" if first is not None else f"(real){part.gain:.12g} / {part.fan_in}"
        start = f"(real){first!r}" if first is not None else "0"
        table.append(f"    {{{every[key]}, {size}, {variance}, {start}}},")
        offset += size
    lines += [
        "",
        "/* Before learning, numbers are drawn with a variance, or are all the same. */",
        "static const struct {",
        "    real *numbers;",
        "    int count;",
        "    real variance, start;",
        "} LEARNED[] = {",
        *table,
        "};",
        f"enum {{ ARRAYS = {len(table)} }};",
    ]
    return lines


def _parameters(description: Description) -> Iterator[tuple[PlacedLayer, str, str, int]]:
    for part in description.parts:
        for name, shape in part.parameters.items():
            yield part, name, f"{part.name}.{name}", prod(shape)


# --- helpers --------------------------------------------------------------------------------------

_HELPERS = {
    "dot": """
/* The sum of all products. Sixteen sums go side by side, since none of them has to wait for
 * another. */
static real dot(const real *restrict a, const real *restrict b, int count)
{
    real sums[16] = {0}, total = 0;
    int k = 0;
    for (; k + 16 <= count; k += 16)
        for (int t = 0; t < 16; t++)
            sums[t] += a[k + t] * b[k + t];
    for (; k < count; k++)
        total += a[k] * b[k];
    for (int t = 0; t < 16; t++)
        total += sums[t];
    return total;
}
""",
    "padded": """
/* A copy of maps with something around them. */
static void padded(const real *restrict X, int C, int IH, int IW, int top, int bottom, int left,
                   int right, real around, real *restrict P)
{
    const int PH = IH + top + bottom, PW = IW + left + right;
    for (int k = 0; k < C * PH * PW; k++)
        P[k] = around;
    for (int c = 0; c < C; c++)
        for (int h = 0; h < IH; h++)
            for (int w = 0; w < IW; w++)
                P[(c * PH + h + top) * PW + w + left] = X[(c * IH + h) * IW + w];
}
""",
    "inside": """
/* How many of the places from start on exist. */
static int inside(int start, int count, int size)
{
    const int end = start + count < size ? start + count : size;
    return end - (start > 0 ? start : 0);
}
""",
    "add": """
/* What several layers read gets an error from each: they add up. */
static void add(const real *X, real *Y, int count)
{
    for (int k = 0; k < count; k++)
        Y[k] += X[k];
}
""",
    "clear": """
static void clear(real *X, int count)
{
    for (int k = 0; k < count; k++)
        X[k] = 0;
}
""",
    "larger": """
static real larger(real a, real b)
{
    return a > b ? a : b;
}
""",
    "smaller": """
static real smaller(real a, real b)
{
    return a < b ? a : b;
}
""",
    "sigmoid": """
/* 1 / (1 + e^(-x)), written so that no power is large. */
static real sigmoid(real x)
{
    return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x));
}
""",
    "stir": """
/* 32 bits, mixed so that neighboring numbers come out unrelated. */
static uint32_t stir(uint32_t x)
{
    x = (x ^ x >> 16) * 0x7FEB352Du;
    x = (x ^ x >> 15) * 0x846CA68Bu;
    return x ^ x >> 16;
}
""",
    "dropout_key": """
/* Each layer has other masks in each step. */
static uint32_t dropout_key(uint32_t layer, uint32_t step)
{
    const uint32_t numbers[] = {@SEED@u, layer, step};
    uint32_t key = 0;
    for (int k = 0; k < 3; k++)
        key = stir(stir(key + 0x9E3779B9u) ^ numbers[k]);
    return key;
}
""",
}
_CALLS = {"dropout_key": ("stir",)}


def helpers(code: str, seed: int = 0) -> str:
    """The small functions that a program calls."""
    found = {name for name in _HELPERS if re.search(rf"\b{name}\(", code)}
    for name in list(found):
        found.update(_CALLS.get(name, ()))
    every = "\n".join(_HELPERS[name].strip("\n") + "\n" for name in _HELPERS if name in found)
    return filled(every, SEED=str(seed))


# --- the network ----------------------------------------------------------------------------------

FORWARD = """
/* The scores of the classes for one image, as the network sees it: {input} numbers. */
void cnn_forward(const real *input, real *scores)
{{
{inner}
    memcpy(scores, {scores}, {classes} * sizeof(real));
}}
"""

FORWARD_BATCH = """
/* The outputs of all layers for the N images in Y_input. */
static void forward({arguments})
{{
{inner}
}}

/* The scores of the classes for one image, as the network sees it: {input} numbers. */
void cnn_forward(const real *input, real *scores)
{{
    memcpy(Y_input, input, {input} * sizeof(real));
    forward(1{evaluation});
    memcpy(scores, {scores}, {classes} * sizeof(real));
}}
"""

LOSS = """
/* L = -1/N Σ_n ln P[n,label(n)] with P = e^Z / Σ e^Z, and dZ = (P - T)/N.
 * T is 1 for the true class of an image and 0 for the others. */
static real softmax_cross_entropy(const real *Z, const int *labels, int N, real *dZ)
{
    real loss = 0;
    for (int n = 0; n < N; n++) {
        const real *z = Z + n * CLASSES;
        real largest = z[0], total = 0; /* taken out of all powers, so that none is too large */
        for (int k = 1; k < CLASSES; k++)
            largest = z[k] > largest ? z[k] : largest;
        for (int k = 0; k < CLASSES; k++)
            total += exp(z[k] - largest);
        loss += (log(total) + largest - z[labels[n]]) / (real)N;
        for (int k = 0; k < CLASSES; k++)
            dZ[n * CLASSES + k] = exp(z[k] - largest) / total / (real)N;
        dZ[n * CLASSES + labels[n]] -= 1 / (real)N;
    }
    return loss;
}
"""

_BACKWARD = """
/* The loss, and how it changes with each number that is learned. */
static real backward(const int *labels, int N@STEP@)
{
    memset(gradients, 0, sizeof gradients);
@INNER@
    return loss;
}

@LEFT_OUT@static const real RATE = (real)@RATE@;
@KEPT@@SCHEDULE@@SHORTENED@
/* @WORDS@. */
@SIGNATURE@
{
    for (int k = 0; k < count; k++) {
@LINES@
    }
}
@REMEMBER@
/* All that is learned, once its gradients are known. */
static void step_of_all(uint32_t step)
{
    int at = 0;
@NOW@    for (int a = 0; a < ARRAYS; a++) {
        update(@GIVEN@);
        at += LEARNED[a].count;
    }
@UNUSED@}

static uint32_t dice = 0;

/* A number that is nearly normally distributed: the sum of twelve even ones. */
static real normal(void)
{
    real total = -6;
    for (int k = 0; k < 12; k++)
        total += (real)(stir(++dice) >> 8) / (real)(1 << 24);
    return total;
}

/* Weights to start from, by K. He: sums stay as large as what they are made of. */
void cnn_begin_anew(uint32_t seed)
{
    dice = stir(seed);
    for (int a = 0; a < ARRAYS; a++)
        for (int k = 0; k < LEARNED[a].count; k++)
            LEARNED[a].numbers[k] =
                LEARNED[a].variance > 0 ? sqrt(LEARNED[a].variance) * normal() : LEARNED[a].start;
@ZEROS@}

/* One step of learning on N images, at most BATCH; the loss before it. The steps count from 1. */
real cnn_step(const real *inputs, const int *labels, int N, uint32_t step)
{
    memcpy(Y_input, inputs, (size_t)(N * @INPUT@) * sizeof(real));
    forward(N@TRAINING@);
    const real loss = backward(labels, N@STEP_GIVEN@);
@REMEMBERED@    step_of_all(step);
    return loss;
}
"""

_SCHEDULE = """
/* The learning rate of a step, counted from 1: it changes over @STEPS@ steps. */
static real rate_of(uint32_t step)
{
    const real t = (real)(step < @STEPS@u ? step - 1 : @STEPS@u - 1);
@LINES@
}
"""

_SHORTENED = """
/* All gradients together become at most so long: a wild batch moves nothing far. */
static void shorten(void)
{
    const real most = (real)@CLIP@;
    real squares = 0;
    for (int k = 0; k < @COUNT@; k++)
        squares += gradients[k] * gradients[k];
    const real length = sqrt(squares);
    if (length > most && length < (real)INFINITY)
        for (int k = 0; k < @COUNT@; k++)
            gradients[k] *= most / length;
}
"""


_FRACTION = r"(?<![\w.])(?:\d+\.\d*(?:e-?\d+)?|\d+e-\d+)"


def _schedule(changes: Sequence[schedules.RateStretch]) -> str:
    if not changes:
        return ""
    lines = []
    for stretch in changes:
        line = re.sub(_FRACTION, r"(real)\g<0>", schedules.returned(stretch, ";"))
        when = "" if stretch is changes[-1] else f"    if (t < {stretch.end})\n    "
        lines.append(f"{when}    {line}")
    if any("pi" in stretch.factor for stretch in changes):
        lines.insert(0, "    const real pi = (real)3.141592653589793;")
    return filled(_SCHEDULE, STEPS=str(changes[-1].end), LINES="\n".join(lines))


def learning(
    description: Description, every: dict[str, str], inner: str, step: str, training: str
) -> str:
    """The backward pass, the update and a step of learning."""
    rule = description.rule
    assert rule is not None
    equations = rule.equations
    count = sum(size for _, _, _, size in _parameters(description))
    kept = [identifier(each.symbol) for each in equations.kept]
    changes = schedules.stretches(description)
    rate = "rate" if changes else "RATE"
    named = {"W": "W[k]", "dW": "dW[k]", "η": rate, "t": "(real)step"}
    named |= {each.symbol: f"{identifier(each.symbol)}[k]" for each in equations.kept}
    named |= {each.symbol: f"(real){value:.12g}" for each, value in rule.settings.items()}
    printer = CPrinter(named)
    lines, words = [], []
    for each in equations.assignments:
        target = named.get(each.letter.symbol, f"const real {identifier(each.letter.symbol)}")
        lines.append(f"        {target} = {printer.text(each.expression)};")
        words.append(f"{each.letter.symbol} ← {plain_text(each.expression)}")
    lines.append(f"        W[k] -= {printer.text(equations.descent)};")
    words.append(f"W ← W − {plain_text(equations.descent)}")
    counts = "(real)step" in "\n".join(lines)
    arguments = ["real *restrict W", "const real *restrict dW"]
    arguments += [f"real *restrict {each}" for each in kept]
    arguments += ["int count", *(["uint32_t step"] if counts else [])]
    arguments += ["real rate"] if changes else []
    given = ["LEARNED[a].numbers", "gradients + at", *(f"kept_{each} + at" for each in kept)]
    given += ["LEARNED[a].count", *(["step"] if counts else [])]
    given += ["rate"] if changes else []
    now = "" if rule.clip is None else "    shorten();\n"
    now += "    const real rate = rate_of(step);\n" if changes else ""
    shortened = filled(_SHORTENED, CLIP=f"{rule.clip:.12g}", COUNT=str(count)) if rule.clip else ""
    left_out = " * ".join(f"{line}\n" for line in wrap(rule.left_out, WIDTH - 6))
    remember = _remember(description, every)
    return filled(
        _BACKWARD,
        STEP=step,
        INNER=inner,
        RATE=f"{rule.rate:.12g}",
        LEFT_OUT=f"/* {left_out.rstrip()} */\n" if left_out else "",
        SCHEDULE=_schedule(changes),
        SHORTENED=shortened,
        NOW=now,
        KEPT="".join(f"static real kept_{each}[{count}];\n" for each in kept),
        WORDS="\n * ".join(wrap("; ".join(words), WIDTH - 6)),
        SIGNATURE=listed("static void update(", ", ".join(arguments), ")"),
        LINES="\n".join(lines),
        REMEMBER=remember,
        ZEROS="".join(f"    memset(kept_{each}, 0, sizeof kept_{each});\n" for each in kept),
        INPUT=str(prod(description.input_shape)),
        TRAINING=training,
        STEP_GIVEN=", step" if step else "",
        REMEMBERED="    remember(N);\n" if remember else "",
        GIVEN=", ".join(given),
        UNUSED="" if counts or changes else "    (void)step;\n",
    )


_REMEMBER = """
/* Batch norms remember mean and variance of the batches for when there is none. */
static void remember(int N)
{
@LINES@
}
"""


def _remember(description: Description, every: dict[str, str]) -> str:
    lines = []
    for part in description.parts:
        for name, letter in zip(part.buffers, ("mu", "sigma2"), strict=False):
            share = part.layer.momentum  # type: ignore[attr-defined]
            place = f"{every[f'{part.name}.{name}']}[c]"
            factor = ""
            if name.endswith("variance"):  # of all images that there might be, so M/(M − 1)
                count = f"(real)(N * {prod(part.shapes[0][1:])})"
                factor = f" * {count} / ({count} - 1)"
            lines += [
                f"    for (int c = 0; c < {part.buffers[name][0]}; c++)",
                f"        {place} = (real){1 - share:.12g} * {place}",
                f"            + (real){share:.12g} * {letter}_{plain(part.name)}[c]{factor};",
            ]
    return filled(_REMEMBER, LINES="\n".join(lines)) if lines else ""


# --- commands -------------------------------------------------------------------------------------

_PREPARE = """
/* What the network sees of a picture: @WORDS@. */
static void prepare(const unsigned char *pixels, real *X)
{
@STATISTICS@    for (int k = 0; k < PIXELS; k++)
        X[k] = @EACH@;
}
"""

_BEST = """
static int best(const real *scores)
{
    int found = 0;
    for (int k = 1; k < CLASSES; k++)
        if (scores[k] > scores[found])
            found = k;
    return found;
}
"""

_COMPARED = """
/* Each sum of n products is rounded n times; all that come after one another are that many
 * times the last digit of a number apart, if no layer makes them larger. */
static const double ROUNDING = @ROUNDING@;

/* Print whether numbers are equal but for rounding, in units of size. */
static int compared(const char *words, const char *name, double apart, double size)
{
    const double last_digit = sizeof(real) == sizeof(float) ? 5.96e-8 : 1.11e-16;
    const double allowed = ROUNDING * last_digit > 1e-12 ? ROUNDING * last_digit : 1e-12;
    const double found = fabs(apart) / (size > 1 ? size : 1);
    if (found <= allowed)
        printf("%s%s: equal\\n", words, name);
    else
        printf("%s%s: NOT equal, %.0e apart\\n", words, name, found);
    return found <= allowed;
}

/* Compute again what backlit computed; whether it is equal. */
static int test(void)
{
    real input[PIXELS], scores[CLASSES];
    int equal = 1;
    for (int n = 0; n < TESTS; n++) {
        double apart = 0;
        prepare(tests[n].pixels, input);
        cnn_forward(input, scores);
        for (int k = 0; k < CLASSES; k++) {
            const double difference = fabs((double)scores[k] - SCORES[n][k]);
            const double size = fabs(SCORES[n][k]);
            const double each = difference / (size > 1 ? size : 1);
            apart = each <= apart ? apart : each; /* what is no number counts, too */
        }
        equal &= compared("the scores of a ", classes[tests[n].label], apart, 1);
    }
@GRADIENTS@    return equal;
}
"""

_TEST_GRADIENTS = """    int labels[TESTS];
    for (int n = 0; n < TESTS; n++) {
        labels[n] = tests[n].label;
        prepare(tests[n].pixels, Y_input + n * PIXELS);
    }
    forward(TESTS@MODE@);
    const double loss = (double)backward(labels, TESTS@STEP@);
    equal &= compared("the loss", "", loss - LOSS, fabs(LOSS));
    const real *gradient = gradients;
    for (int a = 0; a < ARRAYS; a++) {
        double total = 0, size = 0; /* in which the numbers count 1 to 7 times, in turn */
        for (int k = 0; k < LEARNED[a].count; k++) {
            total += (double)gradient[k] * (1 + k % 7);
            size += fabs((double)gradient[k]) * (1 + k % 7);
        }
        equal &= compared("", GRADIENTS[a].name, total - GRADIENTS[a].sum, size);
        gradient += LEARNED[a].count;
    }
"""

_FILE = """
/* Weights as every program of backlit reads them: @BYTES@ bytes each, the lowest first. */
static int load(const char *file)
{
    FILE *weights = fopen(file, "rb");
    if (!weights)
        return 0;
    int whole = 1;
    for (int a = 0; a < STORED; a++)
        for (int k = 0; k < stored[a].count; k++) {
            unsigned char bytes[@BYTE_COUNT@];
            uint@BITS@_t bits = 0;
            @KIND@ number;
            if (fread(bytes, 1, sizeof bytes, weights) < sizeof bytes)
                whole = 0;
            for (int b = @BYTE_COUNT@; whole && b-- > 0;)
                bits = bits << 8 | bytes[b];
            memcpy(&number, &bits, sizeof number);
            stored[a].numbers[k] = (real)number;
        }
    whole = whole && fgetc(weights) == EOF;
    fclose(weights);
    return whole;
}
"""

_SAVE = """
static int save(const char *file)
{
    FILE *weights = fopen(file, "wb");
    if (!weights)
        return 0;
    for (int a = 0; a < STORED; a++)
        for (int k = 0; k < stored[a].count; k++) {
            const @KIND@ number = (@KIND@)stored[a].numbers[k];
            uint@BITS@_t bits;
            memcpy(&bits, &number, sizeof bits);
            for (int b = 0; b < @BYTE_COUNT@; b++)
                fputc((int)(bits >> 8 * b & 255), weights);
        }
    return fclose(weights) == 0;
}
"""

_TRAIN = """
enum { EPOCHS = @EPOCHS@ };

/* Learn from the pictures at the end; a tenth only shows how it goes. */
static void train(int anew)
{
    static int order[PICTURES];
    static real inputs[BATCH * PIXELS];
    real input[PIXELS], scores[CLASSES];
    int labels[BATCH], count = 0, shown = 0;
    uint32_t step = 0;
    if (anew)
        cnn_begin_anew(0);
    for (int k = 0; k < PICTURES; k++)
        if (k % 10)
            order[count++] = k;
        else
            shown++;
    for (int epoch = 1; epoch <= EPOCHS; epoch++) {
        double losses = 0;
        int right = 0, steps = 0;
        for (int k = count - 1; k > 0; k--) { /* in another order each time */
            const int other = (int)(stir(++dice) % (uint32_t)(k + 1)), kept = order[k];
            order[k] = order[other];
            order[other] = kept;
        }
        for (int start = 0; start < count; start += BATCH) {
            const int N = start + BATCH <= count ? BATCH : count - start;
            for (int n = 0; n < N; n++) {
                labels[n] = pictures[order[start + n]].label;
                prepare(pictures[order[start + n]].pixels, inputs + n * PIXELS);
            }
            losses += (double)cnn_step(inputs, labels, N, ++step);
            steps++;
        }
        for (int k = 0; k < PICTURES; k += 10) {
            prepare(pictures[k].pixels, input);
            cnn_forward(input, scores);
            right += best(scores) == pictures[k].label;
        }
        printf("epoch %d: loss %.4f, %d of %d other pictures right\\n", epoch, losses / steps,
               right, shown);
    }
}
"""

_PREDICT = """
/* Print the three classes that a picture looks most like. */
static int predict(const char *file)
{
    unsigned char pixels[PIXELS];
    real input[PIXELS], scores[CLASSES];
    double total = 0;
    if (!read_picture(file, pixels))
        return 0;
    prepare(pixels, input);
    cnn_forward(input, scores);
    const real largest = scores[best(scores)];
    for (int k = 0; k < CLASSES; k++)
        total += (double)exp(scores[k] - largest);
    for (int place = 0; place < 3 && place < CLASSES; place++) {
        const int k = best(scores);
        printf("%s  %.1f%%\\n", classes[k], 100 * (double)exp(scores[k] - largest) / total);
        scores[k] = -INFINITY;
    }
    return 1;
}
"""

_MAIN = """
int main(int count, char **words)
{
@OPTIONS@    if (count == 2 && strcmp(words[1], "test") == 0)
        return test() ? 0 : 1;
@PREDICT@@TRAIN@    fprintf(stderr, "usage: %s test\\n", words[0]);
@USAGE@    fprintf(stderr, "It works in %zu bytes, besides what was learned.\\n", sizeof arena);
    return 2;
}

#endif
"""

_MAIN_BESIDE = """    static char beside[4096]; /* the weights lie in the folder of the program */
    const char *const slash = strrchr(words[0], '/');
    snprintf(beside, sizeof beside, "%.*s%s", slash ? (int)(slash - words[0] + 1) : 0, words[0],
             @FILE@);
"""

_MAIN_LOAD = """@BESIDE@    const char *from = @DEFAULT@;
    if (count > 3 && strcmp(words[count - 2], "--weights") == 0) {
        from = words[count - 1];
        count -= 2;
    }
    if (from && !load(from)) {
        fprintf(stderr, "%s: %s does not hold the weights of this network\\n", words[0], from);
        return 1;
    }
"""
_MAIN_PREDICT = """    if (count == 3 && strcmp(words[1], "predict") == 0)
        return predict(words[2]) ? 0 : 1;
"""
_MAIN_TRAIN = """    if (count >= 2 && strcmp(words[1], "train") == 0) {
        const int go_on = count > 2 && strcmp(words[2], "--go-on") == 0;
        const int saves = count == 4 + go_on && strcmp(words[2 + go_on], "--save") == 0;
        if (count == 2 + go_on || saves) {
            train(!go_on);
            if (saves && !save(words[count - 1])) {
                fprintf(stderr, "%s: %s cannot be written\\n", words[0], words[count - 1]);
                return 1;
            }
            return 0;
        }
    }
"""
_MAIN_NOTHING = """    if (count >= 2 && strcmp(words[1], "train") == 0) {
        fprintf(stderr, "%s: there are no pictures in this file to learn from\\n", words[0]);
        return 1;
    }
"""


def changes(description: Description) -> bool:
    """Whether the program's weights can change: by learning, or by a file."""
    return description.training or bool(description.weights)


def commands(description: Description, every: dict[str, str], modes: Sequence[str]) -> str:
    """What the program can do."""
    training, reads = description.training, description.reads_pictures
    single = description.single
    storing = {
        "BYTES": "four" if single else "eight",
        "BYTE_COUNT": "4" if single else "8",
        "BITS": "32" if single else "64",
        "KIND": "float" if single else "double",
    }
    learns = training and bool(description.examples)
    usage = ["predict PICTURE.pgm"] if reads else []
    usage += ["train [--go-on] [--save FILE]"] if training else []
    usage += ["... --weights FILE"] if changes(description) else []
    parts = [
        "#ifndef CNN_LIBRARY\n\n#include <stdio.h>\n",
        _samples(description),
        _prepare(description),
        _stored(description, every) + filled(_FILE, **storing) if changes(description) else "",
        filled(_SAVE, **storing) if learns else "",
        _BEST if reads or learns else "",
        filled(_TRAIN, EPOCHS=str(description.rule.epochs if description.rule else 0))
        if learns
        else "",
        filled(
            _COMPARED,
            ROUNDING=str(_roundings(description)),
            GRADIENTS=filled(_TEST_GRADIENTS, MODE=modes[0], STEP=modes[1]) if training else "",
        ),
        _read(description) + _PREDICT if reads else "",
        filled(
            _MAIN,
            OPTIONS=filled(
                _MAIN_LOAD,
                BESIDE=filled(_MAIN_BESIDE, FILE=_quoted(description.weights))
                if description.weights
                else "",
                DEFAULT="beside" if description.weights else "NULL",
            )
            if changes(description)
            else "",
            PREDICT=_MAIN_PREDICT if reads else "",
            TRAIN=_MAIN_TRAIN if learns else _MAIN_NOTHING if training else "",
            USAGE="".join(
                f'    fprintf(stderr, "       %s {words}\\n", words[0]);\n' for words in usage
            ),
        ),
    ]
    return "\n".join(part.strip("\n") + "\n" for part in parts if part)


def _prepare(description: Description) -> str:
    normalization = description.normalization
    if normalization is None:
        return filled(_PREPARE, WORDS="x/255", STATISTICS="", EACH="(real)pixels[k] / 255")
    channels, height, width = description.input_shape
    arrays, places = [], []
    for name, values in zip(("mean", "std"), normalization, strict=True):
        numbers_ = ", ".join(f"(real){value!r}" for value in values)
        arrays.append(f"    static const real {name}[] = {{{numbers_}}};")
        places.append(f"{name}[k / {height * width}]" if channels > 1 else f"{name}[0]")
    lines = [part for each in arrays for part in wrap(each, WIDTH, subsequent_indent=" " * 8)]
    lines = [line if line.startswith(" ") else f"    {line}" for line in lines]
    words = "(x/255 - mean)/std" + (" of its channel" if channels > 1 else "")
    return filled(
        _PREPARE,
        WORDS=words,
        STATISTICS="\n".join(lines) + "\n",
        EACH=f"((real)pixels[k] / 255 - {places[0]}) / {places[1]}",
    )


def _roundings(description: Description) -> int:
    """How many roundings come after one another, from the input to the scores and back."""
    forward = backward = 0
    for part in description.parts:
        weight = part.parameters.get("weight", (1,))
        terms = prod(weight[1:])
        axes = part.layer.window(part.shapes[0])
        if axes is not None and not part.parameters:
            terms = axes[0].kernel * axes[1].kernel
        elif part.layer.sees_whole_input and not part.parameters:
            terms = prod(part.shapes[0][1:])
        forward += terms + 4
        places = prod(part.output[1:]) * len(description.tests)
        outputs = weight[0] * prod(weight[2:])
        backward += max(places if part.parameters else 1, outputs) + 8
    return forward + (backward if description.training else 0)


# --- pictures -------------------------------------------------------------------------------------

_READ = """
/* --- Reading a picture: its rows come one by one, and each is made as wide as the network
 * needs it at once. --- */

enum { CHANNELS = @C@, HEIGHT = @H@, WIDTH = @W@, LONGEST = 8192 };

/* The next number of a picture file's header; -1 if there is none. */
static long next_number(FILE *file)
{
    int c = fgetc(file);
    while (c == '#' || c == ' ' || (c >= '\\t' && c <= '\\r')) {
        if (c == '#')
            while (c != '\\n' && c != EOF)
                c = fgetc(file);
        c = fgetc(file);
    }
    long value = -1;
    for (; c >= '0' && c <= '9' && value < 1000000; c = fgetc(file))
        value = (value < 0 ? 0 : 10 * value) + c - '0';
    return value;
}

/* A stretch of numbers as some others: each is a mean of those below it, in which near ones
 * count more. */
static void scaled(const unsigned char *from, int size, int from_step, double start,
                   double length, unsigned char *to, int count, int to_step)
{
    const double step = length / count, reach = step > 1 ? step : 1;
    for (int k = 0; k < count; k++) {
        const double center = start + (k + 0.5) * step;
        const int first = center - reach + 0.5 > 0 ? (int)(center - reach + 0.5) : 0;
        const int end = (int)(center + reach + 0.5) < size ? (int)(center + reach + 0.5) : size;
        double total = 0, weights = 0;
        for (int x = first; x < end; x++) {
            const double far = fabs(x + 0.5 - center) / reach;
            total += (1 - far) * from[x * from_step];
            weights += 1 - far;
        }
        to[k * to_step] = (unsigned char)(total / weights + 0.5);
    }
}
@MEDIAN@@ROUNDED@
/* One pixel of a file: red, green and blue, or only gray, from 0 to 255. */
static int read_pixel(FILE *file, int kind, long largest, int *colors)
{
    const int count = kind == '3' || kind == '6' ? 3 : 1;
    for (int c = 0; c < count; c++) {
        long value = kind < '4' ? next_number(file) : fgetc(file);
        if (kind > '4' && largest > 255)
            value = 256 * value + fgetc(file);
        if (value < 0 || value > largest)
            return 0;
        colors[c] = (int)(255.0 * (double)value / (double)largest + 0.5);
    }
    return count;
}

/* The pixels of a PGM or PPM file, framed as the network's own were. */
static int read_rows(FILE *file, unsigned char *pixels)
{
    static unsigned char row[LONGEST * CHANNELS], columns[LONGEST * CHANNELS * WIDTH];
    const int letter = fgetc(file), kind = fgetc(file);
    const int known = letter == 'P' && (kind == '2' || kind == '3' || kind == '5' || kind == '6');
    const long width = known ? next_number(file) : 0, height = known ? next_number(file) : 0;
    const long largest = known ? next_number(file) : 0;
    if (width < 1 || height < 1 || width > LONGEST || height > LONGEST || largest < 1
        || largest > 65535)
        return 0;
@FRAME@    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            int colors[3];
            const int count = read_pixel(file, kind, largest, colors);
            if (count == 0)
                return 0;
@PIXEL@        }
        for (int c = 0; c < CHANNELS; c++) {
@BORDER@            scaled(row + c, (int)width, CHANNELS, @COLUMNS@,
                   columns + (y * CHANNELS + c) * WIDTH, @W_INNER@, 1);
        }
    }
    for (int c = 0; c < CHANNELS; c++) {
@GROUND@        for (int x = 0; x < @W_INNER@; x++)
            scaled(columns + c * WIDTH + x, (int)height, CHANNELS * WIDTH,
                   @ROWS@, pixels + (c * HEIGHT + top) * WIDTH + left + x,
                   @H_INNER@, WIDTH);
    }
@TURN@    return 1;
}

static int read_picture(const char *name, unsigned char *pixels)
{
    FILE *file = fopen(name, "rb");
    const int whole = file && read_rows(file, pixels);
    if (file)
        fclose(file);
    if (!whole)
        fprintf(stderr, "%s is no whole PGM or PPM picture of at most %d by %d pixels\\n", name,
                LONGEST, LONGEST);
    return whole;
}

"""

_PIXEL_GRAY = """            /* gray, as the eye weighs the colors */
            row[x] = (unsigned char)(count == 1 ? colors[0]
                : (19595 * colors[0] + 38470 * colors[1] + 7471 * colors[2] + 32768) >> 16);
"""
_PIXEL_COLOR = """            for (int c = 0; c < CHANNELS; c++)
                row[x * CHANNELS + c] = (unsigned char)colors[count == 1 ? 0 : c];
"""

_MEDIAN = """
/* How often each value occurs at the border. */
static long occurs[CHANNELS][256];

/* The median of the border, rounded down. */
static double median(const long *often)
{
    long count = 0, below = 0;
    int low = -1, high = -1;
    for (int value = 0; value < 256; value++)
        count += often[value];
    for (int value = 0; value < 256; value++) {
        below += often[value];
        if (low < 0 && below > (count - 1) / 2)
            low = value;
        if (high < 0 && below > count / 2)
            high = value;
    }
    return (low + high) / 2.0;
}
"""

_ROUNDED = """
/* Rounded, and to the even one where two are as near. */
static int rounded(double value)
{
    const int down = (int)(value + 0.5);
    return (double)down - value == 0.5 && down % 2 ? down - 1 : down;
}
"""

_FRAME_PAD = """    const int same = height == HEIGHT && width == WIDTH;
    int h = rounded((double)height / (double)width * WIDTH);
    int w = rounded((double)width / (double)height * HEIGHT);
    h = same || h > HEIGHT ? HEIGHT : h < 1 ? 1 : h;
    w = same || w > WIDTH ? WIDTH : w < 1 ? 1 : w;
    const int top = rounded((HEIGHT - h) / 2.0), left = rounded((WIDTH - w) / 2.0);
    memset(occurs, 0, sizeof occurs);
"""
_BORDER_PAD = """            const long ends = y == 0 || y == height - 1 ? height == 1 ? 2 : 1 : 0;
            for (int x = 0; x < width; x++) {
                const long sides = x == 0 || x == width - 1 ? width == 1 ? 2 : 1 : 0;
                occurs[c][row[x * CHANNELS + c]] += ends ? ends : sides;
            }
"""
_GROUND_PAD = """        /* around it is what its border mostly is */
        memset(pixels + c * HEIGHT * WIDTH, (int)median(occurs[c]), HEIGHT * WIDTH);
"""
_FRAME_CUT = """    /* cut about the middle to the right proportions */
    const double tall = (double)(width * HEIGHT) / WIDTH, wide = (double)(height * WIDTH) / HEIGHT;
    const double h = tall < (double)height ? tall : (double)height;
    const double w = wide < (double)width ? wide : (double)width;
    const int top = 0, left = 0;
"""
_TURN = """    memset(occurs, 0, sizeof occurs);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            const long ends = y == 0 || y == HEIGHT - 1 ? HEIGHT == 1 ? 2 : 1 : 0;
            const long sides = x == 0 || x == WIDTH - 1 ? WIDTH == 1 ? 2 : 1 : 0;
            occurs[0][pixels[y * WIDTH + x]] += ends ? ends : sides;
        }
    if (median(occurs[0]) @DARKER@ 127.5) /* those that it knows have a @GROUND@ ground */
        for (int k = 0; k < PIXELS; k++)
            pixels[k] = (unsigned char)(255 - pixels[k]);
"""


def _read(description: Description) -> str:
    channels, height, width = description.input_shape
    turns = channels == 1 and description.normalization is not None
    light = description.normalization is not None and description.normalization[0][0] >= 0.5
    pads = description.pads
    return filled(
        _READ,
        MEDIAN=_MEDIAN if turns or pads else "",
        ROUNDED=_ROUNDED if pads else "",
        FRAME=_FRAME_PAD if pads else _FRAME_CUT,
        PIXEL=_PIXEL_GRAY if channels == 1 else _PIXEL_COLOR,
        BORDER=_BORDER_PAD if pads else "",
        GROUND=_GROUND_PAD if pads else "",
        COLUMNS="0, (double)width" if pads else "((double)width - w) / 2, w",
        ROWS="0, (double)height" if pads else "((double)height - h) / 2, h",
        W_INNER="w" if pads else "WIDTH",
        H_INNER="h" if pads else "HEIGHT",
        TURN=filled(_TURN, DARKER="<=" if light else ">", GROUND="light" if light else "dark")
        if turns
        else "",
        C=str(channels),
        H=str(height),
        W=str(width),
    )


# --- numbers --------------------------------------------------------------------------------------

_SAMPLES = """
/* Pictures as they are in files, and their classes; they stand at the end. */
struct picture {
    int label;
    unsigned char pixels[PIXELS];
};
enum { TESTS = @TESTS@ };
static const struct picture tests[TESTS];
static const double SCORES[TESTS][CLASSES];
"""


def _samples(description: Description) -> str:
    lines = filled(_SAMPLES, TESTS=str(len(description.tests)))
    names_ = description.classes or tuple(map(str, range(description.output.output[0])))
    if description.training:
        count = len(list(_parameters(description)))
        lines += "static const double LOSS;\n"
        lines += "struct sum {\n    const char *name;\n    double sum;\n};\n"
        lines += f"static const struct sum GRADIENTS[{count}];\n"
    if description.examples and description.training:
        lines += f"enum {{ PICTURES = {len(description.examples)} }};\n"
        lines += "static const struct picture pictures[PICTURES];\n"
    quoted = ", ".join(map(_quoted, names_))
    lines += _row("static const char *const classes[] = {", quoted, "};") + "\n"
    return lines


def _quoted(name: str) -> str:
    """A string in C; what is not plain becomes octal."""
    inner = "".join(
        chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\?' else f"\\{byte:03o}"
        for byte in name.encode()
    )
    return f'"{inner}"'


def _stored(description: Description, every: dict[str, str]) -> str:
    rows = [
        f"    {{{every[key]}, {len(array.values)}}}," for key, array in description.numbers.items()
    ]
    return "\n".join(
        [
            "/* All that was learned or remembered, in the order of the file. */",
            "static const struct {\n    real *numbers;\n    int count;\n} stored[] = {",
            *rows,
            "};",
            f"enum {{ STORED = {len(rows)} }};\n",
        ]
    )


def numbers(description: Description, every: dict[str, str]) -> str:
    """What was learned, the pictures, and what is expected of them."""
    lines: list[str] = []
    const = "" if changes(description) else "const "
    single = description.single
    if not description.weights:
        for key, array in description.numbers.items():
            values = ", ".join(_literal(value, single) for value in array.values)
            name = f"static {const}real {every[key]}[{len(array.values)}]"
            lines.append(_row(f"{name} = {{", values, "};"))
    expected = description.expected
    lines += ["", "#ifndef CNN_LIBRARY", ""]
    lines += _pictures("tests[TESTS]", description.tests)
    lines.append("static const double SCORES[TESTS][CLASSES] = {")
    lines += [_row("    {", ", ".join(map(repr, scores)), "},") for scores in expected.scores]
    lines.append("};")
    if description.training:
        lines.append(f"static const double LOSS = {expected.loss!r};")
        lines.append(f"static const struct sum GRADIENTS[{len(expected.gradients)}] = {{")
        lines += [
            f"    {{{_quoted(_gradient(part, name))}, {expected.gradients[key]!r}}},"
            for part, name, key, _ in _parameters(description)
        ]
        lines.append("};")
    if description.training and description.examples:
        if description.credit:
            credit = wrap(description.credit.replace("*/", "* /").replace("/*", "/ *"), WIDTH - 6)
            lines += ["", "/* " + "\n * ".join(credit) + " */"]
        lines += _pictures("pictures[PICTURES]", description.examples)
    lines += ["", "#endif"]
    return "\n".join(lines) + "\n"


def _gradient(part: PlacedLayer, name: str) -> str:
    """``dW of conv1``."""
    return f"d{identifier(part.layer.letters[name])} of {part.name}"


def _literal(value: float, single: bool) -> str:
    if not single:
        return repr(value)
    written = text.shortest(value, True)
    return f"{written}f" if "." in written or "e" in written else written


def _pictures(name: str, pictures: Iterable[object]) -> list[str]:
    lines = [f"static const struct picture {name} = {{"]
    for each in pictures:
        pixels = ",".join(map(str, each.pixels))  # type: ignore[attr-defined]
        label = each.label  # type: ignore[attr-defined]
        lines.append(_row(f"    {{{label}, {{", pixels, "}},", ","))
    return [*lines, "};"]


def _row(begin: str, values: str, end: str, separator: str = ", ") -> str:
    """Numbers between braces, in lines that are not too long."""
    if len(begin) + len(values) + len(end) <= WIDTH:
        return begin + values + end
    indent = " " * (len(begin) - len(begin.lstrip()) + 4)
    rows, line = [begin], indent
    for value in values.split(separator):
        if len(line) + len(value) + 2 > WIDTH:
            rows.append(line.rstrip())
            line = indent
        line += value + separator
    rows.append(line.rstrip().rstrip(",") + end)
    return "\n".join(rows)
