"""Replay of a day from its journal, for `sweep audit --journal`."""

from __future__ import annotations

import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.message_catalogue import Texts
from sweep.terminal.deferred import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Output

with deferred_imports():
    from sweep.day.journal import entry, fold_state, journal_file

if TYPE_CHECKING:
    from sweep.day.journal.entry import Entry


def replay_command(voice: Output, journal: Path, speed: float) -> Exit:
    """
    Print the entries of a journal, `speed` times as fast as they came in; 0: without pauses.

    Raises
    ------
    InputError
        S972 if the journal was tampered with.
    """
    entries = journal_file.read_journal(journal)
    if voice.as_json:
        voice.json({"entries": [entry.entry_json(e) for e in entries], "teams": _teams(entries)})
        return Exit.DONE
    for before, line in pairwise([*entries[:1], *entries]):
        if speed:
            time.sleep(max(0, line.at_s - before.at_s) / speed)
        voice.line("board.replay.line", at=voice.texts.clock(line.at_s), who=line.author, what=_what(line, voice.texts))
    counted = Counter(_teams(entries).values())
    states = [f"{voice.texts(f'board.state.{state}')} {n}" for state, n in sorted(counted.items())]
    voice.line("board.replay.end", n=len(entries), teams=tuple(states))
    return Exit.DONE


def _teams(entries: list[Entry]) -> dict[str, str]:
    return {team_id: team.state for team_id, team in sorted(fold_state.fold(entries).teams.items())}


def _what(line: Entry, texts: Texts) -> str:
    body = line.body
    about = [body.get(k) for k in ("team_id", "visit_id", "until", "plan_id", "lead_id", "building_id", "text")]
    if line.kind == "event":
        about = [v for k, v in body["event"].items() if k != "type"]
    return " ".join([texts(f"board.kind.{line.kind}"), *(str(a) for a in about if a)])
