"""Warnings about legal conditions of a day's visits, and about the random draw."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import pandas as pd

from geodata.errors import Code, Issue, Value, first_items
from sweep.records.people import Person
from sweep.records.prevalence_and_check_concentration import LEAST_WEEKS, Prevalence
from sweep.scenario.law_and_form_settings import Law
from sweep.scenario.selection_settings import Select
from sweep.select.offer_visits import Offer
from sweep.select.selection_tables import case_inspections_this_year
from sweep.select.special_inspections import has_papers


def law_warnings(
    select: Select, law: Law, day: date, history: pd.DataFrame, offer: Offer, persons: Iterable[Person]
) -> Iterator[Issue]:
    """
    Yield warnings about visits that the law or the roster prevents; the plan is still made.

    S618 special inspection without approval (C07). S619 firms above the soft cap of case visits (C06). S655 mandatory
    special inspection with firms not on offer (C28). S621 visits that need more people with a skill than the roster has
    (C14). S622 re-checks in dwellings without certificate (C15). S625 buildings with leads beyond the limit of case
    visits. S670 firms left out because other authorities inspect them (C33).
    """
    if offer.at_limit:
        firms = first_items(offer.at_limit)
        yield Issue(Code.FIRMS_AT_LIMIT, "other_inspections", {"n": len(offer.at_limit), "firms": firms})
    if offer.n_over_limit:
        values = {"n": offer.n_over_limit, "most": select.n_case_visits_max}
        yield Issue("S625", "select.n_case_visits_max", values)
    yield from _skills_missing(offer, Counter(skill for p in persons for skill in p.skills))
    if offer.uncertified_rechecks:
        named = first_items(offer.uncertified_rechecks)
        yield Issue("S622", "law.dwelling_certificates", {"n": len(offer.uncertified_rechecks), "items": named})
    for special in law.special:
        if not has_papers(special, law, day):
            yield Issue("S618", "law.special", {"number": special.number})
    for number, buildings in offer.waiting.items():
        named, days = first_items(buildings), select.cooldown_days
        yield Issue("S655", "law.special", {"number": number, "days": days, "n": len(buildings), "buildings": named})
    most, cap = case_inspections_this_year(history, day), select.case_soft_cap
    targets = {u for v in offer.visits if v.track == "case" for u in v.targets}
    often = sorted({uscc for (_, uscc), n in most.items() if uscc in targets and n + 1 > cap})
    if often:
        yield Issue("S619", "history", {"n": len(often), "cap": cap, "firms": first_items(often)})


def _skills_missing(offer: Offer, has: Mapping[str, int]) -> Iterator[Issue]:
    n_of_track = Counter(v.track for v in offer.visits)
    short: Counter[tuple[str, str]] = Counter()
    for visit in offer.visits:
        needs: Counter[str] = Counter()
        for slot in visit.slots:
            needs.update(slot.min_skilled)
        short.update((visit.track, skill) for skill, n in needs.items() if n > has.get(skill, 0))
    for (track, skill), n in sorted(short.items()):
        counts: dict[str, Value] = {"n": n, "all": n_of_track[track], "has": has.get(skill, 0)}
        yield Issue("S621", "roster skills", {"track": track, "skill": skill, **counts})


def draw_warnings(
    select: Select, day: date, needs: int, offer: Offer, prevalence: Sequence[Prevalence]
) -> Iterator[Issue]:
    """
    Yield warnings about the random draw; the plan is still made.

    S411 seed without commitment, S412 commitment on the day or later, S413 visits short of officers, S414 too few
    weeks with drawn visits for the interval of `prevalence`. S415 and S416 buildings outside the pool, since too few
    officers on duty may inspect there: by district, by recusal. S417 the scenario sets no seed.

    Parameters
    ----------
    needs
        Officers of market regulation on each drawn visit.
    """
    for code, why in (("S415", "district"), ("S416", "recusal")):
        if out := offer.left_out.get(why):
            yield Issue(code, "draw", {"n": len(out), "buildings": first_items(out), "needs": needs})
    if not offer.draw.n_drawn:
        return
    if not select.draw_seed:
        yield Issue("S417", "select.draw_seed", {"seed": offer.draw.seed, "key": "select.draw_seed"})
    elif select.draw_committed_on is None:
        yield Issue("S411", "select.draw_commitment")
    elif select.draw_committed_on >= day:
        yield Issue("S412", "select.draw_committed_on", {"committed": select.draw_committed_on.isoformat()})
    drawn = Counter(o.visit_id for o in offer.draw.officers if o.status == "drawn")
    short = sorted(v.visit_id for v in offer.visits if v.track == "routine" and drawn[v.visit_id] < needs)
    if short:
        yield Issue("S413", "draw", {"visits": tuple(short), "needs": needs})
    if prevalence and not prevalence[0].is_enough:
        yield Issue("S414", "history", {"weeks": prevalence[0].n_weeks, "needs": LEAST_WEEKS})
