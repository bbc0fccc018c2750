"""The thread of a story: from one weight up to the loss, each time along the largest product.

A number's terms tell where it came from.  Taking the largest one, and asking the error inside it
where *it* came from, leads up to the loss; read from its end, that is how the error came down.
"""

from __future__ import annotations

from dataclasses import dataclass

from backlit.equations import Term

from .address import Address
from .part import Part, magnitude
from .recorded import RecordedPass


@dataclass(frozen=True)
class Link:
    """One number on the thread.

    Attributes:
        address: the number.
        parts: the equations that give it.
        terms: what adds up to it, the largest first, each with the part it belongs to.
        part: the part of the followed term; of the first one where nothing can be followed.
        followed: the term that the thread goes through.
        source: the error inside that term; None where the thread ends.
    """

    address: Address
    parts: tuple[Part, ...]
    terms: tuple[tuple[Part, Term], ...]
    part: Part
    followed: Term | None = None
    source: Address | None = None


def follow(recorded: RecordedPass, address: Address, part: Part, image: int) -> list[Link]:
    """The thread from a parameter up to the loss, for one image."""
    own = [term for term in part.terms if term.index.get("n") == image]
    links = [_link(address, (part,), [(part, term) for term in own])]
    while (source := links[-1].source) is not None:
        links.append(link_to(recorded, source))
    return links


def link_to(recorded: RecordedPass, error: Address) -> Link:
    """The link of an error, with everything that came back to it."""
    parts = recorded.parts(error)
    return _link(error, parts, [(part, term) for part in parts for term in part.terms])


def _link(address: Address, parts: tuple[Part, ...], terms: list[tuple[Part, Term]]) -> Link:
    ordered = tuple(sorted(terms, key=lambda each: -magnitude(each[1])))
    for part, term in ordered:
        source = _error_in(part, term)
        if source is not None:
            return Link(address, parts, ordered, part, term, source)
    return Link(address, parts, ordered, parts[0])


def _error_in(part: Part, term: Term) -> Address | None:
    """The error that is a factor of a term."""
    for factor in term.factors:
        name = part.arrays.get(factor.symbol, "")
        if name.endswith(".error"):
            owner, _, quantity = name.rpartition(".")
            return Address(owner, quantity, factor.index)
    return None
