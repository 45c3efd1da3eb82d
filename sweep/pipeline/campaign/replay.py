"""`sweep campaign replay`: years played out day by day under a policy, with the truth known and kept from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations

import numpy as np
import pandas as pd

from geodata.city.events.future import Future
from geodata.schema import TIMEZONE
from sweep.campaign.policies import AHEAD, POLICIES, Known, Policy
from sweep.campaign.replay import Done, State, Week, luck, outcome
from sweep.pipeline.campaign.loaded import Loaded
from sweep.pipeline.campaign.loaded import last_looks as looks_of
from sweep.pipeline.campaign.offer import DayOffer, Span, leads_due, window_offers
from sweep.pipeline.campaign.stage import Stage, drawn_without_officers
from sweep.pipeline.campaign.values import ranker_of, rankings
from sweep.pipeline.campaign.window import DayPlan, make_window, split
from sweep.plan.solve import Settings, solve
from sweep.records.people import MARKET_REGULATION, POLICE

# Days that stand for never.
_NEVER_DAYS = 10_000
# A visit of taking stock sees less than an inspection, as its value says.
_STOCKTAKE = "stocktake"


@dataclass(slots=True)
class _Tables:
    """What is known on a morning; both grow from day to day."""

    leads: pd.DataFrame
    history: pd.DataFrame


def play(
    stage: Stage, future: Future, state: State, n_weeks: int, on_week: Callable[[State], None], *, rounds: int
) -> State:
    """
    Go on from a state to the end of a number of weeks.

    Parameters
    ----------
    stage
        The campaign at its first day.
    future
        What is going to happen.
    state
        How far it has come; a state that was written and read again gives the same.
    on_week
        Called with the state after each week: to keep it.
    rounds
        Of each day's search.
    """
    tables = _Tables(stage.loaded.inputs.leads, _history_of(stage, state.done))
    for n in range(state.n_weeks, n_weeks):
        state = _week(stage, future, state, n, tables, rounds)
        on_week(state)
    return state


def _week(stage: Stage, future: Future, state: State, n: int, tables: _Tables, rounds: int) -> State:
    monday = stage.monday + timedelta(days=7 * n)
    before, expected = len(state.done), 0.0
    for day in stage.loaded.days(monday, monday + timedelta(days=6)):
        tables.leads = _leads_known(stage, future, state, day)
        loaded = stage.loaded.with_tables(day, tables.leads, tables.history)
        plan, held = _planned(stage, loaded, state, rounds)
        made = list(_made(stage, future, state, loaded, plan))
        expected += sum(v.value for v in plan.visits)
        tables.history = pd.concat([tables.history, _rows(stage, made)], ignore_index=True)
        state = _after(state, day, made, plan, held, future)
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


def _planned(stage: Stage, loaded: Loaded, state: State, rounds: int) -> tuple[DayPlan, dict[str, str]]:
    """Today's plan, and what is published for the days after it within the freeze."""
    policy = POLICIES[state.policy]
    is_ahead = state.policy in AHEAD
    days = loaded.days(*loaded.campaign.window(loaded.today))[: stage.n_ahead if is_ahead else 1]
    held = {b: date.fromisoformat(on) for b, on in state.held.items() if date.fromisoformat(on) in days}
    on_duty = dict.fromkeys(days, stage.people)
    span = Span(days, rankings(loaded, ranker_of(loaded, stage.size), days), on_duty, stage.size, held)
    offers = [drawn_without_officers(o) for o in window_offers(loaded, span)]
    if not is_ahead:
        offers = [_scored(o, loaded, policy, state.seed) for o in offers]
    window = make_window(loaded, stage.ground, offers, [stage.crews(d) for d in days])
    limits = Settings(state.seed + loaded.today.toordinal(), 600.0, rounds, is_proof_wanted=False)
    plans = split(window, solve(window.problem, limits))
    until = loaded.today + timedelta(days=loaded.campaign.freeze_days - 1)
    published = {v.building_id: p.day.isoformat() for p in plans[1:] if p.day <= until for v in p.visits}
    return _valued(plans[0], span, loaded), published if is_ahead else {}


def _scored(offer: DayOffer, loaded: Loaded, policy: Policy, seed: int) -> DayOffer:
    """The offer with each visit worth what it is to the policy, and nothing beside it."""
    dues, due = loaded.dues(), leads_due(loaded, (offer.day,))
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
    visits = (replace(v, value=value[v.building_id] * (share if v.track == _STOCKTAKE else 1.0)) for v in plan.visits)
    return replace(plan, visits=tuple(visits))


def _made(stage: Stage, future: Future, state: State, loaded: Loaded, plan: DayPlan) -> Iterator[Done]:
    """Each visit of the day as it went."""
    rank, today = loaded.scenario.rank, pd.Timestamp(plan.day)
    here = future.dens[(future.dens["opened_on"] <= today) & (future.dens["closes_on"] > today)]
    here = here[~here["den_id"].isin(state.closed)]
    den_in = dict(zip(here["building_id"][::-1], here["den_id"][::-1], strict=True))
    last = {d.building_id: d for d in state.done}
    members = {t.team_id: t.member_ids for t in plan.teams}
    for v in plan.visits:
        stops = [(r.team_id, s) for r in plan.routes for s in r.stops if s.visit_id == v.visit_id]
        share = loaded.scenario.select.stocktake_value_share if v.track == _STOCKTAKE else 1.0
        found = outcome(
            state.seed,
            v.building_id,
            plan.day,
            den_in.get(v.building_id),
            no_access=rank.no_access_share,
            detects=rank.detection_share * share,
            irregular=stage.irregular.get(v.track, 0.0),
        )
        officers = _officers(stage, [i for t, _ in stops for i in members[t]])
        yield Done(
            day=plan.day.isoformat(),
            building_id=v.building_id,
            track=v.track,
            targets=v.targets,
            outcome=found,
            team=f"{plan.day:%y%m%d}{stops[0][0]}",
            officers=officers,
            seconds=sum(s.end_s - s.start_s for _, s in stops),
            probability=v.selection_probability if v.track == "routine" else 0.0,
            n_pairs_twice=_pairs_again(last.get(v.building_id), stops, members),
        )


def _officers(stage: Stage, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    people = [stage.people[i] for i in ids if stage.people[i].is_officer]
    return {a: tuple(sorted(p.person_id for p in people if p.agency == a)) for a in (POLICE, MARKET_REGULATION)}


def _pairs_again(before: Done | None, stops: Sequence[tuple[str, object]], members: Mapping[str, Sequence[str]]) -> int:
    """Pairs of one authority that made the building's last visit too, in one team now."""
    if before is None:
        return 0
    pairs = [set(p) for ids in before.officers.values() for p in combinations(ids, 2)]
    return sum(p <= set(members[t]) for t in {t for t, _ in stops} for p in pairs)


def _after(
    state: State, day: date, made: Sequence[Done], plan: DayPlan, held: Mapping[str, str], future: Future
) -> State:
    """The state after a day: what was found is closed, what is published is held."""
    closed = dict(state.closed)
    today = pd.Timestamp(day)
    here = future.dens[(future.dens["opened_on"] <= today) & (future.dens["closes_on"] > today)]
    dens = [(str(i), str(b)) for i, b in zip(here["den_id"], here["building_id"], strict=True) if i not in closed]
    for d in made:
        if d.outcome == "find":
            closed[next(i for i, b in dens if b == d.building_id)] = day.isoformat()
    mine = {b for b, on in state.held.items() if on == day.isoformat()}
    duties = dict(state.duties)
    for team in plan.teams:
        for i in team.member_ids:
            duties[i] = duties.get(i, 0) + 1
    return replace(
        state,
        done=(*state.done, *made),
        closed=closed,
        held=dict(held),
        n_held=state.n_held + len(mine),
        n_moved=state.n_moved + len(mine - {d.building_id for d in made}),
        duties=duties,
    )


def _history_of(stage: Stage, done: Sequence[Done]) -> pd.DataFrame:
    history = stage.loaded.inputs.history
    return pd.concat([history, _rows(stage, done)], ignore_index=True) if done else history


def _rows(stage: Stage, made: Sequence[Done]) -> pd.DataFrame:
    """Rows of the history: one for each authority and firm."""
    history = stage.loaded.inputs.history
    rows = [
        {
            "visit_id": f"R-{d.day}-{d.building_id}-{agency}-{n}",
            "building_id": d.building_id,
            "uscc": uscc,
            "visited_on": pd.Timestamp(f"{d.day}T15:00", tz=TIMEZONE),
            "track": d.track,
            "authority": agency,
            "team": d.team,
            "outcome": d.outcome,
            "selection_probability": d.probability or None,
            "officers": ";".join(d.officers.get(agency, ())) or None,
        }
        for d in made
        for agency in (POLICE, MARKET_REGULATION)
        for n, uscc in enumerate(d.targets or (None,))
    ]
    return pd.DataFrame(rows).reindex(columns=history.columns).astype(history.dtypes.to_dict())
