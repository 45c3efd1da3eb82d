"""`sweep audit`: tampering check of the audit logs, list of entries, head hashes to write down, replay of a journal."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geodata.errors import Code, InputError, Issue
from geodata.message_catalogue import Texts
from sweep.terminal.command_decorator import CommandCall, command, group, help_text
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import Out
from sweep.terminal.output import Output, issue_json

with deferred_imports():
    from geodata import atomic_writes
    from sweep.audit import approval, audit_log, hash_chain
    from sweep.campaign import records
    from sweep.campaign.window import check_campaign_against_log, plan_campaign
    from sweep.day.journal import fold_state, journal_entry, journal_file, journal_heads
    from sweep.jobs.verification import check_disclosure
    from sweep.province.pages import province_json
    from sweep.province.run import altered_edition_files
    from sweep.publish.archive import check_editions_against_log as check_edition_log
    from sweep.publish.archive import edition_json_file
    from sweep.scenario import scenario

if TYPE_CHECKING:
    from sweep.records.plan import Violation

app = group("afterwards")


@dataclass(frozen=True, slots=True)
class _Verified:
    log: audit_log.AuditLog
    issues: list[Issue]
    notes: list[Issue]

    @classmethod
    def of(cls, out: Path, log: audit_log.AuditLog, noted: hash_chain.Head | None) -> _Verified:
        missing = [] if log.is_there() else [Issue("S806", str(log.path))]
        issues = [
            *missing,
            *log.faults(noted),
            *_edition_issues(out / log.name, log),
            *journal_heads.journal_issues(out, log),
        ]
        return cls(log, issues, hash_chain.clock_notes(log.content(), log.path.name))


def _verify_logs(out: Path, names: Sequence[str], head: hash_chain.Head | None) -> tuple[list[_Verified], list[Issue]]:
    logs, unsteady = list[_Verified](), list[Issue]()
    for each in names:
        try:
            with atomic_writes.locked_for_reading(out / each):
                logs.append(_Verified.of(out, audit_log.log_of_scenario(out, each), head))
        except InputError as error:
            unsteady += error.issues
    return logs, unsteady


def audit_issues(out: Path) -> list[Issue]:
    """Return the errors found in all logs, editions and journals in `out`; an S806 if `out` has no such file."""
    names = _all_names(out)
    logs, unsteady = _verify_logs(out, names, None)
    # A store keeps log and editions of the scenario whose journal alone is here.
    alone = {p.parent.name for p in out.glob(f"{journal_file.FOLDER}/*/*{journal_file.SUFFIX}")}.difference(names)
    journals = [f for n in sorted(alone) for f in journal_heads.journal_issues(out, audit_log.log_of_scenario(out, n))]
    missing = [] if names or alone else [Issue("S806", str(out / audit_log.FOLDER))]
    return [*missing, *unsteady, *(issue for each in logs for issue in each.issues), *journals]


def _report(voice: Output, verified: Sequence[_Verified], *, is_shown: bool) -> None:
    texts = voice.texts
    if voice.as_json:
        logs = [
            {
                "name": each.log.name,
                "head": str(each.log.head() or "-"),
                "faults": [issue_json(f, texts) for f in each.issues],
                "notes": [issue_json(n, texts) for n in each.notes],
                **({"entries": each.log.entries()} if is_shown else {}),
            }
            for each in verified
        ]
        voice.json({"logs": logs})
        return
    header = [texts(f"command.column.{c}") for c in ("n", "when", "who", "act", "facts")]
    for each in verified:
        log, entries = each.log, each.log.entries()
        if is_shown:
            rows = [(*(str(e[key]) for key in ("n", "at", "who", "act")), _short(e["facts"])) for e in entries]
            voice.table(log.name, header, rows)
        if each.issues:
            voice.errors(each.issues, "command.audit_unsound", name=log.name)
        else:
            voice.line("command.audit_sound", name=log.name, n=len(entries), head=str(log.head()))
        voice.notes(each.notes)


def _head_option(text: str | None, name: str | None) -> hash_chain.Head | None:
    if text is None:
        return None
    head = hash_chain.parse_head(text)
    if head is None or name is None:
        raise InputError([Issue("S807", "--head", {"got": text[:80]})])
    return head


def _known(out: Path, name: str) -> str:
    if not re.fullmatch(scenario.NAME, name):
        raise InputError([Issue("S808", name[:80])])
    if name not in _all_names(out):
        raise InputError([Issue("S806", str(audit_log.log_of_scenario(out, name).path))])
    return name


def _all_names(out: Path) -> list[str]:
    parents = (p.parent.parent.name for p in out.glob(f"*/*/{edition_json_file.MANIFEST}"))
    return sorted(
        {*audit_log.log_names(out / audit_log.FOLDER), *(n for n in parents if re.fullmatch(scenario.NAME, n))}
    )


def _edition_issues(folder: Path, log: audit_log.AuditLog) -> Iterator[Issue]:
    for path in sorted(folder.glob(f"*/{edition_json_file.MANIFEST}")):
        try:
            yield from _issues_of_edition(path.parent, log)
        except InputError as error:
            yield from error.issues
    campaign = folder / plan_campaign.FOLDER
    # The windows of a province's counties are listed in the manifest of the province.
    if (campaign / records.FILE_NAME).is_file() and not altered_edition_files.is_province_edition(folder.parent.parent):
        yield from (
            _as_issue(campaign, breach, log) for breach in check_campaign_against_log.campaign_breaches(campaign)
        )


def _issues_of_edition(folder: Path, log: audit_log.AuditLog) -> Iterator[Issue]:
    if altered_edition_files.is_province_edition(folder):
        yield from (_as_issue(folder, breach, log) for breach in altered_edition_files.province_breaches(folder))
        # A province's edition holds the logs and editions of its counties.
        counties = folder / province_json.COUNTIES
        for name in _all_names(counties):
            yield from _Verified.of(counties, audit_log.log_of_scenario(counties, name), None).issues
        return
    breaches = (
        check_edition_log.handout_changes(folder)
        if check_disclosure.is_handout(folder)
        else check_edition_log.edition_breaches(folder)
    )
    yield from (_as_issue(folder, breach, log) for breach in breaches)


def _as_issue(folder: Path, breach: Violation, log: audit_log.AuditLog) -> Issue:
    values = {"file": log.path.name}
    if str(breach.values["detail"]).startswith(Code.UNRECORDED):
        return Issue(Code.UNRECORDED, str(folder), values)
    return Issue("S816" if breach.where == approval.FILE_NAME else "S818", str(folder / breach.where), values)


def _short(facts: object) -> str:
    pairs = facts.items() if isinstance(facts, dict) else ()
    return "  ".join(f"{k}={str(v)[:40]}" for k, v in pairs if v not in ({}, [], None, ""))


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
        voice.json({"entries": [asdict(e) for e in entries], "teams": _teams(entries)})
        return Exit.DONE
    for before, line in pairwise([*entries[:1], *entries]):
        if speed:
            time.sleep(max(0, line.at_s - before.at_s) / speed)
        voice.line("board.replay.line", at=voice.texts.clock(line.at_s), who=line.author, what=_what(line, voice.texts))
    counted = Counter(_teams(entries).values())
    states = [f"{voice.texts(f'board.state.{state}')} {n}" for state, n in sorted(counted.items())]
    voice.line("board.replay.end", n=len(entries), teams=tuple(states))
    return Exit.DONE


def _teams(entries: list[journal_entry.Entry]) -> dict[str, str]:
    return {team_id: team.state for team_id, team in sorted(fold_state.fold(entries).teams.items())}


def _what(line: journal_entry.Entry, texts: Texts) -> str:
    body = line.body
    about = [body.get(k) for k in ("team_id", "visit_id", "until", "plan_id", "lead_id", "building_id", "text")]
    if line.kind == "event":
        about = [v for k, v in body["event"].items() if k != "type"]
    return " ".join([texts(f"board.kind.{line.kind}"), *(str(a) for a in about if a)])


@command(app, "audit", example="sweep audit quancheng")
def _audit(
    call: CommandCall,
    log_name: Annotated[str | None, typer.Argument(help=help_text("log_name"), metavar="[NAME]")] = None,
    out: Out = Path("out"),
    head: Annotated[str | None, typer.Option(help=help_text("noted"), metavar="N:HASH")] = None,
    show: Annotated[bool, typer.Option("--show", help=help_text("audit_show"))] = False,
    journal: Annotated[Path | None, typer.Option(help=help_text("journal"), metavar="JOURNAL")] = None,
    speed: Annotated[float, typer.Option(help=help_text("speed"), min=0.0, max=1e6)] = 0.0,
) -> Exit:
    """Print evidence of tampering in logs, editions and journals, and the entries if `show`; or replay a `journal`."""
    if journal is not None:
        return replay_command(call.voice, journal, speed)
    head_given = _head_option(head, log_name)
    names = [_known(out, log_name)] if log_name else _all_names(out)
    if not names:
        raise InputError([Issue("S806", str(out / audit_log.FOLDER))])
    logs, unsteady = _verify_logs(out, names, head_given)
    _report(call.voice, logs, is_shown=show)
    if unsteady:
        raise InputError(unsteady)
    return Exit.RULE_BROKEN if any(each.issues for each in logs) else Exit.DONE
