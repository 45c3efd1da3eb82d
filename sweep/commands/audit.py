"""`sweep audit`: whether the logs still are what was written, what they say, and the heads to note elsewhere."""

from __future__ import annotations

from pathlib import Path

from geodata.errors import InputError, Issue
from sweep.audit.approval import read_approval
from sweep.audit.chain import Head, holds_head, parse_head
from sweep.audit.log import FOLDER, AuditLog, log_names
from sweep.commands.terminal.exits import Exit
from sweep.commands.terminal.voice import Voice, issue_json


def verify_command(voice: Voice, out: Path, name: str | None, noted: str | None) -> Exit:
    """
    Report every sign that a log was tampered with.

    Parameters
    ----------
    voice
        How to speak.
    out
        The folder of all editions.
    name
        The scenario; None: every one that has a log, or an approved edition.
    noted
        A head noted at some time, `n:hash`; only with a name.

    Raises
    ------
    InputError
        S806 there is no log, S807 the noted head is none.
    """
    head = _noted(noted, name)
    names = [name] if name else sorted({*log_names(out / FOLDER), *_with_approvals(out)})
    if not names:
        raise InputError([Issue("S806", str(out / FOLDER))])
    logs = [AuditLog(out / FOLDER, each) for each in names]
    found = [(log, [*log.faults(head), *_lost_approvals(out / log.name, log)]) for log in logs]
    _report(voice, found)
    return Exit.RULE_BROKEN if any(faults for _, faults in found) else Exit.DONE


def show_command(voice: Voice, out: Path, name: str) -> Exit:
    """Print a log's entries, oldest first."""
    entries = AuditLog(out / FOLDER, name).entries()
    header = [voice.texts(f"command.column.{c}") for c in ("n", "when", "who", "act", "facts")]
    rows = [(str(e["n"]), str(e["at"]), str(e["who"]), str(e["act"]), _short(e["facts"])) for e in entries]
    voice.table(name, header, rows)
    if voice.as_json:
        voice.json({"entries": entries})
    return Exit.DONE


def _report(voice: Voice, found: list[tuple[AuditLog, list[Issue]]]) -> None:
    if voice.as_json:
        logs = [
            {
                "name": log.name,
                "head": str(log.head() or "-"),
                "faults": [issue_json(f, voice.texts) for f in faults],
            }
            for log, faults in found
        ]
        voice.json({"logs": logs})
        return
    for log, faults in found:
        if faults:
            voice.faults(faults, "command.audit_unsound", name=log.name)
        else:
            voice.line("command.audit_sound", name=log.name, n=len(log.entries()), head=str(log.head()))


def _noted(text: str | None, name: str | None) -> Head | None:
    if text is None:
        return None
    head = parse_head(text)
    if head is None or name is None:
        raise InputError([Issue("S807", "--head", {"got": text[:80]})])
    return head


def _with_approvals(out: Path) -> list[str]:
    return [p.parent.parent.name for p in out.glob("*/*/approval.json")]


def _lost_approvals(folder: Path, log: AuditLog) -> list[Issue]:
    """Approved editions whose approval is not in the log: it was made again, or is another."""
    content, issues = log.content(), []
    for path in sorted(folder.glob("*/approval.json")):
        approval = read_approval(path.parent)
        head = parse_head(approval.audit_head) if approval else None
        if head is None or head.n < 1 or not holds_head(content, head):
            issues.append(Issue("S816", str(path), {"file": log.path.name}))
    return issues


def _short(facts: object) -> str:
    pairs = facts.items() if isinstance(facts, dict) else ()
    return "  ".join(f"{k}={str(v)[:40]}" for k, v in pairs if v not in ({}, [], None, ""))
