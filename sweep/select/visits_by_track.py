"""Visits of each track (leads, re-checks, lists, draw, stocktaking), from buildings that no other track has taken."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from sweep.records.draw import Draw, FirmTicket
from sweep.records.visits import Recheck, Visit
from sweep.select.draw_buildings import draw_buildings, draw_order
from sweep.select.inclusion_probabilities import inclusion_probabilities
from sweep.select.make_visits import VisitMaker, with_rechecks
from sweep.select.special_inspections import SpecialList

NO_CLASS = "none"


def case_visits(
    maker: VisitMaker,
    ordered: Iterable[str],
    basis: Mapping[str, pd.DataFrame],
    lists: Mapping[str, Sequence[SpecialList]],
    due_rechecks: Mapping[str, Sequence[Recheck]],
    first: Collection[str] = (),
) -> tuple[list[Visit], int]:
    """
    Return visits for leads up to `select.n_case_visits_max`, and the number of buildings beyond this limit.

    `ordered` has building ids by rank; `basis` (leads that justify a visit), `lists` and `due_rechecks` are by building
    id. Buildings in `first` (ids, required by pins) come first, then those with a lead due (C22). Lists
    and re-check items of the same building become part of the visit (C11, C27).
    """
    wanted = [b for b in ordered if b in basis] if maker.windows("case") else []
    if "C22" not in maker.grounds.off:
        wanted.sort(key=lambda b: b not in maker.n_due)
    wanted.sort(key=lambda b: b not in first)
    chosen = wanted[: maker.select.n_case_visits_max]
    visits = [with_rechecks(maker.case_visit(b, basis[b], lists.get(b, ())), due_rechecks.get(b, ())) for b in chosen]
    visits = [replace(v, disturbance=maker.disturbance(v.building_id, v.targets)) for v in visits]
    return visits, len(wanted) - len(chosen)


def recheck_visits(
    maker: VisitMaker, due_rechecks: Mapping[str, Sequence[Recheck]], taken: Collection[str]
) -> list[Visit]:
    """Return visits for the items `due_rechecks`, by building id, except buildings of case visits (`taken`)."""
    return [
        maker.recheck_visit(b, items) for b, items in due_rechecks.items() if b not in taken and b in maker.buildings
    ]


def special_visits(
    maker: VisitMaker, lists: Mapping[str, Sequence[SpecialList]], ordered: Iterable[str]
) -> list[Visit]:
    """
    Return a visit to each building of `ordered` that has approved lists, in that order; `lists`: by building id.

    A building whose listed firms are all capped gets no visit (C06, C07).
    """
    if not maker.windows("special"):
        return []
    return [maker.special_visit(b, lists[b]) for b in ordered if b in lists and maker.special_targets(b, lists[b])]


def waiting_lists(
    maker: VisitMaker, lists: Mapping[str, Sequence[SpecialList]], visits: Iterable[Visit]
) -> dict[str, tuple[str, ...]]:
    """
    Return the ids of buildings where listed firms wait for a visit, by approval number of the mandatory list.

    A firm waits if no visit inspects it and it is not at its cap. Empty if special inspections have no hours on the
    day. `lists`: lists by building id; `visits`: visits made so far.
    """
    if not maker.windows("special"):
        return {}
    targets = {v.building_id: v.targets for v in visits}
    found: dict[str, tuple[str, ...]] = {}
    for b, here in lists.items():
        settled = maker.capped.union(targets.get(b, ()))
        for special in here:
            if special.is_must and not settled.issuperset(special.firms):
                found[special.number] = (*found.get(special.number, ()), b)
    return found


def drawn_visits(
    maker: VisitMaker, free: Collection[str], too_few_officers: Mapping[str, str], max_firms: int
) -> tuple[Draw, list[Visit], dict[str, tuple[str, ...]]]:
    """
    Return the draw from the free buildings, its visits, and the ids of buildings left out of the pool, by reason (C09).

    `free`: ids of buildings without another visit; `too_few_officers`: reason by id of each building left out. As many
    are drawn as fill the share of the teams' hours that is set for drawn visits, and together inspect at most
    `max_firms` firms.
    """
    drawable = [
        b
        for b in (maker.buildings if maker.windows("routine") else ())
        if b in free and maker.may_be_drawn(b) and maker.fits_one_team(b)
    ]
    draw, visits = draw_reserve([b for b in drawable if b not in too_few_officers], maker, max_firms)
    left_out: dict[str, list[str]] = {}
    for b in drawable:
        if b in too_few_officers:
            left_out.setdefault(too_few_officers[b], []).append(b)
    return draw, visits, {reason: tuple(left_out[reason]) for reason in sorted(left_out)}


def stocktake_visits(maker: VisitMaker, ordered: Iterable[str]) -> list[Visit]:
    """Return stocktaking visits to the buildings `ordered`, in this order, up to the scenario's limit (C04)."""
    if not maker.windows("stocktake"):
        return []
    fitting = [b for b in ordered if maker.fits_one_team(b)]
    return [maker.stocktake_visit(b) for b in fitting[: maker.select.n_stocktake_max]]


def draw_reserve(pool: Sequence[str], maker: VisitMaker, max_firms: int | None = None) -> tuple[Draw, list[Visit]]:
    """
    Return the draw from a pool (building ids), and its visits in drawing order.

    The visits fill the share of the teams' hours that is set for drawn visits. Fewer buildings are drawn if the visits
    could inspect more than `max_firms` firms in all (C08); None: no limit.
    """
    ratios = {b: class_ratios(maker.firms_by_building[b], maker.select.draw_ratio, maker.capped) for b in pool}
    n_inspected = {
        b: min(len(of_firms), maker.limit(len(maker.firms_by_building[b]))) for b, of_firms in ratios.items()
    }
    size = {b: sum(of_firms.values()) / n_inspected[b] for b, of_firms in ratios.items()}
    n = n_drawn(size, maker)
    if max_firms is not None:
        most_first = np.cumsum(sorted(n_inspected.values(), reverse=True))
        n = min(n, int(np.searchsorted(most_first, max_firms, side="right")))
    draw = draw_buildings(pool, n, maker.select.draw_seed, size)
    visits, firms = [], []
    for t in draw.tickets[: draw.n_drawn]:
        drawn = draw_firms(t.building_id, ratios[t.building_id], n_inspected[t.building_id], draw.seed)
        targets = tuple(f.uscc for f in drawn if f.is_drawn)
        visits.append(maker.drawn_visit(t.building_id, targets, t.inclusion_probability))
        firms += drawn
    return replace(draw, firms=tuple(firms)), visits


def n_drawn(size: Mapping[str, float], maker: VisitMaker) -> int:
    """
    Return how many drawn visits are expected to fill the share of the teams' hours that is set for them.

    At least 1, but 0 without buildings, teams or a share. `size`: relative chance of each building, by id.
    """
    share, n_active = maker.select.draw_share, maker.size.n_active
    if not size or share <= 0 or n_active == 0:
        return 0
    hours_s = n_active * (maker.plan.shift_end_s - maker.plan.shift_start_s) * share
    cost_s = np.array([max(60, maker.service_s(b, 0, 1)) for b in size], np.float64)
    # Inclusion probabilities are nearly proportional to size.
    mean_s = float(np.average(cost_s, weights=np.array(list(size.values()))))
    return min(len(size), max(1, round(hours_s / mean_s)))


def draw_firms(building_id: str, ratio: Mapping[str, float], n: int, seed: str) -> list[FirmTicket]:
    """
    Return a ticket of each firm of a drawn building in drawing order; the first `n` (at most all) are drawn.

    `ratio` is the relative chance of each firm to be drawn, by uscc, > 0; it lacks the firms at their yearly cap.
    """
    n = min(n, len(ratio))
    chance = inclusion_probabilities(np.array(list(ratio.values()), np.float64), n)
    probability = dict(zip(ratio, chance.tolist(), strict=True))
    ordered = draw_order(ratio, seed)
    return [
        FirmTicket(building_id, u, t, ratio=ratio[u], inclusion_probability=probability[u], is_drawn=k < n)
        for k, (t, u) in enumerate(ordered)
    ]


def class_ratios(
    firms: Mapping[str, str | None], ratio: Mapping[str, float], capped: Collection[str]
) -> dict[str, float]:
    """
    Return the relative chance of each firm to be drawn, by uscc in ascending order, without the firms at their cap.

    `firms`: credit class or None by uscc; `ratio`: relative chance by class, with `none` for firms without class.
    """
    return {u: ratio[firms[u] or NO_CLASS] for u in sorted(firms) if u not in capped}
