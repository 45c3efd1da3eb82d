"""`sweep audit`: whether the logs still are what was written, what they say, and the heads to note elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from geodata.atomic_writes import steady
from geodata.errors import InputError, Issue
from sweep.audit.approval import FILE_NAME as APPROVAL
from sweep.audit.audit_log import FOLDER, AuditLog, log_names, log_of_scenario
from sweep.audit.hash_chain import Head, clock_notes, parse_head
from sweep.campaign.records import FILE_NAME as CAMPAIGN_JSON
from sweep.campaign.window.audit_record import campaign_breaches
from sweep.campaign.window.plan_campaign import FOLDER as CAMPAIGN
from sweep.day.journal.heads import journal_faults
from sweep.jobs.tampering.check_disclosure import is_handout
from sweep.jobs.tampering.check_edition_log import UNRECORDED, edition_breaches, handout_changes
from sweep.province.pages.province_json import COUNTIES
from sweep.province.run.tampering import is_province_edition, province_breaches
from sweep.publish.archive.edition_json import MANIFEST
from sweep.records.plan import Violation
from sweep.scenario.scenario import NAME
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice, issue_json


def audit_command(voice: Voice, out: Path, name: str | None, noted: str | None, *, is_shown: bool) -> Exit:
    """
    Report every sign that a log was tampered with, and print its entries if that is wanted.

    Parameters
    ----------
    name
        The scenario; None: every one that has a log, or an edition.
    noted
        A head noted at some time, `n:hash`; only with a name.

    Raises
    ------
    InputError
        S806 there is no log and no edition, S807 the noted head is none, S808 the name is none, and what `steady`
        raises for a folder of editions, after the report on the others.
    """
    head = _noted(noted, name)
    names = [_known(out, name)] if name else sorted({*log_names(out / FOLDER), *_with_editions(out)})
    if not names:
        raise InputError([Issue("S806", str(out / FOLDER))])
    found, unsteady = list[_Verified](), list[Issue]()
    for each in names:
        try:
            with steady(out / each):
                found.append(_Verified.of(out, log_of_scenario(out, each), head))
        except InputError as error:
            unsteady += error.issues
    _report(voice, found, is_shown=is_shown)
    if unsteady:
        raise InputError(unsteady)
    return Exit.RULE_BROKEN if any(each.faults for each in found) else Exit.DONE


@dataclass(frozen=True, slots=True)
class _Verified:
    """A log and what was found in it."""

    log: AuditLog
    faults: list[Issue]
    notes: list[Issue]

    @classmethod
    def of(cls, out: Path, log: AuditLog, noted: Head | None) -> _Verified:
        lost = [] if log.is_there() else [Issue("S806", str(log.path))]
        faults = [*lost, *log.faults(noted), *_edition_faults(out / log.name, log), *journal_faults(out, log)]
        return cls(log, faults, clock_notes(log.content(), log.path.name))


def _report(voice: Voice, found: Sequence[_Verified], *, is_shown: bool) -> None:
    texts = voice.texts
    if voice.as_json:
        logs = [
            {
                "name": each.log.name,
                "head": str(each.log.head() or "-"),
                "faults": [issue_json(f, texts) for f in each.faults],
                "notes": [issue_json(n, texts) for n in each.notes],
                **({"entries": each.log.entries()} if is_shown else {}),
            }
            for each in found
        ]
        voice.json({"logs": logs})
        return
    header = [texts(f"command.column.{c}") for c in ("n", "when", "who", "act", "facts")]
    for each in found:
        log, entries = each.log, each.log.entries()
        if is_shown:
            rows = [(*(str(e[key]) for key in ("n", "at", "who", "act")), _short(e["facts"])) for e in entries]
            voice.table(log.name, header, rows)
        if each.faults:
            voice.faults(each.faults, "command.audit_unsound", name=log.name)
        else:
            voice.line("command.audit_sound", name=log.name, n=len(entries), head=str(log.head()))
        voice.notes(each.notes)


def _noted(text: str | None, name: str | None) -> Head | None:
    if text is None:
        return None
    head = parse_head(text)
    if head is None or name is None:
        raise InputError([Issue("S807", "--head", {"got": text[:80]})])
    return head


def _known(out: Path, name: str) -> str:
    """A scenario's name that has a log or editions."""
    if not re.fullmatch(NAME, name):
        raise InputError([Issue("S808", name[:80])])
    if name not in {*log_names(out / FOLDER), *_with_editions(out)}:
        raise InputError([Issue("S806", str(log_of_scenario(out, name).path))])
    return name


def _with_editions(out: Path) -> list[str]:
    return [p.parent.parent.name for p in out.glob(f"*/*/{MANIFEST}") if re.fullmatch(NAME, p.parent.parent.name)]


def _edition_faults(folder: Path, log: AuditLog) -> Iterator[Issue]:
    """Editions that no line wrote, or that are not what it wrote, and approvals that no line gave."""
    for path in sorted(folder.glob(f"*/{MANIFEST}")):
        try:
            yield from _faults_of(path.parent, log)
        except InputError as error:
            yield from error.issues
    campaign = folder / CAMPAIGN
    # The windows of a province's counties are listed in the manifest of the province.
    if (campaign / CAMPAIGN_JSON).is_file() and not is_province_edition(folder.parent.parent):
        yield from (_as_issue(campaign, breach, log) for breach in campaign_breaches(campaign))


def _faults_of(folder: Path, log: AuditLog) -> Iterator[Issue]:
    if is_province_edition(folder):
        yield from (_as_issue(folder, breach, log) for breach in province_breaches(folder))
        yield from _county_faults(folder / COUNTIES)
        return
    breaches = handout_changes(folder) if is_handout(folder) else edition_breaches(folder)
    yield from (_as_issue(folder, breach, log) for breach in breaches)


def _county_faults(out: Path) -> Iterator[Issue]:
    """Faults of the counties' logs and editions, which lie in that of the province as those of scenarios do."""
    for name in sorted({*log_names(out / FOLDER), *_with_editions(out)}):
        yield from _Verified.of(out, log_of_scenario(out, name), None).faults


def _as_issue(folder: Path, breach: Violation, log: AuditLog) -> Issue:
    values = {"file": log.path.name}
    if str(breach.values["detail"]).startswith(UNRECORDED):
        return Issue(UNRECORDED, str(folder), values)
    return Issue("S816" if breach.where == APPROVAL else "S818", str(folder / breach.where), values)


def _short(facts: object) -> str:
    pairs = facts.items() if isinstance(facts, dict) else ()
    return "  ".join(f"{k}={str(v)[:40]}" for k, v in pairs if v not in ({}, [], None, ""))
