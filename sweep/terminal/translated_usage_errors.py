"""Errors and headings of the command-line parser in the reader's language; typer itself has only English."""

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from geodata.errors import Issue
from geodata.message_catalogue import Texts
from sweep.terminal.deferred_imports import deferred_imports

with deferred_imports():
    from typer import rich_utils

_KINDS: dict[type, str] = {int: "whole", float: "number", bool: "bool"}


def set_language(app: typer.Typer, texts: Texts) -> None:
    """Set the language of the headings and labels in an app's help."""
    rich_utils.OPTIONS_PANEL_TITLE = texts("usage.options")
    rich_utils.ARGUMENTS_PANEL_TITLE = texts("usage.arguments")
    rich_utils.COMMANDS_PANEL_TITLE = texts("usage.commands")
    rich_utils.ERRORS_PANEL_TITLE = texts("usage.error")
    rich_utils.REQUIRED_LONG_STRING = texts("usage.required")
    rich_utils.DEFAULT_STRING = texts("usage.default", value="{}")
    command, group = _classes(texts)
    _reclass(app, command, group, texts)


def _reclass(app: typer.Typer, command: type[TyperCommand], group: type[TyperGroup], texts: Texts) -> None:
    for one in app.registered_commands:
        one.cls = command
        one.options_metavar = texts("usage.options_metavar")
    own = [app.info] if app.registered_callback is None else [app.info, app.registered_callback]
    for several in [*own, *app.registered_groups]:
        several.cls = group
        several.options_metavar = texts("usage.options_metavar")
        several.subcommand_metavar = texts("usage.subcommand_metavar")
    for inner in app.registered_groups:
        if inner.typer_instance is not None:
            _reclass(inner.typer_instance, command, group, texts)


def _classes(texts: Texts) -> tuple[type[TyperCommand], type[TyperGroup]]:
    def usage(text: str) -> str:
        return texts("usage.usage") + text.removeprefix("Usage: ")

    def translated(option: Any) -> Any:
        # typer's own options default to None; to convert them it would import pydantic: a quarter of a help's time.
        if option is not None:
            option.help, option.default = texts(f"usage.{option.name}"), False
        return option

    class Command(TyperCommand):
        def get_usage(self, ctx: Any) -> str:
            return usage(super().get_usage(ctx))

        def get_help_option(self, ctx: Any) -> Any:
            return translated(super().get_help_option(ctx))

    class Group(TyperGroup):
        def get_usage(self, ctx: Any) -> str:
            return usage(super().get_usage(ctx))

        def get_help_option(self, ctx: Any) -> Any:
            return translated(super().get_help_option(ctx))

        def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
            # A group with a command of its own name is short for that command: `sweep serve` is `sweep serve serve`.
            if self.name in self.commands and not {*args[:1]} & {*self.commands, "--help"}:
                args = [str(self.name), *args]
            parsed: list[str] = super().parse_args(ctx, args)
            return parsed

        def get_params(self, ctx: Any) -> list[Any]:
            params: list[Any] = super().get_params(ctx)
            return [translated(p) if p.name in ("install_completion", "show_completion") else p for p in params]

    return Command, Group


def typed_language(arguments: Sequence[str]) -> str | None:
    """Return the value of `--lang` in the arguments, before they are parsed; None without one."""
    for place, argument in enumerate(arguments):
        name, separator, value = argument.partition("=")
        if name == "--lang":
            return value if separator else next(iter(arguments[place + 1 :]), None)
    return None


def usage_issue(error: TyperException, texts: Texts) -> Issue:
    """Return an error of the command-line parser as an issue; its code depends on the error's class."""
    kind, context = type(error).__name__, getattr(error, "ctx", None)
    command = str(context.command_path) if context is not None else "sweep"
    if kind == "MissingParameter":
        return Issue("S111", command, {"name": _name(error), "command": command})
    if kind == "NoSuchOption":
        nearest = _nearest(getattr(error, "possibilities", None) or (), texts)
        return Issue("S112", f"{command} {getattr(error, 'option_name', '')}", {"nearest": nearest, "command": command})
    if kind in ("BadParameter", "BadOptionUsage"):
        return Issue("S113", f"{command} {_name(error)}", {"wanted": _wanted(error, texts), "command": command})
    unknown = re.match(r"""No such command (['"])(.*)\1""", error.message)
    if unknown:
        known = getattr(getattr(context, "command", None), "commands", ())
        nearest = _nearest(difflib.get_close_matches(unknown[2], known), texts)
        return Issue("S114", f"{command} {unknown[2]}", {"nearest": nearest, "command": command})
    return Issue("S115", command, {"command": command})


def _nearest(names: Iterable[str], texts: Texts) -> str:
    named = tuple(names)
    return texts("usage.nearest", names=named) if named else texts("usage.none_near")


def _name(error: TyperException) -> str:
    param = getattr(error, "param", None)
    hint = getattr(error, "option_name", "-") if param is None else param.get_error_hint()
    return str(hint).replace("'", "")


def _wanted(error: TyperException, texts: Texts) -> str:
    param = getattr(error, "param", None)
    kind = getattr(getattr(param, "type_descriptor", None), "annotation", None)
    wanted = texts(f"usage.kind.{_KINDS.get(kind, 'other') if isinstance(kind, type) else 'other'}")
    limits = ((">=", getattr(param, "min", None)), ("<=", getattr(param, "max", None)))
    return " ".join((wanted, *(f"{sign} {limit:,}" for sign, limit in limits if limit is not None)))
