"""Filings of an edition: inspections filed with the provincial platform, their state, and the codes (检查码) issued."""

from collections.abc import Mapping
from types import MappingProxyType

from sweep.publish.edition import Edition, once_per_edition
from sweep.publish.facts.team_facts import served_visits, team_facts
from sweep.records.inspection_codes import FILING_AUTHORITIES, Filing
from sweep.records.people import Person
from sweep.records.plan import Stop


@once_per_edition
def filings_of(edition: Edition) -> Mapping[str, Filing]:
    """
    Return the inspections to file with the inspection platform of the province, by filing id.

    A served visit has one filing for each firm that it inspects and each authority that takes part; a stocktake has
    none.
    """
    by_visit: dict[str, list[tuple[Stop, tuple[Person, ...]]]] = {}
    for team in team_facts(edition):
        for s in team.stops:
            if not s.stop.is_attempt:
                present = team.team.members_at(s.stop.start_s)
                people = (edition.persons.get(i) for i in present)
                certified = tuple(p for p in people if p is not None and p.is_certified(edition.scenario.day))
                by_visit.setdefault(s.visit.visit_id, []).append((s.stop, certified))
    filings = {}
    for visit in served_visits(edition):
        needed = {a for slot in visit.slots for a, n in slot.min_certified.items() if n > 0}
        authorities = [a for a in FILING_AUTHORITIES if a in needed]
        for uscc in visit.targets if visit.track != "stocktake" else ():
            stops_of_visit = by_visit[visit.visit_id]
            own = [pair for pair in stops_of_visit if uscc in visit.slot_targets(pair[0].slot)] or stops_of_visit
            for authority in authorities:
                # Of two squads at a door, the other one holds the officers of the other authority.
                for stops in (own, stops_of_visit):
                    officers = {p.person_id for _, of in stops for p in of if p.agency == authority}
                    if officers:
                        break
                span = min(s.start_s for s, _ in own), max(s.end_s for s, _ in own)
                filing = Filing(visit.visit_id, authority, uscc, tuple(sorted(officers)), *span, len(authorities) > 1)
                filings[filing.filing_id] = filing
    return MappingProxyType(filings)


def filing_state(edition: Edition, filing: Filing) -> str:
    """
    Return the state of a filing: `cancelled`, `new`, `changed` or `kept`.

    Cancelled: its visit is no longer in the plan. New: it has no code. Changed: officers or start differ from those for
    which its code was issued.
    """
    known, now = edition.codes.get(filing.filing_id), filings_of(edition)
    if filing.filing_id not in now:
        return "cancelled"
    if known is None:
        return "new"
    is_same = (known.filed.officers, known.filed.start_s) == (filing.officers, filing.start_s)
    return "kept" if is_same else "changed"


def all_filings(edition: Edition) -> tuple[Filing, ...]:
    """Return the filings of the plan, then filings of earlier plans of the day whose visit is no longer made."""
    now = filings_of(edition)
    void = (known.filed for filing_id, known in sorted(edition.codes.items()) if filing_id not in now)
    return (*now.values(), *void)


def codes_of(edition: Edition, visit_id: str, uscc: str) -> tuple[str, ...]:
    """
    Return the platform's inspection codes for a visit to a firm, which the teams show there; empty without codes.

    Each authority of the visit has a code; one that they share is returned once.
    """
    keys = (f"{visit_id}/{authority}/{uscc}" for authority in FILING_AUTHORITIES)
    return tuple(dict.fromkeys(edition.codes[key].code for key in keys if key in edition.codes))


def asks_for_codes(edition: Edition) -> bool:
    """Whether the orders show a code for each firm: codes were imported, or the scenario requires them."""
    required = edition.scenario.codes.required
    return required == "shown" or (required == "filed" and bool(edition.codes))
