"""A network as one Python file: plain loops, nothing but the standard library."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from textwrap import dedent, wrap

from . import python_texts as texts
from .description import INPUT, Description
from .functions import Function, Use
from .printing import Printer, each_of, identifier
from .program import HandOn, Kept, LayerCall, Program
from .text import exact
from .tree import ForLoop, statements
from .wording import function_words, legend, path

WIDTH = 79
_FROM_MATH = ("cos", "erfc", "exp", "expm1", "inf", "log", "log1p", "pi", "sqrt", "tanh")
_MODULES = ("array", "binascii", "os", "random", "struct", "sys")


def write(description: Description) -> str:
    """The whole program."""
    program = "\n".join(line.rstrip() for line in PythonWriter(Program(description)).lines())
    return re.sub("\n{4,}", "\n\n\n", program) + "\n"


class PythonWriter:
    """Writes one program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.description = program.description
        self.training = self.description.training
        self.explained: set[tuple[str, str]] = set()  # the loops that have had their comment

    def lines(self) -> Iterator[str]:
        """The program from top to bottom."""
        body = [
            *_text(texts.helpers(self.program)),
            *_section("The layers"),
            *self._functions(),
            *_text(texts.LOSS if self.training else ""),
            *_section("The network"),
            *self._forward(),
            *(self._learning() if self.training else ()),
            *_section("What this file can do"),
            *_text(texts.commands(self.program)),
            *_section("From pixels to the network's input"),
            *_text(texts.pictures(self.description)),
            *_section("The numbers"),
            *_text(texts.numbers(self.program)),
        ]
        yield from self._head("\n".join(body))
        yield from body
        yield from (
            "",
            *self._loading(),
            'if __name__ == "__main__":',
            "    sys.exit(main(sys.argv[1:]))",
        )

    def _loading(self) -> Iterator[str]:
        """Weights that lie apart may be missing, which a command says in one sentence."""
        if not self.description.weights:
            yield "load()"
            return
        yield from ("try:", "    load()", "except ValueError as problem:")
        yield from ('    if __name__ == "__main__":', "        sys.exit(str(problem))", "    raise")

    def _head(self, body: str) -> Iterator[str]:
        yield "#!/usr/bin/env python3"
        yield '"""A convolutional network in plain Python, written by backlit.'
        yield ""
        yield from _wrapped(path(self.description), "    ")
        yield ""
        yield "    python3 cnn.py test                  compute what backlit computed"
        if self.description.reads_pictures:
            yield "    python3 cnn.py predict PICTURE.pgm   say what is in a picture"
        if self.training:
            yield "    python3 cnn.py train                 learn from the pictures in here"
        yield ""
        yield from (line for each in legend(self.program) for line in _wrapped(each))
        yield '"""'
        yield ""
        yield from (f"import {name}" for name in _MODULES if _stands(f"{name}.", body))
        names = [name for name in _FROM_MATH if _stands(name, body)]
        if names:
            yield f"from math import {', '.join(names)}"

    # --- functions of the layers -------------------------------------------------------------

    def _functions(self) -> Iterator[str]:
        for each in self.program.functions:
            yield from ("", "", *self._function(each))

    def _function(self, function: Function) -> Iterator[str]:
        printer = Printer()
        arguments = [identifier(each.symbol) for each in function.arguments]
        arguments += map(identifier, function.options)
        yield f"def {function.name}({', '.join(arguments)}):"
        if function.value is not None:
            yield from docstring([function.equations[0].words])
            yield f"    return {printer.text(function.value)}"
            return
        yield from docstring(function_words(function))
        yield from _indented(_sizes(function, printer))
        names = [identifier(each.symbol) for each in function.made]
        zeros = [
            f"zeros({', '.join(printer.place(a.size) for a in each.letters if a.size)})"
            for each in function.made
        ]
        yield from _indented(_assigned(names, zeros))
        for line in printer.lines(function.body, self._comment(function)):
            yield f"    {line}"
        yield f"    return {', '.join(identifier(each.symbol) for each in function.results)}"

    def _comment(self, function: Function) -> set[str]:
        """The loops of a function that a reader meets for the first time."""
        fresh: set[str] = set()
        for each in statements(function.body):
            if isinstance(each, ForLoop):
                known = (each.letter.symbol, each.letter.words)
                if known not in self.explained and len(each_of(each.letter)) < 30:
                    self.explained.add(known)
                    fresh.add(each.letter.symbol)
        return fresh

    # --- the network -----------------------------------------------------------------------------

    def _forward(self) -> Iterator[str]:
        modes = self.program.has_modes
        yield from ("", "", f"def forward(X{', training=False, step=0' if modes else ''}):")
        yield '    """The output of each layer, for a batch of images."""'
        yield f'    Y = {{"{INPUT}": X}}'
        for use in self.program.uses:
            yield from _indented(self._layer(use))
        yield "    return Y"

    def _layer(self, use: Use) -> Iterator[str]:
        output, read = Kept("Y", use.part.name), Kept("Y", use.part.inputs[0])
        if use.kind is None:
            yield f"{_at(output)} = {_at(read)}"
            return
        call = _call(self.program.call(use, use.kind.forward, output))
        sides = self.program.sides(use)
        if not sides or not self.training:
            yield from call
            return
        yield "if training:"
        if use.kind.statistics is not None:
            yield from _indented(_call(self.program.call(use, use.kind.statistics, *sides)))
            yield from ("else:", *_indented(texts.remembered(use.part, sides)), *call)
        else:
            (mask,) = sides
            yield f"    {_at(mask)} = dropout_mask({texts.mask(use.part, _at(read))})"
            yield from (*_indented(call), "else:", f"    {_at(output)} = {_at(read)}")

    def _learning(self) -> Iterator[str]:
        gradients = [f"d{letter}" for letter in self.program.learned]
        last = self.description.output.name
        yield from ("", "", "def backward(Y, labels):")
        yield '    """The loss, and how it changes with each number that is learned."""'
        yield f"    {', '.join(['dY', *gradients])} = {', '.join('{}' for _ in ['dY', *gradients])}"
        yield f'    loss, dY["{last}"] = softmax_cross_entropy(Y["{last}"], labels)'
        for each in self.program.backward():
            yield from _indented(_call(each) if isinstance(each, LayerCall) else [_hand_on(each)])
        yield f"    return loss, {texts.row_of(gradients)}"
        yield from _text(texts.learning(self.program))


# --- pieces --------------------------------------------------------------------------------------


def _section(title: str) -> Iterator[str]:
    yield from ("", "", f"# --- {title} ".ljust(WIDTH, "-"))


def _text(source: str) -> list[str]:
    return ["", "", *dedent(source).strip("\n").split("\n")] if source.strip() else []


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)


def _wrapped(words: str, indent: str = "") -> list[str]:
    return wrap(words, WIDTH, initial_indent=indent, subsequent_indent=indent)


def docstring(paragraphs: Sequence[str]) -> Iterator[str]:
    """Lines of a docstring; each paragraph begins a new line."""
    lines = [line for each in paragraphs for line in _wrapped(each, "    ") or [""]]
    lines[0] = '    """' + lines[0].strip()
    if len(lines) == 1 and len(lines[0]) <= WIDTH - 3:
        yield lines[0] + '"""'
    else:
        yield from (*lines, '    """')


def _sizes(function: Function, printer: Printer) -> Iterator[str]:
    """Where the sizes in a function come from."""
    known: set[str] = set()
    for tensor in function.arguments:
        names = []
        for axis in tensor.letters:
            symbol = axis.size.letter.symbol if axis.size and axis.size.letter else ""
            fresh = symbol in function.sizes and symbol not in known
            names.append(identifier(symbol) if fresh else "_")
            known.add(symbol)
        if any(name != "_" for name in names[1:]):
            yield f"{', '.join(names)} = shape({identifier(tensor.symbol)})"
        elif names and names[0] != "_":
            yield f"{names[0]} = len({identifier(tensor.symbol)})"
    made = {s: e for s, e in function.sizes.items() if e is not None}
    yield from _assigned([identifier(s) for s in made], [printer.place(e) for e in made.values()])


def _assigned(names: Sequence[str], values: Sequence[str]) -> Iterator[str]:
    """``OH, OW = IH - kH + 1, IW - kW + 1``, in one line if it fits and nothing builds on it."""
    line = f"{', '.join(names)} = {', '.join(values)}"
    apart = any(_stands(name, value) for name in names for value in values)
    if names and len(line) <= WIDTH - 4 and not apart:
        yield line
    else:
        yield from (f"{name} = {value}" for name, value in zip(names, values, strict=True))


def _at(kept: Kept) -> str:
    return f'{kept.letter}["{kept.layer}"]' if kept.layer else kept.letter


def _call(call: LayerCall) -> list[str]:
    """A call, in two lines if it is long."""
    name, arguments = call.function.name, [_at(each) for each in call.arguments]
    arguments += [f"{identifier(letter)}={exact(value)}" for letter, value in call.options.items()]
    if call.function.of_numbers:
        name, arguments = "apply", [call.function.name, *arguments]
    results = ", ".join("_" if each is None else _at(each) for each in call.results)
    line = f"{results} = {name}({', '.join(arguments)})"
    if len(line) <= WIDTH - 4:
        return [line]
    return [f"{results} = {name}(", f"    {', '.join(arguments)})"]


def _hand_on(each: HandOn) -> str:
    target, source = _at(each.target), _at(each.source)
    return f"{target} = " + (f"apply(plus, {target}, {source})" if each.adds else source)


def _stands(name: str, program: str) -> bool:
    """Whether a name stands somewhere in a program."""
    return re.search(rf"(?<![\w.]){re.escape(name)}(?!\w(?<!\.\w))", program) is not None
