"""The visits of each track: one function a track, given what the tracks before it have left."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from sweep.records.draw import Draw
from sweep.records.visits import Recheck, Visit
from sweep.select.rechecks import with_rechecks
from sweep.select.reserve import draw_reserve
from sweep.select.special import SpecialList
from sweep.select.visits import VisitMaker


def case_visits(
    maker: VisitMaker,
    ordered: Iterable[str],
    basis: Mapping[str, pd.DataFrame],
    lists: Mapping[str, Sequence[SpecialList]],
    again: Mapping[str, Sequence[Recheck]],
    first: Collection[str] = (),
) -> tuple[list[Visit], int]:
    """
    Visits on live leads, those of `first` and with a lead that falls due (C22) before others, and how many buildings
    the limit leaves out.

    What lists or an item to look at again wants in the same building is done on the same visit (C11, C27).
    """
    wanted = [b for b in ordered if b in basis] if maker.windows("case") else []
    if "C22" not in maker.grounds.off:
        wanted.sort(key=lambda b: b not in maker.past.n_due)
    wanted.sort(key=lambda b: b not in first)
    chosen = wanted[: maker.select.n_case_visits_max]
    visits = [with_rechecks(maker.case_visit(b, basis[b], lists.get(b, ())), again.get(b, ())) for b in chosen]
    visits = [replace(v, disturbance=maker.disturbance(v.building_id, v.targets)) for v in visits]
    return visits, len(wanted) - len(chosen)


def recheck_visits(maker: VisitMaker, again: Mapping[str, Sequence[Recheck]], taken: Collection[str]) -> list[Visit]:
    """Visits to the buildings with items to look at again where no other case visit goes (C27)."""
    return [maker.recheck_visit(b, items) for b, items in again.items() if b not in taken and b in maker.buildings]


def special_visits(
    maker: VisitMaker, lists: Mapping[str, Sequence[SpecialList]], ordered: Iterable[str]
) -> list[Visit]:
    """Visits on approved lists, but for those whose firms are all at their cap (C06, C07)."""
    if not maker.windows("special"):
        return []
    return [maker.special_visit(b, lists[b]) for b in ordered if b in lists and maker.special_targets(b, lists[b])]


def waiting_lists(
    maker: VisitMaker, lists: Mapping[str, Sequence[SpecialList]], visits: Iterable[Visit]
) -> dict[str, tuple[str, ...]]:
    """Buildings where a firm of a list that must be made is not at its cap and in no visit, by the list's number."""
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
    maker: VisitMaker, free: Collection[str], nobody_may_visit: Mapping[str, str], room: int
) -> tuple[Draw, list[Visit], dict[str, tuple[str, ...]]]:
    """
    The draw from the free buildings, its visits, and the buildings left out of its pool by reason (C09).

    The drawn visits inspect no more firms than there is room for.
    """
    drawable = [
        b
        for b in (maker.buildings if maker.windows("routine") else ())
        if b in free and maker.may_be_drawn(b) and maker.fits_one_team(b)
    ]
    draw, visits = draw_reserve([b for b in drawable if b not in nobody_may_visit], maker, room)
    left_out: dict[str, list[str]] = {}
    for b in drawable:
        if b in nobody_may_visit:
            left_out.setdefault(nobody_may_visit[b], []).append(b)
    return draw, visits, {reason: tuple(left_out[reason]) for reason in sorted(left_out)}


def stocktake_visits(maker: VisitMaker, ordered: Iterable[str]) -> list[Visit]:
    """Visits that only take stock, in the given order up to the limit (C04)."""
    if not maker.windows("stocktake"):
        return []
    fitting = [b for b in ordered if maker.fits_one_team(b)]
    return [maker.stocktake_visit(b) for b in fitting[: maker.select.n_stocktake_max]]
