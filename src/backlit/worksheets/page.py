"""Worksheets as pages to print: the sheets themselves, and their key."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from backlit.equations import format_number
from backlit.pure.nested import Nested

from .sheets import Given, Question, Worksheet

_STYLE = """
:root { color-scheme: light; }
body { font: 11pt/1.45 system-ui, "Segoe UI", Roboto, Arial, sans-serif; color: #000;
  background: #fff; margin: 1.5cm auto; max-width: 18cm; padding: 0 0.5cm; }
article { break-after: page; margin-bottom: 3cm; }
article:last-of-type { break-after: auto; }
header { display: flex; justify-content: space-between; align-items: baseline; gap: 1cm;
  border-bottom: 1px solid #000; padding-bottom: 2mm; }
h1 { font-size: 13pt; margin: 0; }
h2 { font-size: 11pt; margin: 0 0 1mm; }
.name { flex: 1; text-align: right; white-space: nowrap; }
.name span { display: inline-block; width: 5cm; border-bottom: 1px solid #000; }
.code, .words { color: #444; }
.words { margin: 0 0 2mm; font-size: 10pt; }
.code { white-space: nowrap; }
.row { display: flex; flex-wrap: wrap; gap: 3mm 8mm; align-items: flex-start; margin: 3mm 0; }
section { break-inside: avoid; margin: 4mm 0; }
.formula { align-self: center; overflow-x: auto; }
figure { margin: 0; }
figcaption { font-size: 10pt; margin-bottom: 1mm; }
b { font-family: Cambria, "Latin Modern Math", "STIX Two Math", serif; font-style: italic; }
table { border-collapse: collapse; }
td { border: 1px solid #000; min-width: 8.5mm; height: 8.5mm; padding: 0 1mm; text-align: center;
  font-variant-numeric: tabular-nums; }
table.answer td { background: #f2f2f2; }
dl { columns: 2; column-gap: 8mm; margin: 0; font-size: 10pt; }
dl div { display: flex; gap: 2mm; break-inside: avoid; }
dt { min-width: 7mm; }
dd { margin: 0; }
math { font-size: 12pt; font-family: "STIX Two Math", "Latin Modern Math", "Cambria Math",
  "Noto Sans Math", "DejaVu Math TeX Gyre", math; }
.working { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 9pt; margin: 2mm 0; }
@page { size: A4; margin: 1.5cm; }
@media print { body { margin: 0; max-width: none; padding: 0; } article { margin: 0; } }
"""
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="backlit">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""


def sheets_page(sheets: Iterable[Worksheet]) -> str:
    """The sheets as one HTML document, each on pages of its own, with empty cells to fill in."""
    return _page("Worksheet", [_sheet(sheet, key=False) for sheet in sheets])


def key_page(sheets: Iterable[Worksheet]) -> str:
    """Their key: all answers, and one number of each worked out."""
    return _page("Key", [_sheet(sheet, key=True) for sheet in sheets])


def _page(title: str, articles: list[str]) -> str:
    return _PAGE.format(title=title, style=_STYLE, body="\n".join(articles))


def _sheet(sheet: Worksheet, key: bool) -> str:
    name = "key" if key else "Name <span></span>"
    given = "".join(_given(each) for each in sheet.given)
    questions = "".join(
        _question(each, number, key) for number, each in enumerate(sheet.questions, 1)
    )
    return (
        f"<article>\n<header><h1>{escape(sheet.title)}</h1>"
        f'<span class="code">{escape(sheet.operation)} {escape(sheet.code)}</span>'
        f'<span class="name">{name}</span></header>\n'
        f'<div class="row">{given}</div>\n{questions}{"" if key else _letters(sheet)}</article>'
    )


def _letters(sheet: Worksheet) -> str:
    """What the letters of the equations mean."""
    lines = "".join(
        f"<div><dt>{_letter(letter)}</dt><dd>{escape(words)}</dd></div>"
        for letter, words in sheet.letters.items()
    )
    return f"<section><h2>What the letters mean</h2><dl>{lines}</dl></section>\n"


def _given(given: Given) -> str:
    return _arrays(given.letter, given.words, given.numbers, "", blank=False)


def _question(question: Question, number: int, key: bool) -> str:
    working = f'<p class="working">{escape(question.working)}</p>' if key else ""
    answer = _arrays(question.letter, "", question.answer, "answer" if key else "", blank=not key)
    return (
        f"<section><h2>{number}. Find {_letter(question.letter)}</h2>"
        f'<p class="words">{escape(question.words)}{_conditions(question)}</p>'
        f'<div class="row">{answer}<div class="formula">{question.equation.mathml()}</div></div>'
        f"{working}</section>\n"
    )


def _conditions(question: Question) -> str:
    """For which numbers the equation holds, such as that quotients are whole."""
    return "".join(f"<br>• {escape(each.text())}" for each in question.equation.conditions)


def _arrays(letter: str, words: str, numbers: Nested, kind: str, blank: bool) -> str:
    """An array as tables; of several, each says which it is."""
    parts = list(_matrices(numbers, ()))
    figures = []
    for place, matrix in parts:
        index = f"[{','.join(map(str, place))}]" if len(parts) > 1 else ""
        name = f"{_letter(letter)}{index}" if words or index else ""
        caption = f"<figcaption>{name} {escape(words)}</figcaption>" if name else ""
        figures.append(f"<figure>{caption}{_table(matrix, kind, blank)}</figure>")
        words = ""  # said once
    return "".join(figures)


def _matrices(numbers: Nested, place: tuple[int, ...]) -> Iterable[tuple[tuple[int, ...], Nested]]:
    """The matrices in a nested list; a row is a matrix of one row, a number of one cell."""
    if not isinstance(numbers, list):
        yield place, [[numbers]]
    elif not isinstance(numbers[0], list):
        yield place, [numbers]
    elif not isinstance(numbers[0][0], list):
        yield place, numbers
    else:
        for k, part in enumerate(numbers):
            yield from _matrices(part, (*place, k))


def _table(matrix: Nested, kind: str, blank: bool) -> str:
    rows = "".join(
        "<tr>" + "".join(f"<td>{'' if blank else _number(each)}</td>" for each in row) + "</tr>"
        for row in matrix
    )
    return f'<table class="{kind}">{rows}</table>'


def _letter(letter: str) -> str:
    return f"<b>{escape(letter)}</b>"


def _number(number: Any) -> str:
    return format_number(number, 6)
