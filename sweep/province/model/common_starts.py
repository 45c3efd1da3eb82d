"""Common start of the sites of a linked action: one short window for all of them."""

from collections.abc import Iterator, Mapping, Sequence

from sweep.province.records import Allocation, CommonStart, CountyCurve, CountyPlan, Link, Window


def common_starts(
    links: Sequence[Link], curves: Mapping[str, CountyCurve], allocation: Allocation
) -> tuple[CommonStart, ...]:
    """
    Return a start window for each linked action, or the reason for its absence.

    Any two starts in a window are within the tolerance, so that counties can be planned separately. The window
    begins at the latest of the sites' starts in the plans behind the curves, or as close to it as all sites allow;
    teams that could start earlier wait.

    Parameters
    ----------
    curves
        Keyed by county id; infeasible counties are missing.
    allocation
        Mobile teams by county, which select the plan of each curve.
    """
    return tuple(_start(link, curves, allocation.n_mobile) for link in links)


def impossible_links(links: Sequence[Link], curves: Mapping[str, CountyCurve]) -> frozenset[str]:
    """Return the ids of links whose sites share no start window for any number of teams; `curves`: by county id."""
    n_mobile = dict.fromkeys(curves, 0)
    return frozenset(link.link_id for link in links if _start(link, curves, n_mobile).window_s is None)


def _start(link: Link, curves: Mapping[str, CountyCurve], n_mobile: Mapping[str, int]) -> CommonStart:
    allowed: list[Window] = [(0, 2 * 86_400)]
    wanted = []
    for site in link.sites:
        curve = curves.get(site.county_id)
        own = curve.windows_s.get(site.building_id) if curve else None
        where = f"{site.county_id} {site.building_id}"
        if curve is None or not own:
            return CommonStart(link.link_id, None, "not_on_offer", where)
        allowed = list(_intersection(allowed, own))
        if not allowed:
            return CommonStart(link.link_id, None, "no_common_window", where)
        start_s = curve.points[n_mobile[site.county_id]].starts.get(site.building_id)
        wanted += [] if start_s is None else [start_s]
    aim_s = max(wanted, default=allowed[0][0])
    # The earliest among equals.
    first_s = min((min(max(aim_s, lo), hi) for lo, hi in allowed), key=lambda s: (abs(s - aim_s), s))
    last_s = min(first_s + link.tolerance_s, next(hi for lo, hi in allowed if lo <= first_s <= hi))
    return CommonStart(link.link_id, (first_s, last_s))


def _intersection(some: Sequence[Window], others: Sequence[Window]) -> Iterator[Window]:
    for lo, hi in some:
        for other_lo, other_hi in others:
            if max(lo, other_lo) <= min(hi, other_hi):
                yield max(lo, other_lo), min(hi, other_hi)


def unserved_links(
    links: Sequence[Link], starts: Sequence[CommonStart], plans: Mapping[str, CountyPlan]
) -> dict[str, CommonStart]:
    """
    Return, by link id, the linked actions that are given up because a county's plan does not serve its site.

    Each is a `CommonStart` without window, with the reason. `plans`: by county id. Actions without a window in
    `starts` are left out.
    """
    failed: dict[str, CommonStart] = {}
    made = {s.link_id for s in starts if s.window_s}
    for link in links:
        for site in link.sites if link.link_id in made else ():
            plan = plans.get(site.county_id)
            if plan is None or site.building_id not in plan.starts:
                where = f"{site.county_id} {site.building_id}"
                failed.setdefault(link.link_id, CommonStart(link.link_id, None, "not_served", where))
    return failed
