"""Worker process that checks plans edited by hand; it keeps the problems of the latest requests in memory."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geodata.child_process import json_answers
from geodata.errors import InputError
from geodata.message_catalogue import Texts, load_texts
from sweep.audit.actor import Actor
from sweep.audit.audit_log import log_of_edition
from sweep.board.worker_client import error_response
from sweep.day.journal.journal_entry import Entry
from sweep.jobs.replan.edit_stops_by_hand import Draft, Verdict, change_by_hand, check_edit, publish_by_hand
from sweep.jobs.replan.load_plan_of_day import PlanOfDay, read_today
from sweep.jobs.replan.publish_change import PlannedChange
from sweep.plan.replan.manual_plan import Layout, PlacedSlot, layout_of
from sweep.publish.archive.edition_hash import edition_facts
from sweep.publish.edition import Edition
from sweep.publish.facts.names_and_reasons import breach_text, building_name, district_name, names_by_id, reason_texts
from sweep.publish.facts.team_facts import team_facts
from sweep.records.plan import Route, Violation
from sweep.records.visits import Visit


def offer_view(edition: Edition, texts: Texts) -> dict[str, Any]:
    """Return the fixed data of the page for editing a plan by hand: day, teams, and all visits on offer by id."""
    return {
        "plan_id": edition.plan_id,
        "name": edition.scenario.name,
        "day": texts.day(edition.scenario.day),
        "teams": [
            {
                "id": t.team.team_id,
                "letter": t.letter,
                "colour": t.colour,
                "ink": t.ink,
                "shift": list(t.team.shift_s),
                "is_reserve": t.team.is_reserve,
            }
            for t in team_facts(edition)
        ],
        "visits": {v.visit_id: _visit_view(edition, v, texts) for v in edition.visits.values()},
    }


def _visit_view(edition: Edition, visit: Visit, texts: Texts) -> dict[str, Any]:
    building = edition.buildings.get(visit.building_id)
    return {
        "name": building_name(building, visit.building_id),
        "district": district_name(visit.division_code, edition.division_names, texts),
        "windows": [list(w) for w in visit.windows_s],
        "slots": [s.slot for s in visit.slots],
        "value": visit.value,
        "must": visit.is_must,
    }


def edited_view(made: PlannedChange, verdict: Verdict, texts: Texts) -> dict[str, Any]:
    """
    Return the edited plan as JSON types: routes, unserved visits (`left`), violations found by the checker.

    `gained`: expected finds gained by the edit (a loss is negative); `musts`: must-visits not served; `travel_s`:
    travel seconds added by it; `shortfalls`: violations of soft rules; `n_moved`: number of changed stops.
    """
    edition, replanned = made.today.edition, made.replanned
    names, by_id = edition.division_names, names_by_id(edition)
    visits = {v.visit_id: v for v in replanned.rest.day.visits}
    return {
        "at_s": made.log.at_s if made.log else None,
        "routes": [_route_view(r, len(replanned.rest.positions[r.team_id].begun)) for r in replanned.plan.routes],
        "left": [
            {
                "visit": u.visit_id,
                "why": [reason_texts(texts, r, visits.get(u.visit_id), names)[0] for r in u.reasons],
            }
            for u in replanned.plan.unserved
        ],
        "violations": [_breach_view(edition, v, texts) for v in verdict.violations],
        "shortfalls": [_breach_view(edition, v, texts) for v in verdict.soft_violations],
        "n_moved": replanned.n_changed,
        "value": replanned.plan.value,
        "gained": verdict.gained,
        "musts": list(verdict.musts_left_out),
        "travel_s": verdict.travel_s,
        "teams": [by_id.get(t, t) for t in verdict.teams],
    }


def _route_view(route: Route, count: int) -> dict[str, Any]:
    return {
        "team": route.team_id,
        "depart": route.depart_s if route.stops else None,
        "back": route.return_s if route.stops else None,
        "pause": None if route.break_s is None else list(route.break_s),
        "stops": [[s.visit_id, s.slot, s.arrive_s, s.start_s, s.end_s, n < count] for n, s in enumerate(route.stops)],
    }


def _breach_view(edition: Edition, breach: Violation, texts: Texts) -> dict[str, str]:
    return {"rule": breach.rule_id, "where": breach.where, "text": breach_text(edition, breach, texts)}


# Cached days, each about ten megabytes.
_MOST_KEPT = 4

type EditRequest = Mapping[str, Any]


@dataclass(slots=True)
class EditingWorker:
    """Handler of the editing page's requests, with a cache of the problems that it has read."""

    _cached_days: dict[str, PlanOfDay] = field(default_factory=dict)
    """Problem and plan of each edition by its folder, the one requested last at the end."""

    def answer(self, asked: EditRequest) -> dict[str, Any]:
        """
        Return the response to one request, by its key `do`; errors are returned as JSON types (`error_response`).

        `open`: the published plan with all visits on offer; `judge`: times, verdict and cost of the edited `layout`
        (remaining stops by team id); `save`: id of the draft that is published and logged.
        """
        acts: dict[str, Callable[[EditRequest], dict[str, Any]]] = {"open": self._open, "judge": self._judge}
        try:
            return acts.get(asked["do"], self._save)(asked)
        except (InputError, OSError) as error:
            return error_response(error, asked["lang"])

    def _open(self, asked: EditRequest) -> dict[str, Any]:
        today = self._today(asked["folder"])
        texts = load_texts(asked["lang"])
        layout = layout_of(today.plan)
        made = _apply_layout(today, layout, asked)
        return {**offer_view(today.edition, texts), "shown": edited_view(made, check_edit(made), texts)}

    def _judge(self, asked: EditRequest) -> dict[str, Any]:
        made = self._edited_plan(asked)
        return edited_view(made, check_edit(made), load_texts(asked["lang"]))

    def _save(self, asked: EditRequest) -> dict[str, Any]:
        made, actor = self._edited_plan(asked), Actor(asked["who"], asked["at"])
        draft = Draft(asked["name"], made.today.edition.plan_id, actor.who, actor.at)

        def enter(edition: Edition, folder: Path) -> None:
            facts = {**edition_facts(edition, folder), "of": draft.of}
            actor.log(log_of_edition(made.today.folder), "edit", facts)

        return {"plan_id": publish_by_hand(made, draft, enter)}

    def _edited_plan(self, asked: EditRequest) -> PlannedChange:
        layout: Layout = {t: [PlacedSlot(*p) for p in placed] for t, placed in asked["layout"].items()}
        return _apply_layout(self._today(asked["folder"]), layout, asked)

    def _today(self, folder: str) -> PlanOfDay:
        today = self._cached_days.pop(folder, None) or read_today(Path(folder))
        while len(self._cached_days) >= _MOST_KEPT:
            del self._cached_days[next(iter(self._cached_days))]
        self._cached_days[folder] = today
        return today


def _apply_layout(today: PlanOfDay, layout: Layout, asked: EditRequest) -> PlannedChange:
    begun = [(team_id, visit_id) for team_id, visit_id in asked["begun"]]
    return change_by_hand(today, layout, asked["at_s"], begun, tuple(Entry(**entry) for entry in asked["reports"]))


def main() -> None:
    """Run the editing worker: answer the JSON lines of standard input by `EditingWorker.answer` to the end."""
    with json_answers() as say:
        worker = EditingWorker()
        say({"ready": True})
        for line in sys.stdin:
            say(worker.answer(json.loads(line)))


if __name__ == "__main__":
    main()
