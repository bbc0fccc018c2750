"""Text for terminals that cannot show everything: each sign replaced by words or plain ASCII.

Only what the terminal's encoding lacks is replaced: on a Windows console with code page 1252 the
middle dot stays and Σ becomes "sum".
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_PLAIN = {
    "Σ": "sum",
    "·": "*",
    "×": "x",
    "−": "-",
    "→": "->",
    "←": "<-",
    "…": "...",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "√": "sqrt ",
    "∞": "inf",
    "½": "1/2",
    "²": "^2",
    "ᵗ": "^t",
    "⌊": "floor(",
    "⌋": ")",
    "\u0302": "_hat",
    "ŝ": "s_hat",
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "ε": "eps",
    "η": "eta",
    "λ": "lambda",
    "μ": "mu",
    "π": "pi",
    "σ": "sigma",
    "█": "+",  # bars of positive and of negative numbers
    "▒": "-",
    "▓": "#",
    "░": ".",
    "▸": ">",
    "◂": "<",
    "▾": "v",
    "─": "-",
    "│": "|",
    "“": '"',
    "”": '"',
    "’": "'",
    "–": "-",
}


def fit(text: str, encoding: str) -> str:
    """The text with every sign replaced that ``encoding`` lacks."""
    if encoding.lower().replace("-", "").startswith("utf"):
        return text
    return "".join(_sign(character, encoding) for character in text)


@lru_cache(maxsize=1024)
def _sign(character: str, encoding: str) -> str:
    try:
        character.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return _PLAIN.get(character) or _decomposed(character)
    return character


def _decomposed(character: str) -> str:
    """A letter without its mark, a raised digit as a digit; "?" for what is neither."""
    if character.isascii():
        return character
    parts = unicodedata.normalize("NFKD", character)
    return "".join(part for part in parts if part.isascii()) or "?"
