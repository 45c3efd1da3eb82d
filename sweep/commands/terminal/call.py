"""How a command is called: options that all share, unfinished changes settled before it, and its exit code."""

from __future__ import annotations

import contextlib
import errno
import inspect
import json
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from geodata.errors import InputError, Issue
from geodata.locks import HIDDEN
from geodata.staging import refuse_unfinished, settle, settle_cache, settle_or_leave
from geodata.texts import LANGUAGES, Texts, load_texts
from sweep.audit.on_record import OFF_RECORD
from sweep.commands.terminal.deferred import deferred_imports, needs_extra
from sweep.commands.terminal.exits import Exit
from sweep.commands.terminal.stored import with_store
from sweep.commands.terminal.voice import Voice
from sweep.scenario.place import FILE_NAME, SCENARIOS

with deferred_imports():
    from sweep.audit import actor
    from sweep.scenario import file as scenario_file
    from sweep.scenario import refusals

if TYPE_CHECKING:
    from sweep.audit.actor import Actor
    from sweep.scenario.scenario import Scenario

# Help is shown before any scenario is read: its language is that of the terminal.
HELP = load_texts("zh_CN" if os.environ.get("LANG", "").startswith("zh") else "en")


def help_text(key: str) -> str:
    """The help of a command or an option in the language of the terminal."""
    return HELP(f"command.help.{key}")


Set = Annotated[list[str] | None, typer.Option("--set", help=help_text("set"), metavar="SECTION.KEY=VALUE")]
AcceptLosses = Annotated[
    list[str] | None, typer.Option("--accept-losses", help=help_text("accept_losses"), metavar="TABLE")
]
Lang = Annotated[str | None, typer.Option(help=help_text("lang"))]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help=help_text("quiet"))]
AsJson = Annotated[bool, typer.Option("--json", help=help_text("json"))]

# `zh` alone means the Chinese of the mainland.
_SHORT: Mapping[str | None, str] = {"zh": "zh_CN"}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a command: the voice that it answers with, and what it sets for this run alone."""

    voice: Voice
    lang: str | None = None
    """None: not given."""
    sets: Sequence[str] = ()
    """`section.key=value`, as typed."""
    accepted: Sequence[str] = ()
    """Tables whose losses are accepted for this run."""

    def overrides(self, given: Mapping[str, object] | None = None) -> dict[str, str]:
        """
        Keys and values that this run sets: `--set`, `--accept-losses`, then the options that stand for one key each.

        Parameters
        ----------
        given
            Value by key; None stands for an option that was not given.

        Raises
        ------
        InputError
            S105 for a `--set` without a key or a value.
        """
        pairs = [text.partition("=") for text in self.sets]
        if bad := [key for key, sign, _ in pairs if not sign or not key]:
            raise InputError(Issue("S105", f"--set {key}", {"path": key or "SECTION.KEY"}) for key in bad)
        accepted = {"data.accept_losses": json.dumps(list(self.accepted))} if self.accepted else {}
        options = {k: str(v) for k, v in (given or {}).items() if v is not None}
        return {k.strip(): v.strip() for k, _, v in pairs} | accepted | options

    def scenario(self, folder: Path, given: Mapping[str, object] | None = None) -> Scenario:
        """Read a scenario with the settings of this run, or report its errors; the voice then speaks its language."""
        overrides = self.overrides({**(given or {}), "lang": self.lang})
        scenario = scenario_file.load_scenario(folder, overrides, self.voice.texts)
        self.voice.texts = load_texts(scenario.lang)
        return scenario

    def actor(self, by: str | None, given: Mapping[str, object] | None = None) -> Actor:
        """Whoever makes this call, with the keys that they set."""
        return actor.present_actor(by, self.overrides(given))


def group(part: str, name: str | None = None) -> typer.Typer:
    """Return an empty group of commands for a part of the day, typed after its name if it has one."""
    text = None if name is None else help_text(name)
    return typer.Typer(name=name, help=text, no_args_is_help=True, rich_help_panel=HELP(f"command.group.{part}"))


def required(value: str | None, name: str, command: str) -> str:
    """An argument that a command needs for what it was given; S111 if it is missing."""
    if value is None:
        raise InputError([Issue("S111", f"sweep {command}", {"name": name, "command": f"sweep {command}"})])
    return value


def command(
    app: typer.Typer, name: str, *, example: str, sets: bool = False, changes: Sequence[str] = (), extra: str = ""
) -> Callable[[Any], Any]:
    """
    Register a function as a command, with the options that all commands share after its own.

    Parameters
    ----------
    name
        As it is typed; its help is in the catalogue under `command.help.`, after the name of a group and `_`.
    example
        A whole line as it may be typed; capitals stand for what differs from plan to plan.
    sets
        Whether `--set` changes keys of a scenario.
    changes
        The options that name a file or a folder in which the command changes something; all others it only reads.
    extra
        The extra of the distribution that brings the command's packages; empty: it needs none.
    """
    help_key = name if app.info.name in (None, name) else f"{app.info.name}_{name}"

    def register(work: Callable[..., Exit]) -> Callable[..., None]:
        if unknown := set(changes) - inspect.signature(work).parameters.keys():
            raise ValueError(f"{name}: changes names no option of the command: {sorted(unknown)}")
        shared = {"lang": Lang, "quiet": Quiet, "as_json": AsJson}
        defaults: dict[str, object] = {"lang": None, "quiet": False, "as_json": False}
        if sets:
            shared = {"set_": Set, "accept_losses": AcceptLosses, **shared}
            defaults = {"set_": None, "accept_losses": None, **defaults}

        @wraps(work)
        def run(**options: Any) -> None:
            given = [v for value in options.values() for v in (value if isinstance(value, list) else [value])]
            paths = [v for v in given if isinstance(v, Path)]
            lang, quiet, as_json = (options.pop(k) for k in ("lang", "quiet", "as_json"))
            voice = Voice(texts_of(lang), quiet=quiet, as_json=as_json)
            lang = _SHORT.get(lang, lang)
            call = Call(voice, lang, options.pop("set_", None) or (), options.pop("accept_losses", None) or ())

            def start() -> Exit:
                if lang is not None and lang not in LANGUAGES:
                    raise InputError([Issue("S715", f"--lang {lang}", {"known": ("zh", "en")})])
                if extra:
                    needs_extra(extra)
                _refuse_odd(options, paths, voice.texts)
                # A purge that only lists changes nothing.
                settle_or_refuse(options, changes if options.get("yes", True) else ())
                return with_store(name, options, lambda own, sets: work(replace(call, sets=(*sets, *call.sets)), **own))

            raise typer.Exit(answer(voice, start))

        hints = get_type_hints(work, include_extras=True)
        own = [p.replace(annotation=hints[p.name]) for p in list(inspect.signature(work).parameters.values())[1:]]
        own = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own]
        more = [inspect.Parameter(k, own[0].kind, default=defaults[k], annotation=a) for k, a in shared.items()]
        run.__signature__ = inspect.Signature([*own, *more])  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in (*own, *more)}
        epilog = HELP("usage.example", line=example)
        app.command(name, help=help_text(help_key), epilog=epilog, rich_help_panel=app.rich_help_panel)(run)
        return run

    return register


def _refuse_odd(options: Mapping[str, Any], paths: Sequence[Path], texts: Texts) -> None:
    """Refuse devices, of which some have no end, and numbers that are none."""
    for path in paths:
        if path.is_char_device() or path.is_block_device():
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV), str(path))
    for name, value in options.items():
        if isinstance(value, float) and not math.isfinite(value):
            option = f"--{name.replace('_', '-')}"
            raise InputError([Issue("S113", option, {"wanted": texts("usage.kind.number"), "command": "sweep"})])


def texts_of(lang: str | None) -> Texts:
    """The catalogue of a language as it is typed; that of the terminal if it is unknown or not given."""
    lang = _SHORT.get(lang, lang)
    return load_texts(lang) if lang in LANGUAGES else HELP


def answer(voice: Voice, work: Callable[[], Exit]) -> Exit:
    """The exit code of some work; a fault of the input or the disk is reported, not raised."""
    try:
        return work()
    except InputError as error:
        voice.faults(error.issues, notes=error.notes)
        return Exit.RULE_BROKEN if any(i.code in OFF_RECORD for i in error.issues) else Exit.BAD_INPUT
    except OSError as error:
        voice.faults([Issue("S108", _place_of(error), {"problem": refusals.disk_problem(error, voice.texts)})])
        return Exit.BAD_INPUT
    except KeyboardInterrupt:
        voice.aside("command.stopped")
        return Exit.STOPPED


def _place_of(error: OSError) -> str:
    """The file that an error is about; an error of a write names none, and then it is the one that was at work."""
    if error.filename is not None:
        return str(error.filename)
    frames = reversed([frame for frame, _ in walk_tb(error.__traceback__)])
    at_work = (value for frame in frames for value in frame.f_locals.values() if isinstance(value, Path))
    return str(next(at_work, "-"))


with deferred_imports():
    from sweep.audit import retention


def settle_or_refuse(options: Mapping[str, Any], changes: Sequence[str]) -> None:
    """
    Settle the changes that wait in the folders that a call changes, then refuse those in the folders that it reads.

    Parameters
    ----------
    changes
        Names of the options that name what the call changes.

    Raises
    ------
    InputError
        G129 if a change waits in a folder that is read, G130 if one in a folder that is changed is not sound.
    """
    settle_cache()
    for key, path in _paths(options):
        if key in changes:
            settle_or_leave(_places(path))
        # The folder of all editions. A change in it that is not sound is reported by the next change of its scenario.
        for place in _places(path, is_read=True) if key in changes and key != "out" else ():
            settle(place)
    for _, path in _paths(options):  # only now: a folder may be read by one option and changed by another
        for place in _places(path, is_read=True):
            refuse_unfinished(place)


def _paths(options: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    for key, value in options.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Path):
                yield key, each


def _places(path: Path, *, is_read: bool = False) -> Iterator[Path]:
    """Folders whose changes may concern a path; with `is_read` folders in it only if it is a scenario's."""
    for own in (path, *(named for named in (SCENARIOS / path,) if named.is_dir())):
        folder = own if own.is_dir() else own.parent
        yield folder
        if own.is_dir() and (not is_read or (own / FILE_NAME).is_file()):
            yield from _below(own)
        if not folder.is_dir() or (folder / retention.MANIFEST).is_file():
            yield folder.absolute().parent


def _below(folder: Path) -> Iterator[Path]:
    """The folders in a folder in which something of a change is left."""
    with contextlib.suppress(OSError):
        yield from sorted(hidden.parent for hidden in folder.glob(f"*/{HIDDEN}"))
