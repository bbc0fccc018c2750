"""From an address to its explanation: which equations give that number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.network.graph import INPUT

from .address import PROBABILITY, Address
from .agreement import Agreement, agreement
from .explanation import Explanation
from .loss_work import loss_work
from .notes import notes_about
from .part import Part
from .rounding import rounded_size
from .sentences import sentence_about

if TYPE_CHECKING:
    from .trace import Trace


def make_explanation(trace: Trace, address: Address) -> Explanation:
    """The explanation of a number that is known to exist."""
    explained = "value" if address.quantity == "output" or address.is_result else "gradient"
    parts = tuple(_parts(trace, address))
    value, gradient = _engine_values(trace, address)
    engine = value if explained == "value" or gradient is None else gradient
    return Explanation(
        address=address,
        value=value,
        gradient=gradient,
        explained=explained,
        parts=parts,
        agreement=_agreement(trace, address, parts, engine),
        sentence=sentence_about(trace, address, parts),
        notes=notes_about(trace, address, parts),
        _trace=trace,
    )


def _parts(trace: Trace, address: Address) -> list[Part]:
    if address.is_result:
        return [loss_work(trace.recording, trace.graph.output).forward(address)]
    if address.is_parameter:
        return [trace.work(address.owner).parameter(address)]
    if address.quantity == "output":
        return [trace.work(address.owner).forward(address)]
    return error_parts(trace, address.owner, address.index)


def error_parts(trace: Trace, name: str, index: tuple[int, ...]) -> list[Part]:
    """The error of one number: through every layer that reads it, or where the error begins."""
    if name == trace.graph.output:
        return [loss_work(trace.recording, name).error(index)]
    return [
        part
        for reader in trace.graph.readers(name)
        for part in trace.work(reader.name).input_errors(name, index)
    ]


def _engine_values(trace: Trace, address: Address) -> tuple[float, float | None]:
    """(value, gradient) as the engine computed them."""
    recording, index, owner = trace.recording, address.index, address.owner
    if address.is_parameter:
        value = trace.snapshot.parameters[address.name][index]
        return float(value), float(recording.gradients[address.name][index])
    if address.quantity == "error":
        error = float(recording.errors[owner][index])
        return error, error
    if address.quantity == "output" or owner == INPUT:
        return float(recording.activations[owner][index]), float(recording.errors[owner][index])
    if owner == PROBABILITY:
        return float(recording.probabilities[index]), None
    return float(recording.loss), 1.0  # dL/dL


def _agreement(trace: Trace, address: Address, parts: tuple[Part, ...], engine: float) -> Agreement:
    return agreement(
        total=sum(part.total for part in parts),
        engine=engine,
        size=rounded_size(trace, address, parts),
        terms=sum(len(part.terms) for part in parts),
        dtype=trace.snapshot.dtype,
    )
