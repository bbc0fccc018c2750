"""``backlit info RUN``: what a run is, how it went, and what it left behind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from . import options, parsing
from .help import OUTPUT
from .options import flag
from .output import console, paragraph, percent, print_json, say, together

if TYPE_CHECKING:
    from backlit.network import Network
    from backlit.runs import Run

EXAMPLES = """
backlit info runs/digits
backlit info runs/digits --code
backlit info runs/digits --json > model.json
backlit info runs/digits --plan
backlit train mnist --model model.json --out runs/again
"""


def command(
    run: options.Run,
    plan: Annotated[
        bool,
        flag(
            OUTPUT,
            "--plan",
            "Print the engine's plan of a training step: what it computes, in which order.",
        ),
    ] = False,
    code: Annotated[
        bool, flag(OUTPUT, "--code", "Print the Python that builds the network, and nothing else.")
    ] = False,
    engine: options.Engine = None,
    json: options.Json = False,
) -> None:
    """Show a run: its network, its settings, its history and its files.

    The JSON document can be given to train --model, which takes the layers in its "network".
    """
    from backlit.runs import open_network, open_run
    from backlit.training.checkpoint import CONFIG, STATE

    parsing.not_both(plan=plan, code=code)
    found = open_run(run) if run.is_dir() else None
    trouble = found.checkpoint.config_trouble if found else ""
    if trouble:
        say(
            f"backlit: {run / CONFIG} {trouble}; what is shown is from {STATE}, which alone decides"
        )
    if plan:
        batch = found.settings.batch_size if found else 64
        text = open_network(run, engine).plan(batch)
        if json:
            print_json({"path": run, "plan": text.splitlines()})
        else:
            console().print(text, soft_wrap=True)
        return
    net = open_network(run, "pure")  # nothing is computed
    if code:
        if json:
            print_json({"path": run, "code": net.source()})
        else:
            print(net.source(), end="")
        return
    if json:
        print_json(_document(run, net, found))
        return
    out = console()
    out.print(f"{run}\n", style="bold", soft_wrap=True)
    out.print(str(net.summary()), soft_wrap=True)
    out.print()
    paragraph(net.in_short())
    if net.classes:
        out.print(f"\nclasses    {', '.join(net.classes)}")
    if found:
        _print_run(found)


def _document(path: Path, net: Network, run: Run | None) -> dict[str, Any]:
    """Keys: ``path``, ``network``, ``in_short``, ``parameters``, ``multiply_adds``, …."""
    table = net.summary()
    document = {
        "path": path,
        "network": net.config(),
        "in_short": net.in_short(),
        "parameters": table.parameters,
        "multiply_adds": table.multiply_adds,
    }
    if run is None:
        return document
    return {
        **document,
        "engine": run.config["engine"],
        "settings": run.config["settings"],
        "callbacks": run.config["callbacks"],
        "data": run.config["data"],
        "plan": run.config["description"].get("plan"),
        "versions": run.config["versions"],
        "finished": run.finished,
        "history": run.history.to_dict(),
        "test": run.test_result,
        "files": dict(_files(run.folder)),
    }


def _files(folder: Path) -> list[tuple[str, int]]:
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    return [(path.name, path.stat().st_size) for path in paths if not path.name.startswith(".")]


def _print_run(run: Run) -> None:
    out = console()
    out.print()
    for name, value in _settings(run):
        out.print(f"{name:<9}  {value}", soft_wrap=True)
    out.print(f"\n{run.history!r}", soft_wrap=True)
    result = run.test_result
    if result:
        out.print(f"\nTest accuracy {percent(result['accuracy'])} of {result['images']:,} images.")
    if not run.finished:
        out.print(f"\nNot finished: {len(run.history)} of {run.settings.epochs} epochs.")
    sizes = [f"{name} ({size / 1000:,.1f} kB)" for name, size in _files(run.folder)]
    out.print()
    paragraph(f"Files: {', '.join(map(together, sizes))}")


def _settings(run: Run) -> list[tuple[str, str]]:
    from backlit.runs.sentences import callback_words, optimizer_words, schedule_words

    settings, plan = run.settings, run.config["description"].get("plan") or {}
    rows = [
        ("data", plan.get("data", "")),
        ("images", _images(run.config["data"])),
        ("augmented", _augmentation(run.config["data"])),
        ("recipe", plan.get("recipe") or ""),
        ("model", plan.get("model", "")),
        ("engine", run.config["engine"]),
        ("epochs", f"{settings.epochs}, in batches of {settings.batch_size}"),
        ("optimizer", optimizer_words(settings.optimizer)),
        ("rate", schedule_words(settings.schedule)),
        ("clip", "" if settings.clip is None else str(settings.clip)),
        ("callbacks", ", ".join(map(callback_words, run.config["callbacks"]))),
        ("seed", str(settings.seed)),
        ("backlit", run.config["versions"]["backlit"]),
    ]
    return [(name, value) for name, value in rows if value]


def _images(data: dict[str, Any]) -> str:
    counts = [(part, data[part]["images"]) for part in ("training", "validation") if data.get(part)]
    return ", ".join(f"{count:,} {part}" for part, count in counts)


def _augmentation(data: dict[str, Any]) -> str:
    """What was done to the training pictures in each epoch, such as ``shift=2, flip=True``."""
    return ", ".join(
        f"{name}={value}" for name, value in (data.get("augmentation") or {}).items() if value
    )
