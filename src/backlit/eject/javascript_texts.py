"""What no equation says, in JavaScript: pictures, weights, the way of learning, the commands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import prod
from textwrap import wrap
from urllib.parse import quote

from backlit.equations.typeset import plain_text

from . import schedules, text
from .description import Description
from .javascript_printer import JavaScriptPrinter
from .pictures import ALPHABET, encoded
from .printing import identifier
from .program import Program
from .text import filled

# --- what is needed everywhere ------------------------------------------------------------------

_HELPERS = """
@LETTERS@
// How long nested arrays are along each axis.
function shape(X) {
  return Array.isArray(X) ? [X.length, ...shape(X[0])] : [];
}

// Nested arrays of zeros.
function zeros(size, ...sizes) {
  return Array.from({ length: size }, () => (sizes.length ? zeros(...sizes) : 0));
}

// A function of each number, however deep the arrays are nested.
function apply(of, X, ...others) {
  if (!Array.isArray(X)) return of(X, ...others);
  return X.map((x, k) => apply(of, x, ...others.map((other) => other[k])));
}

// All numbers of nested arrays, one after the other.
function row(X) {
  return Array.isArray(X) ? X.flatMap(row) : [X];
}
"""

_SIGMOID = """
// 1 / (1 + e^-x), written so that no power is large.
function sigmoid(x) {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}
"""

_ERFC = """
// 1 - erf(x): a series near 0, a continued fraction farther out.
function erfc(x) {
  if (x < 0) return 2 - erfc(-x);
  const scale = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (x < 3) {
    let term = 2 * x, sum = term;
    for (let n = 1; term > 1e-18 * sum; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - scale * sum;
  }
  let fraction = x;
  for (let n = 60; n > 0; n--) fraction = x + n / 2 / fraction;
  return scale / fraction;
}
"""

LOSS = """
// L = -1/N Σ_n ln P[n,label(n)] with P = e^Z / Σ e^Z;  dZ = (P - T)/N.
// T is 1 for the true class of an image, and 0 for the others.
function softmax_cross_entropy(Z, labels) {
  const N = Z.length, dZ = [];
  let loss = 0;
  for (let n = 0; n < N; n++) {
    const largest = Math.max(...Z[n]);  // taken out of all powers, so that none is huge
    const powers = Z[n].map((z) => Math.exp(z - largest));
    const total = powers.reduce((a, b) => a + b);
    loss += (Math.log(total) + largest - Z[n][labels[n]]) / N;
    dZ.push(powers.map((power) => power / total / N));
    dZ[n][labels[n]] -= 1 / N;
  }
  return [loss, dZ];
}
"""

_STIRRED = """
// 32 bits, mixed so that neighboring numbers come out unrelated.
function stirred(x) {
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}
"""

_MASK = """
// 1 for what is kept and 0 for the share that is dropped, another mask for each step.
function dropout_mask(X, rate, layer, step) {
  let key = 0, place = 0;
  for (const number of [@SEED@, layer, step]) {
    key = stirred(stirred(key + 0x9e3779b9) ^ number);
  }
  const limit = Math.floor(rate * 2 ** 32);
  return apply(() => Number(stirred(stirred(place++) ^ key) >= limit), X);
}
"""

_PLUS = """
// An output that two layers read has two errors, which add up.
function plus(a, b) {
  return a + b;
}
"""


def helpers(program: Program, called: set[str]) -> str:
    """Where the numbers are kept, and the functions that all others use."""
    kept = [*program.learned, *program.taking_part]
    if program.description.training:
        kept += program.remembered
    letters = ", ".join(f"{name} = {{}}" for name in kept)
    return (
        filled(
            _HELPERS,
            LETTERS=f"const {letters};  // of each layer, by its name: see load()\n"
            if kept
            else "",
        ).lstrip("\n")
        + (_SIGMOID if "sigmoid" in called else "")
        + (_ERFC if "erfc" in called else "")
    )


# --- learning ------------------------------------------------------------------------------------

_UPDATE = """
@LEFT_OUT@const EPOCHS = @EPOCHS@, BATCH = @BATCH@, RATE = @RATE@;
@SCHEDULE@@SHORTENED@
// @WORDS@.
function update(@ARGUMENTS@) {
  for (let k = 0; k < W.length; k++) {
    if (Array.isArray(W[k])) {
      update(@INNER@);
    } else {
      @LINES@
    }
  }
}
"""

_SCHEDULE = """
// The learning rate of a step, counted from 1: it changes over @STEPS@ steps.
function rate_of(step) {
  const t = Math.min(step, @STEPS@) - 1;
@LINES@
}
"""

_SHORTENED = """
// All gradients together, at most @CLIP@ long: a wild batch moves nothing far.
function shortened(slopes) {
  const length = Math.sqrt(row(slopes).reduce((sum, x) => sum + x * x, 0));
  const long = length > @CLIP@ && length < Infinity;
  return long ? apply((x) => x * (@CLIP@ / length), slopes) : slopes;
}
"""

_ANEW = """
let drawn = 0;

// A random number between 0 and 1, the same ones in each run.
function random() {
  return (stirred(++drawn) + 0.5) / 2 ** 32;
}

// A random number with mean 0 and so much variance.
function gauss(variance) {
  return Math.sqrt(-2 * variance * Math.log(random())) * Math.cos(2 * Math.PI * random());
}

// Random weights to start from, by K. He: of the variance gain/inputs.
function begin_anew() {
@LINES@
}
"""

_REMEMBER = """
// The averages that batch norms use later, moved towards those of so many images.
function remember(count) {
@LINES@
}
"""


def learning(program: Program) -> str:
    """The optimizer's rule, and the first weights."""
    description = program.description
    rule = description.rule
    assert rule is not None
    kept = [identifier(each.symbol) for each in rule.equations.kept]
    changes = schedules.stretches(description)
    rate = "rate" if changes else "RATE"
    named = {"W": "W[k]", "dW": "dW[k]", "η": rate, "t": "step"}
    named |= {each.symbol: f"{identifier(each.symbol)}[k]" for each in rule.equations.kept}
    named |= {each.symbol: f"{value:.12g}" for each, value in rule.settings.items()}
    printer = JavaScriptPrinter(named)
    lines, words = [], []
    for each in rule.equations.assignments:
        symbol = each.letter.symbol
        target = named.get(symbol, f"const {identifier(symbol)}")
        lines.append(f"{target} = {printer.text(each.expression)};")
        words.append(f"{symbol} ← {plain_text(each.expression)}")
    lines.append(f"W[k] -= {printer.text(rule.equations.descent)};")
    words.append(f"W ← W − {plain_text(rule.equations.descent)}")
    step = ["step"] if program.counts_steps else []
    step += ["rate"] if changes else []
    update = filled(
        _UPDATE,
        LEFT_OUT="".join(f"// {line}\n" for line in wrap(rule.left_out, text.WIDTH - 3)),
        SCHEDULE=_schedule(changes),
        SHORTENED="" if rule.clip is None else filled(_SHORTENED, CLIP=f"{rule.clip:.12g}"),
        EPOCHS=str(rule.epochs),
        BATCH=str(rule.batch),
        RATE=f"{rule.rate:.12g}",
        WORDS="\n// ".join(wrap(";  ".join(words), text.WIDTH - 4)),
        ARGUMENTS=", ".join(["W", "dW", *kept, *step]),
        INNER=", ".join([*(f"{each}[k]" for each in ["W", "dW", *kept]), *step]),
        LINES="\n      ".join(lines),
    )
    reads = [name for part in description.parts for name in part.inputs]
    adds = any(reads.count(name) > 1 for name in program.trained)
    masks = any(part.layer.is_random for part in description.parts)
    return (
        update
        + filled(_ANEW, LINES="\n".join(_first(program)))
        + _remember(program)
        + (_PLUS if adds else "")
        + (filled(_MASK, SEED=str(description.seed)) if masks else "")
        + _STIRRED
    )


def _schedule(changes: Sequence[schedules.RateStretch]) -> str:
    if not changes:
        return ""
    lines = []
    for stretch in changes:
        line = (
            schedules.returned(stretch, ";").replace("cos(", "Math.cos(").replace("pi", "Math.PI")
        )
        when = "" if stretch is changes[-1] else f"if (t < {stretch.end}) "
        lines.append(f"  {when}{line}")
    return filled(_SCHEDULE, STEPS=str(changes[-1].end), LINES="\n".join(lines))


def _first(program: Program) -> list[str]:
    lines = []
    for part in program.description.parts:
        for name in part.parameters:
            first = part.layer.first_values.get(name)
            value = f"gauss({part.spread.replace(', ', ' / ')})" if first is None else f"{first}"
            at = f'{identifier(part.layer.letters[name])}["{part.name}"]'
            lines.append(f"  {at} = apply(() => {value}, {at});")
    return lines


def _remember(program: Program) -> str:
    lines = []
    for use in program.uses:
        for buffer, side in zip(use.part.buffers, program.sides(use), strict=False):
            place, now = f'{buffer}["{use.part.name}"]', f'{side.letter}["{side.layer}"]'
            share = use.part.layer.momentum  # type: ignore[attr-defined]
            numbers, factor = f"(count * {prod(use.part.shapes[0][1:])})", ""
            if buffer.endswith("variance"):
                factor = f" * {numbers} / Math.max(1, {numbers} - 1)"
            lines += [
                f"  {place} = apply(",
                f"    (old, now) => {1 - share:.12g} * old + {share:.12g} * now{factor},",
                f"    {place}, {now});",
            ]
    return filled(_REMEMBER, LINES="\n".join(lines)) if lines else ""


# --- commands -----------------------------------------------------------------------------------

_TRAIN = """
// Learn from the pictures below; a tenth only shows how it goes.
export function train(begin = true, log = console.log) {
  if (begin) begin_anew();
  const every = unpacked(PICTURES).map(([pixels, label]) => [prepare(pixels), label]);
  if (every.length < 2) throw new Error("there are no pictures in this file to learn from");
  const shown = every.filter((_, k) => k % 10 === 0);
  const pictures = every.filter((_, k) => k % 10 !== 0);
  const arrays = [@LEARNED@].flatMap((P) => Object.values(P));
@KEPT@@COUNT@  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    for (let k = pictures.length - 1; k > 0; k--) {  // shuffled
      const other = Math.floor(random() * (k + 1));
      [pictures[k], pictures[other]] = [pictures[other], pictures[k]];
    }
    const losses = [];
    for (let start = 0; start < pictures.length; start += BATCH) {
      const batch = pictures.slice(start, start + BATCH);
      const images = batch.map(([image]) => image);
      const [loss, gradients] = backward(
        forward(images@MODE@), batch.map(([, label]) => label));
      losses.push(loss);
@REMEMBER@@STEP@      @SLOPES@ = [@LEARNED@].flatMap((P, p) =>
        Object.keys(P).map((layer) => gradients[p][layer]));
@CLIPPED@      arrays.forEach((P, k) => update(@ROWS@));
    }
    const right = shown.filter(([image, label]) => best(image) === label).length;
    const mean = losses.reduce((a, b) => a + b) / losses.length;
    log(`epoch ${epoch}: loss ${mean.toFixed(4)}, ` +
      `${right} of ${shown.length} other pictures right`);
  }
}
"""

_TEST = """
// Compute again what backlit computed, and return whether it is equal.
export function test(log = console.log) {
  const pictures = unpacked(TESTS).map(([pixels, label]) => [prepare(pixels), label]);
  const equal = pictures.map(([image, label], k) =>
    compared(`the scores of a ${CLASSES[label]}`, SCORES[k], forward([image])["@LAST@"][0], log));
@GRADIENTS@  return equal.every((each) => each);
}

// Print whether numbers are equal but for rounding, and return it.
function compared(words, expected, found, log) {
  const apart = Math.max(
    ...expected.map((value, k) => Math.abs(value - found[k]) / Math.max(1, Math.abs(value))));
  const equal = apart <= 1e-12;
  log(`${words}: ${equal ? "equal" : `NOT equal, ${apart.toExponential(0)} apart`}`);
  return equal;
}

// The class with the largest score.
function best(image) {
  const scores = forward([image])["@LAST@"][0];
  return scores.indexOf(Math.max(...scores));
}
"""

_TEST_GRADIENTS = """
  const [loss, gradients] = backward(
    forward(pictures.map(([image]) => image)@MODE@), pictures.map(([, label]) => label));
  equal.push(compared("the loss", [LOSS], [loss], log));
  @NAMES@.forEach((name, k) => {
    for (const layer of Object.keys(GRADIENTS[k])) {  // sums in which numbers count 1 to 7 times
      const found = row(gradients[k][layer]).reduce((sum, x, m) => sum + x * (1 + (m % 7)), 0);
      equal.push(compared(`${name} of ${layer}`, [GRADIENTS[k][layer]], [found], log));
    }
  });
"""

_PREDICT = """
// The classes that a picture looks like, the likeliest first: [class, probability].
// Given are its pixels, from 0 to 255, in the network's own size.
export function predict(pixels) {
  const scores = forward([prepare(pixels)])["@LAST@"][0];
  const powers = scores.map((score) => Math.exp(score - Math.max(...scores)));
  const total = powers.reduce((a, b) => a + b);
  return CLASSES.map((name, k) => [name, powers[k] / total]).sort((a, b) => b[1] - a[1]);
}
"""

_MAIN = """
// Do what is asked for on a command line, and return the exit status.
async function main(words) {
  const { readFile } = await import("node:fs/promises");
  const at = words.indexOf("--weights");
  try {
    if (at > 0) {
      load(await readFile(words[at + 1]));
      words.splice(at, 2);
    }
    if (words.join() === "test") return test() ? 0 : 1;
@PREDICT@@TRAIN@    console.log("node cnn.mjs @COMMANDS@");
    return 2;
  } catch (problem) {
    console.error(`cnn.mjs: ${problem.message}`);
    return 1;
  }
}
"""

_MAIN_PREDICT = """    if (words[0] === "predict" && words.length === 2) {
      for (const [name, share] of predict(read_picture(await readFile(words[1]))).slice(0, 3)) {
        console.log(`${name}  ${(100 * share).toFixed(1)}%`);
      }
      return 0;
    }
"""

_MAIN_TRAIN = """    if (words[0] === "train") {
      train(!words.includes("--go-on"));
      return 0;
    }
"""

START = """
if (typeof process !== "undefined" && process.argv?.[1]) {
  const { realpath } = await import("node:fs/promises");
  const { pathToFileURL } = await import("node:url");
  const started = await realpath(process.argv[1]).catch(() => "");
  if (import.meta.url === pathToFileURL(started).href) {
    process.exitCode = await main(process.argv.slice(2));
  }
}
"""

_TROUBLE = """    if (trouble) {
      console.error(trouble.message);
      process.exit(1);
    }
"""


def start(description: Description) -> str:
    """What is done when the module is no part of another program."""
    if not description.weights:
        return START
    before = "    process.exitCode = await main"
    said = START.replace(before.lstrip(" "), _TROUBLE.strip() + "\n" + before.lstrip(" "))
    return said + "if (trouble) throw trouble;\n"


def commands(program: Program) -> str:
    """The commands, and what they need."""
    description = program.description
    training, reads = description.training, description.reads_pictures
    mode = f", true, {description.step}" if program.has_modes else ""
    names = json.dumps([f"d{letter}" for letter in program.learned])
    gradients = filled(_TEST_GRADIENTS.lstrip("\n"), MODE=mode, NAMES=names) if training else ""
    test = _TEST if training else _TEST[: _TEST.index("// The class with")].rstrip() + "\n"
    known = ["test", *(["predict PICTURE"] if reads else []), *(["train"] if training else [])]
    whole = (
        (_train(program) if training else "")
        + filled(test, GRADIENTS=gradients)
        + _PREDICT
        + filled(
            _MAIN,
            PREDICT=_MAIN_PREDICT if reads else "",
            TRAIN=_MAIN_TRAIN if training else "",
            COMMANDS=" | ".join(known),
        )
    )
    return filled(whole, LAST=description.output.name)


def _train(program: Program) -> str:
    rule = program.description.rule
    assert rule is not None
    kept = [identifier(each.symbol) for each in rule.equations.kept]
    changes = bool(schedules.stretches(program.description))
    counted = program.counts_steps or program.has_modes or changes
    rows = ["P", "slopes[k]", *(f"every_{each}[k]" for each in kept)]
    return filled(
        _TRAIN,
        LEARNED=", ".join(program.learned),
        KEPT="".join(f"  const every_{k} = arrays.map((P) => apply(() => 0, P));\n" for k in kept),
        COUNT="  let step = 0;\n" if counted else "",
        STEP="      step++;\n" if counted else "",
        MODE=", true, step" if program.has_modes else "",
        REMEMBER="      remember(images.length);\n" if program.remembered else "",
        SLOPES="const slopes" if rule.clip is None else "let slopes",
        CLIPPED="" if rule.clip is None else "      slopes = shortened(slopes);\n",
        ROWS=", ".join(
            rows
            + (["step"] if program.counts_steps else [])
            + (["rate_of(step)"] if changes else [])
        ),
    )


# --- pictures -----------------------------------------------------------------------------------

_PREPARE = """
// What the network sees of a picture: @WORDS@.
function prepare(pixels) {
@CONSTANTS@  return nested(Array.from(pixels, (x@K@) => @EACH@).values(), @SIZES@);
}
"""

_READ = """
// The pixels of a PGM or PPM file, framed as the network's own were.
export function read_picture(bytes) {
  const words = [], latin = new TextDecoder("latin1");
  let at = 0;
  while (words.length < 4 && at < bytes.length) {  // the header, without its comments
    let end = bytes.indexOf(10, at);
    if (end < 0) end = bytes.length;
    const line = latin.decode(bytes.subarray(at, end)).split("#")[0];
    words.push(...line.split(/\\s+/).filter(Boolean));
    at = end + 1;
  }
  if (words.length < 4 || !/^P[2356]$/.test(words[0])) throw new Error("no PGM or PPM picture");
  const [width, height, largest] = words.slice(1, 4).map(Number);
  const channels = words[0] === "P3" || words[0] === "P6" ? 3 : 1;
  let data = Array.from(bytes.subarray(at));
  if (words[0] === "P2" || words[0] === "P3") {  // written as numbers
    const rest = data.map((x) => String.fromCharCode(x)).join("").split(/\\s+/).filter(Boolean);
    data = [...words.slice(4), ...rest].map(Number);
  } else if (largest > 255) {  // two bytes each
    data = data.filter((_, k) => k % 2 === 0).map((x, k) => 256 * x + data[2 * k + 1]);
  }
  data = data.slice(0, channels * width * height).map((x) => Math.floor((255 * x) / largest + 0.5));
  const highest = data.reduce((a, b) => Math.max(a, b), 0);
  if (highest > 255) throw new Error("the picture has values above its stated maximum");
  const whole = words.slice(1, 4).every((x) => /^0*[1-9]\\d*$/.test(x));
  if (!whole || data.length !== channels * width * height || !data.every((x) => x >= 0)) {
    throw new Error("the picture has fewer pixels than it says");
  }
  let colors = Array.from({ length: channels }, (_, c) =>
    data.filter((_, k) => k % channels === c));
@COLORS@  let maps = colors.map((color) =>
    framed(Array.from({ length: height }, (_, y) => color.slice(width * y, width * (y + 1)))));
@TURNED@  return row(maps);
}
"""

_GRAY = """  if (channels === 3) {  // gray, as the eye weighs the colors
    const [red, green, blue] = colors;
    colors = [red.map((r, k) => (19595 * r + 38470 * green[k] + 7471 * blue[k] + 32768) >> 16)];
  }
"""

_COLOR = """  if (channels === 1) colors = [colors[0], colors[0], colors[0]];
"""

_TURNED = """  if (ground(maps[0]) @DARKER@ 127.5) {  // those that it knows have a @GROUND@ ground
    maps = apply((x) => 255 - x, maps);
  }
"""

_CUT = """
// Cut about the middle to @H@:@W@, and scaled.
function framed(rows) {
  const height = rows.length, width = rows[0].length;
  if (height === @H@ && width === @W@) return rows;
  const h = Math.min(height, (width * @H@) / @W@), w = Math.min(width, (height * @W@) / @H@);
  return scaled(scaled(rows, (width - w) / 2, w, @W@), (height - h) / 2, h, @H@);
}
"""

_PAD = """
// Scaled to fit into @H@×@W@, and surrounded with its background.
function framed(rows) {
  const height = rows.length, width = rows[0].length;
  if (height === @H@ && width === @W@) return rows;
  const h = Math.max(1, Math.min(@H@, to_even((height / width) * @W@)));
  const w = Math.max(1, Math.min(@W@, to_even((width / height) * @H@)));
  const top = to_even((@H@ - h) / 2), left = to_even((@W@ - w) / 2);
  const color = Math.floor(ground(rows));
  const whole = apply(() => color, zeros(@H@, @W@));
  scaled(scaled(rows, 0, width, w), 0, height, h).forEach((line, y) =>
    line.forEach((x, k) => (whole[top + y][left + k] = x)));
  return whole;
}

// The nearest whole number, of two the even one.
function to_even(x) {
  return x - Math.floor(x) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);
}
"""

_SCALED = """
// A stretch of each row as so many pixels; columns, so call it twice.
// Each is a mean of the pixels below it, in which near ones count more.
function scaled(rows, start, length, count) {
  const step = length / count, reach = Math.max(step, 1), columns = [];
  for (let k = 0; k < count; k++) {
    const center = start + (k + 0.5) * step;
    const first = Math.max(0, Math.floor(center - reach + 0.5));
    const last = Math.min(rows[0].length, Math.floor(center + reach + 0.5));
    let all = 0;
    for (let x = first; x < last; x++) all += 1 - Math.abs(x + 0.5 - center) / reach;
    columns.push(rows.map((line) => {
      let sum = 0;
      for (let x = first; x < last; x++) sum += (1 - Math.abs(x + 0.5 - center) / reach) * line[x];
      return Math.floor(sum / all + 0.5);
    }));
  }
  return columns;
}
"""

_GROUND = """
// What the outermost pixels mostly are: their median.
function ground(rows) {
  const sides = rows.slice(1, -1).flatMap((line) => [line[0], line[line.length - 1]]);
  const border = [...rows[0], ...rows[rows.length - 1], ...sides].sort((a, b) => a - b);
  return (border[(border.length - 1) >> 1] + border[border.length >> 1]) / 2;
}
"""


def pictures(description: Description) -> str:
    """From a file to pixels, and from pixels to what the network sees."""
    channels, height, width = description.input_shape
    normalization = description.normalization
    constants, k, each, words = "", "", "x / 255", "x/255"
    if normalization is not None:
        mean, std = normalization
        words, each = "(x/255 - mean)/std", f"(x / 255 - {mean[0]!r}) / {std[0]!r}"
        if channels > 1:
            constants = f"  const mean = {list(mean)}, std = {list(std)};\n"
            place = f"Math.floor(k / {height * width})"
            k, each = ", k", f"(x / 255 - mean[{place}]) / std[{place}]"
    prepare = filled(
        _PREPARE,
        WORDS=words,
        CONSTANTS=constants,
        K=k,
        EACH=each,
        SIZES=f"{channels}, {height}, {width}",
    )
    if not description.reads_pictures:
        return prepare
    turns = channels == 1 and normalization is not None
    light = normalization is not None and normalization[0][0] >= 0.5
    turned = filled(_TURNED, DARKER="<=" if light else ">", GROUND="light" if light else "dark")
    read = filled(_READ, COLORS=_GRAY if channels == 1 else _COLOR, TURNED=turned if turns else "")
    framed = filled(_PAD if description.pads else _CUT, H=str(height), W=str(width))
    return prepare + read + framed + _SCALED + (_GROUND if turns or description.pads else "")


# --- numbers --------------------------------------------------------------------------------------

_LOAD = """
// Fill in what was learned: from below, or from the bytes of a file with @BYTES@ for each number.
export function load(bytes) {
@OPEN@@LINES@
}

// The next of some numbers, as nested arrays of these sizes.
function nested(numbers, ...sizes) {
  if (!sizes.length) return numbers.next().value;
  return Array.from({ length: sizes[0] }, () => nested(numbers, ...sizes.slice(1)));
}

// The numbers in a file, little-endian.
function* stored(bytes) {
  if (bytes.length !== @COUNT@ * @BYTES@) throw new Error("the file holds other weights");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let k = 0; k < @COUNT@; k++) yield view.getFloat@BITS@(@BYTES@ * k, true);
}

// Bytes that are written as text, in base64.
function decoded(letters) {
  return Uint8Array.from(atob(letters.replace(/\\s/g, "")), (x) => x.charCodeAt(0));
}

// The pixels and the class of each picture in some lines of text.
function unpacked(lines) {
  const pairs = lines.split("\\n").filter(Boolean).map((line) => line.split(" "));
  return pairs.map(([label, pixels]) => [@PIXELS@, Number(label)]);
}
"""

_BESIDE = """
// The weights lie beside this file.
async function beside(name) {
  const place = new URL(name, import.meta.url);
  if (typeof process === "undefined") {
    const answer = await fetch(place);
    if (!answer.ok) throw new Error(`${name}, where the weights should be, cannot be read`);
    return new Uint8Array(await answer.arrayBuffer());
  }
  const { readFile } = await import("node:fs/promises");
  return new Uint8Array(await readFile(place).catch(() => {
    throw new Error(`${name}, where the weights should be, cannot be read`);
  }));
}

const trouble = await beside(@FILE@).then(load).catch((problem) => problem);
"""


def numbers(program: Program) -> str:
    """Pictures, what is expected of them, and the weights."""
    description = program.description
    single, apart = description.single, bool(description.weights)
    values = [value for each in description.numbers.values() for value in each.values]
    readable = len(values) <= text.READABLE
    if apart:
        given, rows = "stored(bytes)", []
    elif readable:
        rows = [
            row for each in description.numbers.values() for row in text.rows(each.values, single)
        ]
        read = "WEIGHTS.split(/\\s+/).filter(Boolean)"
        words = " ".join(rows).split()
        exact = all(float(word) == value for word, value in zip(words, values, strict=True))
        number = "Number" if exact else "(word) => Math.fround(Number(word))"
        given = f"bytes ? stored(bytes) : {read}.map({number}).values()"
    else:
        given = "stored(bytes ?? decoded(WEIGHTS))"
        rows = text.base64_rows(text.packed(values, single))
    lines = [
        f"  {at} = nested(numbers, {_sizes(description, use.part.name, name)});"
        for use in program.uses
        for at, name in program.arrays(use.part).items()
    ]
    levels = program.levels
    load = filled(
        _LOAD,
        OPEN=f"  const numbers = {given};\n",
        LINES="\n".join(lines),
        BYTES="4" if single else "8",
        BITS="32" if single else "64",
        COUNT=str(len(values)),
        PIXELS="[...pixels].map((x) => LEVELS[LETTERS.indexOf(x)])"
        if levels
        else "decoded(pixels)",
    )
    weights = "" if apart else "\n" + _block("WEIGHTS", rows) + "\n"
    start = filled(_BESIDE, FILE=json.dumps(quote(description.weights))) if apart else "\nload();\n"
    return load + "\n" + _constants(program, levels) + "\n" + weights + start


def _sizes(description: Description, layer: str, name: str) -> str:
    return ", ".join(map(str, description.numbers[f"{layer}.{name}"].shape))


def _block(name: str, lines: list[str]) -> str:
    return "\n".join([f"const {name} = `", *lines, "`;"])


def _constants(program: Program, levels: tuple[int, ...]) -> str:
    description = program.description
    expected = description.expected
    names = description.classes or tuple(map(str, range(description.output.output[0])))
    blocks = [_value("CLASSES", list(names))]
    if levels:
        blocks.append(f'const LETTERS = "{ALPHABET[: len(levels)]}";  // of a pixel')
        blocks.append(_value("LEVELS", list(levels)))
    blocks.append(_block("TESTS", [encoded(each, levels) for each in description.tests]))
    blocks.append(_value("SCORES", [list(each) for each in expected.scores]))
    if description.training:
        blocks.append(_value("LOSS", expected.loss))
        blocks.append(_value("GRADIENTS", [program.sums(letter) for letter in program.learned]))
        blocks += [f"// {line}" for line in wrap(description.credit, text.WIDTH - 3)]
        blocks.append(_block("PICTURES", [encoded(each, levels) for each in description.examples]))
    return "\n".join(blocks)


def _value(name: str, value: object) -> str:
    """A constant; a list of simple things in lines that fit."""
    if not isinstance(value, list):
        return f"const {name} = {json.dumps(value)};"
    if not any(isinstance(each, list | dict) for each in value):
        return text.listed(f"const {name} = [", map(json.dumps, value), "];")
    rows = [
        text.listed("  [", map(json.dumps, each), "],")
        if isinstance(each, list)
        else text.listed("  {", (f"{json.dumps(k)}: {v!r}" for k, v in each.items()), "},")
        for each in value
    ]
    return "\n".join([f"const {name} = [", *rows, "];"])
