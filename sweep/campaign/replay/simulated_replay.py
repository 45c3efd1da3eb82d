"""Replay of a synthetic city, day by day, under a policy that does not know its dens, with simulated results."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations

import pandas as pd

from geodata.schema import TIMEZONE
from sweep.campaign.model.replay_measures import measures
from sweep.campaign.model.replay_policies import MULTI_DAY_POLICIES, NEVER_DAYS, POLICIES, Policy, VisitFacts
from sweep.campaign.model.replay_state import ReplayState, ReplayVisit, ReplayWeek, outcome, pseudo_random
from sweep.campaign.model.replayed_rechecks import replay_rechecks
from sweep.campaign.replay.replay_setup import ReplaySetup, leads_sent, without_drawn_officers
from sweep.campaign.window.daily_offers import DayOffer, WindowData, window_offers
from sweep.campaign.window.load_campaign import LoadedCampaign, last_looks, with_rows
from sweep.campaign.window.visit_urgency import leads_due
from sweep.campaign.window.visit_values import ranker_of, rankings
from sweep.campaign.window.window_problem import DayPlan, make_window, split_by_day
from sweep.made_up.events.future_leads import Future
from sweep.plan.solve import Settings, solve
from sweep.records.people import MARKET_REGULATION, POLICE
from sweep.records.visits import Recheck


@dataclass(slots=True)
class CityReplay:
    """Replay on simulated leads, of a synthetic city or a real district, for several policies and seeds."""

    setup: ReplaySetup
    rounds: int
    """Iterations of each day's search."""
    texts: tuple[str, ...] = ()
    """Texts of further inputs, whose change makes stored states invalid."""

    @property
    def loaded(self) -> LoadedCampaign:
        """Return the campaign on its first day."""
        return self.setup.loaded

    @property
    def n_weeks(self) -> int:
        """Return the number of weeks of the campaign."""
        return self.setup.n_weeks

    def states_after(self, state: ReplayState, n_weeks: int) -> Iterator[ReplayState]:
        """Yield the state after each week that follows `state`, up to `n_weeks` weeks from the campaign's start."""
        history = self.loaded.inputs.history
        if state.done:
            history = with_rows(history, history_rows(state.done))
        tables = _Tables(self.loaded.inputs.leads, history)
        for n in range(state.n_weeks, n_weeks):
            state = _week(self.setup, state, n, tables, self.rounds)
            yield state

    def figures(self, state: ReplayState) -> dict[str, float]:
        """Return the measures of the weeks so far, by name."""
        return measures(state, self.setup.reference(state))


@dataclass(slots=True)
class _Tables:
    """Leads and visits known on a morning of the replay; both tables are replaced day by day."""

    leads: pd.DataFrame
    history: pd.DataFrame


def _week(setup: ReplaySetup, state: ReplayState, n: int, tables: _Tables, rounds: int) -> ReplayState:
    monday, future = setup.loaded.monday + timedelta(days=7 * n), setup.future(state.seed)
    n_before, expected = len(state.done), 0.0
    for day in setup.loaded.days(monday, monday + timedelta(days=6)):
        tables.leads = _leads_known(setup, future, state, day)
        loaded = setup.loaded.with_tables(day, tables.leads, tables.history, rechecks(setup, state))
        plan, published = _plan_day(setup, loaded, state, rounds)
        dens = _open_dens(future, state, day)
        made = list(visits_made(setup, dens, state, loaded, plan))
        expected += sum(v.value for v in plan.visits)
        tables.history = with_rows(tables.history, history_rows(made))
        state = state_after(state, day, made, plan, published, dens)
    received_at = tables.leads["received_at"]
    start = pd.Timestamp(monday, tz=TIMEZONE)
    n_leads = int(((received_at >= start) & (received_at < start + pd.Timedelta(days=7))).sum())
    finds = sum(d.outcome == "find" for d in state.done[n_before:])
    week = ReplayWeek(monday.isoformat(), len(state.done) - n_before, finds, round(expected, 6), n_leads)
    return replace(state, n_weeks=n + 1, weeks=(*state.weeks, week))


def _leads_known(setup: ReplaySetup, future: Future, state: ReplayState, day: date) -> pd.DataFrame:
    received = leads_sent(future, state, day)
    return with_rows(setup.loaded.inputs.leads, received.assign(lead_source="reported", event_id=received["lead_id"]))


def _plan_day(
    setup: ReplaySetup, loaded: LoadedCampaign, state: ReplayState, rounds: int
) -> tuple[DayPlan, tuple[DayPlan, ...]]:
    """Return the plan of today, and the plans of later days that are published with it."""
    policy = POLICIES[state.policy]
    is_multi_day = state.policy in MULTI_DAY_POLICIES
    days = loaded.days(*loaded.campaign.window(loaded.today))[: setup.n_ahead if is_multi_day else 1]
    published_day_of = {b: date.fromisoformat(on) for b, on in state.held.items() if date.fromisoformat(on) in days}
    on_duty = dict.fromkeys(days, setup.people)
    ranked = rankings(loaded, ranker_of(loaded, setup.size), days)
    # The draw of a published day is not repeated.
    drawn = {day: {b for b in state.drawn if published_day_of.get(b) == day} for day in published_day_of.values()}
    span = WindowData(days, ranked, on_duty, setup.size, published_day_of, drawn_from=drawn)
    offers = [_with_chances(without_drawn_officers(o), span, state.drawn) for o in window_offers(loaded, span)]
    if not is_multi_day:
        offers = [_with_policy_values(o, loaded, policy, state.seed) for o in offers]
    window = make_window(loaded, setup.travel_matrix, offers, [setup.teams_on(d) for d in days])
    limits = Settings(
        state.seed + loaded.today.toordinal(), 600.0, rounds, is_proof_wanted=False, is_review_wanted=False
    )
    plans = split_by_day(window, solve(window.problem, limits))
    published = tuple(p for p in plans[1:] if p.day <= loaded.freeze_until) if is_multi_day else ()
    return _with_expected_finds(plans[0], span, loaded), published


def _with_chances(offer: DayOffer, span: WindowData, chances: Mapping[str, float]) -> DayOffer:
    """Return the offer, in which visits drawn when the day was published get their probability from `chances`."""
    drawn = span.drawn_from.get(offer.day, ())
    visits = {b: replace(v, selection_probability=chances[b]) if b in drawn else v for b, v in offer.visits.items()}
    return replace(offer, visits=visits)


def _with_policy_values(offer: DayOffer, loaded: LoadedCampaign, policy: Policy, seed: int) -> DayOffer:
    dues, due = loaded.dues(), leads_due(loaded, (offer.day, loaded.campaign.last_day))
    looks = last_looks(loaded.inputs.history, offer.day)
    visits = {}
    for b, v in offer.visits.items():
        known = VisitFacts(
            value=v.value,
            n_leads=len(v.basis) if v.track == "case" else 0,
            days_since=(offer.day - looks[b]).days if b in looks else NEVER_DAYS,
            promise_days=dues[b].promise.days if b in dues else NEVER_DAYS,
            days_to_due=min(((d - offer.day).days for d in due.get(b, ())), default=None),
            ticket=pseudo_random(seed, "order", b, offer.day.isoformat()),
        )
        visits[b] = replace(v, value=policy(known), urgency=0.0)
    return replace(offer, visits=visits)


def _with_expected_finds(plan: DayPlan, span: WindowData, loaded: LoadedCampaign) -> DayPlan:
    table = span.rankings[plan.day].table
    value = dict(zip(table["building_id"], table["value"], strict=True))
    share = loaded.scenario.select.stocktake_value_share
    visits = (replace(v, value=value[v.building_id] * (share if v.track == STOCKTAKE else 1.0)) for v in plan.visits)
    return replace(plan, visits=tuple(visits))


# Stock-taking detects less than an inspection, in proportion to its value.
STOCKTAKE = "stocktake"


def _open_dens(future: Future, state: ReplayState, day: date) -> dict[str, str]:
    """Return, by building id, the id of a den that is open and not yet found: of several, the first in the table."""
    today, dens = pd.Timestamp(day), future.dens
    here = dens[(dens["opened_on"] <= today) & (dens["closes_on"] > today) & ~dens["den_id"].isin(state.closed)]
    return dict(zip(here["building_id"][::-1], here["den_id"][::-1], strict=True))


def visits_made(
    setup: ReplaySetup, den_in: Mapping[str, str], state: ReplayState, loaded: LoadedCampaign, plan: DayPlan
) -> Iterator[ReplayVisit]:
    """
    Yield the visits of a plan with their simulated results; `state` is not changed.

    `den_in`: id of the open den by building id; `loaded`: campaign on the plan's day.
    """
    rank = loaded.scenario.rank
    last = {d.building_id: d for d in state.done}
    members = {t.team_id: t.member_ids for t in plan.teams}
    for v in plan.visits:
        stops = [(r.team_id, s) for r in plan.routes for s in r.stops if s.visit_id == v.visit_id]
        share = loaded.scenario.select.stocktake_value_share if v.track == STOCKTAKE else 1.0
        result = outcome(
            state.seed,
            v.building_id,
            plan.day,
            den_in.get(v.building_id),
            no_access=rank.no_access_share,
            detects=rank.detection_share * share,
            irregular=setup.irregular.get(v.track, 0.0),
        )
        teams = [t for t, _ in stops][: max(1, len(v.targets))]
        yield ReplayVisit(
            day=plan.day.isoformat(),
            building_id=v.building_id,
            track=v.track,
            targets=v.targets,
            outcome=result,
            team=f"{plan.day:%y%m%d}{stops[0][0]}",
            officers=tuple(_officers(setup, members[t]) for t in teams),
            seconds=sum(s.end_s - s.start_s for _, s in stops),
            probability=v.selection_probability if v.track == "routine" else 0.0,
            n_pairs_twice=_pairs_again(last.get(v.building_id), stops, members),
        )


def _officers(setup: ReplaySetup, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    people = [setup.people[i] for i in ids if setup.people[i].is_officer]
    return {a: tuple(sorted(p.person_id for p in people if p.agency == a)) for a in (POLICE, MARKET_REGULATION)}


def _pairs_again(
    before: ReplayVisit | None, stops: Sequence[tuple[str, object]], members: Mapping[str, Sequence[str]]
) -> int:
    """
    Return the number of pairs of officers of one authority of the visit `before` who are in one team again.

    `stops`: (team id, stop) of the new visit; `members`: person ids by team id.
    """
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
    den_in: Mapping[str, str],
) -> ReplayState:
    """
    Return the state after a day: with the visits `made`, the dens that they closed, duties and the published visits.

    `plan`: the day's plan, whose teams had duty; `published`: plans of the later days that are published by then;
    `den_in`: id of the open den by building id.
    """
    closed_dens = {den_in[d.building_id]: day.isoformat() for d in made if d.outcome == "find"}
    published_today = {b for b, on in state.held.items() if on == day.isoformat()}
    duties = dict(state.duties)
    for team in plan.teams:
        for i in team.member_ids:
            duties[i] = duties.get(i, 0) + 1
    return replace(
        state,
        done=(*state.done, *made),
        closed={**state.closed, **closed_dens},
        held={v.building_id: p.day.isoformat() for p in published for v in p.visits},
        drawn={v.building_id: v.selection_probability for p in published for v in p.visits if v.track == "routine"},
        n_held=state.n_held + len(published_today),
        n_moved=state.n_moved + len(published_today - {d.building_id for d in made}),
        duties=duties,
    )


def rechecks(setup: ReplaySetup, state: ReplayState) -> tuple[Recheck, ...]:
    """Return the re-check items that the replay's visits so far have opened and not closed."""
    days = setup.loaded.scenario.follow_up.recheck_days
    return tuple(
        Recheck(f"R-{a.due_on}-{a.building_id}", a.building_id, None, "", "irregular", a.opened_on, a.due_on, a.n_looks)
        for a in replay_rechecks(state.done, days)
        if not a.is_over
    )


def history_rows(made: Sequence[ReplayVisit]) -> list[dict[str, object]]:
    """Return visits of the replay as rows of the history table, one for each authority and firm."""
    return [
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
