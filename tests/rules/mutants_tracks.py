"""What breaks a rule on the ground of a visit (C04, C05, C07-C09, C25-C27, C29, C31, C32)."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

from sweep.check.checker_inputs import CheckInputs
from sweep.records.draw import DrawTicket
from sweep.records.plan import Plan
from sweep.records.visits import Recheck
from tests.rules.mutants import (
    Mutant,
    Rng,
    any_of,
    breaks,
    places,
    served_ids,
    upto,
    with_members,
    with_person,
    with_setting,
    with_visit,
)


@breaks("C04")
def an_inspection_under_another_name(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, places(inputs, plan, "stocktake"))) is None:
        return None
    more = {"targets": ("F-B0-0",)} if rng.random() < 0.5 else {"items": ("licence_displayed",)}
    return Mutant(with_visit(inputs, place.visit.visit_id, **more), plan, place.visit.visit_id)


@breaks("C04")
def stock_taken_without_a_recorder(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, places(inputs, plan, "stocktake"))) is None:
        return None
    for person in place.team.member_ids:
        inputs, plan = with_person(inputs, plan, person, skills=frozenset())
    return Mutant(inputs, plan, f"{place.team.team_id} {place.visit.visit_id}")


@breaks("C05")
def no_basis_or_an_unknown_one(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, places(inputs, plan))) is None:
        return None
    visit = place.visit
    changes: list[dict[str, object]] = [{"basis": ()}, {"track": "visit"}]
    if visit.track == "case":
        elsewhere = [i for i, lead in inputs.leads.items() if lead.building_id != visit.building_id]
        changes += [{"basis": (*visit.basis, "L-none")}, *({"basis": (i,)} for i in elsewhere[:1])]
    change = changes[int(rng.integers(0, len(changes)))]
    return Mutant(with_visit(inputs, visit.visit_id, **change), plan, f"{place.team.team_id} {visit.visit_id}")


@breaks("C07")
def a_paper_that_is_missing(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, places(inputs, plan, "special"))) is None:
        return None
    tomorrow = inputs.settings.day + timedelta(days=upto(rng, 30))
    name = str(rng.choice(["approved_on", "filed_on", "published_on"]))
    changes: list[dict[str, object]] = [
        {name: None}, {name: tomorrow}, {"level": "township"}, {"level": None},
        {"yearly_no": inputs.settings.law.special_per_year_max + 1}, {"number": "A-2"},
    ]  # fmt: skip
    change = changes[int(rng.integers(0, len(changes)))]
    special = tuple(
        s.model_copy(update=change) if s.number in place.visit.basis else s for s in inputs.settings.law.special
    )
    return Mutant(with_setting(inputs, "law", special=special), plan, place.visit.visit_id)


@breaks("C08")
def too_many_firms_of_a_building(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, places(inputs, plan, "special", "routine"))) is None:
        return None
    share, n_firms = inputs.settings.select.target_share_max, inputs.buildings[place.visit.building_id].n_firms
    n = max(1, math.floor(share * n_firms)) + upto(rng, 20)
    targets = (*place.visit.targets, *(f"X{k}" for k in range(n - len(place.visit.targets))))
    return Mutant(with_visit(inputs, place.visit.visit_id, targets=targets), plan, place.visit.visit_id)


@breaks("C08")
def too_many_firms_of_the_register(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    listed = {p.visit.visit_id: p.visit for p in places(inputs, plan, "special", "routine")}
    n = sum(len(v.targets) for v in listed.values())
    if n < 2:
        return None
    # So few firms in all that the share of them, one at least, is less than are inspected.
    most = math.floor((n - 1) / inputs.settings.select.target_share_max)
    return Mutant(replace(inputs, n_register=int(rng.integers(1, most + 1))), plan, "register")


@breaks("C09")
def a_firm_that_was_not_drawn(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, places(inputs, plan, "routine"))) is None or not place.visit.targets:
        return None
    here = [f for f in inputs.draw.firms if f.building_id == place.visit.building_id]
    others = [f.uscc for f in here if f.uscc not in place.visit.targets]
    if (other := any_of(rng, others)) is None:
        return None
    targets = (*place.visit.targets[1:], other)
    return Mutant(with_visit(inputs, place.visit.visit_id, targets=targets), plan, place.visit.visit_id)


@breaks("C09")
def others_than_the_drawn_officers(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    drawn = [(p, i) for p in places(inputs, plan, "routine") for i in p.visit.officers]
    if (one := any_of(rng, drawn)) is None:
        return None
    place, officer = one
    left = tuple(i for i in place.team.member_ids if i != officer)
    return Mutant(inputs, with_members(inputs, plan, place.team.team_id, left), place.visit.visit_id)


@breaks("C09")
def a_visit_that_nobody_drew(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, places(inputs, plan, "case", "special"))) is None:
        return None
    return Mutant(with_visit(inputs, place.visit.visit_id, track="routine"), plan, place.visit.visit_id)


@breaks("C09")
def another_pool_or_another_ticket(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    draw = inputs.draw
    if not draw.tickets:
        return None
    kind = int(rng.integers(0, 3))
    if kind == 0:
        return Mutant(replace(inputs, draw=replace(draw, tickets=draw.tickets[:-1])), plan, "draw")
    if kind == 1:
        more = DrawTicket("B-more", "f" * 64, 0.0, is_drawn=False)
        return Mutant(replace(inputs, draw=replace(draw, tickets=(*draw.tickets, more))), plan, "draw")
    k = int(rng.integers(0, len(draw.tickets)))
    swapped = replace(draw.tickets[k], is_drawn=not draw.tickets[k].is_drawn)
    tickets = (*draw.tickets[:k], swapped, *draw.tickets[k + 1 :])
    return Mutant(replace(inputs, draw=replace(draw, tickets=tickets)), plan, "draw")


@breaks("C09")
def an_officers_ticket_made_up(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (one := any_of(rng, list(inputs.draw.officers))) is None:
        return None
    other = replace(one, ticket=("0" if one.ticket[0] != "0" else "1") + one.ticket[1:])
    officers = tuple(other if o == one else o for o in inputs.draw.officers)
    where = f"{one.visit_id} {one.person_id}"
    return Mutant(replace(inputs, draw=replace(inputs.draw, officers=officers)), plan, where)


@breaks("C25")
def a_value_that_goes_by_fines_or_persons(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    key = str(rng.choice(["fines.total", "team.kpi", "quota", "owner.hukou", "owner.gender", "penalties", "n_found"]))
    return Mutant(replace(inputs, term_keys=inputs.term_keys | {key}), plan, key)


@breaks("C26")
def a_place_under_investigation(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (place := any_of(rng, places(inputs, plan))) is None:
        return None
    withheld = inputs.withheld | {place.visit.building_id}
    return Mutant(replace(inputs, withheld=withheld), plan, f"{place.team.team_id} {place.visit.visit_id}")


@breaks("C27")
def nobody_looks_again(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    free = [b for b in inputs.buildings if b not in inputs.withheld]
    if (building := any_of(rng, free)) is None:
        return None
    day = inputs.settings.day
    item = Recheck(
        "R-new", building, "F-new", "", "rectify", day - timedelta(days=9), day - timedelta(days=upto(rng, 8))
    )
    return Mutant(replace(inputs, rechecks={**inputs.rechecks, "R-new": item}), plan, "R-new")


@breaks("C27")
def a_recheck_that_may_be_left_out(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    looks = [v for v in inputs.visits.values() if set(v.basis) & inputs.rechecks.keys()]
    if (visit := any_of(rng, looks)) is None:
        return None
    item = next(inputs.rechecks[b] for b in visit.basis if b in inputs.rechecks)
    changes: list[dict[str, object]] = [{"is_must": False}, {"track": "routine"}]
    changes.append({"targets": tuple(u for u in visit.targets if u != item.uscc)})
    change = changes[int(rng.integers(0, len(changes)))]
    return Mutant(with_visit(inputs, visit.visit_id, **change), plan, f"{visit.visit_id} {item.recheck_id}")


@breaks("C29")
def a_target_without_a_reason(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    if (visit_id := any_of(rng, served_ids(plan))) is None:
        return None
    gone = str(rng.choice(["", *inputs.visits[visit_id].targets]))
    left = tuple(r for r in inputs.reasons[visit_id] if r.uscc != gone)
    return Mutant(replace(inputs, reasons={**inputs.reasons, visit_id: left}), plan, f"{visit_id} {gone}".strip())


@breaks("C31")
def a_table_behind_an_address(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    key = str(rng.choice(["leads", "firms", "buildings", "roster", "history"]))
    address = str(rng.choice(["https://example.org/x.csv", "ftp://example.org/x", "s3://bucket/x", "file:///x"]))
    every = {**inputs.settings.every, "data": {key: address}}
    return Mutant(replace(inputs, settings=replace(inputs.settings, every=every)), plan, f"data.{key}")


@breaks("C32")
def an_item_on_no_list(rng: Rng, inputs: CheckInputs, plan: Plan) -> Mutant | None:
    with_form = [p for p in places(inputs, plan) if p.visit.items]
    if (place := any_of(rng, with_form)) is None:
        return None
    visit_id = place.visit.visit_id
    if rng.random() < 0.5:
        return Mutant(with_visit(inputs, visit_id, items=(*place.visit.items, "wallet")), plan, visit_id)
    item, form = str(rng.choice(place.visit.items)), inputs.settings.form
    lists = {"police": form.police, "market_regulation": form.market_regulation}
    struck = {name: tuple(i for i in items if i != item) for name, items in lists.items()}
    return Mutant(with_setting(inputs, "form", **struck), plan, visit_id)
