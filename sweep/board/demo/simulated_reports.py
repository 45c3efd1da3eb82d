"""Simulated reports of a day: most teams on time, one delayed, one locked out, one offline."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from geodata.clock_times import exact_clock
from sweep.publish.edition import Edition
from sweep.publish.facts.team_facts import StopFacts, TeamFacts, team_facts


@dataclass(frozen=True, slots=True, order=True)
class SimulatedReport:
    """Report that a team sends on a simulated day."""

    sent_s: int
    """Time at which the report reaches the desk; `at_s`: when the team made it; both seconds after midnight."""
    team_id: str
    at_s: int
    kind: str = field(compare=False)
    """Kind and content of the report, as in `sweep.day.journal.journal_entry.Report`."""
    body: dict[str, Any] = field(compare=False)


def simulated_day(edition: Edition) -> list[SimulatedReport]:
    """Return the reports of all teams in the order in which they reach the control desk; equal for equal plans."""
    teams = [t for t in team_facts(edition) if t.route is not None and t.stops]
    reports: list[SimulatedReport] = []
    for index, team in enumerate(teams):
        chance = random.Random(f"1 {team.team.team_id}")
        of_team = list(_reports(team, chance, is_delayed=index == 0, is_locked=index == 1, has_den=index == 2))
        reports += _with_offline_period(of_team) if index == 3 else of_team
    return sorted(reports)


def _reports(
    team: TeamFacts, chance: random.Random, *, is_delayed: bool, is_locked: bool, has_den: bool
) -> Iterator[SimulatedReport]:
    team_id, route = team.team.team_id, team.route
    at_s = (route.depart_s if route else 0) + chance.randint(-120, 300)
    for k, s in enumerate(team.stops):
        visit = {"team_id": team_id, "visit_id": s.visit.visit_id}

        def report(kind: str, at_s: int, visit: dict[str, str] = visit, **more: Any) -> SimulatedReport:
            return SimulatedReport(at_s, team_id, at_s, kind, {**visit, **more})

        yield report("left", at_s)
        at_s += round(s.stop.travel_s * chance.uniform(0.8, 1.3))
        yield report("arrived", at_s)
        at_s = max(at_s + chance.randint(30, 240), s.stop.start_s)
        if is_locked and k == 1:
            yield report("locked", at_s + 300)
            at_s += 360
            continue
        yield report("inside", at_s)
        inside_s = round((s.stop.end_s - s.stop.start_s) * chance.uniform(0.8, 1.15))
        if has_den and k == 0:
            yield report("found", at_s + inside_s // 2)
        if is_delayed and k == 0:
            until_s = at_s + inside_s + 2_700
            yield report("held", at_s + inside_s // 2, until=exact_clock(until_s // 60 * 60))
            inside_s += 2_700
        yield from _filled_in(s, team_id, at_s, inside_s, chance)
        at_s += inside_s
        yield report("done", at_s)
        at_s += chance.randint(30, 240)
    back_s = at_s + (route.return_travel_s if route else 0)
    yield SimulatedReport(back_s, team_id, back_s, "home", {"team_id": team_id})


def _filled_in(
    s: StopFacts, team_id: str, at_s: int, inside_s: int, chance: random.Random
) -> Iterator[SimulatedReport]:
    for k, uscc in enumerate(s.targets):
        state = chance.choice(("open", "open", "open", "locked", "vacant"))
        answers = {"unit_state": state, **(dict.fromkeys(s.ticked, "no") if state == "open" else {})}
        body = {"team_id": team_id, "visit_id": s.visit.visit_id, "row": uscc, "unit": "", "answers": answers}
        yield SimulatedReport(at_s + inside_s * (k + 1) // (len(s.targets) + 1), team_id, at_s, "form", body)


def _with_offline_period(reports: list[SimulatedReport]) -> list[SimulatedReport]:
    """Return a team's reports; those of 40 minutes without a signal all arrive at the end of the 40 minutes."""
    from_s = reports[len(reports) // 3].at_s
    until_s = from_s + 2_400
    return [
        SimulatedReport(until_s, r.team_id, r.at_s, r.kind, r.body) if from_s <= r.sent_s < until_s else r
        for r in reports
    ]
