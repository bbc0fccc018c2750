"""What no equation says, in Python: pictures, weights, the way of learning, the commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from textwrap import wrap

from backlit.equations.typeset import plain_text
from backlit.system.words import listing

from . import schedules, text
from .description import Description, PlacedLayer
from .loops import functions_called
from .pictures import ALPHABET, encoded
from .printing import Printer, identifier
from .program import Kept, Program
from .text import filled
from .tree import expressions

# --- what is needed everywhere ------------------------------------------------------------------

_HELPERS = '''
@LETTERS@

def shape(X):
    """How long nested lists are along each axis."""
    return (len(X),) + shape(X[0]) if isinstance(X, list) else ()


def zeros(*sizes):
    """Nested lists of zeros."""
    return [zeros(*sizes[1:]) for _ in range(sizes[0])] if sizes else 0.0


def apply(function, X, *others, **options):
    """A function of each number, however deep the lists are nested."""
    if isinstance(X, list):
        return [apply(function, *rows, **options) for rows in zip(X, *others)]
    return function(X, *others, **options)
'''

_SIGMOID = '''

def sigmoid(x):
    """1 / (1 + e^(-x)), written so that no power is large."""
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))
'''


def helpers(program: Program) -> str:
    """Where the numbers are kept, and the functions that all others use."""
    kept = [*program.learned, *program.taking_part]
    if program.description.training:
        kept += program.remembered
    if kept:
        empty = ", ".join("{}" for _ in kept)
        letters = f"{', '.join(kept)} = {empty}  # of each layer, by its name: see load()\n"
    else:
        letters = ""
    called = {
        name
        for each in program.functions
        for value in ([each.value] if each.value is not None else expressions(each.body))
        for name in functions_called(value)
    }
    sigmoid = _SIGMOID if "sigmoid" in called else ""
    return filled(_HELPERS, LETTERS=letters).strip("\n") + "\n" + sigmoid


LOSS = '''
def softmax_cross_entropy(Z, labels):
    """L = -1/N Σ_n ln P[n,label(n)] with P = e^Z / Σ e^Z;  dZ = (P - T)/N.

    T is 1 for the true class of an image, and 0 for the others.
    """
    N, loss, dZ = len(Z), 0.0, []
    for n in range(N):
        largest = max(Z[n])  # taken out of all powers, so that none is huge
        powers = [exp(z - largest) for z in Z[n]]
        total = sum(powers)
        loss += (log(total) + largest - Z[n][labels[n]]) / N
        dZ.append([power / total / N for power in powers])
        dZ[n][labels[n]] -= 1 / N
    return loss, dZ
'''

# --- the layers that are not the same in training -------------------------------------------------

_MASK = '''


def dropout_mask(X, rate, layer, step):
    """1 for what is kept and 0 for the share that is dropped, another mask for each step."""
    key = 0
    for number in (@SEED@, layer, step):
        key = stirred(stirred(key + 0x9E3779B9 & 0xFFFFFFFF) ^ number)
    place = iter(range(len(row(X))))
    limit = int(rate * (1 << 32))
    return apply(lambda x: float(stirred(stirred(next(place)) ^ key) >= limit), X)


def stirred(x):
    """32 bits, mixed so that neighboring numbers come out unrelated."""
    x = (x ^ x >> 16) * 0x7FEB352D & 0xFFFFFFFF
    x = (x ^ x >> 15) * 0x846CA68B & 0xFFFFFFFF
    return x ^ x >> 16
'''


def mask(part: PlacedLayer, read: str) -> str:
    """The arguments of a layer's mask."""
    return f"{read}, {part.layer.rate!r}, {part.place}, step"  # type: ignore[attr-defined]


def remembered(part: PlacedLayer, sides: Sequence[Kept]) -> list[str]:
    """In evaluation: the running statistics in the place of the batch's."""
    return [
        f'{side.letter}["{side.layer}"] = {buffer}["{part.name}"]'
        for side, buffer in zip(sides, part.buffers, strict=True)
    ]


_REMEMBER = '''


def remember(count):
    """Move the averages that batch norms use later towards these images'."""
@LINES@
'''


def _remember(program: Program) -> str:
    lines = []
    for use in program.uses:
        for buffer, side in zip(use.part.buffers, program.sides(use), strict=False):
            place = f'{buffer}["{use.part.name}"]'
            share = use.part.layer.momentum  # type: ignore[attr-defined]
            now = f"{share:.12g} * new"
            if buffer.endswith("variance"):  # of all images that there might be
                lines.append(f"    M = count * {prod(use.part.shapes[0][1:])}")
                now += " * M / max(1, M - 1)"
            lines += [
                f"    {place} = apply(",
                f"        lambda old, new: {1 - share:.12g} * old + {now},",
                f'        {place}, {side.letter}["{side.layer}"])',
            ]
    return filled(_REMEMBER, LINES="\n".join(lines)) if lines else ""


# --- learning ------------------------------------------------------------------------------------

_PLUS = '''


def plus(a, b):
    """An output that two layers read has two errors, which add up."""
    return a + b
'''

_UPDATE = '''
@LEFT_OUT@EPOCHS, BATCH, RATE = @EPOCHS@, @BATCH@, @RATE@
@SCHEDULE@@SHORTENED@

def update(@ARGUMENTS@):
    """@WORDS@."""
    for k in range(len(W)):
        if isinstance(W[k], list):
            update(@INNER@)
        else:
            @LINES@
'''

_SCHEDULE = '''

def rate_of(step):
    """The learning rate of a step, counted from 1: it changes over @STEPS@ steps."""
    t = min(step, @STEPS@) - 1
@LINES@
'''

_SHORTENED = '''

def shortened(slopes):
    """All gradients together, at most @CLIP@ long: a wild batch moves nothing far."""
    length = sqrt(sum(x * x for x in row(slopes)))
    if @CLIP@ < length < inf:
        slopes = apply(lambda x: x * (@CLIP@ / length), slopes)
    return slopes
'''

_ANEW = '''


def begin_anew():
    """Random weights to start from, by K. He: of the variance gain/inputs."""
@LINES@
'''


def learning(program: Program) -> str:
    """The optimizer's rule, and the first weights."""
    reads = [name for part in program.description.parts for name in part.inputs]
    adds = any(reads.count(name) > 1 for name in program.trained)
    random = any(part.layer.is_random for part in program.description.parts)
    return (
        _update(program)
        + _anew(program)
        + _remember(program)
        + (_PLUS if adds else "")
        + (filled(_MASK, SEED=str(program.description.seed)) if random else "")
    )


def _update(program: Program) -> str:
    rule = program.description.rule
    assert rule is not None
    equations = rule.equations
    kept = [identifier(each.symbol) for each in equations.kept]
    changes = schedules.stretches(program.description)
    rate = "rate" if changes else "RATE"
    named = {"W": "W[k]", "dW": "dW[k]", "η": rate, "t": "step"}
    named |= {each.symbol: f"{identifier(each.symbol)}[k]" for each in equations.kept}
    named |= {each.symbol: f"{value:.12g}" for each, value in rule.settings.items()}
    printer = Printer(named)
    lines, words = [], []
    for each in equations.assignments:
        target = named.get(each.letter.symbol, identifier(each.letter.symbol))
        lines.append(f"{target} = {printer.text(each.expression)}")
        words.append(f"{each.letter.symbol} ← {plain_text(each.expression)}")
    lines.append(f"W[k] -= {printer.text(equations.descent)}")
    words.append(f"W ← W − {plain_text(equations.descent)}")
    step = ["step"] if program.counts_steps else []
    step += ["rate"] if changes else []
    return filled(
        _UPDATE,
        LEFT_OUT="".join(f"# {line}\n" for line in wrap(rule.left_out, text.WIDTH - 2)),
        SCHEDULE=_schedule(changes),
        SHORTENED="" if rule.clip is None else filled(_SHORTENED, CLIP=f"{rule.clip:.12g}"),
        EPOCHS=str(rule.epochs),
        BATCH=str(rule.batch),
        RATE=f"{rule.rate:.12g}",
        ARGUMENTS=", ".join(["W", "dW", *kept, *step]),
        INNER=", ".join([*(f"{each}[k]" for each in ["W", "dW", *kept]), *step]),
        WORDS="\n    ".join(wrap(";  ".join(words), text.WIDTH - 8)),
        LINES="\n            ".join(lines),
    )


def _schedule(changes: Sequence[schedules.RateStretch]) -> str:
    if not changes:
        return ""
    lines = []
    for stretch in changes[:-1]:
        lines += [f"    if t < {stretch.end}:", f"        {schedules.returned(stretch)}"]
    lines.append(f"    {schedules.returned(changes[-1])}")
    return filled(_SCHEDULE, STEPS=str(changes[-1].end), LINES="\n".join(lines))


def _anew(program: Program) -> str:
    lines = []
    for letter in program.learned:
        parts = [
            (part, part.layer.first_values.get(name))
            for part in program.description.parts
            for name in part.parameters
            if identifier(part.layer.letters[name]) == letter
        ]
        drawn = [part for part, first in parts if first is None]
        if drawn:
            table = [f'("{part.name}", {part.spread})' for part in drawn]
            end = ",):" if len(drawn) == 1 else "):"
            lines.append(text.listed("    for layer, gain, inputs in (", table, end))
            lines += [
                f"        {letter}[layer] = apply(",
                f"            lambda old: random.gauss(0, sqrt(gain / inputs)), {letter}[layer])",
            ]
        for first in dict.fromkeys(first for _, first in parts if first is not None):
            names = row_of([f'"{part.name}"' for part, own in parts if own == first])
            every = letter if len(parts) == names.count('"') // 2 else names
            lines.append(f"    for layer in {every}:")
            lines.append(f"        {letter}[layer] = apply(lambda old: {first}, {letter}[layer])")
    return filled(_ANEW, LINES="\n".join(lines))


def row_of(names: Sequence[str]) -> str:
    """A tuple in Python."""
    return f"({', '.join(names)}{',' if len(names) == 1 else ''})"


# --- commands -----------------------------------------------------------------------------------

_TRAIN = '''


def train(begin=True, save=None):
    """Learn from the pictures below; a tenth only shows how it goes."""
    random.seed(0)
    if begin:
        begin_anew()
    pictures = [(prepare(x), label) for x, label in unpacked(PICTURES)]
    if len(pictures) < 2:
        raise ValueError("there are no pictures in this file to learn from")
    shown = pictures[::10]
    pictures = [each for k, each in enumerate(pictures) if k % 10]
    arrays = [P[layer] for P in @LEARNED@ for layer in P]
@KEPT@@COUNT@    for epoch in range(1, EPOCHS + 1):
        random.shuffle(pictures)
        losses = []
        for start in range(0, len(pictures), BATCH):
            images, labels = zip(*pictures[start:start + BATCH])
            loss, gradients = backward(forward(list(images)@MODE@), labels)
            losses.append(loss)
            slopes = [dP[layer] for P, dP in zip(@LEARNED@, gradients)
                      for layer in P]
@CLIPPED@@REMEMBER@@STEP@            for each in zip(@ROWS@):
                update(*each@LAST_ARGUMENT@)
        right = sum(best(image) == label for image, label in shown)
        print("epoch %d: loss %.4f, %d of %d other pictures right"
              % (epoch, sum(losses) / len(losses), right, len(shown)))
    if save:
        with open(save, "wb") as file:
            file.write(struct.pack("@FORM@", *row([
                @STORED@])))
'''

_PREDICT = '''


def predict(file):
    """Print the three classes that a picture looks most like."""
    scores = forward([prepare(read_picture(file))])["@LAST@"][0]
    powers = [exp(score - max(scores)) for score in scores]
    for k in sorted(range(len(scores)), key=lambda k: -scores[k])[:3]:
        print("%s  %.1f%%" % (CLASSES[k], 100 * powers[k] / sum(powers)))
'''

_TEST = '''
def test():
    """Compute again what backlit computed, and return whether it is equal."""
    pictures = [(prepare(pixels), label) for pixels, label in unpacked(TESTS)]
    equal = [compared("the scores of a %s" % CLASSES[label], scores,
                      forward([image])["@LAST@"][0])
             for (image, label), scores in zip(pictures, SCORES)]
@GRADIENTS@    return all(equal)


def compared(words, expected, found):
    """Print whether numbers are equal but for rounding, and return it."""
    apart = [abs(a - b) / max(1, abs(a)) for a, b in zip(expected, found)]
    equal = all(each <= 1e-12 for each in apart)  # which no NaN is
    print(words + ": " + ("equal" if equal else "NOT equal, %.0e apart" % max(apart)))
    return equal


def row(X):
    """All numbers of nested lists, one after the other."""
    return [x for part in X for x in row(part)] if isinstance(X, list) else [X]


def best(image):
    """The class with the largest score."""
    scores = forward([image])["@LAST@"][0]
    return scores.index(max(scores))
'''

_TEST_GRADIENTS = """
    images, labels = zip(*pictures)
    loss, gradients = backward(forward(list(images)@MODE@), labels)
    equal.append(compared("the loss", [LOSS], [loss]))
    for name, dP, sums in zip(@NAMES@, gradients, GRADIENTS):
        for layer in sums:  # in which the numbers count 1 to 7 times, in turn
            found = sum(x * (1 + k % 7) for k, x in enumerate(row(dP[layer])))
            words = "%s of %s" % (name, layer)
            equal.append(compared(words, [sums[layer]], [found]))
"""

_MAIN = '''


def main(words):
    """Do what is asked for, and return the exit status."""
    options = {}
    while len(words) > 2 and words[-2] in @OPTIONS@:
        options[words[-2]] = words[-1]
        words = words[:-2]
    try:
        if "--weights" in options:
            load(options["--weights"])
        if words == ["test"]:
            return 0 if test() else 1
@PREDICT@@TRAIN@        print("%s: expected @COMMANDS@, got %r"
              % (sys.argv[0], " ".join(words)) if words else __doc__, file=sys.stderr)
        return 2
    except (OSError, ValueError) as problem:
        print("%s: %s" % (sys.argv[0], problem), file=sys.stderr)
        return 1
'''

_MAIN_PREDICT = """        if len(words) == 2 and words[0] == "predict":
            return predict(words[1])
"""

_MAIN_TRAIN = """        if words in (["train"], ["train", "--go-on"]):
            return train(len(words) == 1, options.get("--save"))
"""


def commands(program: Program) -> str:
    """The commands, and what they need."""
    description = program.description
    training, reads = description.training, description.reads_pictures
    names = row_of([f'"d{letter}"' for letter in program.learned])
    mode = f", True, {description.step}" if program.has_modes else ""
    gradients = filled(_TEST_GRADIENTS.lstrip("\n"), MODE=mode, NAMES=names) if training else ""
    whole = (
        (_train(program).lstrip("\n") + "\n\n" if training else "")
        + filled(_TEST, GRADIENTS=gradients).strip("\n")
        + "\n"
        + (_PREDICT if reads else "")
        + filled(
            _MAIN,
            OPTIONS=row_of(['"--weights"', *(['"--save"'] if training else [])]),
            PREDICT=_MAIN_PREDICT if reads else "",
            TRAIN=_MAIN_TRAIN if training else "",
            COMMANDS=listing(
                [
                    "test",
                    *(["predict PICTURE.pgm"] if reads else []),
                    *(["train"] if training else []),
                ],
                "or",
            ),
        )
    )
    if not training:  # what only learning needs
        whole = whole.replace(_between(whole, "def row(X)", "def best(image)"), "")
        whole = whole.replace(_between(whole, "def best(image)", "def predict(file)"), "")
    return filled(whole, LAST=description.output.name)


def _between(whole: str, start: str, end: str) -> str:
    begin = whole.index(start)
    return whole[begin : whole.index(end)] if end in whole else whole[begin:begin]


def _train(program: Program) -> str:
    description = program.description
    rule = description.rule
    assert rule is not None
    kept = [identifier(each.symbol) for each in rule.equations.kept]
    changes = bool(schedules.stretches(description))
    counted = program.counts_steps or program.has_modes or changes
    buffers = any(part.buffers for part in description.parts)
    stored = ", ".join(at for use in program.uses for at in program.arrays(use.part))
    return filled(
        _TRAIN,
        LEARNED=row_of(list(program.learned)),
        KEPT="".join(f"    every_{k} = [zeros(*shape(P)) for P in arrays]\n" for k in kept),
        COUNT="    step = 0\n" if counted else "",
        CLIPPED="" if rule.clip is None else "            slopes = shortened(slopes)\n",
        STEP="            step += 1\n" if counted else "",
        MODE=", True, step" if program.has_modes else "",
        REMEMBER="            remember(len(images))\n" if buffers else "",
        ROWS=", ".join(["arrays", "slopes", *(f"every_{k}" for k in kept)]),
        LAST_ARGUMENT=(", step" if program.counts_steps else "")
        + (", rate_of(step)" if changes else ""),
        FORM=program.form,
        STORED="\n                ".join(wrap(stored, 60)),
    )


# --- pictures -----------------------------------------------------------------------------------

_PREPARE = '''
def prepare(pixels):
    """What the network sees of a picture: @WORDS@."""
    return nested(iter([@EACH@]), @SIZES@)
'''

_READ = '''


def read_picture(file):
    """The pixels of a PGM or PPM file, framed as the network's own were."""
    with open(file, "rb") as picture:
        words, rest = [], picture.read()
    while len(words) < 4 and rest:  # the header, without its comments
        line, _, rest = rest.partition(b"\\n")
        words += line.split(b"#")[0].split()
    if len(words) < 4 or words[0] not in (b"P2", b"P3", b"P5", b"P6"):
        raise ValueError(file + " is no PGM or PPM picture")
    width, height, largest = [int(word) for word in words[1:4]]
    channels, data = 3 if words[0] in (b"P3", b"P6") else 1, list(rest)
    if words[0] in (b"P2", b"P3"):  # written as numbers
        data = [int(word) for word in words[4:] + rest.split()]
    elif largest > 255:  # two bytes each
        data = [256 * high + low for high, low in zip(data[::2], data[1::2])]
    if min(width, height, largest) < 1 or len(data) < channels * width * height or min(data) < 0:
        raise ValueError(file + " has fewer pixels than it says")
    del data[channels * width * height:]
    if max(data) > largest:
        raise ValueError("%s has a value of %d, above its maximum of %d"
                         % (file, max(data), largest))
    data = [int(255 * x / largest + 0.5) for x in data]
'''

_GRAY = """    if channels == 3:  # gray, as the eye weighs the colors
        data = [(19595 * r + 38470 * g + 7471 * b + 32768) >> 16
                for r, g, b in zip(data[::3], data[1::3], data[2::3])]
    rows = framed([data[width * y:width * (y + 1)] for y in range(height)])
"""
_TURNED = """    if ground(rows) @DARKER@ 127.5:  # those that it knows have a @GROUND@ ground
        rows = [[255 - x for x in row] for row in rows]
"""
_GRAY_END = "    return [x for row in rows for x in row]\n"
_COLOR = """    colors = [data[c::channels] for c in range(channels)] * (3 // channels)
    maps = [framed([color[width * y:width * (y + 1)] for y in range(height)]) for color in colors]
    return [x for rows in maps for row in rows for x in row]
"""

_CUT = '''


def framed(rows):
    """Cut about the middle to @H@:@W@, and scaled."""
    height, width = len(rows), len(rows[0])
    if (height, width) == (@H@, @W@):
        return rows
    h, w = min(height, width * @H@ / @W@), min(width, height * @W@ / @H@)
    return scaled(scaled(rows, (width - w) / 2, w, @W@), (height - h) / 2, h, @H@)
'''

_PAD = '''


def framed(rows):
    """Scaled to fit into @H@×@W@, and surrounded with its background."""
    height, width = len(rows), len(rows[0])
    if (height, width) == (@H@, @W@):
        return rows
    h = max(1, min(@H@, round(height / width * @W@)))
    w = max(1, min(@W@, round(width / height * @H@)))
    top, left = round((@H@ - h) / 2), round((@W@ - w) / 2)
    whole = [[int(ground(rows))] * @W@ for _ in range(@H@)]
    for y, row in enumerate(scaled(scaled(rows, 0, width, w), 0, height, h)):
        whole[top + y][left:left + w] = row
    return whole
'''

_SCALED = '''


def scaled(rows, start, length, count):
    """A stretch of each row as ``count`` pixels; columns, so call it twice.

    Each is a mean of the pixels below it, in which near ones count more.
    """
    step, columns = length / count, []
    reach = max(step, 1)
    for k in range(count):
        center = start + (k + 0.5) * step
        first = max(0, int(center - reach + 0.5))
        last = min(len(rows[0]), int(center + reach + 0.5))
        near = [1 - abs(x + 0.5 - center) / reach for x in range(first, last)]
        columns.append([
            int(sum(a * b for a, b in zip(near, row[first:])) / sum(near) + .5)
            for row in rows])
    return columns
'''

_GROUND = '''


def ground(rows):
    """What the outermost pixels mostly are: their median."""
    sides = [x for row in rows[1:-1] for x in (row[0], row[-1])]
    border = sorted(rows[0] + rows[-1] + sides)
    return (border[(len(border) - 1) // 2] + border[len(border) // 2]) / 2
'''


def pictures(description: Description) -> str:
    """From a file to pixels, and from pixels to what the network sees."""
    channels, height, width = description.input_shape
    normalization = description.normalization
    each, words = "x / 255 for x in pixels", "x/255"
    if normalization is not None:
        mean, std = normalization
        words = "(x/255 - mean)/std"
        each = f"(x / 255 - {mean[0]!r}) / {std[0]!r} for x in pixels"
        if channels > 1:
            size = height * width
            words += " of its color" if channels == 3 else " of its channel"
            each = (
                f"(x / 255 - {mean!r}[k // {size}])\n"
                f"                        / {std!r}[k // {size}]\n"
                "                        for k, x in enumerate(pixels)"
            )
    prepare = filled(_PREPARE, WORDS=words, EACH=each, SIZES=f"{channels}, {height}, {width}")
    prepare = "\n".join(_broken(line) for line in prepare.split("\n"))
    if not description.reads_pictures:
        return prepare
    turns = channels == 1 and normalization is not None
    light = normalization is not None and normalization[0][0] >= 0.5
    turned = filled(_TURNED, DARKER="<=" if light else ">", GROUND="light" if light else "dark")
    read = _READ + (_GRAY + (turned if turns else "") + _GRAY_END if channels == 1 else _COLOR)
    framed = filled(_PAD if description.pads else _CUT, H=str(height), W=str(width))
    return prepare + read + framed + _SCALED + (_GROUND if turns or description.pads else "")


def _broken(line: str) -> str:
    """A long line of ``prepare`` in two."""
    if len(line) <= text.WIDTH or " for x in pixels" not in line:
        return line
    return line.replace(" for x in pixels", "\n                        for x in pixels")


# --- numbers --------------------------------------------------------------------------------------

_LOAD = '''
def load(file=None):
    """Fill in what was learned: from below, or from a file of @BYTES@ bytes for each number."""
@OPEN@@LINES@


def in_file(file):
    """The numbers in a file."""
    try:
        with open(file, "rb") as weights:
            content = weights.read()
    except OSError:
        raise ValueError(file + ", where the weights should be, cannot be read") from None
    if len(content) != struct.calcsize("@FORM@"):
        raise ValueError(file + " holds other weights than those of this network")
    return iter(struct.unpack("@FORM@", content))


def nested(numbers, *sizes):
    """The next of some numbers, as nested lists of these sizes."""
    return [nested(numbers, *sizes[1:]) for _ in range(sizes[0])] if sizes else next(numbers)


def unpacked(lines):
    """The pixels and the class of each picture in some lines of text."""
    pairs = [line.split() for line in lines.split("\\n") if line]
    return [(@PIXELS@, int(label)) for label, pixels in pairs]
'''

_APART = """    here = os.path.dirname(os.path.abspath(__file__))
    numbers = in_file(file or os.path.join(here, @FILE@))
"""

_INSIDE = """    numbers = in_file(file) if file else iter(@GIVEN@)
"""


def numbers(program: Program) -> str:
    """Pictures, what is expected of them, and the weights."""
    description = program.description
    lines = []
    for use in program.uses:
        for at, name in program.arrays(use.part).items():
            sizes = ", ".join(map(str, description.numbers[f"{use.part.name}.{name}"].shape))
            lines.append(f"    {at} = nested(numbers, {sizes})")
    form = program.form
    given, rows = _weights(program, form)
    levels = program.levels
    load = filled(
        _LOAD,
        BYTES="four" if description.single else "eight",
        OPEN=filled(
            _APART if description.weights else _INSIDE, FILE=repr(description.weights), GIVEN=given
        ),
        FORM=form,
        LINES="\n".join(lines),
        PIXELS="[LEVELS[LETTERS.index(x)] for x in pixels]"
        if levels
        else "list(binascii.a2b_base64(pixels.encode()))",
    )
    parts = [load, _constants(program, levels)]
    if not description.weights:
        parts.append(_block("WEIGHTS", rows))
    return "\n\n".join(each.strip("\n") + "\n" for each in parts)


def _weights(program: Program, form: str) -> tuple[str, list[str]]:
    """How the numbers of the program are read, and the lines that hold them."""
    description = program.description
    single = description.single
    values = [value for each in description.numbers.values() for value in each.values]
    if len(values) > text.READABLE:
        given = f'struct.unpack("{form}", binascii.a2b_base64(WEIGHTS.encode()))'
        return given, text.base64_rows(text.packed(values, single))
    rows = [row for each in description.numbers.values() for row in text.rows(each.values, single)]
    given = "map(float, WEIGHTS.split())"
    if any(
        float(word) != value for word, value in zip(" ".join(rows).split(), values, strict=True)
    ):
        given = 'array.array("f", map(float, WEIGHTS.split()))'  # rounded to four bytes again
    return given, rows


def _block(name: str, lines: Iterable[str]) -> str:
    return "\n".join([f'{name} = """', *lines, '"""'])


def _constants(program: Program, levels: tuple[int, ...]) -> str:
    description = program.description
    expected = description.expected
    names = description.classes or tuple(map(str, range(description.output.output[0])))
    blocks = [text.listed("CLASSES = [", map(repr, names), "]")]
    if levels:
        blocks.append(f'LETTERS = "{ALPHABET[: len(levels)]}"  # of a pixel')
        blocks.append(text.listed("LEVELS = [", map(str, levels), "]"))
    blocks.append(_block("TESTS", [encoded(each, levels) for each in description.tests]))
    scores = [text.listed("    [", map(repr, each), "],") for each in expected.scores]
    blocks.append("\n".join(["SCORES = [", *scores, "]"]))
    if description.training:
        blocks.append(f"LOSS = {expected.loss!r}")
        sums = [
            text.listed("    {", (f'"{k}": {v!r}' for k, v in program.sums(letter).items()), "},")
            for letter in program.learned
        ]
        blocks.append("\n".join(["GRADIENTS = [", *sums, "]"]))
        blocks += [f"# {line}" for line in wrap(description.credit, text.WIDTH - 2)]
        blocks.append(_block("PICTURES", [encoded(each, levels) for each in description.examples]))
    return "\n".join(blocks)
