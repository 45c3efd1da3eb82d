"""
What each class of reader may know of a plan (C26): a smaller edition is made first, and pages only from that.

- police: everything but investigations. The edition that `sweep run` writes.
- market_regulation: who goes where and when, which firms are inspected, the record of the draw. No lead, no score, no
  ranking, no building that is not visited.
- property: for each building visited a notice of its own, with the hour and how many people come. No firm, no reason.
- public: counts, and how the draw can be repeated. No place.
"""

from dataclasses import replace
from typing import Literal, get_args

from geodata.message_catalogue import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.team_facts import routed_visits
from sweep.records.visits import TargetReason, Visit

type OutputClass = Literal["police", "market_regulation", "property", "public"]
OUTPUT_CLASSES: tuple[OutputClass, ...] = get_args(OutputClass.__value__)


def for_market_regulation(edition: Edition, texts: Texts) -> Edition:
    """
    The edition without what market regulation has no need to know.

    Leads and what was reckoned from them, buildings that nobody visits, and why visits were left out are not in it, so
    that no page made from it can show them.
    """
    # A locked door stays on the route of the team that stood there.
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
        played=None,
        pins=(),
        shortfalls=(),
        due_leads=(),
        problem_sha256=None,
        log=None,
        reasons={v: tuple(_held(r) for r in edition.reasons.get(v, ()) if r.code not in _OF_LEADS) for v in routed},
        rechecks=tuple(r for r in edition.rechecks if r.building_id in places),
        notes=(),
    )


# Reasons that tell what leads say; the police alone see them (C26).
_OF_LEADS = ("rooms", "floors")


def _without_leads(visit: Visit, texts: Texts) -> Visit:
    is_led = visit.track == "case"
    return replace(visit, basis=(texts("compartment.basis"),) if is_led else visit.basis, value=0.0)


def _held(reason: TargetReason) -> TargetReason:
    """The reason without its leads: how many there are, or which, as of an urgent visit."""
    is_led = reason.code == "lead" or (reason.code == "basis" and reason.values.get("track") == "case")
    return TargetReason(reason.uscc, "held") if is_led else reason
