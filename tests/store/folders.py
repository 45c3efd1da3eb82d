"""Planners who export, edit, import and run commands in any order: each edit is in the store or still in its folder."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg

from geodata.errors import InputError
from sweep.audit.actor import Actor
from sweep.scenario.load_scenario import load_scenario
from sweep.scenario.scenario import Scenario
from sweep.store.store_records import Key, LogEntry, PendingWrite, RecordRow, RecordSplit
from sweep.store.sync import import_scenario as copies
from sweep.store.sync.import_scenario import export_scenario, import_scenario
from sweep.store.sync.scenario_snapshot import ScenarioSnapshot
from sweep.store.sync.store_session import open_session
from tests.store.world import log_line

DIVISIONS = ("370102", "370103")
LOGINS = {"chief": DIVISIONS, "all_planner": DIVISIONS, "p370102": DIVISIONS[:1]}
SETTINGS, LEADS, PINS, DRAFT = "scenario.toml", "leads.csv", "pins.csv", "drafts/a.toml"
_AT = "2026-09-16T08:00:00+08:00"
_HELD = """
SELECT CASE WHEN d.kind = 'drafts' THEN d.name || ' ' || d.scope ELSE d.name END,
    d.content || coalesce((SELECT string_agg(r.raw, ''::bytea ORDER BY n, division) FROM sweep.input_row r
        WHERE r.scenario = d.scenario AND r.name = d.name), ''::bytea)
FROM sweep.document d WHERE d.scenario = %(scenario)s
UNION ALL SELECT 'log', line FROM sweep.audit_line WHERE scenario = %(scenario)s AND n = (
    SELECT max(n) FROM sweep.audit_line WHERE scenario = %(scenario)s)
"""


def cheap_take_in(scenario: Scenario) -> ScenarioSnapshot:
    """The same writes as from the program's own, without judging what is in the tables."""
    settings = (scenario.folder / SETTINGS).read_bytes()
    writes = [PendingWrite(Key("settings", SETTINGS), settings, day=scenario.day, divisions=())]
    if (leads := scenario.folder / LEADS).is_file():
        lines = leads.read_bytes().splitlines(keepends=True)
        ends = [sum(map(len, lines[: n + 1])) for n in range(len(lines))]
        rows = [RecordRow(end, line.split(b",")[1].decode().strip()) for end, line in zip(ends, lines, strict=True)][1:]
        writes.append(
            PendingWrite(
                Key("inputs", LEADS), leads.read_bytes(), "leads", split=RecordSplit(ends[0], rows), divisions=()
            )
        )
    if (pins := scenario.folder / PINS).is_file():
        writes.append(PendingWrite(Key("inputs", PINS), pins.read_bytes(), "pins", divisions=()))
    return ScenarioSnapshot(
        DIVISIONS if scenario.data.divisions in ((), None) else tuple(scenario.data.divisions), tuple(writes), None, {}
    )


@dataclass
class Folder:
    """A planner's copy of the scenario, and the edits there that are not in the store yet, by file."""

    login: str
    path: Path
    unsaved: dict[str, list[str]] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)

    def file(self, name: str) -> Path:
        return self.path / "out" / self.path.name / name if name == DRAFT else self.path / name

    @property
    def is_there(self) -> bool:
        return (self.path / SETTINGS).is_file()


@dataclass
class Game:
    """One scenario, its planners' folders, and the edits that must be in the store."""

    name: str
    url: Callable[[str], str]
    room: Path
    chance: random.Random
    owner: psycopg.Connection[Any]
    kept: dict[str, list[str]] = field(default_factory=dict)
    """Edits that are in the store, by file."""
    problems: list[str] = field(default_factory=list)
    n_told: int = 0
    n_saved: int = 0

    def __post_init__(self) -> None:
        first = self.room / "first" / self.name
        first.mkdir(parents=True)
        (first / SETTINGS).write_text(f'name = "{self.name}"\nday = 2026-09-16\n', "utf-8")
        (first / LEADS).write_text("id,division\nL1,370102\nL2,370103\n", "utf-8")
        self.folders = [Folder("chief", first)]
        for login in LOGINS:
            self.folders += [Folder(login, self.room / f"{login}{n}" / self.name) for n in range(2)]

    def play(self, n: int) -> list[str]:
        """Play n random steps; the edits that were lost."""
        self._import(self.folders[0], 0)
        moves = (self._export, self._edit, self._edit, self._edit, self._import, self._import, self._command)
        for step in range(1, n + 1):
            self.chance.choice(moves)(self.chance.choice(self.folders), step)
            if self.problems:
                break
        return self.problems

    def _edit(self, folder: Folder, step: int) -> None:
        if not folder.is_there:
            return
        name, sign = self.chance.choice((SETTINGS, LEADS, LEADS, PINS, DRAFT)), f"E{step:06d}"
        file = folder.file(name)
        if name in folder.deleted:
            return
        if name == PINS and file.is_file() and self.chance.random() < 0.3:
            file.unlink()
            folder.deleted.add(name)
            folder.unsaved.pop(name, None)
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        line = f"{sign},{self.chance.choice(LOGINS[folder.login])}\n" if name == LEADS else f"# {sign}\n"
        with file.open("a", encoding="utf-8") as out:
            out.write(line)
        folder.unsaved.setdefault(name, []).append(sign)

    def _import(self, folder: Folder, step: int) -> None:
        if not folder.is_there:
            return
        deletes = self.chance.random() < 0.3
        before = self._content()
        where = self.room / "elsewhere" if self.chance.random() < 0.1 else folder.path / "out"
        try:
            self.bring(folder, where, deletes=deletes)
        except InputError as error:
            self._told(folder, error, before, step)
            return
        saved = {n: s for n, s in folder.unsaved.items() if n != DRAFT or where == folder.path / "out"}
        for name, signs in saved.items():
            del folder.unsaved[name]
            # Drafts are of each set of divisions.
            self.kept.setdefault(self._place(folder, name), []).extend(signs)
            self.n_saved += len(signs)
        if deletes and folder.deleted:
            self.kept[PINS] = []
            folder.deleted.clear()
        self._compare(f"{step} import {folder.login}")

    def bring(self, folder: Folder, out: Path | None = None, *, deletes: bool = False) -> None:
        """Import a folder."""
        actor, place = Actor(folder.login.upper(), _AT), out or folder.path / "out"
        with mock.patch.object(copies, "take_snapshot", cheap_take_in):
            import_scenario(self.url(folder.login), load_scenario(folder.path), place, actor, {}, deletes=deletes)

    def _told(self, folder: Folder, error: InputError, before: dict[str, str], step: int) -> None:
        self.n_told += 1
        if {i.code for i in error.issues} - {"S942", "S940"}:
            self.problems.append(f"{step} {folder.login}: {error.issues}")
        if self._content() != before:
            self.problems.append(f"{step} {folder.login}: refused, and something was written")
        self._look_into(folder, step)

    def _export(self, folder: Folder, step: int) -> None:
        try:
            export_scenario(self.url(folder.login), self.name, folder.path)
        except InputError as error:
            if {i.code for i in error.issues} != {"S940"} or not (folder.unsaved or folder.deleted):
                # The first folder was never exported: what others wrote since is not what it was imported from.
                self.problems.append(f"{step} export {folder.login}: {error.issues}")
        else:
            # A file that was deleted here is here again.
            folder.deleted.clear()
        self._look_into(folder, step)

    def _command(self, folder: Folder, step: int) -> None:
        """A command that works on the store from an `out` of the planner's, or from the exported one."""
        out = (
            folder.path / "out" if folder.is_there and self.chance.random() < 0.3 else self.room / f"out_{folder.login}"
        )
        session = open_session(
            self.url(folder.login), self.name, out, self.room / f"cache_{folder.login}_{out.parent.name}"
        )

        def work() -> tuple[None, bool]:
            log_line(session.mirror, LogEntry(_AT, folder.login.upper(), "verify", {"step": step}))
            return None, True

        try:
            session.run(work, is_locked=self.chance.random() < 0.5)
        except InputError as error:
            if {i.code for i in error.issues} - {"S942", "S940"}:
                self.problems.append(f"{step} command {folder.login}: {error.issues}")
        else:
            # What was changed beside the editions is brought by the next command.
            if out == folder.path / "out" and DRAFT in folder.unsaved:
                signs = folder.unsaved.pop(DRAFT)
                self.kept.setdefault(self._place(folder, DRAFT), []).extend(signs)
                self.n_saved += len(signs)
        self._look_into(folder, step)
        self._compare(f"{step} command {folder.login}")

    def _place(self, folder: Folder, name: str) -> str:
        return f"{name} {','.join(LOGINS[folder.login])}" if name == DRAFT else name

    def _look_into(self, folder: Folder, step: int) -> None:
        """Edits that are not in the store must still be in their folder."""
        for name, signs in folder.unsaved.items():
            text = folder.file(name).read_text("utf-8") if folder.file(name).is_file() else ""
            if lost := [s for s in signs if s not in text]:
                self.problems.append(f"{step} {folder.login} {name}: lost in the folder {lost}")

    def _compare(self, step: str) -> None:
        there = self._content()
        for name, signs in self.kept.items():
            text = there.get(name, "")
            if lost := [s for s in signs if s not in text]:
                self.problems.append(f"{step}: {name} lost {lost}")

    def _content(self) -> dict[str, str]:
        """Content of the store by name, past all rules; a draft with the divisions that it is of."""
        rows = self.owner.execute(_HELD, {"scenario": self.name}).fetchall()
        return {name: bytes(content).decode() for name, content in rows}
