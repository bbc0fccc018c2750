"""A network as one C file: C99, no allocation, nothing but the mathematics of the C library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod
from textwrap import wrap

from backlit.layers import Add, Concat

from . import c_functions, c_texts
from .c_functions import WIDTH, CFunction, listed
from .c_plan import ArenaPlan, Lifetimes
from .description import INPUT, Description, PlacedLayer
from .printing import identifier
from .program import Program

ALIGNMENT = 16  # numbers: 64 bytes of float


def write(description: Description) -> str:
    """The whole program."""
    return _Writer(description).program()


@dataclass
class _Shared:
    """A function of some layers that are alike."""

    function: CFunction
    name: str
    layers: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """With its name, and whose it is."""
        who = wrap(f"{', '.join(self.layers)}:", WIDTH - 3)
        text = self.function.text.replace("@WHO@", "\n * ".join(who)).replace("@NAME@", self.name)
        return "\n".join(
            _folded(line) if line.startswith("static") else line for line in text.split("\n")
        )


class _Writer:
    """Writes one program."""

    def __init__(self, description: Description) -> None:
        self.description = description
        self.training = description.training
        self.names = c_texts.names(description)
        self.sizes = {INPUT: prod(description.input_shape)}
        self.sizes |= {part.name: prod(part.output) for part in description.parts}
        self.trained = Program(description).trained
        self.functions: dict[str, _Shared] = {}
        self.lifetimes = Lifetimes()
        self.step = 0
        self.roots = {INPUT: INPUT}  # layer -> the layer whose buffer its output stands in
        self.has_error: set[str] = set()
        self.test_modes = ["", ""]  # what the test gives to the forward and backward pass

    def program(self) -> str:
        """The program from top to bottom."""
        forward = list(self._forward())
        backward = list(self._backward()) if self.training else []
        plan = self.lifetimes.plan(ALIGNMENT)
        functions = [each.text for each in self.functions.values()]
        body = [
            *functions,
            *([c_texts.LOSS] if self.training else []),
            _section("The network"),
            self._evaluation(forward),
            *([self._learning(backward)] if self.training else []),
        ]
        tail = c_texts.numbers(self.description, self.names)
        commands = c_texts.commands(self.description, self.names, self.test_modes)
        code = "\n".join([*body, commands])
        parts = [
            self._head(code, plan),
            self._declarations(plan),
            c_texts.helpers(code, self.description.seed),
            _section("The layers"),
            *body,
            _section("What this program can do"),
            commands,
            _section("The numbers"),
            tail,
        ]
        lines = "\n".join(part.strip("\n") + "\n" for part in parts if part).split("\n")
        return "\n".join(line.rstrip() for line in lines)

    # --- the beginning -----------------------------------------------------------------------

    def _head(self, code: str, plan: ArenaPlan) -> str:
        return c_texts.head(self.description, c_texts.mathematics(code), 4 * plan.size)

    def _declarations(self, plan: ArenaPlan) -> str:
        lines = [
            _section("Where the numbers stand"),
            "/* Inputs, outputs and what is needed on the way. Nothing else is ever allocated:",
            " * what nobody needs any more gives its place to others. */",
            f"enum {{ {', '.join(f'{k} = {v}' for k, v in self._constants(plan).items())} }};",
            "static real arena[ARENA];",
        ]
        for name, offset in plan.offsets.items():
            lines.append(f"static real *const {name} = arena + {offset};")
        lines += ["", "/* What is learned; the numbers are at the end. */"]
        const = "" if c_texts.changes(self.description) else "const "
        for key, array in self.description.numbers.items():
            size = "[" + str(len(array.values)) + "]"
            shape = "×".join(map(str, array.shape))
            lines.append(f"static {const}real {self.names[key]}{size}; /* {shape} */")
        if self.training:
            lines += c_texts.learned(self.description, self.names)
        return "\n".join(lines)

    def _constants(self, plan: ArenaPlan) -> dict[str, int]:
        rule = self.description.rule
        return {
            "PIXELS": self.sizes[INPUT],
            "CLASSES": self.sizes[self.description.output.name],
            **({"BATCH": rule.batch} if rule else {}),
            "ARENA": max(1, plan.size),
        }

    # --- forward -----------------------------------------------------------------------------

    def _forward(self) -> Iterator[str]:
        """The lines that work out each layer."""
        if self.training:
            self._use("Y", INPUT)
        for number, part in enumerate(self.description.parts):
            self.step += 1
            if c_texts.passes(part, self.training):
                self.roots[part.name] = self.roots[part.inputs[0]]
                yield f"/* {part.name}: the same numbers */"
                continue
            yield from self._layer(part, number)
        self.step += 1
        self._use("Y", self.description.output.name)

    def _layer(self, part: PlacedLayer, number: int) -> Iterator[str]:
        match part.layer:
            case Concat():
                self._own(part)
                yield from self._concat(part)
            case Add():
                yield from self._started(part, number)
                for name in part.inputs[1:]:
                    yield f"add({self._at(name)}, {self._at(part.name)}, {self._count(part)});"
                    self._use("Y", name)
            case _:
                function = c_functions.forward(part, self.training)
                if function.in_place:
                    yield from self._started(part, number)
                else:
                    self._own(part)
                yield from self._called(part, function)

    def _started(self, part: PlacedLayer, number: int) -> Iterator[str]:
        """A layer's output, begun as a copy of its input, or in its place."""
        first = part.inputs[0]
        root = self.roots[first]
        sharing = {name for name, at in self.roots.items() if at == root}
        later = [name for each in self.description.parts[number + 1 :] for name in each.inputs]
        needed = self.training or root == INPUT or sharing & {*later, *part.inputs[1:]}
        if not needed:
            self.roots[part.name] = root
            self._use("Y", first)
            return
        self._own(part)
        self._use("Y", first)
        size = f"{self._count(part)} * sizeof(real)"
        if self.training:
            size = f"(size_t){size.replace('N *', 'N *', 1)}"
        yield f"memcpy({self._at(part.name)}, {self._at(first)}, {size});"

    def _own(self, part: PlacedLayer) -> None:
        self.roots[part.name] = part.name
        self._use("Y", part.name)

    def _concat(self, part: PlacedLayer) -> Iterator[str]:
        offset = 0
        for name in part.inputs:
            size = self.sizes[name]
            self._use("Y", name)
            target = _plus(self._image("Y", part.name), offset)
            call = f"memcpy({target}, {self._image('Y', name)}, {size} * sizeof(real));"
            yield from self._each_image([call])
            offset += size

    def _called(self, part: PlacedLayer, function: CFunction) -> Iterator[str]:
        layer = part.layer
        if layer.is_random:
            key = f"dropout_key({part.place}, step)"
            call = self._call(part, function, "forward", {"key": key})
            yield from ("if (training)", f"    {call}")
            return
        extra: dict[str, str] = {}
        if part.buffers:
            own = dict(zip(part.buffers, ("mu", "sigma2"), strict=True))
            for buffer, letter in own.items():
                stored = self.names[f"{part.name}.{buffer}"]
                if self.training:
                    batch = self._use(letter, part.name, self.sizes_of_buffer(part))
                    extra[letter] = f"training ? {batch} : {stored}"
                else:
                    extra[letter] = stored
            if self.training:
                of_batch = c_functions.statistics(part)
                call = self._call(part, of_batch, "statistics", {})
                yield from ("if (training)", f"    {call}")
        call = self._call(part, function, "forward", extra)
        once = function.of_batch or "count" in function.arguments
        yield from ([call] if once else self._each_image([call]))

    def sizes_of_buffer(self, part: PlacedLayer) -> int:
        """How many numbers a batch norm remembers."""
        return prod(next(iter(part.buffers.values())))

    # --- backward ----------------------------------------------------------------------------

    def _backward(self) -> Iterator[str]:
        last = self.description.output.name
        root = self.roots[last]
        classes = self.sizes[last]
        error = self._use("dY", last)
        self.has_error.add(root)
        yield f"const real loss = softmax_cross_entropy({self._at(last)}, labels, N, {error});"
        assert classes
        for part in reversed(self.description.parts):
            self.step += 1
            passes = c_texts.passes(part, True) or self.roots[part.name] not in self.has_error
            if part.name not in self.trained or passes:
                continue
            yield from self._back(part)
        self.step += 1
        for part in self.description.parts:  # what is remembered of the batch
            for letter in ("mu", "sigma2")[: len(part.buffers)]:
                self._use(letter, part.name, self.sizes_of_buffer(part))

    def _back(self, part: PlacedLayer) -> Iterator[str]:
        self._use("dY", part.name)
        match part.layer:
            case Add():
                for name in part.inputs:
                    if name in self.trained:
                        yield from self._cleared(name)
                        error, target = self._use("dY", part.name), self._use("dY", name)
                        yield f"add({error}, {target}, {self._count(part)});"
            case Concat():
                offset = 0
                for name in part.inputs:
                    size = self.sizes[name]
                    if name in self.trained:
                        yield from self._cleared(name)
                        source = _plus(self._image("dY", part.name), offset)
                        call = f"add({source}, {self._image('dY', name)}, {size});"
                        yield from self._each_image([call])
                    offset += size
            case _:
                name = part.inputs[0]
                function = c_functions.backward(part, name in self.trained)
                if "dX" in function.arguments:
                    yield from self._cleared(name)
                key = f"dropout_key({part.place}, step)" if part.layer.is_random else ""
                call = self._call(part, function, "backward", {"key": key})
                once = function.of_batch or "count" in function.arguments
                yield from ([call] if once else self._each_image([call]))

    def _cleared(self, name: str) -> Iterator[str]:
        """The first error that arrives finds zeros."""
        root = self.roots[name]
        if root not in self.has_error:
            self.has_error.add(root)
            yield f"clear({self._use('dY', name)}, N * {self.sizes[name]});"

    # --- calls and places ----------------------------------------------------------------------

    def _call(
        self, part: PlacedLayer, function: CFunction, kind: str, extra: dict[str, str]
    ) -> str:
        shared = self.functions.setdefault(
            function.text, _Shared(function, f"{c_texts.plain(part.name)}_{kind}")
        )
        shared.layers.append(part.name)
        once = function.of_batch or "count" in function.arguments
        values = [
            extra.get(name) or self._argument(part, function, name, once)
            for name in function.arguments
        ]
        return f"{shared.name}({', '.join(values)});"

    def _argument(self, part: PlacedLayer, function: CFunction, letter: str, once: bool) -> str:
        if letter == "N":
            return "N"
        if letter == "count":
            return self._count(part)
        if letter in function.workspaces:
            return self._use(letter, part.name, function.workspaces[letter])
        for name in part.parameters:
            own = identifier(part.layer.letters[name])
            if letter == own:
                return self.names[f"{part.name}.{name}"]
            if letter == f"d{own}":
                return f"d{self.names[f'{part.name}.{name}']}"
        if letter in ("mu", "sigma2"):
            return self._use(letter, part.name, self.sizes_of_buffer(part))
        array, name = {
            "X": ("Y", part.inputs[0]),
            "Y": ("Y", part.name),
            "dX": ("dY", part.inputs[0]),
            "dY": ("dY", part.name),
        }[letter]
        if once:
            return self._use(array, name)
        return self._image(array, name)

    def _use(self, letter: str, name: str, size: int | None = None) -> str:
        """An array is used in this step; its name."""
        if size is None:
            root = self.roots[name]
            if root == INPUT and not self.training:
                return INPUT
            times = self.description.rule.batch if self.description.rule else 1
            times = max(times, len(self.description.tests)) if self.training else 1
            name, size = root, self.sizes[root] * times
        array = f"{letter}_{c_texts.plain(name)}"
        self.lifetimes.use(array, size, self.step)
        return array

    def _at(self, name: str) -> str:
        return self._use("Y", name)

    def _image(self, letter: str, name: str) -> str:
        """The array of one image."""
        array = self._use(letter, name)
        return f"{array} + n * {self.sizes[name]}" if self.training else array

    def _count(self, part: PlacedLayer) -> str:
        size = self.sizes[part.name]
        return f"N * {size}" if self.training else str(size)

    def _each_image(self, calls: list[str]) -> Iterator[str]:
        if self.training:
            yield "for (int n = 0; n < N; n++)"
        yield from (f"    {call}" if self.training else call for call in calls)

    # --- functions of the network ----------------------------------------------------------------

    def _evaluation(self, lines: list[str]) -> str:
        inner = "\n".join(_folded(f"    {line}") for line in lines)
        count, classes = self.sizes[INPUT], self.sizes[self.description.output.name]
        scores = self._at(self.description.output.name)
        if not self.training:
            return c_texts.FORWARD.format(inner=inner, scores=scores, classes=classes, input=count)
        arguments = ["int N"]
        modes = [""] * 2
        if re.search(r"\btraining\b", inner):
            arguments.append("int training")
            modes = [", 0", ", 1"]
        if re.search(r"\bstep\b", inner):
            arguments.append("uint32_t step")
            modes = [", 0, 0", ", 1, step"]
        self.modes = modes
        self.test_modes[0] = modes[1].replace("step", f"{self.description.step}u")
        text: str = c_texts.FORWARD_BATCH.format(
            arguments=", ".join(arguments),
            inner=inner,
            scores=scores,
            classes=classes,
            input=count,
            evaluation=modes[0],
        )
        return text

    def _learning(self, lines: list[str]) -> str:
        inner = "\n".join(_folded(f"    {line}") for line in lines)
        self.test_modes[1] = f", {self.description.step}u" if re.search(r"\bstep\b", inner) else ""
        step = ", uint32_t step" if re.search(r"\bstep\b", inner) else ""
        return c_texts.learning(self.description, self.names, inner, step, self.modes[1])


def _plus(pointer: str, offset: int) -> str:
    return f"{pointer} + {offset}" if offset else pointer


def _section(title: str) -> str:
    return f"\n/* --- {title} ".ljust(WIDTH - 2, "-") + " */\n"


def _folded(line: str) -> str:
    """A call in several lines if it is long."""
    if len(line) <= WIDTH:
        return line
    start = line.index("(", len(line) - len(line.lstrip())) + 1
    return listed(line[:start], line[start:], "")
