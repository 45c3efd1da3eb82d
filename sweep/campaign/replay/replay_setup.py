"""What a replay stands on: the campaign at its first day, the city's truth, and crews made once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

import numpy as np

from geodata.day_times import monday_of
from sweep.campaign.campaign_settings import Campaign
from sweep.campaign.model.replay_measures import Truth
from sweep.campaign.model.replay_state import State
from sweep.campaign.replay.simulated_district import irregular_shares, make_district
from sweep.campaign.window.daily_offers import DayOffer, Span, window_offers
from sweep.campaign.window.daily_teams import taking_turns, with_rules
from sweep.campaign.window.load_campaign import Loaded, last_looks, load_for
from sweep.campaign.window.travel_matrix import Ground, make_ground, problem_of
from sweep.campaign.window.visit_values import lead_rates, ranker_of, rankings, size_on
from sweep.made_up.events.future_leads import Future, make_future
from sweep.made_up.generate_city import generate_city
from sweep.made_up.places.buildings import make_buildings
from sweep.made_up.places.streets import make_streets
from sweep.made_up.settings.city import CitySettings
from sweep.records.people import Person, Team
from sweep.scenario.city import City
from sweep.scenario.work_calendar import covers
from sweep.select.make_visits import TeamSize
from sweep.select.target_firms import active_firms

# Compositions of teams that take turns, so that each may go where another was.
N_CREWS = 6


@dataclass(slots=True)
class Stage:
    """The campaign of a made-up city or of one's own district, ready to be played from its first day."""

    loaded: Loaded
    ground: Ground
    draw_future: Callable[[int, int], Future]
    """What is going to happen in so many days, by seed."""
    people: Mapping[str, Person]
    """Everybody, with certificates that are renewed in time."""
    size: TeamSize
    irregular: Mapping[str, float]
    """Share of visits that find something irregular, by track."""
    # Sweep days that are planned at once in a replay: more take longer and change little of today.
    n_ahead: int = 4
    _first: DayOffer | None = None
    _crews: Sequence[tuple[Team, ...]] = ()

    @property
    def monday(self) -> date:
        """The Monday of the campaign's first week."""
        return monday_of(self.loaded.campaign.first_day)

    @property
    def n_weeks(self) -> int:
        """Weeks of the campaign, begun ones counted."""
        return ((self.loaded.campaign.last_day - self.monday).days // 7) + 1

    def crews(self, day: date) -> tuple[Team, ...]:
        """The teams of a day: one of a few compositions that take turns, by the day alone."""
        if not self._crews:
            offer = self._first_offer()
            problem = problem_of(self.loaded, self.ground, offer, self.people.values())
            # They are for years: a place counts by the leads that come in about it, not by those of the first day.
            rates = lead_rates(self.loaded)
            by_rate = (replace(v, value=rates[v.building_id], urgency=0.0, is_must=False) for v in problem.visits)
            problem = replace(problem, visits=tuple(by_rate))
            self._crews = taking_turns(with_rules(self.loaded, problem, offer.day), N_CREWS)
        return self._crews[day.toordinal() % N_CREWS]

    def future(self, seed: int, n_weeks: int) -> Future:
        """What is going to happen, by seed."""
        return self.draw_future(7 * n_weeks + 7, seed)

    def _first_offer(self) -> DayOffer:
        if self._first is None:
            days = self.loaded.days(*self.loaded.campaign.window(self.loaded.today))[:1]
            ranked = rankings(self.loaded, ranker_of(self.loaded, self.size), days)
            span = Span(days, ranked, {days[0]: self.people}, self.size)
            self._first = drawn_without_officers(window_offers(self.loaded, span)[0])
        return self._first

    def truth(self, state: State, future: Future) -> Truth:
        """What a replay is measured against."""
        campaign, plan = self.loaded.campaign, self.loaded.scenario.plan
        end = min(campaign.last_day, self.monday + timedelta(days=7 * state.n_weeks - 1)) + timedelta(days=1)
        leads = future.leads[future.leads["received_at"].dt.date < end]
        came = zip(leads["den_id"], leads["received_at"], strict=True)
        kept = [state.closed.get(str(den), "9999") >= at.date().isoformat() for den, at in came]
        leads = leads[np.array(kept, np.bool_)]
        rows = zip(leads["building_id"], leads["received_at"], leads["due_at"], strict=True)
        firms = self.loaded.inputs.firms.dropna(subset="credit_class")
        return Truth(
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


def make_stage(campaign: Campaign, overrides: Mapping[str, str] | None = None) -> Stage:
    """The stage of a campaign, in its made-up city or its own district; S924 if there is neither city nor lead."""
    loaded = _with_all_years(load_for(campaign, campaign.first_day, overrides))
    first, until = campaign.first_day, campaign.last_day
    people = {i: replace(p, certificate_until=until) if p.is_certified(first) else p for i, p in loaded.persons.items()}
    days = loaded.days(*campaign.window(first))
    size = size_on(loaded, days[0], people)
    city = loaded.scenario.city
    draw_future, irregular = _of_own(loaded, size) if city is None else _of_city(loaded, city)
    return Stage(
        loaded=replace(loaded, persons=people),
        ground=make_ground(loaded),
        draw_future=draw_future,
        people=people,
        size=size,
        irregular=irregular,
    )


def _of_own(loaded: Loaded, size: TeamSize) -> tuple[Callable[[int, int], Future], Mapping[str, float]]:
    """The future of the campaign's own district, and its share of irregular visits by track."""
    return make_district(loaded, size).future, irregular_shares(loaded, loaded.campaign.first_day)


def _of_city(loaded: Loaded, city: City) -> tuple[Callable[[int, int], Future], Mapping[str, float]]:
    """The future of the scenario's made-up city, and its share of irregular visits by track."""
    settings = CitySettings(**{**city.model_dump(), "day": city.day or loaded.campaign.first_day})
    places, dens = make_buildings(settings, make_streets(settings))[0], generate_city(settings).truth
    firms = active_firms(loaded.inputs.firms)
    return partial(make_future, settings, places, firms, dens), dict(settings.history.irregular_share)


def _with_all_years(loaded: Loaded) -> Loaded:
    """The campaign with Monday to Friday as working days in years that no table of holidays has yet."""
    hours, last = loaded.scenario.hours, loaded.campaign.last_day
    if covers(last) or (hours.table_until is not None and hours.table_until >= last):
        return loaded
    longer = hours.model_copy(update={"table_until": last})
    return replace(loaded, scenario=loaded.scenario.model_copy(update={"hours": longer}))


def drawn_without_officers(offer: DayOffer) -> DayOffer:
    """The offer with drawn visits that any team may make: in a replay the second random is left to the crews' turns."""
    return replace(offer, visits={b: replace(v, officers=()) for b, v in offer.visits.items()})
