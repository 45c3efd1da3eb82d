"""Checks of the legal basis of visits (C04, C05, C07-C09, C32, C35)."""

import hashlib
import math
from collections.abc import Iterator, Mapping

from sweep.check.checker_inputs import CheckInputs, is_urgent, known_stops, members, served, team_index
from sweep.records.inspection_codes import FILING_AUTHORITIES
from sweep.records.people import POLICE, RECORDER
from sweep.records.plan import Plan, Violation
from sweep.records.visits import Visit
from sweep.scenario.law_and_form_settings import Special

# Off the case track no lead accuses a firm.
_LISTED = frozenset({"routine", "special"})
_TRACKS = frozenset({"case", "special", "routine", "stocktake"})
_LEVELS = frozenset({"county", "city", "province", "nation"})


def check_c04_stocktake(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C04: a stocktake inspects no firm; each of its teams has certified police and a member skilled as `recorder`."""
    teams = team_index(plan)
    for visit, stops in served(inputs, plan):
        if visit.track != "stocktake":
            continue
        if visit.targets or visit.items:
            yield Violation("C04", visit.visit_id, {"detail": ", ".join((*visit.targets, *visit.items))})
        for team_id, stop in stops:
            people = members(inputs, teams[team_id], stop.start_s) if team_id in teams else []
            n_police = sum(p.agency == POLICE and p.is_certified(inputs.day) for p in people)
            n_recorders = sum(RECORDER in p.skills for p in people)
            if min(n_police, n_recorders) < 1:
                detail = f"{POLICE} {n_police}, {RECORDER} {n_recorders}"
                yield Violation("C04", f"{team_id} {visit.visit_id}", {"detail": detail})


def check_c05_basis(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C05: every visit made has a track and a basis; a case visit is based on leads of its building or on re-checks."""
    for team, _, stop, visit in known_stops(inputs, plan):
        if visit.track not in _TRACKS or not visit.basis:
            yield Violation("C05", f"{team.team_id} {stop.visit_id}", {"detail": visit.track or "-"})
        elif unknown := [b for b in visit.basis if not _is_on_record(inputs, visit, b)]:
            yield Violation("C05", f"{team.team_id} {stop.visit_id}", {"detail": ", ".join(unknown)})


def _is_on_record(inputs: CheckInputs, visit: Visit, basis: str) -> bool:
    if visit.track == "case":
        lead = inputs.leads.get(basis)
        is_here = lead is not None and lead.building_id == visit.building_id
        is_here |= basis in inputs.rechecks or is_urgent(inputs, visit)
        # A case visit may include the special inspection of its building (C11).
        return is_here or (basis != visit.basis[0] and _special(inputs, basis) is not None)
    # C07 checks the papers of special visits, C09 the draw of routine ones.
    return True


def _special(inputs: CheckInputs, number: str) -> Special | None:
    return next((s for s in inputs.settings.law.special if s.number == number), None)


def check_c07_special_approval(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C07: a special visit has an approval by county level or above, filed, published and within the yearly number."""
    for visit, _ in served(inputs, plan):
        if visit.track != "special":
            continue
        lacking = [x for number in visit.basis for x in _lacking(inputs, number)]
        if lacking:
            yield Violation("C07", visit.visit_id, {"detail": ", ".join(lacking)})


def _lacking(inputs: CheckInputs, number: str) -> list[str]:
    special = _special(inputs, number)
    if special is None:
        return [number]
    dates = {"approved_on": special.approved_on, "filed_on": special.filed_on, "published_on": special.published_on}
    lacking = [name for name, on in dates.items() if on is None or on > inputs.day]
    lacking += [] if special.level in _LEVELS else ["level"]
    most = inputs.settings.law.special_per_year_max
    return lacking + ([] if 1 <= (special.yearly_no or 0) <= most else [f"yearly_no {special.yearly_no} > {most}"])


def check_c08_no_blanket(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """
    C08: special and routine visits inspect at most a set share of a building's firms, and of all registered firms.

    Firms on a special list with a stated reason for its breadth do not count.
    """
    share = inputs.settings.select.target_share_max
    n_all = 0
    for visit, _ in served(inputs, plan):
        if visit.track not in _LISTED:
            continue
        specials = [s for b in visit.basis if (s := _special(inputs, b)) is not None]
        reasoned = {u for s in specials if s.blanket_reason for u in s.firms}
        n = len([u for u in visit.targets if u not in reasoned])
        n_all += n
        limit = max(1, math.floor(share * inputs.buildings[visit.building_id].n_firms))
        if n > limit:
            yield Violation("C08", visit.visit_id, {"detail": f"{n} > {limit}"})
    most = max(1, math.floor(share * inputs.n_register))
    if inputs.n_register and n_all > most:
        yield Violation("C08", "register", {"detail": f"{n_all} > {most}"})


def check_c09_draw(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C09: repeating the draw from its seed gives the same result, and every routine visit was drawn."""
    draw = inputs.draw
    sizes = {t.building_id: t.size for t in draw.tickets}
    drawn = set(_redrawn(draw.seed, sizes)[: draw.n_drawn])
    pool = hashlib.sha256("\n".join(sorted(sizes)).encode()).hexdigest()
    if pool != draw.pool_sha256:
        yield Violation("C09", "draw", {"detail": pool})
    if drawn != {t.building_id for t in draw.tickets if t.is_drawn}:
        yield Violation("C09", "draw", {"detail": ", ".join(sorted(drawn))})
    for visit, _ in served(inputs, plan):
        if visit.track == "routine":
            if visit.building_id not in drawn:
                yield Violation("C09", visit.visit_id, {"detail": visit.building_id})
            firms = {f.uscc: f.ratio for f in draw.firms if f.building_id == visit.building_id}
            if firms and set(_redrawn(draw.seed, firms)[: len(visit.targets)]) != set(visit.targets):
                yield Violation("C09", visit.visit_id, {"detail": ", ".join(sorted(visit.targets))})
    yield from _wrong_officer_tickets(inputs)
    yield from _without_drawn_officers(inputs, plan)


def _wrong_officer_tickets(inputs: CheckInputs) -> Iterator[Violation]:
    for o in inputs.draw.officers:
        visit = inputs.visits.get(o.visit_id)
        if visit is not None:
            ticket = hashlib.sha256(f"{inputs.draw.seed}|{visit.building_id}|{o.person_id}".encode()).hexdigest()
            if ticket != o.ticket:
                yield Violation("C09", f"{o.visit_id} {o.person_id}", {"detail": o.ticket[:13]})


def _without_drawn_officers(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    inside = {t.team_id: {*t.member_ids, *(i for i, _ in t.former)} for t in plan.teams}
    for route in plan.routes:
        for stop in route.stops:
            visit = inputs.visits.get(stop.visit_id)
            is_for_them = visit is not None and all(s.is_for_drawn for s in visit.slots if s.slot == stop.slot)
            missing = set(visit.officers) - inside.get(route.team_id, set()) if visit and is_for_them else set()
            if missing:
                yield Violation("C09", stop.visit_id, {"detail": ", ".join(sorted(missing))})


def _redrawn(seed: str, sizes: Mapping[str, float]) -> list[str]:
    """
    Return the keys of `sizes` (weight in the draw by key) in the order in which the seed draws them.

    The draw number of a key is the first 13 hex digits of SHA-256(`seed|key`) / 16^13 / size; the lowest is first.
    """
    tickets = {key: hashlib.sha256(f"{seed}|{key}".encode()).hexdigest() for key in sizes}
    return sorted(sizes, key=lambda key: (int(tickets[key][:13], 16) / 16**13 / sizes[key], tickets[key], key))


def check_c32_form(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C32: check forms ask only items that an authority has listed."""
    form = inputs.settings.form
    listed = {*form.police, *form.market_regulation}
    for visit, _ in served(inputs, plan):
        if off_list := sorted(set(visit.items) - listed):
            yield Violation("C32", visit.visit_id, {"detail": ", ".join(off_list)})


def check_c35_annual_plan(inputs: CheckInputs, _: Plan) -> Iterator[Violation]:
    """C35: each authority has filed its annual plan; that of the year before holds until the end of March."""
    codes, day = inputs.settings.codes, inputs.day
    filed_on, first_year = {str(a): on for a, on in codes.annual_plan.items()}, day.year - (day.month <= 3)
    for authority in FILING_AUTHORITIES if filed_on or codes.required == "shown" else ():
        filed = filed_on.get(authority)
        if filed is None or filed > day or filed.year < first_year:
            yield Violation("C35", f"codes.annual_plan.{authority}", {"detail": filed.isoformat() if filed else "-"})
