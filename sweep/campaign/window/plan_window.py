"""Planning of a campaign's window in one model."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sweep.campaign.window.compose_daily_teams import Load, n_teams_per_visit, people_by_day, teams_of_day
from sweep.campaign.window.daily_offers import DayOffer, WindowData, still_permitted, window_offers, with_link_groups
from sweep.campaign.window.load_campaign import LoadedCampaign
from sweep.campaign.window.travel_and_day_problem import TravelMatrix, problem_of
from sweep.campaign.window.visit_urgency import leads_due
from sweep.campaign.window.visit_values import ranker_of, rankings, size_on
from sweep.campaign.window.window_pins import open_musts, with_day_pins
from sweep.campaign.window.window_problem import DayPlan, Window, make_window, routes_in_window, split_by_day
from sweep.follow.rechecks import due_rechecks
from sweep.plan.explain.cheapest_swaps import with_earlier_days
from sweep.plan.solve import Settings, SolveProgress, solve
from sweep.rank.rank_buildings import Ranking
from sweep.records.draw import Draw
from sweep.records.people import Person, Team
from sweep.records.plan import Plan, Route
from sweep.records.visits import Visit
from sweep.select.apply_pins import refuse_never


@dataclass(frozen=True, slots=True)
class FrozenDay:
    """Published edition of one day, whose visits may be changed only at a price."""

    day: date
    plan_id: str
    plan: Plan
    visits: Mapping[str, Visit]
    """Served visits, by building id."""
    draw: Draw
    approved_on: date | None = None
    """Day of approval; team orders then stay unless one becomes impossible or a planner changes it. None: a draft."""

    @property
    def is_approved(self) -> bool:
        """Return whether the edition is approved, so that its orders are in force."""
        return self.approved_on is not None


@dataclass(frozen=True, slots=True)
class PlannedWindow:
    """Window of a campaign with its plan, and the offers, rankings and people on duty (by day and id) behind it."""

    loaded: LoadedCampaign
    travel_matrix: TravelMatrix
    window: Window
    plan: Plan
    """Plan of the whole window: ids of `window.problem`, seconds after the first midnight; `value` includes urgency."""
    days: tuple[DayPlan, ...]
    offers: tuple[DayOffer, ...]
    rankings: Mapping[date, Ranking]
    on_duty: Mapping[date, Mapping[str, Person]]
    published: tuple[FrozenDay, ...]
    """Published editions of today and later, even on days that are no sweep days any more."""


def plan_window(
    loaded: LoadedCampaign,
    travel_matrix: TravelMatrix,
    settings: Settings,
    published: Sequence[FrozenDay] = (),
    load: Load | None = None,
    on_progress: Callable[[SolveProgress], None] | None = None,
    start: Sequence[Route] = (),
) -> PlannedWindow:
    """
    Plan all days of the window in one search: visits, teams and routes.

    Parameters
    ----------
    settings
        Seed and limits of the search.
    published
        Published days inside the freeze.
    load
        Duties of people so far, by id; changed in place: those of the window are added. None: no past duties.
    start
        Further initial routes, with ids of the window's problem and times in seconds after the first day's midnight.

    Raises
    ------
    InputError
        If a day has no people on duty, or no teams can be composed.
    """
    days = loaded.days(*loaded.campaign.window(loaded.today))
    published_by_day = {p.day: p for p in published if p.day in days}
    on_duty, ranked, offers = prepare_window_offers(loaded, days, published_by_day)
    load = {} if load is None else load
    teams = _teams(loaded, travel_matrix, offers, on_duty, load, settings.seed, published_by_day)
    window = make_window(loaded, travel_matrix, offers, teams)
    published_routes = [
        r
        for k, d in enumerate(days)
        if d in published_by_day
        for r in routes_in_window(window, k, published_by_day[d].plan.routes)
    ]
    plan = solve(window.problem, settings, on_progress, [*published_routes, *start])
    plan = with_earlier_days(window.problem, plan, _earlier_versions_of_late(loaded, window, plan))
    return PlannedWindow(
        loaded, travel_matrix, window, plan, split_by_day(window, plan), offers, ranked, on_duty, tuple(published)
    )


def _earlier_versions_of_late(
    loaded: LoadedCampaign, window: Window, plan: Plan
) -> Iterator[tuple[str, dict[int, str]]]:
    """
    Yield, for each visit planned after the due day of its promise, the visits that could replace it on earlier days.

    Each item is the id of the late visit and, by index of an earlier day, the id of the visit to the same building on
    offer on that day. Late visits by several teams are left out.
    """
    dues, day_of = loaded.dues(), {t.team_id: t.day for t in plan.teams}
    n_stops = Counter(s.visit_id for r in plan.routes for s in r.stops)
    by_building: dict[str, dict[int, str]] = {}
    for visit in window.problem.visits:
        if visit.link_group is None:
            here = by_building.setdefault(visit.building_id, {})
            here |= dict.fromkeys(window.versions[visit.visit_id], visit.visit_id)
    made = [
        (dues[s.building_id].due_on, day_of[r.team_id], s)
        for r in plan.routes
        for s in r.stops
        if s.building_id in dues
    ]
    for due, k, stop in sorted(made, key=lambda x: (x[0], x[2].visit_id)):
        versions = {j: i for j, i in by_building.get(stop.building_id, {}).items() if j < k}
        if window.days[k] > due and versions and n_stops[stop.visit_id] == 1:
            yield stop.visit_id, versions


def prepare_window_offers(
    loaded: LoadedCampaign, days: tuple[date, ...], published_by_day: Mapping[date, FrozenDay]
) -> tuple[dict[date, dict[str, Person]], dict[date, Ranking], tuple[DayOffer, ...]]:
    """
    Return people on duty, rankings and visits on offer for each day of a window.

    Parameters
    ----------
    published_by_day
        Published editions by day; visits in them that are no longer permitted are excluded.

    Raises
    ------
    InputError
        If a day has no people on duty, or a pin is infeasible (S645-S647).
    """
    inputs = loaded.inputs
    refuse_never(inputs.pins, due_rechecks(inputs.rechecks, days[-1]), loaded.scenario.law, inputs.firms, days)
    on_duty = people_by_day(loaded, days)
    size = size_on(loaded, days[0], on_duty[days[0]])
    ranked = rankings(loaded, ranker_of(loaded, size), days)
    span = WindowData(days, ranked, on_duty, size, drawn={p.day: p.draw for p in published_by_day.values()})
    published_by_day = {
        day: replace(p, visits=still_permitted(loaded, span, day, p.visits)) for day, p in published_by_day.items()
    }
    span = replace(span, published_day_of={b: p.day for p in published_by_day.values() for b in p.visits})
    offers = [_with_published_visits(o, published_by_day.get(o.day), loaded) for o in window_offers(loaded, span)]
    return on_duty, ranked, with_day_pins(_limit_approved_days(offers, published_by_day, loaded), inputs.pins)


def _with_published_visits(offer: DayOffer, published: FrozenDay | None, loaded: LoadedCampaign) -> DayOffer:
    """
    Return the offer of a day with the visits of its edition as published; a plan that moves one loses `freeze_price`.

    `published`: edition of the day; None leaves the offer unchanged.
    """
    if published is None:
        return offer
    price, items = loaded.campaign.freeze_price, {r.recheck_id for r in loaded.inputs.rechecks}
    kept = {}
    for b, visit in published.visits.items():
        now = offer.visits.get(b)
        if now is not None and items.intersection(now.basis) - {*visit.basis}:
            continue  # An item that has fallen due there is added to the same visit (C27).
        value = visit.value if now is None or now.track != visit.track else now.value
        urgency = price if now is None else now.urgency
        kept[b] = replace(visit, value=value, urgency=urgency, is_must=visit.is_must)
    # A tower of the complex may have come on offer since the day was published.
    visits = with_link_groups({**offer.visits, **kept}, loaded)
    return replace(
        offer, visits=visits, draw=published.draw, published=frozenset(kept), is_approved=published.is_approved
    )


def _limit_approved_days(
    offers: Sequence[DayOffer], published_by_day: Mapping[date, FrozenDay], loaded: LoadedCampaign
) -> list[DayOffer]:
    """
    Return the offers, in which approved days have only their own visits and urgent additions.

    A building of an approved day is on offer on that day only. Additions are visits for re-check items opened since the
    approval (C27), and visits to buildings with a `must` pin (P10) and a lead that falls due before the first
    unapproved day.
    """
    open_days = [o.day for o in offers if not o.is_approved]
    dues = leads_due(loaded, tuple(o.day for o in offers))
    wanted = {b for b in open_musts(loaded) if any(not open_days or on < open_days[0] for on in dues.get(b, ()))}
    own = {b: o.day for o in offers if o.is_approved for b in o.published}
    made = []
    for o in offers:
        here = all_here = {b: v for b, v in o.visits.items() if own.get(b, o.day) == o.day}
        if (approved_on := published_by_day[o.day].approved_on if o.is_approved else None) is not None:
            items = {r.recheck_id for r in loaded.inputs.rechecks if r.opened_on >= approved_on}
            here = {b: v for b, v in here.items() if b in o.published or b in wanted or items.intersection(v.basis)}
        made.append(replace(o, visits=here, barred={b: v for b, v in all_here.items() if b not in here}))
    return made


def _teams(
    loaded: LoadedCampaign,
    travel_matrix: TravelMatrix,
    offers: Sequence[DayOffer],
    on_duty: Mapping[date, Mapping[str, Person]],
    load: Load,
    seed: int,
    published_by_day: Mapping[date, FrozenDay],
) -> list[tuple[Team, ...]]:
    """
    Compose the teams of each day; a visit counts less, the more teams of other days may serve it.

    Approved days come first, then published ones, so that duties of other days cannot exhaust the limits of their
    people.
    """
    made: dict[int, tuple[Team, ...]] = {}
    n_open: Counter[str] = Counter()
    for k, offer in sorted(
        enumerate(offers), key=lambda x: (not x[1].is_approved, x[1].day not in published_by_day, x[0])
    ):
        problem = problem_of(loaded, travel_matrix, offer, on_duty[offer.day].values())
        given = published_by_day[offer.day].plan.teams if offer.day in published_by_day else ()
        made[k] = teams_of_day(loaded, problem, offer.day, load, seed + k, given, n_open, is_approved=offer.is_approved)
        n_open.update(n_teams_per_visit(problem, made[k]))
    return [made[k] for k in range(len(offers))]
