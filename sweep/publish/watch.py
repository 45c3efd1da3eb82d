"""What the report tells of the random draw and of how checks are spread, and the csv tables of both."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass

from sweep.oversight import Concentration
from sweep.publish.edition import Edition
from sweep.publish.facts import building_name, team_letters
from sweep.publish.tables import csv_text
from sweep.records import DrawTicket


@dataclass(frozen=True, slots=True)
class DrawnVisit:
    """A drawn building, who was drawn for it, and what the plan makes of it."""

    ticket: DrawTicket
    teams: tuple[str, ...]
    """Letters of the teams that go; empty: unserved, so non-response."""
    officers: tuple[str, ...]
    officers_going: tuple[str, ...]
    """Of them, those in a team that goes."""
    n_recused: int
    """Passed over; the next were drawn."""


def drawn_visits(edition: Edition) -> list[DrawnVisit]:
    """The drawn buildings in the order of the draw."""
    visits = {v.building_id: v for v in edition.visits.values() if v.track == "routine"}
    letters, going = team_letters(edition.plan.teams), _going(edition)
    told = []
    for t in edition.draw.tickets:
        visit = visits.get(t.building_id)
        if t.is_drawn and visit:
            teams = going.get(visit.visit_id, {})
            present = {i for members in teams.values() for i in members}
            log = [o for o in edition.draw.officers if o.visit_id == visit.visit_id]
            told.append(
                DrawnVisit(
                    t,
                    tuple(sorted(letters[i] for i in teams)),
                    visit.officers,
                    tuple(i for i in visit.officers if i in present),
                    sum(o.status == "recused" for o in log),
                )
            )
    return told


def commitment(edition: Edition) -> str:
    """SHA-256 of the draw's seed: what was to be published beforehand."""
    return hashlib.sha256(edition.draw.seed.encode()).hexdigest()


def draw_firms_csv(edition: Edition) -> str:
    """Every firm of a drawn building, in the order of the draw; the chance is given that the building is drawn."""
    columns = ("building_id", "place", "uscc", "ticket", "ratio", "inclusion_probability", "is_drawn")
    places: dict[str, int] = {}

    def rows() -> Iterator[tuple[object, ...]]:
        for f in edition.draw.firms:
            places[f.building_id] = places.get(f.building_id, 0) + 1
            place = places[f.building_id]
            yield f.building_id, place, f.uscc, f.ticket, f.ratio, f.inclusion_probability, f.is_drawn

    return csv_text(columns, rows())


def draw_officers_csv(edition: Edition) -> str:
    """The log of the second draw: every eligible officer of each drawn visit, in ticket order, and who goes."""
    columns = ("visit_id", "place", "person_id", "agency", "ticket", "status", "goes")
    going = _going(edition)
    places: dict[str, int] = {}

    def rows() -> Iterator[tuple[object, ...]]:
        for o in edition.draw.officers:
            places[o.visit_id] = places.get(o.visit_id, 0) + 1
            goes = any(o.person_id in members for members in going.get(o.visit_id, {}).values())
            yield o.visit_id, places[o.visit_id], o.person_id, o.agency, o.ticket, o.status, goes

    return csv_text(columns, rows())


def prevalence_csv(edition: Edition) -> str:
    """What the drawn visits of the past year found, with the interval."""
    columns = ("outcome", "n_drawn", "n_no_access", "n_found", "n_weeks", "is_enough", "share", "low", "high")
    rows = (
        (p.outcome, p.n_drawn, p.n_no_access, p.n_found, p.n_weeks, p.is_enough, _known(p.share), p.low, p.high)
        for p in edition.prevalence
    )
    return csv_text(columns, rows)


def concentration_csv(edition: Edition) -> str:
    """How checks are spread: one row a measure and scope."""
    told = edition.concentration
    return csv_text(("measure", "scope", "scope_id", "value"), _concentration_rows(told) if told else ())


def _concentration_rows(told: Concentration) -> Iterator[tuple[object, ...]]:
    n_buildings, n_never = sum(d.n_buildings for d in told.districts), sum(d.n_never for d in told.districts)
    yield "checks", "all", "", told.n_checks
    yield "checks_planned", "all", "", told.n_planned
    yield "share_on_top_5_percent", "all", "", _share(told.n_checks_top, told.n_checks)
    yield "share_on_top_5_percent_if_even", "all", "", _share(told.n_checks_top_even, told.n_checks)
    yield "never_visited_share", "all", "", _share(n_never, n_buildings)
    for d in told.districts:
        yield "checks", "district", d.division_code, d.n_checks
        yield "never_visited_share", "district", d.division_code, _share(d.n_never, d.n_buildings)
        yield "checks_per_lead", "district", d.division_code, _share(d.n_checks, d.n_leads)
    for c in told.classes:
        for measure in ("cap", "n_firms", "n_inspected", "n_at_cap", "n_over_cap", "most"):
            yield measure, "credit_class", c.credit_class, getattr(c, measure)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _going(edition: Edition) -> dict[str, dict[str, tuple[str, ...]]]:
    """Members by team id by visit id, for the visits that the plan makes."""
    members = {t.team_id: t.member_ids for t in edition.plan.teams}
    going: dict[str, dict[str, tuple[str, ...]]] = {}
    for route in edition.plan.routes:
        for stop in route.stops:
            going.setdefault(stop.visit_id, {})[route.team_id] = members[route.team_id]
    return going


def draw_csv(edition: Edition) -> str:
    """The record of the random draw (抽取记录): every candidate in the order of the draw, by ticket over size."""
    columns = (
        "place",
        "building_id",
        "building_name",
        "ticket",
        "inclusion_probability",
        "is_drawn",
        "size",
        "seed",
        "pool_sha256",
    )
    draw = edition.draw
    rows = (
        (
            place,
            t.building_id,
            building_name(edition.buildings.get(t.building_id), t.building_id),
            t.ticket,
            float(t.inclusion_probability),
            t.is_drawn,
            float(t.size),
            draw.seed,
            draw.pool_sha256,
        )
        for place, t in enumerate(draw.tickets, start=1)
    )
    return csv_text(columns, rows)
