"""How ``--help`` looks: plain text in groups, with examples, readable at any width.

The parser's own pages put every option into one long list, or into boxes that leave little room
for words at 80 columns.
"""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup

ARGUMENTS, LAYER, CODE, DATA, NETWORK, TRAINING, EXPLANATION, OUTPUT, OTHER = HEADINGS = (
    "Arguments",
    "Options of a layer",
    "How the code is read",
    "Data",
    "Network",
    "Training",
    "Explanation",
    "Output",
    "Other options",
)
_NAME_COLUMN = 22  # longer names get a line of their own
_KEPT_TOGETHER = {" ": "\N{NO-BREAK SPACE}", "-": "\N{NON-BREAKING HYPHEN}"}


class Command(TyperCommand):
    """A command whose options stand in groups and whose epilog is examples, line by line."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """What must be given, then that there is more: ``RUN IMAGE... [OPTIONS]``."""
        parameters = sorted(self.get_params(ctx), key=lambda each: each.param_type_name)
        return [*filter(None, map(_usage, parameters)), "[OPTIONS]"]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments and options under the headings of their groups."""
        _write_parameters(self.get_params(ctx), formatter)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples as they are."""
        _write_examples(self.epilog, formatter)

    def get_help(self, ctx: Any) -> str:
        """The whole page."""
        page = super().get_help(ctx)
        for letter, substitute in _KEPT_TOGETHER.items():
            page = page.replace(substitute, letter)
        return page


class Group(TyperGroup):
    """``backlit`` itself: its commands in the order in which one meets them."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The commands in the order in which they were added."""
        return list(self.commands)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """How a command is called."""
        return ["COMMAND", "[OPTIONS]"]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the commands first, then the few options."""
        rows = [(name, command.get_short_help_str(200)) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
        _write_parameters(self.get_params(ctx), formatter)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples as they are."""
        _write_examples(self.epilog, formatter)


def _write_parameters(parameters: list[Any], formatter: Any) -> None:
    """A heading for each group of parameters, and a line for each parameter, in one column."""
    shown = [parameter for parameter in parameters if not getattr(parameter, "hidden", False)]
    names = [_name(parameter) for parameter in shown]
    width = max(len(name) for name in names if len(name) <= _NAME_COLUMN)
    groups: dict[str, list[tuple[str, str]]] = {heading: [] for heading in HEADINGS}
    for parameter, name in zip(shown, names, strict=True):
        groups[_heading(parameter)].append((name.ljust(width), _description(parameter)))
    for heading, rows in groups.items():
        if rows:
            with formatter.section(heading):
                formatter.write_dl(rows, col_max=_NAME_COLUMN)


def _write_examples(examples: str | None, formatter: Any) -> None:
    """The examples under their heading; a shell's lines are never wrapped."""
    if examples:
        with formatter.section("Examples"):
            for line in examples.strip().splitlines():
                formatter.write(f"  {line}\n")


def _usage(parameter: Any) -> str:
    """How a parameter appears in the usage line; an option only if it must be given."""
    name = _name(parameter)
    if parameter.required:
        return name
    return f"[{name}]" if parameter.param_type_name == "argument" else ""


def _heading(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return ARGUMENTS
    return getattr(parameter, "rich_help_panel", None) or OTHER


def _name(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name.upper())
    names = ", ".join([*sorted(parameter.opts, key=len), *parameter.secondary_opts])
    return names if parameter.is_flag else f"{names} {parameter.metavar or 'TEXT'}"


def _description(parameter: Any) -> str:
    """The help text with the default value; names such as one-cycle are not broken."""
    text = (parameter.help or "").replace("-", _KEPT_TOGETHER["-"])
    note = _note(parameter).replace(" ", _KEPT_TOGETHER[" "])
    return f"{text} {note}".strip()


def _note(parameter: Any) -> str:
    default = parameter.default
    if parameter.required:
        return "[required]"
    if default is None or isinstance(default, bool) or not parameter.show_default:
        return ""
    return f"[default: {default}]"
