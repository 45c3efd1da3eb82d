"""
Worker process that re-plans the rest of a day; it holds the day's problem and the compiled search.

It reads one JSON request per line on standard input, and writes one JSON response per line on standard output.
"""

import json
import secrets
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from geodata.atomic_writes import change
from geodata.child_process import json_answers
from geodata.errors import InputError
from geodata.message_catalogue import load_texts
from sweep.audit.actor import Actor
from sweep.audit.audit_log import log_of_edition
from sweep.board.worker_client import error_response
from sweep.check.day.agreement_with_journal import check_p15_reports
from sweep.day.journal.journal_entry import Entry
from sweep.jobs.replan.load_plan_of_day import PlanOfDay, read_today
from sweep.jobs.replan.publish_change import ChangedDay, PlannedChange, change_json, inputs_of_change, publish_change
from sweep.jobs.replan.replan_day import plan_change
from sweep.plan.jit_warmup import PLANNER
from sweep.plan.replan.replan_search import REPLANNER
from sweep.plan.solve import Settings
from sweep.publish.archive.approve import approve
from sweep.publish.archive.edition_hash import edition_facts
from sweep.publish.facts.names_and_reasons import breach_text

_EVENTS = "events"


@dataclass(frozen=True, slots=True)
class PreviewedChange:
    """Re-planned rest of the day as previewed to a planner, with the events and reports that it rests on."""

    key: str
    """Random key that the request to activate must repeat, since another planner may have previewed a change since."""
    planned: PlannedChange
    open_events: Sequence[object]
    """Events that the change covers, as the request for the preview listed them."""
    answers_to: int
    """Number of the journal's last entry at the time of the preview."""

    def is_outdated(self, reports: tuple[Entry, ...]) -> bool:
        """
        Return whether the previewed change must not be used any more because of reports made since the preview.

        `reports`: all reports of the day; the change is outdated if it contradicts a new report by rule P15.
        """
        known, now = (
            list(check_p15_reports(inputs_of_change(planned), planned.replanned.plan))
            for planned in (self.planned, replace(self.planned, reports=reports))
        )
        return any(v not in known for v in now)

    def matches_request(self, asked: Mapping[str, Any]) -> bool:
        """
        Return whether a request to activate names this change, and all events that it covers are still open.

        `asked`: `shown`, key of the change that the planner saw, and `open_events`, the events open now.
        """
        return self.key == asked["shown"] and all(e in asked["open_events"] for e in self.open_events)


@dataclass(slots=True)
class ReplanWorker:
    """Handler of the re-planning worker's requests, with the problem of the day and the previewed change."""

    today: PlanOfDay
    """Plan in force, with its problem."""
    stage: Path
    """Folder in which a change is prepared for activation."""
    shown: PreviewedChange | None = None
    """Change that was previewed last; None: there is no preview."""
    ready: ChangedDay | None = None
    """Change in `shown` once it is published in `stage`; None before that."""
    applied: Path | None = None
    """Folder of the edition activated last, until the worker reads it as `today`; then None."""

    def answer(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """
        Return the response to one request: preview a change (`do`: `diff`), or else publish the one previewed.

        A preview has `before` and `value`, the objective without and with the change, `price`, the penalty of each
        changed stop, and `changes`. A publication has `plan_id`, `broken` (violations) or `gone` (outdated preview).
        """
        try:
            if asked["do"] == "diff":
                return self._diff(asked)
            return self._apply(asked)
        except (InputError, OSError) as error:
            return error_response(error, asked["lang"])

    def _diff(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        at_s = int(asked["at_s"])
        text = json.dumps({"events": asked["events"]})
        settings = Settings(1, float(asked["limit_s"]), None)
        reports, reserve = _reports(asked), bool(asked["reserve"])
        made = plan_change(self.today, at_s, text, _EVENTS, settings, call_reserve=reserve, reports=reports)
        self.shown = PreviewedChange(secrets.token_hex(8), made, asked["open_events"], int(asked["answers_to"]))
        self.ready = None
        replanned = made.replanned
        return {
            "shown": self.shown.key,
            "at_s": at_s,
            "n_changed": len(made.changes),
            "value": replanned.plan.total,
            "before": self.today.plan.total,
            "kept": replanned.kept_value,
            "price": replanned.price,
            "n_events": len(asked["events"]),
            "changes": [change_json(c) for c in made.changes],
        }

    def _apply(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """
        Publish the previewed change as an edition and log it; return the response as JSON types.

        `plan_id`: id of the new edition; `carried`: number of orders that it leaves unchanged; `broken`: texts of the
        rules that it violates; `gone`: true if the preview is outdated, because another change was previewed since, an
        event was withdrawn or has ended, or a new report contradicts it.
        """
        shown = self.shown
        if shown is None or not shown.matches_request(asked) or shown.is_outdated(_reports(asked)):
            return {"gone": True}
        self.prepare()
        if self.ready is None:
            return {"gone": True}
        made, place = self.ready, self.today.folder.parent
        if made.edition.violations:
            edition, texts = made.edition, load_texts(asked["lang"])
            return {"broken": [f"{v.rule_id} {breach_text(edition, v, texts)}" for v in edition.violations]}
        folder, log = place / made.edition.plan_id, log_of_edition(self.today.folder)
        actor = Actor(asked["who"], asked["at"])
        with change(place) as changing:
            # The log entry comes first: no edition exists without one.
            actor.log(log, "replan", edition_facts(made.edition, made.folder))
            made.folder.rename(changing.at(folder))
        # Approved or not, the edition is in its place, and no change is prepared any more.
        self.shown, self.ready = None, None
        if asked["approve"]:
            approve(folder, actor, is_on_board=True)
        self.applied = folder
        return {"plan_id": made.edition.plan_id, "carried": len(made.carried), "answers_to": shown.answers_to}

    def prepare(self) -> None:
        """Do ahead what the next change needs: load the active edition, and write the plan that `shown` previews."""
        if self.applied is not None:
            self.today, self.applied = read_today(self.applied), None
        if self.shown is not None and self.ready is None:
            shutil.rmtree(self.stage, ignore_errors=True)
            self.ready = publish_change(self.shown.planned, None, self.stage)


def _reports(asked: Mapping[str, Any]) -> tuple[Entry, ...]:
    return tuple(Entry(**entry) for entry in asked["reports"])


def _warm_up(today: PlanOfDay) -> None:
    """Re-plan the day once and discard the result, so that code is loaded and compiled before the first request."""
    first_s = min((t.shift_s[0] for t in today.plan.teams if not t.is_reserve), default=0)
    at_s = max(first_s, today.log.at_s if today.log else 0)
    with suppress(InputError, OSError), tempfile.TemporaryDirectory() as folder:
        planned = plan_change(today, at_s, '{"events": []}', _EVENTS, Settings(1, 0.1, None))
        publish_change(planned, None, Path(folder))


def main() -> None:
    """Run the re-planning worker: answer the JSON lines of standard input by `ReplanWorker.answer` to the end."""
    with json_answers() as say:
        worker = ReplanWorker(read_today(Path(sys.argv[1])), Path(sys.argv[2]))
        PLANNER.wait()
        REPLANNER.wait()
        _warm_up(worker.today)
        say({"ready": True})
        for line in sys.stdin:
            say(worker.answer(json.loads(line)))
            # If the disk is full, the next request gets the error.
            with suppress(OSError):
                worker.prepare()


if __name__ == "__main__":
    main()
