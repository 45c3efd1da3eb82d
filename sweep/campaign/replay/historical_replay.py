"""Replay of a real history: the real number of visits per day, in the order of a policy."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from geodata.errors import InputError, Issue
from geodata.read.csv_files import read_text
from geodata.schema import TIMEZONE
from sweep.campaign.campaign_settings import FILE_NAME as CAMPAIGN_FILE
from sweep.campaign.campaign_settings import Campaign, Promise
from sweep.campaign.model.inspection_history import (
    FILE_NAME,
    Inspection,
    InspectionHistory,
    make_history,
    open_visits,
    order_measures,
    read_inspections,
)
from sweep.campaign.model.promise_deadlines import DueDate, due_on
from sweep.campaign.model.replay_measures import promise_measures
from sweep.campaign.model.replay_policies import (
    MULTI_DAY_POLICIES,
    NEVER_DAYS,
    PAST_POLICIES,
    RANKING_POLICIES,
    VisitFacts,
)
from sweep.campaign.model.replay_state import ReplayState, ReplayVisit, ReplayWeek, pseudo_random
from sweep.campaign.window.load_campaign import LoadedCampaign, last_looks, load_for, with_rows
from sweep.campaign.window.visit_urgency import promise_urgency
from sweep.jobs.stages.prepared_ranking import make_ranker
from sweep.jobs.stages.rank_day import team_size
from sweep.records.people import MARKET_REGULATION


@dataclass(slots=True)
class HistoricalReplay:
    """Replay of past inspections: each policy makes the real visits of inspections.csv in its own order."""

    loaded: LoadedCampaign
    history: InspectionHistory
    promise_days: Mapping[str, int]
    """Most days until the next visit, by building id, by which all policies are measured. Real visits up to the
    campaign's end may require an interval: the last one counts, else the promise. Policies: `required_intervals`."""
    required_before: Mapping[str, int]
    """As `promise_days`, but only visits before the campaign count."""
    first_looks: Mapping[str, date]
    """Last visit with access before the campaign, with which the replay starts, by building id."""
    texts: tuple[str, ...]
    """Content of inspections.csv (one item); its hash is stored with results, which are void if the file changes."""
    rounds: int = 0
    """Always 0, since no routes are searched; present as in `CityReplay`."""

    @property
    def n_weeks(self) -> int:
        """Return the number of weeks until the last real visit."""
        return (self.history.days[-1] - self.loaded.monday).days // 7 + 1

    def states_after(self, state: ReplayState, n_weeks: int) -> Iterator[ReplayState]:
        """Yield the state after each week that follows `state`, up to `n_weeks` weeks from the replay's start."""
        for n in range(state.n_weeks, n_weeks):
            state = self._state_after_week(state, self.loaded.monday + timedelta(days=7 * n))
            yield state

    def figures(self, state: ReplayState) -> dict[str, float]:
        """Return the measures of the weeks replayed so far, by name."""
        campaign = self.loaded.campaign
        begins, replayed_until = campaign.first_day, self.loaded.monday + timedelta(days=7 * state.n_weeks)
        end = min(campaign.last_day + timedelta(days=1), replayed_until)
        measured = order_measures(state.done, self.history, begins, end)
        return measured | promise_measures(state.done, self.promise_days, self.first_looks, begins, end)

    def _state_after_week(self, state: ReplayState, monday: date) -> ReplayState:
        n_before, expected = len(state.done), 0.0
        value = self._values(state, monday) if state.policy in RANKING_POLICIES else {}
        for day in (d for d in dict.fromkeys(self.history.days) if monday <= d < monday + timedelta(days=7)):
            chosen = self._chosen_visits(state, day, value)
            expected += sum(value.get(i.building_id, 0.0) for i in chosen)
            state = replace(state, done=(*state.done, *(_done(i, day) for i in chosen)))
        finds = sum(d.outcome == "find" for d in state.done[n_before:])
        week = ReplayWeek(monday.isoformat(), len(state.done) - n_before, finds, round(expected, 6), 0)
        return replace(state, n_weeks=state.n_weeks + 1, weeks=(*state.weeks, week))

    def _values(self, state: ReplayState, monday: date) -> dict[str, float]:
        """Return the expected finds of a visit to each building, by id, from the visits known to the replay by then."""
        loaded = self.loaded
        seen = (Inspection(d.building_id, date.fromisoformat(d.day), d.team, d.outcome, None) for d in state.done)
        known = loaded.with_tables(monday, loaded.inputs.leads, with_rows(loaded.inputs.history, _rows(seen, "R")))
        ranker = make_ranker(known.scenario, known.inputs, known.buildings, team_size(known.scenario, known.persons))
        table = ranker.rank(pd.Timestamp(monday, tz=TIMEZONE).to_pydatetime()).table
        return dict(zip(table["building_id"].astype(str), table["value"].astype(float), strict=True))

    def _chosen_visits(self, state: ReplayState, day: date, value: Mapping[str, float]) -> list[Inspection]:
        n_ahead, rest = 7 * self.loaded.campaign.window_weeks, self.loaded.scenario.select.cooldown_days
        on_offer = open_visits(self.history, state.done, day, n_ahead, rest)
        looks = dict(self.first_looks)
        looks |= {d.building_id: date.fromisoformat(d.day) for d in state.done if d.outcome != "no_access"}
        intervals = required_intervals(self, state)
        priorities = {
            b: self._priority(state, day, of[0], value=value.get(b, 0.0), last=looks.get(b), promise=intervals.get(b))
            for b, of in on_offer.items()
        }
        n_due = max(0, self.history.n_due(day) - len(state.done))
        return [i for b in sorted(priorities, key=lambda b: (-priorities[b], b)) for i in on_offer[b]][:n_due]

    def _priority(
        self, state: ReplayState, day: date, visit: Inspection, *, value: float, last: date | None, promise: int | None
    ) -> float:
        campaign = self.loaded.campaign
        urgency = 0.0
        if promise is not None:
            due = DueDate(visit.building_id, Promise("all", "", promise), due_on(last, campaign.first_day, promise))
            end = day + timedelta(days=7 * campaign.window_weeks)
            urgency = promise_urgency(due, day, day, end, campaign.promise_weight)
        known = VisitFacts(
            value=value,
            n_leads=0,
            days_since=NEVER_DAYS if last is None else (day - last).days,
            promise_days=promise or NEVER_DAYS,
            days_to_due=None,
            ticket=pseudo_random(state.seed, "order", visit.building_id, day.isoformat()),
            days_to_real_visit=(visit.day - day).days,
        )
        return PAST_POLICIES[state.policy](known) + (urgency if state.policy in MULTI_DAY_POLICIES else 0.0)


def make_historical_replay(campaign: Campaign, overrides: Mapping[str, str] | None = None) -> HistoricalReplay:
    """Return the replay of a campaign's inspections.csv; InputError for errors of the file, S906 without visits."""
    loaded = load_for(campaign, campaign.first_day, overrides)
    text, _ = read_text(campaign.folder / FILE_NAME)
    inspections = read_inspections(text, loaded.buildings)
    replayed = [i for i in inspections if campaign.first_day <= i.day <= campaign.last_day]
    if not replayed:
        span = {"first": campaign.first_day.isoformat(), "last": campaign.last_day.isoformat()}
        raise InputError([Issue("S906", CAMPAIGN_FILE, span)])
    before = [i for i in inspections if i.day < campaign.first_day]
    if before:
        history = with_rows(loaded.inputs.history, _rows(before, "B"))
        loaded = loaded.with_tables(loaded.today, loaded.inputs.leads, history)
    promised = {b: d.promise.days for b, d in loaded.dues().items()}
    required_before = promised | _required(before)
    looks = last_looks(loaded.inputs.history, campaign.first_day)
    return HistoricalReplay(
        loaded, make_history(replayed), required_before | _required(replayed), required_before, looks, (text,)
    )


def required_intervals(replay: HistoricalReplay, state: ReplayState) -> dict[str, int]:
    """
    Return the interval until the next visit in days, by building id, as known after the replay's visits so far.

    The latest visit made that states an interval decides. Without one, the interval is that of visits before the
    campaign, or else of the building's promise (`required_before`).
    """
    n_done = Counter(d.building_id for d in state.done)
    visits = (i for b, n in n_done.items() for i in replay.history.of_building[b][:n])
    return {**replay.required_before, **_required(visits)}


def _required(visits: Iterable[Inspection]) -> dict[str, int]:
    """Return, by building id, the days until the next visit that the latest visit with such a number states."""
    return {i.building_id: i.required_days for i in visits if i.required_days is not None}


def _done(visit: Inspection, day: date) -> ReplayVisit:
    return ReplayVisit(day.isoformat(), visit.building_id, "routine", (), visit.outcome, visit.inspector, (), 0, 0.0)


def _rows(visits: Iterable[Inspection], name: str) -> list[dict[str, object]]:
    return [
        {
            "visit_id": f"{name}-{n}",
            "building_id": i.building_id,
            "visited_on": pd.Timestamp(i.day, tz=TIMEZONE),
            "track": "routine",
            "authority": MARKET_REGULATION,
            "team": i.inspector or None,
            "outcome": i.outcome,
        }
        for n, i in enumerate(visits)
    ]
