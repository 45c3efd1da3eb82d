"""Summary figures of one plan, for comparison with other plans."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sweep.publish.edition import Edition, once_per_edition
from sweep.publish.facts.find_count_distribution import find_odds
from sweep.publish.facts.team_facts import served_visits, team_facts
from sweep.records.people import MARKET_REGULATION, POLICE
from sweep.records.plan import Coverage, due_counts


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """
    Summary figures of one plan, without its tables.

    `n_leads`, `n_clusters` and `floor_area_m2` are totals of the scenario, `*_reached` what the plan's visits reach.
    """

    plan_id: str
    name: str
    """Name of the scenario."""
    day: str
    """Day of the plan, ISO 8601."""
    n_teams: int
    """Number of teams with at least one stop; `n_teams_reserve`: number of all other teams."""
    n_teams_reserve: int
    n_police: int
    """People in teams by agency, reserve included; for both agencies only certified officers."""
    n_market_regulation: int
    n_helpers: int
    """All other people in teams."""
    value: float
    """Expected finds of the visits served."""
    due: float
    """Total weight of the served visits that fall due."""
    costs: float
    """Total of the costs with a weight."""
    objective: float
    """`value` plus `due`, less `costs`."""
    bound: float
    """Upper bound on the objective of every plan with these teams that serves as many must-visits."""
    gap: float
    """Share of `bound` by which `objective` may fall short of the optimum."""
    bound_any_teams: float | None
    """Upper bound over all team compositions of the same staff; None without one."""
    gap_any_teams: float | None
    no_find: float
    """Probability that the day finds nothing."""
    finds_low: int
    """Lower limit of the 90 % interval of the number of finds."""
    finds_high: int
    n_stops: int
    """Number of stops, including locked doors, as on the map and in plan.json."""
    n_visits: int
    """Number of visits served; `n_buildings`: number of buildings visited."""
    n_buildings: int
    n_firms: int
    """Number of firms to inspect."""
    n_doors: int
    """Number of firms at whose doors the teams call."""
    service_s: int
    """Service seconds of all teams together."""
    travel_s: int
    distance_m: int
    n_unserved: int
    unserved_value: float
    """Expected finds of the unserved visits."""
    n_leads: int
    n_leads_reached: int
    """Leads at buildings that the plan visits, out of `n_leads` at all buildings."""
    n_due: int
    """Number of unanswered leads that are due on the day (C22)."""
    n_due_reached: int
    """Leads of `n_due` that a visit of the day answers."""
    n_due_late: int
    """Leads of `n_due_reached` whose visit starts after their deadline."""
    n_clusters: int
    n_clusters_reached: int
    """Number of clusters with at least one building reached."""
    floor_area_m2: float
    floor_area_m2_reached: float
    expected_finds_by_district: Mapping[str, tuple[float, float]]
    """(reached, total) expected finds by division code."""


@once_per_edition
def plan_summary(edition: Edition) -> PlanSummary:
    """Return the summary figures of an edition's plan."""
    plan = edition.plan
    served, odds = served_visits(edition), find_odds(edition)
    stops = [stop for route in plan.routes for stop in route.stops]
    made = [stop for route in plan.routes for stop in route.made]
    everything = whole_coverage(edition.coverage)
    clusters = [c for c in edition.coverage if c.scope == "cluster"]
    n_due_reached, n_due_late = due_counts(len(edition.due_leads), (*edition.violations, *edition.soft_violations))
    n_out = sum(team.is_out for team in team_facts(edition))
    agencies = [_counted_as(edition, p) for team in plan.teams for p in team.member_ids]
    return PlanSummary(
        plan_id=edition.plan_id,
        name=edition.scenario.name,
        day=edition.scenario.day.isoformat(),
        n_teams=n_out,
        n_teams_reserve=len(plan.teams) - n_out,
        n_police=agencies.count(POLICE),
        n_market_regulation=agencies.count(MARKET_REGULATION),
        n_helpers=agencies.count("helper"),
        value=plan.value,
        due=plan.due,
        costs=plan.costs,
        objective=plan.total,
        bound=plan.total_bound,
        gap=plan.gap,
        bound_any_teams=plan.total_bound_any_teams,
        gap_any_teams=plan.gap_any_teams,
        no_find=odds.none,
        finds_low=odds.low,
        finds_high=odds.high,
        n_stops=len(stops),
        n_visits=len(served),
        n_buildings=len({stop.building_id for stop in made}),
        n_firms=len({uscc for visit in served for uscc in visit.targets}),
        n_doors=sum(visit.n_firms for visit in served),
        service_s=sum(stop.end_s - stop.start_s for stop in made),
        travel_s=plan.travel_s,
        distance_m=plan.distance_m,
        n_unserved=len(plan.unserved),
        unserved_value=sum(edition.visits[u.visit_id].value for u in plan.unserved if u.visit_id in edition.visits),
        n_leads=everything.n_leads,
        n_leads_reached=everything.n_leads_reached,
        n_due=len(edition.due_leads),
        n_due_reached=n_due_reached,
        n_due_late=n_due_late,
        n_clusters=len(clusters),
        n_clusters_reached=sum(c.n_buildings_reached > 0 for c in clusters),
        floor_area_m2=everything.floor_area_m2,
        floor_area_m2_reached=everything.floor_area_m2_reached,
        expected_finds_by_district={
            c.scope_id: (c.expected_finds_reached, c.expected_finds) for c in edition.coverage if c.scope == "district"
        },
    )


def whole_coverage(coverage: Iterable[Coverage]) -> Coverage:
    """Return the record of `coverage` for all districts together; zeros without one, as after redaction."""
    none = Coverage("all", "", 0, 0, 0, 0, 0, 0, 0.0, 0.0, 0.0, 0.0)
    return next((c for c in coverage if c.scope == "all"), none)


def _counted_as(edition: Edition, person_id: str) -> str:
    person = edition.persons.get(person_id)
    if person is None:
        return "unknown"
    return person.agency if person.is_certified(edition.scenario.day) else "helper"
