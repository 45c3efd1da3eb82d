"""
Plans and inputs with one thing made wrong, each by a statement of its own of what the rule asks.

A mutator takes a day whose plan breaks nothing and gives one that breaks its rule, or None where the day has nothing
that could. It counts for itself: nothing here is imported from the checker or the planner.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from sweep.check.checker_inputs import CheckInputs
from sweep.records.people import Person, Team
from sweep.records.plan import Plan, Stop
from sweep.records.visits import Visit

type Rng = np.random.Generator


@dataclass(frozen=True)
class Mutant:
    """One rule broken."""

    inputs: CheckInputs
    plan: Plan
    where: str
    """Stands in the place that the checker must name."""


type Mutator = Callable[[Rng, CheckInputs, Plan], Mutant | None]

MUTATORS: dict[str, list[Mutator]] = {}


def breaks(rule_id: str) -> Callable[[Mutator], Mutator]:
    """Enter a mutator under its rule."""

    def enter(mutator: Mutator) -> Mutator:
        MUTATORS.setdefault(rule_id, []).append(mutator)
        return mutator

    return enter


@dataclass(frozen=True)
class Place:
    """A stop, where it stands in the plan, and its visit."""

    team: Team
    n: int
    stop: Stop
    visit: Visit


def places(inputs: CheckInputs, plan: Plan, *tracks: str) -> list[Place]:
    """Every stop on the tracks, or on any."""
    teams = {t.team_id: t for t in plan.teams}
    return [
        Place(teams[r.team_id], n, s, inputs.visits[s.visit_id])
        for r in plan.routes for n, s in enumerate(r.stops)
        if not tracks or inputs.visits[s.visit_id].track in tracks
    ]  # fmt: skip


def any_of[T](rng: Rng, candidates: list[T]) -> T | None:
    return candidates[int(rng.integers(0, len(candidates)))] if candidates else None


def upto(rng: Rng, most: int) -> int:
    """A whole number from 1 to `most`; small ones are as likely as large ones."""
    return round(float(np.exp(rng.uniform(0.0, np.log(max(1, most))))))


def with_stop(plan: Plan, place: Place, **changes: object) -> Plan:
    def stops(team_id: str, old: tuple[Stop, ...]) -> Iterator[Stop]:
        for n, stop in enumerate(old):
            yield replace(stop, **changes) if (team_id, n) == (place.team.team_id, place.n) else stop  # type: ignore[arg-type]

    return replace(plan, routes=tuple(replace(r, stops=tuple(stops(r.team_id, r.stops))) for r in plan.routes))


def without_stops(plan: Plan, *visit_ids: str, team_id: str | None = None) -> Plan:
    return replace(
        plan,
        routes=tuple(
            replace(r, stops=tuple(s for s in r.stops if s.visit_id not in visit_ids))
            if team_id in (None, r.team_id) else r
            for r in plan.routes
        ),
    )  # fmt: skip


def with_route(plan: Plan, team_id: str, **changes: object) -> Plan:
    return replace(plan, routes=tuple(replace(r, **changes) if r.team_id == team_id else r for r in plan.routes))  # type: ignore[arg-type]


def with_team(plan: Plan, team_id: str, **changes: object) -> Plan:
    return replace(plan, teams=tuple(replace(t, **changes) if t.team_id == team_id else t for t in plan.teams))  # type: ignore[arg-type]


def with_members(inputs: CheckInputs, plan: Plan, team_id: str, ids: tuple[str, ...]) -> Plan:
    """Other people in a team, which says of them what the roster does."""
    return with_team(plan, team_id, member_ids=ids, **_facts(inputs, [inputs.persons[i] for i in ids]))


def with_person(inputs: CheckInputs, plan: Plan, person_id: str, **changes: object) -> tuple[CheckInputs, Plan]:
    """Another fact on the roster; the teams say the same."""
    persons = {**inputs.persons, person_id: replace(inputs.persons[person_id], **changes)}  # type: ignore[arg-type]
    changed = replace(inputs, persons=persons)
    for team in plan.teams:
        if person_id in team.member_ids:
            plan = with_members(changed, plan, team.team_id, team.member_ids)
    return changed, plan


def _facts(inputs: CheckInputs, people: list[Person]) -> dict[str, object]:
    good = [p for p in people if is_counted(inputs, p)]
    return {
        "n_certified": dict(Counter(p.agency for p in good)),
        "n_female_certified": sum(p.is_female for p in good),
        "recusals": frozenset(key for p in people for key in p.recusals),
        "n_skilled": dict(Counter(skill for p in people for skill in p.skills)),
    }


def is_counted(inputs: CheckInputs, person: Person) -> bool:
    """An officer or inspector whose certificate has not run out on the day."""
    until = person.certificate_until
    return person.role in ("officer", "inspector") and until is not None and until >= inputs.settings.day


def n_counted(inputs: CheckInputs, team: Team, agency: str) -> int:
    people = [inputs.persons[i] for i in team.member_ids]
    return sum(p.agency == agency and is_counted(inputs, p) for p in people)


def teams_of(plan: Plan, visit_id: str) -> list[Team]:
    ids = {r.team_id for r in plan.routes for s in r.stops if s.visit_id == visit_id}
    return [t for t in plan.teams if t.team_id in ids]


def with_visit(inputs: CheckInputs, visit_id: str, **changes: object) -> CheckInputs:
    return replace(inputs, visits={**inputs.visits, visit_id: replace(inputs.visits[visit_id], **changes)})  # type: ignore[arg-type]


def with_setting(inputs: CheckInputs, section: str, **changes: object) -> CheckInputs:
    old = getattr(inputs.settings, section)
    return replace(inputs, settings=replace(inputs.settings, **{section: old.model_copy(update=changes)}))


def served_ids(plan: Plan) -> list[str]:
    return sorted({s.visit_id for r in plan.routes for s in r.stops})
