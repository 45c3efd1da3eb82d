"""Simulated results of a replay day: outcome of each visit, state changes, and rows of the history."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations

import pandas as pd

from geodata.schema import TIMEZONE
from sweep.campaign.model.recheck_delays import replay_rechecks
from sweep.campaign.model.replay_state import ReplayState, ReplayVisit, outcome
from sweep.campaign.replay.replay_setup import ReplaySetup
from sweep.campaign.window.load_campaign import LoadedCampaign
from sweep.campaign.window.window_problem import DayPlan
from sweep.made_up.events.future_leads import Future
from sweep.records.people import MARKET_REGULATION, POLICE
from sweep.records.visits import Recheck

# Stock-taking detects less than an inspection, in proportion to its value.
STOCKTAKE = "stocktake"


def visits_made(
    stage: ReplaySetup, future: Future, state: ReplayState, loaded: LoadedCampaign, plan: DayPlan
) -> Iterator[ReplayVisit]:
    """Yield the result of each visit of the day."""
    rank, today = loaded.scenario.rank, pd.Timestamp(plan.day)
    here = future.dens[(future.dens["opened_on"] <= today) & (future.dens["closes_on"] > today)]
    here = here[~here["den_id"].isin(state.closed)]
    den_in = dict(zip(here["building_id"][::-1], here["den_id"][::-1], strict=True))
    last = {d.building_id: d for d in state.done}
    members = {t.team_id: t.member_ids for t in plan.teams}
    for v in plan.visits:
        stops = [(r.team_id, s) for r in plan.routes for s in r.stops if s.visit_id == v.visit_id]
        share = loaded.scenario.select.stocktake_value_share if v.track == STOCKTAKE else 1.0
        found = outcome(
            state.seed,
            v.building_id,
            plan.day,
            den_in.get(v.building_id),
            no_access=rank.no_access_share,
            detects=rank.detection_share * share,
            irregular=stage.irregular.get(v.track, 0.0),
        )
        teams = [t for t, _ in stops][: max(1, len(v.targets))]
        yield ReplayVisit(
            day=plan.day.isoformat(),
            building_id=v.building_id,
            track=v.track,
            targets=v.targets,
            outcome=found,
            team=f"{plan.day:%y%m%d}{stops[0][0]}",
            officers=tuple(_officers(stage, members[t]) for t in teams),
            seconds=sum(s.end_s - s.start_s for _, s in stops),
            probability=v.selection_probability if v.track == "routine" else 0.0,
            n_pairs_twice=_pairs_again(last.get(v.building_id), stops, members),
        )


def _officers(stage: ReplaySetup, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    people = [stage.people[i] for i in ids if stage.people[i].is_officer]
    return {a: tuple(sorted(p.person_id for p in people if p.agency == a)) for a in (POLICE, MARKET_REGULATION)}


def _pairs_again(
    before: ReplayVisit | None, stops: Sequence[tuple[str, object]], members: Mapping[str, Sequence[str]]
) -> int:
    """Return the number of officer pairs of one authority that also made the previous visit."""
    if before is None:
        return 0
    pairs = [set(p) for team in before.officers for ids in team.values() for p in combinations(ids, 2)]
    return sum(p <= set(members[t]) for t in {t for t, _ in stops} for p in pairs)


def state_after(
    state: ReplayState,
    day: date,
    made: Sequence[ReplayVisit],
    plan: DayPlan,
    published: Sequence[DayPlan],
    future: Future,
) -> ReplayState:
    """Return the state after a day: found dens are closed, published visits are recorded."""
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
        held={v.building_id: p.day.isoformat() for p in published for v in p.visits},
        drawn={v.building_id: v.selection_probability for p in published for v in p.visits if v.track == "routine"},
        n_held=state.n_held + len(mine),
        n_moved=state.n_moved + len(mine - {d.building_id for d in made}),
        duties=duties,
    )


def rechecks(stage: ReplaySetup, state: ReplayState) -> tuple[Recheck, ...]:
    """Return the items with a re-check to come."""
    days = stage.loaded.scenario.follow_up.recheck_days
    return tuple(
        Recheck(f"R-{a.due_on}-{a.building_id}", a.building_id, None, "", "irregular", a.opened_on, a.due_on, a.n_looks)
        for a in replay_rechecks(state.done, days)
        if not a.is_over
    )


def history_of(stage: ReplaySetup, done: Sequence[ReplayVisit]) -> pd.DataFrame:
    """Return the history with all visits of the replay."""
    history = stage.loaded.inputs.history
    return pd.concat([history, history_rows(stage, done)], ignore_index=True) if done else history


def history_rows(stage: ReplaySetup, made: Sequence[ReplayVisit]) -> pd.DataFrame:
    """Return rows of the history, one for each authority and firm."""
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
            "officers": ";".join(d.officers[n % len(d.officers)][agency]) or None,
        }
        for d in made
        for agency in (POLICE, MARKET_REGULATION)
        for n, uscc in enumerate(d.targets or (None,))
    ]
    return pd.DataFrame(rows).reindex(columns=history.columns).astype(history.dtypes.to_dict())
