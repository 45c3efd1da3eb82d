"""The tables of commands and of their options, from the command line itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from typer.main import get_command

from docs.tools.markdown import code, table
from geodata.message_catalogue import Texts
from sweep.cli.main import app
from sweep.terminal.command_decorator import HELP


def commands() -> Iterator[tuple[str, Any]]:
    """Each command as it is typed after `sweep`, and what typer knows of it."""
    yield from _inside("", get_command(app))


def _inside(before: str, group: Any) -> Iterator[tuple[str, Any]]:
    for name, one in group.commands.items():
        if hasattr(one, "commands"):
            yield from _inside(f"{before}{name} ", one)
        else:
            # A group's command of its own name is typed as the group.
            yield (before if before == f"{name} " else before + name).strip(), one


def groups(texts: Texts) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """The commands of each part of a day, with its name."""
    for panel, several in groupby(commands(), lambda pair: pair[1].rich_help_panel):
        yield _in(texts, panel), list(several)


def command_table(texts: Texts) -> str:
    """One row a command: how it is typed, and what it does; before those of a group a row with its name."""
    header = [texts(f"reference.column.{c}") for c in ("command", "does")]
    rows = []
    for group, several in groups(texts):
        rows += [(f"**{group}**", ""), *((code(typed(name, one)), _in(texts, one.help)) for name, one in several)]
    return table(header, rows)


def day_table(texts: Texts) -> str:
    """One row a part of a day, with its commands: what there is, at a glance."""
    header = [texts(f"reference.column.{c}") for c in ("part", "commands")]
    return table(header, [(group, ", ".join(code(name) for name, _ in several)) for group, several in groups(texts)])


def commands_page(texts: Texts) -> str:
    """Every command with its arguments, its options and an example."""
    parts = [f"# {texts('reference.commands')}", texts("reference.commands_text"), texts("reference.alone_text")]
    parts.append(command_table(texts))
    for group, several in groups(texts):
        parts.append(f"## {group}")
        for name, one in several:
            line = texts("usage.example", line=code(example(one, texts)))
            parts += [
                f"### sweep {name}",
                _in(texts, one.help),
                f"    {typed(name, one)}",
                line,
                option_table(one, texts),
            ]
    return "\n\n".join(parts) + "\n"


def example(one: Any, texts: Texts) -> str:
    """The example of a command, as it may be typed."""
    line = str(one.epilog).removeprefix(HELP("usage.example", line=""))
    # The only word of a language in it.
    return line.replace(HELP(_REASON), texts(_REASON))


def typed(name: str, one: Any) -> str:
    """A command with its arguments, and with the options that it cannot do without."""
    needed = [p for p in one.params if p.required and p.param_type_name == "option"]
    options = [f"{max(p.opts, key=len)} {p.metavar or p.name.upper()}" for p in needed]
    arguments = [p.metavar or p.name.upper() for p in one.params if p.param_type_name == "argument"]
    return " ".join(["sweep", name, *arguments, *options])


def option_table(one: Any, texts: Texts) -> str:
    """One row an argument or option of a command."""
    header = [texts(f"reference.column.{c}") for c in ("option", "means", "default")]
    return table(header, [(code(_name(p)), _in(texts, p.help), _default(p)) for p in one.params if p.name != "help"])


def _name(param: Any) -> str:
    if param.param_type_name == "argument":
        return str(param.metavar or param.name.upper())
    names = ", ".join(sorted(param.opts, key=len, reverse=True))
    return names if param.is_flag or not param.metavar else f"{names} {param.metavar}"


def _default(param: Any) -> str:
    is_empty = param.default is None or param.default is False or param.default == () or param.required
    return "" if is_empty else code(str(param.default))


def _in(texts: Texts, text: str) -> str:
    """A help text, which typer holds in the terminal's language, in another one."""
    return texts(_KEYS[text.replace(r"\[", "[")])


_KEYS = {HELP(key): key for key in HELP.keys() if key.startswith(("command.help.", "command.group."))}  # noqa: SIM118 - no mapping
_REASON = "command.help.close_reason_example"
