"""Set-up of a replay: campaign on its first day, simulated dens and leads, and teams composed once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial

import numpy as np
import pandas as pd

from geodata.schema import TIMEZONE
from sweep.campaign.campaign_settings import Campaign
from sweep.campaign.model.replay_measures import ReplayReference
from sweep.campaign.model.replay_state import ReplayState
from sweep.campaign.replay.simulated_district import irregular_shares, make_district
from sweep.campaign.window.compose_daily_teams import rotating_teams, with_rules
from sweep.campaign.window.daily_offers import DayOffer, WindowData, window_offers
from sweep.campaign.window.load_campaign import LoadedCampaign, last_looks, load_for
from sweep.campaign.window.travel_and_day_problem import TravelMatrix, make_travel_matrix, problem_of
from sweep.campaign.window.visit_values import lead_rates, ranker_of, rankings, size_on
from sweep.made_up.events.future_leads import Future, make_future
from sweep.made_up.generate_city import generate_city
from sweep.made_up.places.buildings import make_buildings
from sweep.made_up.places.streets import make_streets
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.records.people import Person, Team
from sweep.scenario.city_toml import City
from sweep.scenario.working_days_and_hours import covers
from sweep.select.make_visits import TeamSize
from sweep.select.target_firms import active_firms

# Team compositions used in turn, so that each can visit where another has been.
N_COMPOSITIONS = 6


@dataclass(slots=True)
class ReplaySetup:
    """Campaign of a synthetic city or a real district, ready for a replay from its first day."""

    loaded: LoadedCampaign
    travel_matrix: TravelMatrix
    """Travel times between all buildings and bases."""
    draw_future: Callable[[int, int], Future]
    """Function of (number of days, seed) that returns the simulated future."""
    people: Mapping[str, Person]
    """All people, with certificates that are renewed in time."""
    size: TeamSize
    """Expected number and size of teams, for ranking and selection."""
    irregular: Mapping[str, float]
    """Share of visits with an irregularity, by track."""
    # Sweep days planned at once in a replay: more take longer and hardly change today's plan.
    n_ahead: int = 4
    """Number of sweep days that a policy with a window plans at once, today included."""
    _compositions: Sequence[tuple[Team, ...]] = ()
    _futures: dict[int, Future] = field(default_factory=dict)

    @property
    def n_weeks(self) -> int:
        """Return the number of weeks of the campaign, including partial ones."""
        return (self.loaded.campaign.last_day - self.loaded.monday).days // 7 + 1

    def teams_on(self, day: date) -> tuple[Team, ...]:
        """Return the teams of a day; `N_COMPOSITIONS` compositions, made at the first call, take turns."""
        if not self._compositions:
            days = self.loaded.days(*self.loaded.campaign.window(self.loaded.today))[:1]
            ranked = rankings(self.loaded, ranker_of(self.loaded, self.size), days)
            span = WindowData(days, ranked, {days[0]: self.people}, self.size)
            offer = without_drawn_officers(window_offers(self.loaded, span)[0])
            problem = problem_of(self.loaded, self.travel_matrix, offer, self.people.values())
            # The teams serve for years, so a building counts by its lead rate rather than the first day's leads.
            rates = lead_rates(self.loaded)
            by_rate = (replace(v, value=rates[v.building_id], urgency=0.0, is_must=False) for v in problem.visits)
            problem = replace(problem, visits=tuple(by_rate))
            self._compositions = rotating_teams(with_rules(self.loaded, problem, offer.day), N_COMPOSITIONS)
        return self._compositions[day.toordinal() % N_COMPOSITIONS]

    def future(self, seed: int) -> Future:
        """Return the simulated leads and dens of the whole campaign, however long the replay; equal for equal seeds."""
        if seed not in self._futures:
            self._futures[seed] = self.draw_future(7 * self.n_weeks + 7, seed)
        return self._futures[seed]

    def reference(self, state: ReplayState) -> ReplayReference:
        """Return the dates, promises, leads and caps by which the replay up to `state` is measured."""
        campaign, plan = self.loaded.campaign, self.loaded.scenario.plan
        end = min(campaign.last_day, self.loaded.monday + timedelta(days=7 * state.n_weeks - 1)) + timedelta(days=1)
        leads = leads_sent(self.future(state.seed), state, end)
        rows = zip(leads["building_id"], leads["received_at"], leads["due_at"], strict=True)
        firms = self.loaded.inputs.firms.dropna(subset="credit_class")
        return ReplayReference(
            end=end,
            begins=campaign.first_day,
            promise_days={b: d.promise.days for b, d in self.loaded.dues().items()},
            first_looks=last_looks(self.loaded.inputs.history, campaign.first_day),
            leads=[(str(b), at.date(), due.date()) for b, at, due in rows],
            classes=dict(zip(firms["uscc"], firms["credit_class"], strict=True)),
            caps=self.loaded.scenario.select.annual_cap,
            n_buildings=len(self.loaded.buildings),
            shift_hours=(plan.shift_end_s - plan.shift_start_s) / 3600.0,
            days=self.loaded.days(campaign.first_day, end - timedelta(days=1)),
            recheck_days=self.loaded.scenario.follow_up.recheck_days,
        )


def leads_sent(future: Future, state: ReplayState, until: date) -> pd.DataFrame:
    """
    Return the rows of `future.leads` received from the replay's first day to the day before `until`.

    Leads of a den after the day on which the replay closed it (`state`) are left out.
    """
    received = future.leads[future.leads["received_at"] < pd.Timestamp(until, tz=TIMEZONE)]
    pairs = zip(received["den_id"], received["received_at"], strict=True)
    is_kept = [state.closed.get(str(den), "9999") >= at.date().isoformat() for den, at in pairs]
    return received[np.array(is_kept, np.bool_)]


def make_replay_setup(campaign: Campaign, overrides: Mapping[str, str] | None = None) -> ReplaySetup:
    """Return a campaign made ready for replays; S924 if it has neither a synthetic city nor leads to simulate from."""
    loaded = _with_all_years(load_for(campaign, campaign.first_day, overrides))
    first, until = campaign.first_day, campaign.last_day
    people = {i: replace(p, certificate_until=until) if p.is_certified(first) else p for i, p in loaded.persons.items()}
    days = loaded.days(*campaign.window(first))
    size = size_on(loaded, days[0], people)
    city = loaded.scenario.city
    draw_future: Callable[[int, int], Future]
    if city is None:
        draw_future, irregular = make_district(loaded, size).future, irregular_shares(loaded, first)
    else:
        draw_future, irregular = _of_city(loaded, city)
    return ReplaySetup(
        loaded=replace(loaded, persons=people),
        travel_matrix=make_travel_matrix(loaded),
        draw_future=draw_future,
        people=people,
        size=size,
        irregular=irregular,
    )


def _of_city(loaded: LoadedCampaign, city: City) -> tuple[Callable[[int, int], Future], Mapping[str, float]]:
    """Return a function (days, seed) that simulates a synthetic city, and the share of irregular visits by track."""
    settings = SyntheticCitySettings(**{**city.model_dump(), "day": city.day or loaded.campaign.first_day})
    places, dens = make_buildings(settings, make_streets(settings))[0], generate_city(settings).truth
    firms = active_firms(loaded.inputs.firms)
    return partial(make_future, settings, places, firms, dens), dict(settings.history.irregular_share)


def _with_all_years(loaded: LoadedCampaign) -> LoadedCampaign:
    """Return the campaign with New Year's Day as the only holiday of each year that has no holiday table."""
    hours, campaign = loaded.scenario.hours, loaded.campaign
    new_years = (date(year, 1, 1) for year in range(campaign.first_day.year, campaign.last_day.year + 1))
    longer = hours.model_copy(
        update={"holidays": (*hours.holidays, *(day for day in new_years if not covers(day, hours)))}
    )
    return replace(loaded, scenario=loaded.scenario.model_copy(update={"hours": longer}))


def without_drawn_officers(offer: DayOffer) -> DayOffer:
    """Return the offer without the officers drawn for its visits: teams of a replay take turns and ignore draws."""
    return replace(offer, visits={b: replace(v, officers=()) for b, v in offer.visits.items()})
