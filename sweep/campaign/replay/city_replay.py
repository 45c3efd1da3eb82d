"""`sweep campaign replay`: years played out day by day under a policy, with the truth known and kept from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from geodata.schema import TIMEZONE
from sweep.campaign.model.replay_measures import measures
from sweep.campaign.model.replay_policies import AHEAD, POLICIES, Known, Policy
from sweep.campaign.model.replay_state import State, Week, luck
from sweep.campaign.replay.replay_setup import Stage, drawn_without_officers
from sweep.campaign.replay.simulated_results import (
    STOCKTAKE,
    history_of,
    history_rows,
    rechecks,
    state_after,
    visits_made,
)
from sweep.campaign.window.daily_offers import DayOffer, Span, window_offers
from sweep.campaign.window.load_campaign import Loaded
from sweep.campaign.window.load_campaign import last_looks as looks_of
from sweep.campaign.window.visit_urgency import leads_due
from sweep.campaign.window.visit_values import ranker_of, rankings
from sweep.campaign.window.window_problem import DayPlan, make_window, split
from sweep.made_up.events.future_leads import Future
from sweep.plan.solve import Settings, solve

# Days that stand for never.
_NEVER_DAYS = 10_000


@dataclass(slots=True)
class CityReplay:
    """The years of a made-up city, by policy and seed."""

    stage: Stage
    rounds: int
    """Rounds of each day's search."""
    texts: tuple[str, ...] = ()
    """What it depends on beside the campaign and its inputs."""
    _futures: dict[int, Future] = field(default_factory=dict)

    @property
    def loaded(self) -> Loaded:
        """The campaign on its first day."""
        return self.stage.loaded

    @property
    def n_weeks(self) -> int:
        """Weeks of the campaign."""
        return self.stage.n_weeks

    def go_on(self, state: State, n_weeks: int, on_week: Callable[[State], None]) -> State:
        """Go on from a state to the end of a number of weeks; `on_week` keeps the state after each."""
        tables = _Tables(self.loaded.inputs.leads, history_of(self.stage, state.done))
        for n in range(state.n_weeks, n_weeks):
            state = _week(self.stage, self._future(state.seed), state, n, tables, self.rounds)
            on_week(state)
        return state

    def figures(self, state: State) -> dict[str, float]:
        """What it came to so far, by `MEASURES`."""
        return measures(state, self.stage.truth(state, self._future(state.seed)))

    def _future(self, seed: int) -> Future:
        # The far end is the same however far is played, so that more weeks go on from fewer.
        if seed not in self._futures:
            self._futures[seed] = self.stage.future(seed, self.stage.n_weeks)
        return self._futures[seed]


@dataclass(slots=True)
class _Tables:
    """What is known on a morning; both grow from day to day."""

    leads: pd.DataFrame
    history: pd.DataFrame


def _week(stage: Stage, future: Future, state: State, n: int, tables: _Tables, rounds: int) -> State:
    monday = stage.monday + timedelta(days=7 * n)
    before, expected = len(state.done), 0.0
    for day in stage.loaded.days(monday, monday + timedelta(days=6)):
        tables.leads = _leads_known(stage, future, state, day)
        loaded = stage.loaded.with_tables(day, tables.leads, tables.history, rechecks(stage, state))
        plan, published = _planned(stage, loaded, state, rounds)
        made = list(visits_made(stage, future, state, loaded, plan))
        expected += sum(v.value for v in plan.visits)
        tables.history = pd.concat([tables.history, history_rows(stage, made)], ignore_index=True)
        state = state_after(state, day, made, plan, published, future)
    came = tables.leads["received_at"]
    start = pd.Timestamp(monday, tz=TIMEZONE)
    n_leads = int(((came >= start) & (came < start + pd.Timedelta(days=7))).sum())
    finds = sum(d.outcome == "find" for d in state.done[before:])
    week = Week(monday.isoformat(), len(state.done) - before, finds, round(expected, 6), n_leads)
    return replace(state, n_weeks=n + 1, weeks=(*state.weeks, week))


def _leads_known(stage: Stage, future: Future, state: State, day: date) -> pd.DataFrame:
    """Leads that came in before the day; a den that was found leaves none any more."""
    now = pd.Timestamp(day, tz=TIMEZONE)
    came = future.leads[future.leads["received_at"] < now]
    pairs = zip(came["den_id"], came["received_at"], strict=True)
    kept = [state.closed.get(str(den), "9999") >= at.date().isoformat() for den, at in pairs]
    came = came[np.array(kept, np.bool_)]
    rows = came.drop(columns="den_id").assign(lead_source="reported", event_id=came["lead_id"])
    known = stage.loaded.inputs.leads
    return pd.concat([known, rows.reindex(columns=known.columns).astype(known.dtypes.to_dict())], ignore_index=True)


def _planned(stage: Stage, loaded: Loaded, state: State, rounds: int) -> tuple[DayPlan, tuple[DayPlan, ...]]:
    """Today's plan, and those of the days after it that are published with it."""
    policy = POLICIES[state.policy]
    is_ahead = state.policy in AHEAD
    days = loaded.days(*loaded.campaign.window(loaded.today))[: stage.n_ahead if is_ahead else 1]
    held = {b: date.fromisoformat(on) for b, on in state.held.items() if date.fromisoformat(on) in days}
    on_duty = dict.fromkeys(days, stage.people)
    ranked = rankings(loaded, ranker_of(loaded, stage.size), days)
    # A draw that was published is not made again.
    drawn = {day: {b for b in state.drawn if held.get(b) == day} for day in held.values()}
    span = Span(days, ranked, on_duty, stage.size, held, drawn_from=drawn)
    offers = [_with_chances(drawn_without_officers(o), span, state.drawn) for o in window_offers(loaded, span)]
    if not is_ahead:
        offers = [_scored(o, loaded, policy, state.seed) for o in offers]
    window = make_window(loaded, stage.ground, offers, [stage.crews(d) for d in days])
    limits = Settings(
        state.seed + loaded.today.toordinal(), 600.0, rounds, is_proof_wanted=False, is_review_wanted=False
    )
    plans = split(window, solve(window.problem, limits))
    until = loaded.today + timedelta(days=loaded.campaign.freeze_days - 1)
    published = tuple(p for p in plans[1:] if p.day <= until) if is_ahead else ()
    return _valued(plans[0], span, loaded), published


def _with_chances(offer: DayOffer, span: Span, chances: Mapping[str, float]) -> DayOffer:
    """The offer of a published day with the chances with which its buildings were drawn, from all that could be."""
    drawn = span.drawn_from.get(offer.day, ())
    visits = {b: replace(v, selection_probability=chances[b]) if b in drawn else v for b, v in offer.visits.items()}
    return replace(offer, visits=visits)


def _scored(offer: DayOffer, loaded: Loaded, policy: Policy, seed: int) -> DayOffer:
    """The offer with each visit worth what it is to the policy, and nothing beside it."""
    dues, due = loaded.dues(), leads_due(loaded, (offer.day, loaded.campaign.last_day))
    looks = looks_of(loaded.inputs.history, offer.day)
    visits = {}
    for b, v in offer.visits.items():
        known = Known(
            value=v.value,
            urgency=v.urgency,
            n_leads=len(v.basis) if v.track == "case" else 0,
            days_since=(offer.day - looks[b]).days if b in looks else _NEVER_DAYS,
            promise_days=dues[b].promise.days if b in dues else _NEVER_DAYS,
            days_to_due=min(((d - offer.day).days for d in due.get(b, ())), default=None),
            ticket=luck(seed, "order", b, offer.day.isoformat()),
        )
        visits[b] = replace(v, value=policy(known), urgency=0.0)
    return replace(offer, visits=visits)


def _valued(plan: DayPlan, span: Span, loaded: Loaded) -> DayPlan:
    """The plan with what its visits are expected to find, whatever the policy went by."""
    table = span.rankings[plan.day].table
    value = dict(zip(table["building_id"], table["value"], strict=True))
    share = loaded.scenario.select.stocktake_value_share
    visits = (replace(v, value=value[v.building_id] * (share if v.track == STOCKTAKE else 1.0)) for v in plan.visits)
    return replace(plan, visits=tuple(visits))
