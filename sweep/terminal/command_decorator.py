"""Registration and call of commands: shared options, completion of interrupted writes, errors, exit codes."""

from __future__ import annotations

import contextlib
import errno
import inspect
import json
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import wraps
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from geodata.atomic_writes import recover_cache, recover_folder, recover_folders, refuse_unfinished
from geodata.errors import InputError, Issue
from geodata.folder_lock import HIDDEN
from geodata.message_catalogue import LANGUAGES, Texts, load_texts
from sweep.audit.actor import Actor, present_actor
from sweep.audit.query_edition_entries import OFF_RECORD
from sweep.scenario.find_scenario import FILE_NAME, SCENARIOS
from sweep.terminal.deferred_imports import deferred_imports, needs_extra
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Output
from sweep.terminal.resolve_plan_paths import ChosenStore, chosen_store, with_latest

with deferred_imports():
    from sweep.audit import retention_period
    from sweep.scenario import load_scenario, setting_errors

if TYPE_CHECKING:
    from sweep.scenario.scenario import Scenario

# Help is shown before a scenario is read, so it uses the language of the terminal.
HELP = load_texts("zh_CN" if os.environ.get("LANG", "").startswith("zh") else "en")


def help_text(key: str) -> str:
    """Return the text `command.help.<key>`, of a command or option, in the terminal's language, as rich markup."""
    return HELP(f"command.help.{key}").replace("[", r"\[")


Set = Annotated[list[str] | None, typer.Option("--set", help=help_text("set"), metavar="SECTION.KEY=VALUE")]
AcceptLosses = Annotated[
    list[str] | None, typer.Option("--accept-losses", help=help_text("accept_losses"), metavar="TABLE")
]
Lang = Annotated[str | None, typer.Option(help=help_text("lang"))]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help=help_text("quiet"))]
AsJson = Annotated[bool, typer.Option("--json", help=help_text("json"))]

# `zh` means simplified Chinese.
_SHORT: Mapping[str | None, str] = {"zh": "zh_CN"}


class Storing(Enum):
    """Mode in which a command uses the store (database shared with other users)."""

    FETCH = auto()
    """Work on a local mirror, then write changes to the store."""
    HOLD = auto()
    """Lock the store for the whole command, because its log entries depend on everything that others wrote."""
    APPROVE = auto()
    """Lock the store for the whole command, and refuse if another plan of the day is approved."""
    OWN = auto()
    """Work for a whole day, and write each act to the store by itself."""


type Work = Callable[[Mapping[str, Any], Sequence[str]], Exit]
"""Work of a command, on its options and on `section.key=value` settings that go before those typed."""


@dataclass(slots=True)
class StoreCallback:
    """Holder of the callback that runs commands on a store, so that this package need not import `sweep.store`."""

    run: Callable[[ChosenStore, Mapping[str, Any], Work, Storing], Exit] | None = None
    """Callback (store, options, work, use of the store) that runs `work` on mirrors of the store; None: not set."""


STORE_CALLBACK = StoreCallback()


@dataclass(frozen=True, slots=True)
class CommandCall:
    """Call of a command: where it prints, and the settings that it overrides in this run."""

    voice: Output
    """Output of the command."""
    lang: str | None = None
    """Language code from `--lang`; None if the option is not given."""
    sets: Sequence[str] = ()
    """Settings from `--set`, each `section.key=value` as typed."""
    accepted: Sequence[str] = ()
    """Tables whose row losses are accepted in this run."""

    def overrides(self, given: Mapping[str, object] | None = None) -> dict[str, str]:
        """
        Return the settings that this run overrides: `--set`, `--accept-losses`, and options for single settings.

        Parameters
        ----------
        given
            Value of each option by the setting's key; None: the option was not given.

        Raises
        ------
        InputError
            S105 for a `--set` without a key or a value.
        """
        pairs = [text.partition("=") for text in self.sets]
        if bad := [key for key, separator, _ in pairs if not separator or not key]:
            raise InputError(Issue("S105", f"--set {key}", {"path": key or "SECTION.KEY"}) for key in bad)
        accepted = {"data.accept_losses": json.dumps(list(self.accepted))} if self.accepted else {}
        options = {k: str(v) for k, v in (given or {}).items() if v is not None}
        return {k.strip(): v.strip() for k, _, v in pairs} | accepted | options

    def scenario(self, folder: Path, given: Mapping[str, object] | None = None) -> Scenario:
        """
        Return a folder's scenario with the settings of this run; the output then uses its language.

        `given`: value of each option by the setting's key; None: not given.
        """
        overrides = self.overrides({**(given or {}), "lang": self.lang})
        scenario = load_scenario.load_scenario(folder, overrides, self.voice.texts)
        self.voice.texts = load_texts(scenario.lang)
        return scenario

    def actor(self, by: str | None, given: Mapping[str, object] | None = None) -> Actor:
        """
        Return the person or program that makes this call, for the audit log, with the settings it overrides.

        `by`: pseudonym from `--by`; None: from the environment or the login name. `given`: option values by key.
        """
        return present_actor(by, self.overrides(given))


def group(part: str, name: str | None = None) -> typer.Typer:
    """
    Return an empty group of commands; on the command line its commands follow `name`, if given.

    `part`: heading under which help lists the group, as a key below `command.group.` in the catalogue.
    """
    text = None if name is None else help_text(name)
    return typer.Typer(name=name, help=text, no_args_is_help=True, rich_help_panel=HELP(f"command.group.{part}"))


def command(
    app: typer.Typer,
    name: str,
    *,
    example: str,
    sets: bool = False,
    changes: Sequence[str] = (),
    extra: str = "",
    storing: Storing = Storing.FETCH,
) -> Callable[[Any], Any]:
    """
    Return a decorator that adds a function to `app` as a command, with the options that all commands share.

    Parameters
    ----------
    name
        Name of the command. Key of the help text: `command.help.<name>`; in a group, `command.help.<group>_<name>`.
    example
        Complete command line as an example; words in capitals are placeholders for values that differ between plans.
    sets
        Whether `--set` overrides keys of a scenario.
    changes
        Options that name a file or folder in which the command writes; files of other options are only read.
    extra
        Optional dependency group (extra) with the packages that the command needs; empty: none.
    storing
        How the command uses a scenario's shared store.
    """
    help_key = name if app.info.name in (None, name) else f"{app.info.name}_{name}"

    def register(work: Callable[..., Exit]) -> Callable[..., None]:
        if unknown := set(changes) - inspect.signature(work).parameters.keys():
            raise ValueError(f"{name}: changes must name options of the command, got {sorted(unknown)}")
        shared: dict[str, tuple[Any, object]]
        shared = {"set_": (Set, None), "accept_losses": (AcceptLosses, None)} if sets else {}
        shared |= {"lang": (Lang, None), "quiet": (Quiet, False), "as_json": (AsJson, False)}

        @wraps(work)
        def run(**options: Any) -> None:
            lang, quiet, as_json = (options.pop(k) for k in ("lang", "quiet", "as_json"))
            voice = Output(texts_of(lang), quiet=quiet, as_json=as_json)
            lang = _SHORT.get(lang, lang)
            call = CommandCall(voice, lang, options.pop("set_", None) or (), options.pop("accept_losses", None) or ())

            try:
                _refuse_odd(options, lang, voice.texts)
                if extra:
                    needs_extra(extra)
                # A purge that only lists writes nothing.
                settle_or_refuse(options, changes if options.get("yes", True) else ())
                chosen = None if storing is Storing.OWN else chosen_store(options)
                if chosen is None or STORE_CALLBACK.run is None:
                    code = work(call, **with_latest(options))
                else:
                    code = STORE_CALLBACK.run(
                        chosen, options, lambda own, sets: work(replace(call, sets=(*sets, *call.sets)), **own), storing
                    )
            except (InputError, OSError, KeyboardInterrupt) as error:
                code = report_error(voice, error)
            raise typer.Exit(code)

        hints = get_type_hints(work, include_extras=True)
        kind = inspect.Parameter.KEYWORD_ONLY
        own = [p.replace(annotation=hints[k], kind=kind) for k, p in inspect.signature(work).parameters.items()][1:]
        more = [inspect.Parameter(k, kind, default=d, annotation=a) for k, (a, d) in shared.items()]
        run.__signature__ = inspect.Signature([*own, *more])  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in (*own, *more)}
        epilog = HELP("usage.example", line=example)
        app.command(name, help=help_text(help_key), epilog=epilog, rich_help_panel=app.rich_help_panel)(run)
        return run

    return register


def _refuse_odd(options: Mapping[str, Any], lang: str | None, texts: Texts) -> None:
    if lang is not None and lang not in LANGUAGES:
        raise InputError([Issue("S715", f"--lang {lang}", {"known": ("zh", "en")})])
    for _, path in _paths(options):
        if path.is_char_device() or path.is_block_device():
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV), str(path))
    for name, value in options.items():
        if isinstance(value, float) and not math.isfinite(value):
            option = f"--{name.replace('_', '-')}"
            raise InputError([Issue("S113", option, {"wanted": texts("usage.kind.number"), "command": "sweep"})])


def texts_of(lang: str | None) -> Texts:
    """Return the catalogue of texts in the language `lang`; for None or an unknown one, in that of the terminal."""
    lang = _SHORT.get(lang, lang)
    return load_texts(lang) if lang in LANGUAGES else HELP


def report_error(voice: Output, error: InputError | OSError | KeyboardInterrupt) -> Exit:
    """Print an error of the input or the disk, or that the command was stopped; return the exit code."""
    if isinstance(error, InputError):
        voice.errors(error.issues, notes=error.notes)
        return Exit.RULE_BROKEN if any(i.code in OFF_RECORD for i in error.issues) else Exit.BAD_INPUT
    if isinstance(error, OSError):
        voice.errors([Issue("S108", _place_of(error), {"problem": setting_errors.disk_problem(error, voice.texts)})])
        return Exit.BAD_INPUT
    voice.status_line("command.stopped")
    return Exit.STOPPED


def _place_of(error: OSError) -> str:
    """Return the path of an error's file or, without one, a path among the variables on the call stack."""
    if error.filename is not None:
        return str(error.filename)
    frames = reversed([frame for frame, _ in walk_tb(error.__traceback__)])
    at_work = (value for frame in frames for value in frame.f_locals.values() if isinstance(value, Path))
    return str(next(at_work, "-"))


def settle_or_refuse(options: Mapping[str, Any], changes: Sequence[str]) -> None:
    """
    Complete interrupted writes in folders that a command changes; raise for any in folders that it reads.

    Parameters
    ----------
    options
        Values of all options by name.
    changes
        Options that name the files and folders that the command changes.

    Raises
    ------
    InputError
        G129 for an unfinished write in a folder that is read, G130 for a damaged one in a folder that is changed.
    """
    recover_cache()
    for key, path in _paths(options):
        if key in changes:
            recover_folders(_places(path))
        # Folder of all editions: a damaged write in it is reported by the next change of its scenario.
        for place in _places(path, is_read=True) if key in changes and key != "out" else ():
            recover_folder(place)
    for _, path in _paths(options):  # only now: a folder may be read by one option and changed by another
        for place in _places(path, is_read=True):
            refuse_unfinished(place)


def _paths(options: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    for key, value in options.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Path):
                yield key, each


def _places(path: Path, *, is_read: bool = False) -> Iterator[Path]:
    """
    Yield the folders in which an interrupted write may have left a path incomplete.

    `is_read`: the command only reads the path; its subfolders then count only if it is a scenario's folder.
    """
    for own in (path, *(named for named in (SCENARIOS / path,) if named.is_dir())):
        folder = own if own.is_dir() else own.parent
        yield folder
        if own.is_dir() and (not is_read or (own / FILE_NAME).is_file()):
            # Subfolders that contain an interrupted write.
            with contextlib.suppress(OSError):
                yield from sorted(hidden.parent for hidden in own.glob(f"*/{HIDDEN}"))
        if not folder.is_dir() or (folder / retention_period.MANIFEST).is_file():
            yield folder.absolute().parent
