"""`sweep day`: a day played back from its journal."""

import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

from geodata.message_catalogue import Texts
from sweep.day.journal.entry import Entry, entry_json
from sweep.day.journal.fold_state import fold
from sweep.day.journal.journal_file import read_journal
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice


def replay_command(voice: Voice, journal: Path, speed: float) -> Exit:
    """Print the journal, `speed` times as fast as it was written or, for 0, at once; S972 if it was changed."""
    entries = read_journal(journal)
    if voice.as_json:
        voice.json({"entries": [entry_json(e) for e in entries], "teams": _teams(entries)})
        return Exit.DONE
    for before, entry in pairwise([*entries[:1], *entries]):
        if speed:
            time.sleep(max(0, entry.at_s - before.at_s) / speed)
        voice.line(
            "board.replay.line", at=voice.texts.clock(entry.at_s), who=entry.author, what=_what(entry, voice.texts)
        )
    counted = Counter(_teams(entries).values())
    states = [f"{voice.texts(f'board.state.{state}')} {n}" for state, n in sorted(counted.items())]
    voice.line("board.replay.end", n=len(entries), teams=tuple(states))
    return Exit.DONE


def _teams(entries: list[Entry]) -> dict[str, str]:
    return {team_id: team.state for team_id, team in sorted(fold(entries).teams.items())}


def _what(entry: Entry, texts: Texts) -> str:
    body = entry.body
    about = [body.get(k) for k in ("team_id", "visit_id", "until", "plan_id", "lead_id", "building_id", "text")]
    if entry.kind == "event":
        about = [v for k, v in body["event"].items() if k != "type"]
    return " ".join([texts(f"board.kind.{entry.kind}"), *(str(a) for a in about if a)])
