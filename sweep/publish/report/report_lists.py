"""Lists of the report: targets with reasons, re-checks, pins, unserved visits, drawn visits."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from geodata.clock_times import exact_clock
from geodata.message_catalogue import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.names_and_reasons import building_name, firm_of, label, reason_sentences, reason_texts
from sweep.publish.facts.price_and_track_texts import price_text
from sweep.publish.facts.team_facts import members_on_duty, served_visits, team_letters
from sweep.records.draw import DrawTicket
from sweep.records.pins import Pin
from sweep.records.plan import Insertion, Unserved
from sweep.records.visits import Recheck


@dataclass(frozen=True, slots=True)
class ListedTarget:
    """One building or firm of a planned visit, with the reasons for its selection."""

    building: str
    """Name of the building."""
    firm: str
    """Name of the firm; empty if the target is the building itself."""
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReasonsAndRetention:
    """Facts of the report's section on reasons for visits, re-checks and retention."""

    targets: tuple[ListedTarget, ...]
    """Building, then firms, of each visit that the plan serves."""
    due: tuple[Recheck, ...]
    """Open re-checks that are due on the day, the longest overdue first."""
    planned: tuple[str, ...]
    """Ids of those due re-checks that the plan includes."""
    n_open: int
    """Number of open re-checks."""
    n_closed: int
    """Number of closed re-checks."""
    kept_until: date
    """End of the retention period of the edition (C30)."""
    n_personal_cells: int
    """Number of identity and mobile phone numbers redacted from input cells."""


def reasons_and_retention(edition: Edition, texts: Texts) -> ReasonsAndRetention:
    """Return the facts of the report's section on reasons for visits, re-checks and retention."""
    served = served_visits(edition)
    day, keep = edition.scenario.day, edition.scenario.retention
    still_open = [r for r in edition.rechecks if r.closed_on is None]
    due = sorted((r for r in still_open if r.due_on <= day), key=lambda r: (r.due_on, r.recheck_id))
    looked_at = {basis for v in served for basis in v.basis}
    targets = []
    for visit in served_visits(edition):
        name = building_name(edition.buildings.get(visit.building_id), visit.building_id)
        for uscc in ("", *visit.targets):
            firm = firm_of(edition, uscc).name
            targets.append(ListedTarget(name, firm, tuple(reason_sentences(edition, visit.visit_id, uscc, texts))))
    return ReasonsAndRetention(
        targets=tuple(targets),
        due=tuple(due),
        planned=tuple(r.recheck_id for r in due if r.recheck_id in looked_at),
        n_open=len(still_open),
        n_closed=len(edition.rechecks) - len(still_open),
        kept_until=day + timedelta(days=keep.edition_days),
        n_personal_cells=sum(edition.repairs.get(kind, 0) for kind in ("identity_number", "mobile_number")),
    )


@dataclass(frozen=True, slots=True)
class UnservedRow:
    """One unserved visit as a row of the report: track in words, expected finds (`value`), obstacles, fixes, price."""

    name: str
    address: str
    track: str
    value: float
    whats: tuple[str, ...]
    """Sentences on the obstacles; `actions`: sentences on their fixes."""
    actions: tuple[str, ...]
    price: float | None
    """Upper bound on the loss of the objective by serving it; None if unknown."""
    swap: str
    """Sentence on the team that would serve the visit and the visits that it would drop."""


def reason_counts(edition: Edition) -> list[tuple[str, int, float]]:
    """Return (code of the first reason, number of unserved visits with it, their expected finds), most finds first."""
    n: Counter[str] = Counter()
    value: dict[str, float] = {}
    for u in edition.plan.unserved:
        code = u.reasons[0].code if u.reasons else "?"
        n[code] += 1
        value[code] = value.get(code, 0.0) + edition.visits[u.visit_id].value
    return [(code, n[code], value[code]) for code in sorted(n, key=lambda c: (-value[c], c))]


def unserved_rows(edition: Edition, texts: Texts) -> list[UnservedRow]:
    """Return a row for each unserved visit, the most valuable first."""
    by_value = sorted(edition.plan.unserved, key=lambda u: (-edition.visits[u.visit_id].value, u.visit_id))
    return [_unserved_row(edition, u, texts) for u in by_value]


def _unserved_row(edition: Edition, u: Unserved, texts: Texts) -> UnservedRow:
    building, visit = edition.buildings[u.building_id], edition.visits[u.visit_id]
    sentences = [reason_texts(texts, reason, visit, edition.division_names) for reason in u.reasons]
    swap = edition.swaps.get(u.visit_id)
    return UnservedRow(
        building_name(building, u.building_id),
        building.address,
        label(texts, f"track.{visit.track}", visit.track),
        visit.value,
        tuple(what for what, _ in sentences),
        tuple(dict.fromkeys(action for _, action in sentences if action)),
        swap.price if swap else None,
        _swap_text(edition, swap, texts) if swap else "",
    )


def _swap_text(edition: Edition, swap: Insertion, texts: Texts) -> str:
    letter = team_letters(edition).get(swap.team_id, swap.team_id)
    ids = [edition.visits[v].building_id for v in swap.displaced if v in edition.visits]
    names = [building_name(edition.buildings.get(b), b) for b in ids]
    key, given_up = ("report.swap", texts("compare.comma").join(names)) if names else ("report.swap.free", "")
    parts = price_text(swap.price, swap.parts, texts)
    return texts("objective.swap", swap=texts(key, letter=letter, names=given_up), parts=parts)


@dataclass(frozen=True, slots=True)
class PinRow:
    """One pin (a planner's decision on a building) as a row of the report."""

    building: str
    """Name of the building."""
    what: str
    """Sentence on the decision."""
    reason: str
    """Reason; empty if the planner gave none."""
    outcome: str
    """Teams and starts of the visits to the pin's buildings."""


def pin_rows(edition: Edition, texts: Texts) -> list[PinRow]:
    """Return a row for each pin of an edition, in the edition's order."""
    return [
        PinRow(_name(edition, p.building_id), pin_text(edition, p, texts), p.reason, _outcome(edition, p, texts))
        for p in edition.pins
    ]


def pin_text(edition: Edition, pin: Pin, texts: Texts) -> str:
    """Return the sentence on what a pin decides, such as the team of the visit, without the name of its building."""
    other = _name(edition, pin.other_id) if pin.other_id else ""
    return texts(f"pins.kind.{pin.kind}", team=pin.team_id, other=other, at=exact_clock(pin.earliest_s))


def _outcome(edition: Edition, pin: Pin, texts: Texts) -> str:
    parts = []
    for building_id in pin.buildings:
        stops = [
            f"{r.team_id} {texts.clock(s.start_s)}"
            for r in edition.plan.routes
            for s in r.stops
            if s.building_id == building_id and not s.is_attempt
        ]
        outcome = ", ".join(stops) or texts("pins.not_visited")
        name = _name(edition, building_id)
        parts.append(outcome if len(pin.buildings) == 1 else texts("pins.of", building=name, outcome=outcome))
    return texts("pins.and").join(parts)


def _name(edition: Edition, building_id: str) -> str:
    return building_name(edition.buildings.get(building_id), building_id)


@dataclass(frozen=True, slots=True)
class DrawnVisit:
    """Drawn building with its visit in the plan and the officers drawn for it."""

    ticket: DrawTicket
    teams: tuple[str, ...]
    """Letters of the teams that make the visit; empty if it is unserved, which counts as non-response."""
    officers: tuple[str, ...]
    """Ids of the officers drawn for the visit."""
    officers_going: tuple[str, ...]
    """Ids of the drawn officers who are in a team of the visit."""
    n_recused: int
    """Number of officers replaced because of a recusal."""


def drawn_visits(edition: Edition) -> list[DrawnVisit]:
    """Return the drawn buildings with their visits, in the order of the draw."""
    visits = {v.building_id: v for v in edition.visits.values() if v.track == "routine"}
    letters, members_by_visit = team_letters(edition), members_on_duty(edition)
    drawn = []
    for t in edition.draw.tickets:
        visit = visits.get(t.building_id)
        if t.is_drawn and visit:
            teams = members_by_visit.get(visit.visit_id, {})
            present = {i for members in teams.values() for i in members}
            log = [o for o in edition.draw.officers if o.visit_id == visit.visit_id]
            drawn.append(
                DrawnVisit(
                    t,
                    tuple(sorted(letters[i] for i in teams)),
                    visit.officers,
                    tuple(i for i in visit.officers if i in present),
                    sum(o.status == "recused" for o in log),
                )
            )
    return drawn
