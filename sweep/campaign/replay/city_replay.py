"""Replay of a synthetic city, day by day under a policy that does not see the truth."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from geodata.schema import TIMEZONE
from sweep.campaign.model.replay_measures import measures
from sweep.campaign.model.replay_policies import MULTI_DAY_POLICIES, POLICIES, Policy, VisitFacts
from sweep.campaign.model.replay_state import ReplayState, ReplayWeek, pseudo_random
from sweep.campaign.replay.replay_setup import ReplaySetup, drawn_without_officers
from sweep.campaign.replay.simulated_results import (
    STOCKTAKE,
    history_of,
    history_rows,
    rechecks,
    state_after,
    visits_made,
)
from sweep.campaign.window.daily_offers import DayOffer, WindowData, window_offers
from sweep.campaign.window.load_campaign import LoadedCampaign, last_looks
from sweep.campaign.window.visit_urgency import leads_due
from sweep.campaign.window.visit_values import ranker_of, rankings
from sweep.campaign.window.window_problem import DayPlan, make_window, split
from sweep.made_up.events.future_leads import Future
from sweep.plan.solve import Settings, solve

# Days that represent never.
_NEVER_DAYS = 10_000


@dataclass(slots=True)
class CityReplay:
    """Replay of a synthetic city, for several policies and seeds."""

    stage: ReplaySetup
    rounds: int
    """Iterations of each day's search."""
    texts: tuple[str, ...] = ()
    """Further texts on which the replay depends."""
    _futures: dict[int, Future] = field(default_factory=dict)

    @property
    def loaded(self) -> LoadedCampaign:
        """Campaign on its first day."""
        return self.stage.loaded

    @property
    def n_weeks(self) -> int:
        """Weeks of the campaign."""
        return self.stage.n_weeks

    def continue_to(self, state: ReplayState, n_weeks: int, on_week: Callable[[ReplayState], None]) -> ReplayState:
        """Continue from a state up to a number of weeks; `on_week` stores the state after each."""
        tables = _Tables(self.loaded.inputs.leads, history_of(self.stage, state.done))
        for n in range(state.n_weeks, n_weeks):
            state = _week(self.stage, self._future(state.seed), state, n, tables, self.rounds)
            on_week(state)
        return state

    def figures(self, state: ReplayState) -> dict[str, float]:
        """Return the measures so far, keyed by `MEASURES`."""
        return measures(state, self.stage.truth(state, self._future(state.seed)))

    def _future(self, seed: int) -> Future:
        # The future always covers the whole campaign, so that a longer replay continues a shorter one.
        if seed not in self._futures:
            self._futures[seed] = self.stage.future(seed, self.stage.n_weeks)
        return self._futures[seed]


@dataclass(slots=True)
class _Tables:
    """Tables known on a morning, extended day by day."""

    leads: pd.DataFrame
    history: pd.DataFrame


def _week(stage: ReplaySetup, future: Future, state: ReplayState, n: int, tables: _Tables, rounds: int) -> ReplayState:
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
    week = ReplayWeek(monday.isoformat(), len(state.done) - before, finds, round(expected, 6), n_leads)
    return replace(state, n_weeks=n + 1, weeks=(*state.weeks, week))


def _leads_known(stage: ReplaySetup, future: Future, state: ReplayState, day: date) -> pd.DataFrame:
    """Return leads received before the day; a closed den sends no more leads."""
    now = pd.Timestamp(day, tz=TIMEZONE)
    came = future.leads[future.leads["received_at"] < now]
    pairs = zip(came["den_id"], came["received_at"], strict=True)
    kept = [state.closed.get(str(den), "9999") >= at.date().isoformat() for den, at in pairs]
    came = came[np.array(kept, np.bool_)]
    rows = came.drop(columns="den_id").assign(lead_source="reported", event_id=came["lead_id"])
    known = stage.loaded.inputs.leads
    return pd.concat([known, rows.reindex(columns=known.columns).astype(known.dtypes.to_dict())], ignore_index=True)


def _planned(
    stage: ReplaySetup, loaded: LoadedCampaign, state: ReplayState, rounds: int
) -> tuple[DayPlan, tuple[DayPlan, ...]]:
    """Return today's plan, and the plans of later days published with it."""
    policy = POLICIES[state.policy]
    is_ahead = state.policy in MULTI_DAY_POLICIES
    days = loaded.days(*loaded.campaign.window(loaded.today))[: stage.n_ahead if is_ahead else 1]
    held = {b: date.fromisoformat(on) for b, on in state.held.items() if date.fromisoformat(on) in days}
    on_duty = dict.fromkeys(days, stage.people)
    ranked = rankings(loaded, ranker_of(loaded, stage.size), days)
    # The draw of a published day is not repeated.
    drawn = {day: {b for b in state.drawn if held.get(b) == day} for day in held.values()}
    span = WindowData(days, ranked, on_duty, stage.size, held, drawn_from=drawn)
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


def _with_chances(offer: DayOffer, span: WindowData, chances: Mapping[str, float]) -> DayOffer:
    """Return the offer of a published day with the original draw probabilities of its buildings."""
    drawn = span.drawn_from.get(offer.day, ())
    visits = {b: replace(v, selection_probability=chances[b]) if b in drawn else v for b, v in offer.visits.items()}
    return replace(offer, visits=visits)


def _scored(offer: DayOffer, loaded: LoadedCampaign, policy: Policy, seed: int) -> DayOffer:
    """Return the offer with the policy's value for each visit, and without urgency."""
    dues, due = loaded.dues(), leads_due(loaded, (offer.day, loaded.campaign.last_day))
    looks = last_looks(loaded.inputs.history, offer.day)
    visits = {}
    for b, v in offer.visits.items():
        known = VisitFacts(
            value=v.value,
            n_leads=len(v.basis) if v.track == "case" else 0,
            days_since=(offer.day - looks[b]).days if b in looks else _NEVER_DAYS,
            promise_days=dues[b].promise.days if b in dues else _NEVER_DAYS,
            days_to_due=min(((d - offer.day).days for d in due.get(b, ())), default=None),
            ticket=pseudo_random(seed, "order", b, offer.day.isoformat()),
        )
        visits[b] = replace(v, value=policy(known), urgency=0.0)
    return replace(offer, visits=visits)


def _valued(plan: DayPlan, span: WindowData, loaded: LoadedCampaign) -> DayPlan:
    """Return the plan with the expected finds of its visits, which the policy may have ignored."""
    table = span.rankings[plan.day].table
    value = dict(zip(table["building_id"], table["value"], strict=True))
    share = loaded.scenario.select.stocktake_value_share
    visits = (replace(v, value=value[v.building_id] * (share if v.track == STOCKTAKE else 1.0)) for v in plan.visits)
    return replace(plan, visits=tuple(visits))
