"""What no equation says, in Python: reading pictures and weights, training, the commands."""

from __future__ import annotations

from math import prod
from textwrap import wrap

from backlit.equations.typeset import plain_text

from . import text
from .description import Description, PlacedLayer
from .pictures import ALPHABET, alphabet, encoded
from .printing import Printer, identifier
from .program import Kept, Program

NESTED = '''
def shape(X):
    """How many entries nested lists have along each axis."""
    return (len(X),) + shape(X[0]) if isinstance(X, list) else ()


def nested(numbers, *sizes):
    """The next of some numbers, as nested lists of these sizes."""
    if not sizes:
        return next(numbers)
    return [nested(numbers, *sizes[1:]) for _ in range(sizes[0])]


def zeros(*sizes):
    """Nested lists of zeros."""
    return [zeros(*sizes[1:]) for _ in range(sizes[0])] if sizes else 0.0
'''

APPLY = '''
def apply(function, X, *others, **options):
    """A function of each number, however deep the lists are nested."""
    if isinstance(X, list):
        return [apply(function, *rows, **options) for rows in zip(X, *others)]
    return function(X, *others, **options)
'''

SIGMOID = '''
def sigmoid(x):
    """1 / (1 + e^(-x)), written so that no power is large."""
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))
'''

LOSS = '''
def softmax_cross_entropy(Z, labels):
    """L = -1/N Σ_n ln P[n,label(n)] with P = e^Z / Σ e^Z, and dZ = (P - T)/N.

    T is 1 for the true class of an image and 0 for the others.
    """
    N = len(Z)
    loss, dZ = 0.0, []
    for n in range(N):
        largest = max(Z[n])  # taken out of all powers, so that none is too large
        powers = [exp(z - largest) for z in Z[n]]
        total = sum(powers)
        loss += (log(total) + largest - Z[n][labels[n]]) / N
        dZ.append([power / total / N for power in powers])
        dZ[n][labels[n]] -= 1 / N
    return loss, dZ
'''

PLUS = '''
def plus(a, b):
    """What two layers read has two errors, which add up."""
    return a + b
'''

MASK = '''
def dropout_mask(sizes, rate, layer, step):
    """1 for what is kept, 0 for what is dropped, with a share of ``rate``."""
    key = 0
    for number in (@SEED@, layer, step):
        key = stir(stir(key + 0x9E3779B9 & 0xFFFFFFFF) ^ number)
    count = 1
    for size in sizes:
        count *= size
    limit = int(rate * 2**32)
    kept = (float(stir(stir(place) ^ key) >= limit) for place in range(count))
    return nested(kept, *sizes)


def stir(x):
    """32 bits, mixed so that neighboring numbers come out unrelated."""
    x = (x ^ x >> 16) * 0x7FEB352D & 0xFFFFFFFF
    x = (x ^ x >> 15) * 0x846CA68B & 0xFFFFFFFF
    return x ^ x >> 16
'''


def mask(part: PlacedLayer) -> str:
    """The arguments of a layer's mask after the shape."""
    return f"{part.layer.rate!r}, {part.place}, step"  # type: ignore[attr-defined]


def remembered(part: PlacedLayer, side: list[Kept]) -> list[str]:
    """In evaluation: the running statistics in the place of the batch's."""
    return [
        f'{kept.letter}["{kept.layer}"] = {buffer}["{part.name}"]'
        for kept, buffer in zip(side, part.buffers, strict=True)
    ]


# --- pictures ---------------------------------------------------------------------------------


def prepare(description: Description) -> str:
    """From pixels to what the network sees."""
    channels, height, width = description.input_shape
    sizes = f"{channels}, {height}, {width}"
    if description.normalization is None:
        return f'''
def prepare(pixels):
    """What the network sees of a picture: x/255."""
    return nested((x / 255 for x in pixels), {sizes})
'''
    mean, std = description.normalization
    if channels == 1:
        return f'''
def prepare(pixels):
    """What the network sees of a picture: (x/255 - mean)/std."""
    return nested(((x / 255 - {mean[0]!r}) / {std[0]!r} for x in pixels), {sizes})
'''
    return f'''
MEAN = {mean!r}
STD = {std!r}


def prepare(pixels):
    """What the network sees of a picture: (x/255 - mean)/std of its channel."""
    return nested(((x / 255 - MEAN[k // {height * width}]) / STD[k // {height * width}]
                   for k, x in enumerate(pixels)), {sizes})
'''


_READ = '''
def read_picture(file):
    """The pixels of a PGM or PPM file, framed and scaled as the network needs them."""
    with open(file, "rb") as picture:
        content = picture.read()
    words, k = [], 0
    while len(words) < 4 and k < len(content):
        start = k
        if content[k:k + 1] == b"#":  # a comment
            k = (content + b"\\n").index(b"\\n", k)
        elif content[k:k + 1].isspace():
            k += 1
        else:
            while k < len(content) and not content[k:k + 1].isspace():
                k += 1
            words.append(content[start:k])
    if len(words) < 4 or words[0] not in (b"P2", b"P3", b"P5", b"P6"):
        raise ValueError("%s is no PGM or PPM picture" % file)
    width, height, largest = [int(word) for word in words[1:]]
    data = content[k + 1:]
    if words[0] in (b"P2", b"P3"):
        data = [int(word) for word in data.split()]
    elif largest > 255:
        data = [256 * data[k] + data[k + 1] for k in range(0, len(data) - 1, 2)]
    channels = 3 if words[0] in (b"P3", b"P6") else 1
    if len(data) < channels * width * height or not width * height * largest:
        raise ValueError("%s has fewer pixels than it says" % file)
    data = [int(255 * x / largest + 0.5) for x in data[:channels * width * height]]
    colors = [data[c::channels] for c in range(channels)]
@COLORS@
    maps = [[each[y * width:(y + 1) * width] for y in range(height)] for each in colors]
    return [x for each in maps for line in framed(each) for x in line]@INVERT@
'''

_INVERTED = """
    rows = framed(maps[0])
    if middle(border(rows)) @DARKER@ 127.5:  # the ground of what it learned from was @GROUND@
        rows = [[255 - x for x in row] for row in rows]
    return [x for row in rows for x in row]
"""

_GRAY = """
    if channels == 3:  # gray, as the eye weighs the colors
        red, green, blue = colors
        colors = [[(19595 * r + 38470 * g + 7471 * b + 32768) >> 16
                   for r, g, b in zip(red, green, blue)]]
"""

_COLOR = """
    if channels == 1:  # gray has three equal colors
        colors = 3 * colors
"""

_CUT = '''
def framed(rows):
    """Cut about the middle to the right proportions, and scaled."""
    height, width = len(rows), len(rows[0])
    if (height, width) == (@H@, @W@):
        return rows
    h, w = min(height, width * @H@ / @W@), min(width, height * @W@ / @H@)
    return scaled(scaled(rows, (width - w) / 2, w, @W@), (height - h) / 2, h, @H@)
'''

_PAD = '''
def framed(rows):
    """Scaled as a whole, and widened with its background to the right proportions."""
    height, width = len(rows), len(rows[0])
    if (height, width) == (@H@, @W@):
        return rows
    h, w = min(@H@, round(height / width * @W@)), min(@W@, round(width / height * @H@))
    h, w = max(h, 1), max(w, 1)
    inner = scaled(scaled(rows, 0, width, w), 0, height, h)
    ground = int(middle(border(rows)))
    top, left = round((@H@ - h) / 2), round((@W@ - w) / 2)
    lines = [[ground] * left + line + [ground] * (@W@ - w - left) for line in inner]
    return [[ground] * @W@] * top + lines + [[ground] * @W@] * (@H@ - h - top)
'''

_SCALED = '''
def scaled(rows, start, length, count):
    """``count`` columns out of a stretch of each row, which the next call takes for rows.

    Each is a mean of the pixels below it, in which near ones count more (bilinear).
    """
    step, columns = length / count, []
    reach = max(step, 1)
    for k in range(count):
        center = start + (k + 0.5) * step
        first = max(0, int(center - reach + 0.5))
        last = min(len(rows[0]), int(center + reach + 0.5))
        near = [max(0, 1 - abs(x + 0.5 - center) / reach) for x in range(first, last)]
        columns.append([int(sum(a * b for a, b in zip(near, row[first:last])) / sum(near) + 0.5)
                        for row in rows])
    return columns
'''

_BORDER = '''
def border(rows):
    """The outermost pixels."""
    sides = [x for row in rows[1:-1] for x in (row[0], row[-1])]
    return rows[0] + rows[-1] + sides


def middle(values):
    """The median."""
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
'''


def pictures(description: Description) -> str:
    """Reading a picture file; nothing where no file has so many channels."""
    channels, height, width = description.input_shape
    if channels not in (1, 3):
        return ""
    read = _READ.replace("@COLORS@", (_GRAY if channels == 1 else _COLOR).strip("\n"))
    inverts = channels == 1 and description.normalization is not None
    if inverts:
        assert description.normalization is not None
        light = description.normalization[0][0] >= 0.5
        read = read.replace(
            "    return [x for each in maps for line in framed(each) for x in line]@INVERT@",
            _INVERTED.replace("@DARKER@", "<=" if light else ">")
            .replace("@GROUND@", "light" if light else "dark")
            .strip("\n"),
        )
    read = read.replace("@INVERT@", "")
    frame = (_PAD if description.pads else _CUT).replace("@H@", str(height))
    frame = frame.replace("@W@", str(width))
    border = _BORDER if inverts or description.pads else ""
    return "\n\n".join(each.strip("\n") + "\n" for each in (read, frame, _SCALED, border) if each)


# --- training -----------------------------------------------------------------------------------


def update(description: Description) -> str:
    """The optimizer's rule."""
    rule = description.rule
    assert rule is not None
    equations = rule.equations
    kept = [identifier(each.symbol) for each in equations.kept]
    named = {"W": "W[k]", "dW": "dW[k]", "η": "rate", "t": "step"}
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
    inner = "\n            ".join(lines)
    return f'''
def update(W, dW, {", ".join([*kept, "rate", "step"])}):
    """{";  ".join(words)}, each number for itself."""
    for k in range(len(W)):
        if isinstance(W[k], list):
            update({", ".join(["W[k]", "dW[k]", *(f"{each}[k]" for each in kept), "rate", "step"])})
        else:
            {inner}
'''


def anew(program: Program) -> str:
    """The first weights."""
    lines = []
    for part in program.description.parts:
        for name in part.parameters:
            letter = identifier(part.layer.letters[name])
            at = f'{letter}["{part.name}"]'
            first = part.layer.first_values.get(name)
            if first is not None:
                lines.append(f"{at} = apply(lambda old: {first!r}, {at})")
            else:
                lines.append(f"{at} = drawn({at}, {part.spread})")
    inner = "\n    ".join(lines)
    return f'''
def drawn(W, gain, inputs):
    """Random weights of the variance gain/inputs, by K. He: sums stay as large as they were."""
    return apply(lambda old: random.gauss(0, sqrt(gain / inputs)), W)


def begin_anew():
    """Forget all that was learned."""
    {inner}
'''


_TRAIN = """
def train(begin=True, save=None):
    '''Learn from the pictures in this file, a few at a time; a tenth is kept for asking.'''
    random.seed(0)
    if begin:
        begin_anew()
    pictures = [(label, prepare(pixels)) for label, pixels in unpacked(PICTURES)]
    unseen, pictures = pictures[::10], [p for k, p in enumerate(pictures) if k % 10]
@KEPT@    step = 0
    for epoch in range(1, @EPOCHS@ + 1):
        random.shuffle(pictures)
        loss_of_all = 0.0
        for start in range(0, len(pictures), @BATCH@):
            labels, images = zip(*pictures[start:start + @BATCH@])
            Y = forward(list(images)@MODE@)
            loss, gradients = backward(Y, labels)
            loss_of_all += loss * len(labels)
            step += 1
@REMEMBER@            for @ROW@ in zip(@ROWS@):
                for layer in P:
                    update(@ARGUMENTS@, @RATE@, step)
        right = sum(best(forward([image])["@LAST@"][0]) == label for label, image in unseen)
        print("epoch %d: loss %.4f; %.1f%% of %d pictures that it has not seen are right"
              % (epoch, loss_of_all / len(pictures), 100 * right / len(unseen), len(unseen)))
    if save:
        with open(save, "wb") as file:
            file.write(struct.pack("<@COUNT@@KIND@", *stored()))
"""

_REMEMBER = '''
def moved(old, new, share, factor):
    """A running average, a little further on."""
    return (1 - share) * old + share * factor * new


def remember(count):
    """Batch norms remember mean and variance of so many images, for when they do not train."""
@LINES@
'''


def remember(program: Program) -> str:
    """How the running statistics move."""
    lines = []
    for use in program.uses:
        part = use.part
        for buffer, letter in zip(part.buffers, program.taking_part, strict=False):
            old, new = f'{buffer}["{part.name}"]', f'{letter}["{part.name}"]'
            size = prod(part.shapes[0][1:])
            factor = "1.0"
            if buffer.endswith("variance"):
                factor = f"count * {size} / (count * {size} - 1)"
            share = part.layer.momentum  # type: ignore[attr-defined]
            lines.append(
                f"    {old} = apply(moved, {old}, {new}, share={share!r}, factor={factor})"
            )
    return _REMEMBER.replace("@LINES@", "\n".join(lines)) if lines else ""


def train(program: Program) -> str:
    """The training loop."""
    description = program.description
    rule = description.rule
    assert rule is not None
    kept = [identifier(each.symbol) for each in rule.equations.kept]
    learned = f"({', '.join(program.learned)}{',' if len(program.learned) == 1 else ''})"
    lines = [
        f"    every_{each} = [{{layer: apply(lambda x: 0.0, P[layer]) for layer in P}}\n"
        f"               {' ' * len(each)} for P in {learned}]\n"
        for each in kept
    ]
    mode = ""
    if program.has_modes:
        mode = ", True, step"
    buffers = any(part.buffers for part in description.parts)
    replacements = {
        "KEPT": "".join(lines),
        "EPOCHS": str(rule.epochs),
        "BATCH": str(rule.batch),
        "MODE": mode,
        "REMEMBER": "            remember(len(labels))\n" if buffers else "",
        "ROW": ", ".join(["P", "dP", *kept]),
        "ROWS": ", ".join([learned, "gradients", *(f"every_{each}" for each in kept)]),
        "ARGUMENTS": ", ".join(f"{each}[layer]" for each in ["P", "dP", *kept]),
        "RATE": f"{rule.rate:.12g}",
        "LAST": description.output.name,
        "COUNT": str(sum(len(each.values) for each in description.numbers.values())),
        "KIND": "f" if description.single else "d",
    }
    return _filled(_TRAIN, replacements)


def _filled(template: str, replacements: dict[str, str]) -> str:
    for name, value in replacements.items():
        template = template.replace(f"@{name}@", value)
    return template


_PREDICT = '''
def predict(file):
    """Print what the network takes a picture for, the likeliest first."""
    scores = forward([prepare(read_picture(file))])["@LAST@"][0]
    powers = [exp(score - max(scores)) for score in scores]
    for k in sorted(range(len(scores)), key=lambda k: -scores[k])[:3]:
        print("%s %5.1f%%" % (CLASSES[k], 100 * powers[k] / sum(powers)))
'''

_TEST = '''
def test():
    """Compute once more what backlit has computed of some pictures; whether all is equal."""
    pictures, equal = unpacked(TESTS), True
    for (label, pixels), expected in zip(pictures, SCORES):
        scores = forward([prepare(pixels)])["@LAST@"][0]
        words = "%s, taken for %s: the scores" % (CLASSES[label], CLASSES[best(scores)])
        equal = compared(words, scores, expected) and equal
@GRADIENTS@    return equal


def compared(words, own, expected):
    """Print how far numbers are from those of backlit; whether it is nothing but rounding."""
    apart = max(abs(a - b) / max(1, abs(b)) for a, b in zip(own, expected))
    print("%s are %s (%.0e apart)" % (words, "equal" if apart <= 1e-12 else "NOT equal", apart))
    return apart <= 1e-12


def best(scores):
    """The class with the largest score."""
    return scores.index(max(scores))
'''

_TEST_GRADIENTS = """
    labels, images = zip(*[(label, prepare(pixels)) for label, pixels in pictures])
    loss, gradients = backward(forward(list(images)@MODE@), labels)
    equal = compared("loss of all of them: the numbers", [loss], [LOSS]) and equal
    for dP, sums in zip(gradients, GRADIENTS):
        for layer in sums:
            own = sum(x * (1 + k % 7) for k, x in enumerate(row(dP[layer])))
            words = "gradients of " + layer + ": their sums"
            equal = compared(words, [own], [sums[layer]]) and equal
"""

_ROW = '''
def row(X):
    """All numbers of nested lists in one row."""
    return [x for part in X for x in row(part)] if isinstance(X, list) else [X]


def stored():
    """All weights in the order in which they are loaded."""
    return (@STORED@)
'''

_MAIN = '''
def main(words):
    """Do what is asked for; return the exit status."""
    options = {}
    while len(words) > 2 and words[-2] in (@OPTIONS@):
        options[words[-2]] = words[-1]
        words = words[:-2]
    try:
        if "--weights" in options:
            load(options["--weights"])
        if words == ["test"]:
            return 0 if test() else 1
@PREDICT@@TRAIN@        print(__doc__)
        return 2
    except (OSError, ValueError) as problem:
        print("%s: %s" % (sys.argv[0], problem), file=sys.stderr)
        return 1
'''

_MAIN_PREDICT = """        if len(words) == 2 and words[0] == "predict":
            return predict(words[1])
"""

_MAIN_TRAIN = """        if words == ["train"] or words == ["train", "--go-on"]:
            return train(len(words) == 1, options.get("--save"))
"""


def commands(program: Program) -> str:
    """The commands, and what they need."""
    description = program.description
    last = description.output.name
    training = description.training
    mode = f", True, {description.step}" if program.has_modes else ""
    gradients = _TEST_GRADIENTS.lstrip("\n").replace("@MODE@", mode) if training else ""
    reads = description.input_shape[0] in (1, 3)
    parts = [
        _PREDICT if reads else "",
        _TEST.replace("@GRADIENTS@", gradients),
        remember(program) if training else "",
        train(program) if training else "",
        _ROW.replace("@STORED@", _stored(program)) if training else "",
        _MAIN.replace("@PREDICT@", _MAIN_PREDICT if reads else "")
        .replace("@TRAIN@", _MAIN_TRAIN if training else "")
        .replace("@OPTIONS@", '"--weights", "--save"' if training else '"--weights",'),
    ]
    return "\n\n".join(each.strip("\n") + "\n" for each in parts if each).replace("@LAST@", last)


def arrays(program: Program, part: PlacedLayer) -> dict[str, str]:
    """The arrays of a layer in the order in which they are stored: place -> name."""
    found = {
        f'{identifier(part.layer.letters[name])}["{part.name}"]': name for name in part.parameters
    }
    for buffer, letter in zip(part.buffers, program.taking_part, strict=False):
        kept = buffer if program.description.training else letter
        found[f'{kept}["{part.name}"]'] = buffer
    return found


def _stored(program: Program) -> str:
    every = [at for part in program.description.parts for at in arrays(program, part)]
    return "\n            + ".join(f"row({at})" for at in every)


_LOAD = '''
def load(file=None):
    """Fill in the weights: those that stand below, or those of a file of @BYTES@ bytes each."""
@OPEN@@LINES@


def unpacked(lines):
    """Class and pixels of each picture in some lines of text."""
    pairs = [line.split() for line in lines.split("\\n") if line]
    return [(int(label), @PIXELS@) for label, pixels in pairs]
'''


def numbers(program: Program) -> str:
    """Pictures, what is expected of them, and the weights."""
    description = program.description
    lines = []
    for part in description.parts:
        for at, name in arrays(program, part).items():
            sizes = ", ".join(map(str, description.numbers[f"{part.name}.{name}"].shape))
            lines.append(f"    {at} = nested(numbers, {sizes})")
    values = [value for each in description.numbers.values() for value in each.values]
    single = description.single
    kind = "f" if single else "d"
    form = f"<{len(values)}{kind}"
    open_file = [
        "    if file:",
        '        with open(file, "rb") as weights:',
        f'            numbers = iter(struct.unpack("{form}", weights.read()))',
        "    else:",
    ]
    apart = bool(description.weights)
    rows: list[str] = []
    if apart:
        open_file = [
            "    here = os.path.dirname(os.path.abspath(__file__))",
            f'    beside = os.path.join(here, "{description.weights}")',
            '    with open(file or beside, "rb") as weights:',
            f'        numbers = iter(struct.unpack("{form}", weights.read()))',
        ]
        given = ""
    elif len(values) > text.READABLE:
        given = f'struct.unpack("{form}", binascii.a2b_base64(WEIGHTS))'
        rows = text.base64_rows(text.packed(values, single))
    else:
        exact = all(float(text.shortest(value, single)) == value for value in values)
        given = "map(float, WEIGHTS.split())"
        if not exact:  # rounded as the weights are
            given = 'struct.unpack("{0}", struct.pack("{0}", *map(float, WEIGHTS.split())))'
            given = given.format(form)
        rows = [
            row
            for part in description.parts
            for name in arrays(program, part).values()
            for row in text.rows(description.numbers[f"{part.name}.{name}"].values, single)
        ]
    if not apart:
        open_file.append(f"        numbers = iter({given})")
    every = [*description.tests, *description.examples]
    levels = alphabet(every)
    pixels = (
        "[LEVELS[LETTERS.index(x)] for x in pixels]" if levels else "binascii.a2b_base64(pixels)"
    )
    parts = [
        _filled(
            _LOAD,
            {
                "BYTES": "four" if single else "eight",
                "OPEN": "\n".join(open_file) + "\n",
                "LINES": "\n".join(lines),
                "PIXELS": pixels,
            },
        ),
        _constants(program, levels),
        "" if apart else _block("WEIGHTS", rows),
    ]
    return "\n\n".join(each.strip("\n") + "\n" for each in parts if each)


def _block(name: str, lines: list[str]) -> str:
    return "\n".join([f'{name} = """', *lines, '"""'])


def _constants(program: Program, levels: tuple[int, ...]) -> str:
    description = program.description
    expected = description.expected
    count = len(expected.scores[0]) if expected.scores else 0
    names = description.classes or tuple(map(str, range(count)))
    blocks = [f"CLASSES = {names!r}"]
    if levels:
        blocks += [f'LETTERS = "{ALPHABET[: len(levels)]}"', f"LEVELS = {levels!r}  # of gray"]
    blocks.append(_block("TESTS", [encoded(each, levels) for each in description.tests]))
    scores = ",\n    ".join(repr(list(each)) for each in expected.scores)
    blocks.append(f"SCORES = [\n    {scores},\n]")
    if description.training:
        blocks.append(f"LOSS = {expected.loss!r}")
        sums = []
        for letter in program.learned:
            of_letter = {
                part.name: expected.gradients[f"{part.name}.{name}"]
                for part in description.parts
                for name in part.parameters
                if identifier(part.layer.letters[name]) == letter
            }
            sums.append(repr(of_letter))
        joined = ",\n    ".join(sums)
        blocks.append(f"GRADIENTS = [\n    {joined},\n]")
        if description.credit:
            blocks += [f"# {line}" for line in wrap(description.credit, text.WIDTH - 2)]
        blocks.append(_block("PICTURES", [encoded(each, levels) for each in description.examples]))
    return "\n".join(blocks)


__all__ = ["commands", "numbers"]
