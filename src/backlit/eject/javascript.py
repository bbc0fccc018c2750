"""A network as one JavaScript module without dependencies, for Node.js and for browsers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from backlit.equations.expressions import FunctionCall, descendants

from . import javascript_texts as texts
from .description import INPUT, Description
from .functions import Function, Use
from .javascript_printer import JavaScriptPrinter
from .printing import Printer, identifier
from .program import HandOn, Kept, LayerCall, Program
from .text import exact
from .tree import expressions
from .wording import function_words, legend, path

WIDTH = 79


def write(description: Description) -> str:
    """The whole module."""
    program = "\n".join(line.rstrip() for line in _JavaScriptWriter(Program(description)).lines())
    return re.sub("\n{3,}", "\n\n", program) + "\n"


class _JavaScriptWriter:
    """Writes one module."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.description = program.description
        self.training = self.description.training

    def lines(self) -> Iterator[str]:
        """The module from top to bottom."""
        yield from self._head()
        yield from _text(texts.helpers(self.program, self._called()))
        yield from _section("The layers")
        for each in self.program.functions:
            yield from ("", *self._function(each))
        yield from _text(texts.LOSS if self.training else "")
        yield from _section("The network")
        yield from self._forward()
        if self.training:
            yield from self._learning()
        yield from _section("What this file can do")
        yield from _text(texts.commands(self.program))
        yield from _section("From pixels to the network's input")
        yield from _text(texts.pictures(self.description))
        yield from _section("The numbers")
        yield from _text(texts.numbers(self.program))
        yield from _text(texts.start(self.description))

    def _head(self) -> Iterator[str]:
        yield "/* A convolutional network in plain JavaScript, written by backlit."
        yield ""
        yield from wrap(
            path(self.description), WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 4
        )
        yield ""
        yield "    node cnn.mjs test                  compute what backlit computed"
        if self.description.reads_pictures:
            yield "    node cnn.mjs predict PICTURE.pgm   say what is in a picture"
        if self.training:
            yield "    node cnn.mjs train                 learn from the pictures in here"
        yield ""
        yield 'In a browser: import { forward, predict, test } from "./cnn.mjs".'
        yield ""
        yield from (line for each in legend(self.program) for line in wrap(each, WIDTH - 3))
        yield "*/"

    def _called(self) -> set[str]:
        """The functions of mathematics in all of it."""
        values = [
            node
            for each in self.program.functions
            for value in ([each.value] if each.value is not None else expressions(each.body))
            for node in descendants(value)
        ]
        return {each.function for each in values if isinstance(each, FunctionCall)}

    def _function(self, function: Function) -> Iterator[str]:
        printer = JavaScriptPrinter()
        arguments = [identifier(each.symbol) for each in function.arguments]
        arguments += map(identifier, function.options)
        of_numbers = function.value is not None
        words = [function.equations[0].words] if of_numbers else function_words(function)
        yield from (f"// {line}" for each in words if each for line in wrap(each, WIDTH - 3))
        yield f"function {function.name}({', '.join(arguments)}) {{"
        if function.value is not None:
            yield f"  return {printer.text(function.value)};"
        else:
            yield from _indented(_sizes(function, printer))
            for tensor in function.made:
                sizes = [printer.place(axis.size) for axis in tensor.letters if axis.size]
                yield f"  let {identifier(tensor.symbol)} = zeros({', '.join(sizes)});"
            yield from _indented(printer.lines(function.body))
            names = [identifier(each.symbol) for each in function.results]
            yield f"  return {_list(names) if len(names) > 1 else names[0]};"
        yield "}"

    def _forward(self) -> Iterator[str]:
        modes = self.program.has_modes
        yield ""
        yield "// The output of each layer, for a batch of images."
        more = ", training = false, step = 0" if modes else ""
        yield f"export function forward(X{more}) {{"
        yield f'  let Y = {{ "{INPUT}": X }};'
        for use in self.program.uses:
            yield from _indented(self._layer(use))
        yield "  return Y;"
        yield "}"

    def _layer(self, use: Use) -> Iterator[str]:
        output, read = Kept("Y", use.part.name), Kept("Y", use.part.inputs[0])
        if use.kind is None:
            yield f"{_at(output)} = {_at(read)};"
            return
        call = _call(self.program.call(use, use.kind.forward, output))
        sides = self.program.sides(use)
        if not sides or not self.training:
            yield from call
            return
        yield "if (training) {"
        if use.kind.statistics is not None:
            yield from _indented(_call(self.program.call(use, use.kind.statistics, *sides)))
            remembered = (
                f"{_at(side)} = {_at(Kept(buffer, use.part.name))};"
                for side, buffer in zip(sides, use.part.buffers, strict=True)
            )
            yield from ("} else {", *_indented(remembered), "}", *call)
        else:
            (mask,) = sides
            rate, place = use.part.layer.rate, use.part.place  # type: ignore[attr-defined]
            yield f"  {_at(mask)} = dropout_mask({_at(read)}, {rate!r}, {place}, step);"
            yield from (*_indented(call), "} else {", f"  {_at(output)} = {_at(read)};", "}")

    def _learning(self) -> Iterator[str]:
        gradients = [f"d{letter}" for letter in self.program.learned]
        last = self.description.output.name
        steps = list(self.program.backward())
        errors = {
            kept.letter: None
            for each in steps
            if isinstance(each, LayerCall)
            for kept in each.results
            if kept is not None and not kept.layer
        }
        yield ""
        yield "// The loss, and how it changes with each number that is learned."
        yield "export function backward(Y, labels) {"
        yield f"  let {', '.join(f'{name} = {{}}' for name in ['dY', *gradients])}, loss;"
        if errors:
            yield f"  let {', '.join(errors)};"
        yield f'  [loss, dY["{last}"]] = softmax_cross_entropy(Y["{last}"], labels);'
        for each in steps:
            yield from _indented(_call(each) if isinstance(each, LayerCall) else [_hand_on(each)])
        yield f"  return [loss, {_list(gradients)}];"
        yield "}"
        yield from _text(texts.learning(self.program))


def _section(title: str) -> Iterator[str]:
    yield from ("", f"// --- {title} ".ljust(WIDTH, "-"))


def _text(source: str) -> list[str]:
    return ["", *source.strip("\n").split("\n")] if source.strip() else []


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _list(names: Sequence[str]) -> str:
    return f"[{', '.join(names)}]"


def _sizes(function: Function, printer: Printer) -> Iterator[str]:
    """Where the sizes in a function come from."""
    known: set[str] = set()
    for tensor in function.arguments:
        names = []
        for axis in tensor.letters:
            symbol = axis.size.letter.symbol if axis.size and axis.size.letter else ""
            fresh = symbol in function.sizes and symbol not in known
            names.append(identifier(symbol) if fresh else "")
            known.add(symbol)
        if any(names):
            while not names[-1]:
                names.pop()
            yield f"const [{', '.join(names)}] = shape({identifier(tensor.symbol)});"
    for symbol, expression in function.sizes.items():
        if expression is not None:
            yield f"const {identifier(symbol)} = {printer.place(expression)};"


def _at(kept: Kept) -> str:
    return f'{kept.letter}["{kept.layer}"]' if kept.layer else kept.letter


def _call(call: LayerCall) -> list[str]:
    """A call, in two lines if it is long."""
    name, arguments = call.function.name, [_at(each) for each in call.arguments]
    options = [exact(value) for value in call.options.values()]
    if not call.function.of_numbers:
        arguments += options
    elif options:
        letters = [identifier(each.symbol) for each in call.function.arguments]
        inner = f"({', '.join(letters)}) => {name}({', '.join([*letters, *options])})"
        name, arguments = "apply", [inner, *arguments]
    else:
        name, arguments = "apply", [name, *arguments]
    results = [_at(each) if each is not None else "" for each in call.results]
    target = _list(results) if len(results) > 1 else results[0]
    line = f"{target} = {name}({', '.join(arguments)});"
    return (
        [line] if len(line) <= WIDTH - 2 else [f"{target} = {name}(", f"  {', '.join(arguments)});"]
    )


def _hand_on(each: HandOn) -> str:
    target, source = _at(each.target), _at(each.source)
    return f"{target} = " + (f"apply(plus, {target}, {source});" if each.adds else f"{source};")
