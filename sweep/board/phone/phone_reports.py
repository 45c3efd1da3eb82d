"""Intake of a phone's reports into the journal; unreadable reports are quarantined for the desk."""

import json
import re
from collections.abc import Mapping
from typing import Any

from geodata.clock_times import DAY_S
from geodata.errors import InputError, Issue
from sweep.board.board_state import Board
from sweep.board.phone.phone_orders import unasked
from sweep.day.journal.journal_entry import Report
from sweep.day.journal.report_intake import ReceivedReport, sort_batch
from sweep.day.journal.report_kinds import OF_TEAMS, checked_body, past_midnight, plain_text

_DEVICE = re.compile(r"[0-9a-f]{16}")
_MOST_KEPT = 4_000


def take_batch(board: Board, team_id: str, batch: Mapping[str, Any]) -> dict[str, Any]:
    """
    Store a phone's batch of reports, and return the reply as JSON types.

    Keys of the reply are `acks`: number and hash of each report that the journal contains; `unread`: error codes of
    rejected reports; `next`: number of the report expected next; `n`: number of the last journal entry; `plan_id`: plan
    in force.

    Parameters
    ----------
    team_id
        Team of the phone's session.
    batch
        `device`; `sent`, the phone's clock in milliseconds; `first`, number of the oldest report that it still stores;
        `reports`, each with `seq` and `text`.

    Raises
    ------
    InputError
        S976 if the request is not a batch, S973 if the disk is full.
    """
    device, sent_ms, first, sent = _batch(team_id, batch)
    live = board.live
    # Reports older than the oldest one on the phone were acknowledged.
    parted = sort_batch(sent, max(live.last_seq(device), first - 1), live.journal.known)
    reports = [_report(board, team_id, one, sent_ms) for one in parted.fresh]
    now_s = live.report_s()
    reports += [_unread(team_id, one, "S977", now_s, one.quarantine_id) for one in parted.conflicting]
    unread = [{"code": entry.body["code"]} for entry in live.take(reports) if entry.kind == "unread"]
    received = (*parted.again, *parted.fresh, *parted.conflicting)
    return {
        "acks": [{"seq": one.seq, "sha256": one.sha256} for one in received],
        "unread": unread,
        "next": parted.next_seq,
        "n": live.state.n,
        "plan_id": board.plan_id,
    }


def _batch(team_id: str, batch: Mapping[str, Any]) -> tuple[str, int, int, list[ReceivedReport]]:
    device, sent_ms, first, reports = (batch.get(k) for k in ("device", "sent", "first", "reports"))
    is_whole = isinstance(device, str) and _DEVICE.fullmatch(device) and _is_count(sent_ms) and _is_count(first)
    if not is_whole or not isinstance(reports, list) or len(reports) > 200:
        raise InputError([Issue("S976", "reports", {"kind": "batch", "name": "device, sent, first, reports"})])
    own = f"{team_id}/{device}"
    sent = [ReceivedReport(own, r["seq"], r["text"]) for r in reports if _is_sent(r)]
    if len(sent) != len(reports):
        raise InputError([Issue("S976", "reports", {"kind": "batch", "name": "seq, text"})])
    return own, int(sent_ms or 0), int(first or 0), sent


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _is_sent(report: object) -> bool:
    if not isinstance(report, dict) or set(report) != {"seq", "text"}:
        return False
    return _is_count(report["seq"]) and report["seq"] > 0 and isinstance(report["text"], str)


def _report(board: Board, team_id: str, sent: ReceivedReport, sent_ms: int) -> Report:
    """Return the report to store for a phone's text; for an invalid text, one of kind `unread`, only for the desk."""
    now_s = board.live.report_s()
    try:
        content = json.loads(sent.text)
        kind, body, typed_ms = content["kind"], content["body"], content["t"]
        if kind not in OF_TEAMS or not isinstance(body, dict) or not _is_count(typed_ms):
            raise _odd(sent, str(kind))
        read = checked_body(kind, {**body, "team_id": team_id}, sent.id)
        _refuse_foreign(board, team_id, kind, read, sent)
    except InputError as error:
        return _unread(team_id, sent, error.issues[0].code, now_s)
    except (ValueError, KeyError, TypeError, RecursionError):
        return _unread(team_id, sent, "S976", now_s)
    # Only the age of the report counts, so that a wrong clock on the phone does no harm.
    ago_s = max(0, (sent_ms - typed_ms) // 1_000)
    if kind != "message" and _is_of_exercise(board, now_s - int(ago_s * board.live.clock.speed)):
        return _unread(team_id, sent, "S976", now_s)
    at_s = max(0, now_s - int(min(DAY_S, ago_s) * board.live.clock.speed))
    return Report(sent.id, kind, team_id, str(typed_ms), at_s, past_midnight(read, at_s), sent.text)


def _is_of_exercise(board: Board, typed_s: int) -> bool:
    """Return whether a report was typed (`typed_s` after midnight) during the exercise before the real day."""
    live = board.live
    # Days later the same time of day belongs to another day.
    return not live.state.is_exercise and live.clock.is_near() and typed_s < live.state.begun_s


def _refuse_foreign(board: Board, team_id: str, kind: str, body: Mapping[str, Any], sent: ReceivedReport) -> None:
    visit_id = body.get("visit_id")
    if visit_id is not None and visit_id not in board.live.visits_of.get(team_id, ()):
        raise _odd(sent, "visit_id")
    if kind == "message" and body["to"] != "desk":
        raise _odd(sent, "to")
    team = board.team(team_id)
    if kind == "form" and team is not None:
        more = unasked(board.live.edition, team, str(visit_id), body["row"], set(body["answers"]))
        if more:
            raise _odd(sent, min(more))


def _odd(sent: ReceivedReport, name: str) -> InputError:
    return InputError([Issue("S976", sent.id, {"kind": "report", "name": name[:80]})])


def _unread(team_id: str, sent: ReceivedReport, code: str, now_s: int, own_id: str | None = None) -> Report:
    """Return a report of kind `unread`, only for the desk, about a phone's text rejected with the error `code`."""
    text = plain_text(sent.text.encode("utf-8", "replace").decode("utf-8")[:_MOST_KEPT])
    body = {"team_id": team_id, "code": code, "text": text}
    return Report(own_id or sent.id, "unread", team_id, "", now_s, body, sent.text)
