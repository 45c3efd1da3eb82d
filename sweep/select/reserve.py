"""
The random reserve: buildings drawn by the credit classes of their firms, then the firms in them.

A building's size is the sum of its firms' ratios over the number that a visit inspects, and a firm in it is drawn by
its ratio: so every firm of the register is drawn about in proportion to the ratio of its class, whatever building it
is in, and the exact chances are known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from sweep.records.draw import Draw, FirmTicket
from sweep.records.visits import Visit
from sweep.select.draw import draw_buildings, draw_order
from sweep.select.inclusion import inclusion_probabilities
from sweep.select.targets import n_targets
from sweep.select.visits import VisitMaker

NO_CLASS = "none"


def draw_reserve(pool: Sequence[str], maker: VisitMaker, room: int | None = None) -> tuple[Draw, list[Visit]]:
    """
    The draw and its visits, in the order of the draw.

    Parameters
    ----------
    room
        Most firms that the drawn visits may inspect together, whichever are drawn (C08); None: any number.
    """
    ratios = {b: _ratios(maker, b) for b in pool}
    n_inspected = {b: min(len(of_firms), _n_targets(maker, b)) for b, of_firms in ratios.items()}
    size = {b: sum(of_firms.values()) / n_inspected[b] for b, of_firms in ratios.items()}
    n = n_drawn(size, maker)
    if room is not None:
        n = min(n, _n_within(room, n_inspected.values()))
    draw = draw_buildings(pool, n, maker.select.draw_seed, size)
    visits, firms = [], []
    for t in draw.tickets[: draw.n_drawn]:
        drawn = draw_firms(t.building_id, ratios[t.building_id], n_inspected[t.building_id], draw.seed)
        targets = tuple(f.uscc for f in drawn if f.is_drawn)
        visit = maker.drawn_visit(t.building_id, t.inclusion_probability)
        visits.append(replace(visit, targets=targets, disturbance=maker.disturbance(t.building_id, targets)))
        firms += drawn
    return replace(draw, firms=tuple(firms)), visits


def n_drawn(size: Mapping[str, float], maker: VisitMaker) -> int:
    """So many that their expected cost fills the draw's share of the active teams' hours, one at least."""
    share, n_active = maker.select.draw_share, maker.size.n_active
    if not size or share <= 0 or n_active == 0:
        return 0
    hours_s = n_active * (maker.plan.shift_end_s - maker.plan.shift_start_s) * share
    cost_s = np.array([max(60, maker.service_s(b, 0, 1)) for b in size], np.float64)
    # The chance of a building is near its share of the sizes.
    mean_s = float(np.average(cost_s, weights=np.array(list(size.values()))))
    return min(len(size), max(1, round(hours_s / mean_s)))


def draw_firms(building_id: str, ratio: Mapping[str, float], n: int, seed: str) -> list[FirmTicket]:
    """
    The firms of a drawn building, `n` of them drawn, in the order of the draw.

    Parameters
    ----------
    ratio
        Ratio of the credit class by uscc, > 0; firms at their yearly cap are not among them.
    n
        Firms that the visit inspects; more than there are is cut to them.
    """
    n = min(n, len(ratio))
    chance = inclusion_probabilities(np.array(list(ratio.values()), np.float64), n)
    probability = dict(zip(ratio, chance.tolist(), strict=True))
    ordered = draw_order(ratio, seed)
    return [
        FirmTicket(building_id, u, t, ratio=ratio[u], inclusion_probability=probability[u], is_drawn=k < n)
        for k, (t, u) in enumerate(ordered)
    ]


def class_ratios(firms: Mapping[str, str | None], ratio: Mapping[str, float]) -> dict[str, float]:
    """The ratio of each firm's credit class by uscc, in order of uscc."""
    return {u: ratio[firms[u] or NO_CLASS] for u in sorted(firms)}


def _ratios(maker: VisitMaker, building_id: str) -> dict[str, float]:
    firms = maker.firms_by_building[building_id]
    ratios = class_ratios(firms, maker.select.draw_ratio)
    return {uscc: ratio for uscc, ratio in ratios.items() if uscc not in maker.capped}


def _n_targets(maker: VisitMaker, building_id: str) -> int:
    n_firms = len(maker.firms_by_building[building_id])
    return n_targets(n_firms, maker.select.target_share_max, maker.select.n_targets_max)


def _n_within(room: int, n_inspected: Iterable[int]) -> int:
    """How many visits inspect no more firms than that, even those that inspect most."""
    most_first = np.cumsum(sorted(n_inspected, reverse=True))
    return int(np.searchsorted(most_first, room, side="right"))
