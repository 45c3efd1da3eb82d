"""
Disclosure classes (C26): each class gets a redacted edition, from which its pages are made.

- police: everything but investigations. The edition that `sweep run` writes.
- market_regulation: teams, places and times, inspected firms, the record of the draw. No leads, scores, ranking or
  unvisited buildings.
- property: a separate notice for each building visited, with the time and the number of people. No firms or reasons.
- public: counts, and the data to repeat the draw. No places.
"""

from dataclasses import replace
from typing import Literal, get_args

from geodata.message_catalogue import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.team_facts import routed_visits
from sweep.records.people import MARKET_REGULATION
from sweep.records.visits import TargetReason, Visit

type OutputClass = Literal["police", "market_regulation", "property", "public"]
OUTPUT_CLASSES: tuple[OutputClass, ...] = get_args(OutputClass.__value__)


def for_market_regulation(edition: Edition, texts: Texts) -> Edition:
    """
    Return the edition redacted for market regulation.

    Leads and everything derived from them, unvisited buildings and reasons for unserved visits are removed, so that no
    page made from the result can show them.
    """
    # A locked door stays on the route of the team that tried it.
    routed = {v.visit_id: _without_leads(v, texts) for v in routed_visits(edition)}
    places = {v.building_id for v in routed.values()}
    people = {member for team in edition.plan.teams for member in team.member_ids}
    return replace(
        edition,
        plan=replace(edition.plan.unproven(), value=0.0, bound=0.0, unserved=()),
        visits=routed,
        buildings={b: edition.buildings[b] for b in edition.buildings if b in places},
        firms={u: edition.firms[u] for u in edition.firms if any(u in v.targets for v in routed.values())},
        persons={p: edition.persons[p] for p in edition.persons if p in people},
        ranking=edition.ranking.iloc[:0],
        terms={},
        clusters=(),
        coverage=(),
        footprints=edition.footprints[edition.footprints["building_id"].isin(places)],
        inputs=(),
        repairs={},
        matches={},
        quarantine=edition.quarantine.iloc[:0],
        unmatched=edition.unmatched.iloc[:0],
        matched=edition.matched.iloc[:0],
        concentration=None,
        facts=None,
        swaps={},
        costs={},
        simulation=None,
        pins=(),
        soft_violations=(),
        empty_inspections=frozenset(),
        unreachable=frozenset(),
        due_leads=(),
        problem_sha256=None,
        log=None,
        reasons={
            v: tuple(_without_lead_details(r) for r in edition.reasons.get(v, ()) if r.code not in _OF_LEADS)
            for v in routed
        },
        # Of inspections in which market regulation takes part.
        codes={k: c for k, c in edition.codes.items() if c.filed.is_joint or c.filed.authority == MARKET_REGULATION},
        rechecks=tuple(r for r in edition.rechecks if r.building_id in places),
        notes=(),
    )


# Reasons that reveal leads, which only the police may see (C26).
_OF_LEADS = ("rooms", "floors")


def _without_leads(visit: Visit, texts: Texts) -> Visit:
    is_led = visit.track == "case"
    return replace(visit, basis=(texts("compartment.basis"),) if is_led else visit.basis, value=0.0)


def _without_lead_details(reason: TargetReason) -> TargetReason:
    is_led = reason.code == "lead" or (reason.code == "basis" and reason.values.get("track") == "case")
    return TargetReason(reason.uscc, "held") if is_led else reason
