"""Campaign with scenario, clean inputs and records, read once for all days."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pandas as pd

from geodata.clock_times import monday_of
from geodata.errors import Code, InputError, Issue
from geodata.read.csv_files import read_text
from geodata.read.read_table import safe_path
from geodata.regular_file import is_present
from geodata.schema import TIMEZONE
from sweep.campaign.campaign_settings import EVERY, FILE_NAME, Campaign
from sweep.campaign.model.duty_roster import DutyRow, read_duty
from sweep.campaign.model.promise_deadlines import DueDate, due_dates
from sweep.campaign.model.sweep_days import calendar_issues, sweep_days
from sweep.inputs.building_search import find_building, suggestions
from sweep.inputs.earlier_results import results_before
from sweep.inputs.load_inputs import load_inputs
from sweep.inputs.make_records import make_bases, make_buildings, make_persons
from sweep.inputs.matched_inputs import Inputs
from sweep.records.buildings import Building
from sweep.records.people import Base, Person
from sweep.records.pins import Pin
from sweep.records.visits import Recheck
from sweep.scenario.find_scenario import FILE_NAME as SCENARIO_FILE
from sweep.scenario.load_scenario import load_scenario
from sweep.scenario.scenario import Scenario
from sweep.scenario.working_days_and_hours import is_workday, is_workday_at_best
from sweep.select.frequency_limits import with_blocked_firms
from sweep.select.target_firms import active_firms


@dataclass(frozen=True, slots=True)
class LoadedCampaign:
    """Campaign on a day, with its scenario, clean inputs, and records of buildings, people and bases by id."""

    campaign: Campaign
    scenario: Scenario
    """Scenario of the days; its `day` is today."""
    inputs: Inputs
    buildings: Mapping[str, Building]
    persons: Mapping[str, Person]
    bases: Mapping[str, Base]
    duty: tuple[DutyRow, ...]
    facts: Mapping[str, Mapping[str, Collection[str]]]
    """Values that promises refer to, by building id and then column."""
    off_on_day: tuple[DutyRow, ...] = ()
    """Rows for people marked off in the roster who have no duty hours; each is off only on the roster's day."""
    history_with_unreported: pd.DataFrame | None = None
    """History including visits without results, which count as done; None without such visits."""

    @property
    def today(self) -> date:
        """Return the first day of the planning window."""
        return self.scenario.day

    @property
    def now(self) -> pd.Timestamp:
        """Return the time from which the window is planned: midnight at the start of today."""
        return pd.Timestamp(self.today, tz=TIMEZONE)

    @property
    def monday(self) -> date:
        """Return the Monday of the campaign's first week."""
        return monday_of(self.campaign.first_day)

    @property
    def freeze_until(self) -> date:
        """Return the last day whose plan is published (`freeze_days`)."""
        return self.today + timedelta(days=self.campaign.freeze_days - 1)

    @property
    def history(self) -> pd.DataFrame:
        """Return the past visits; with `history_with_unreported` set, planned visits without a result are included."""
        return self.inputs.history if self.history_with_unreported is None else self.history_with_unreported

    def days(self, first: date, last: date) -> tuple[date, ...]:
        """Return the sweep days from `first` to `last`, both included, without public holidays."""
        return sweep_days(self.campaign, lambda day: is_workday(day, self.scenario.hours), (first, last))

    def all_days(self, span: tuple[date, date] | None = None) -> tuple[date, ...]:
        """
        Return the sweep days of `span` (first and last day; None: whole campaign) that are workdays.

        In years without a holiday table, Monday to Friday count as workdays.
        """
        return sweep_days(self.campaign, lambda day: is_workday_at_best(day, self.scenario.hours), span)

    def dues(self) -> dict[str, DueDate]:
        """Return each building's due date under its promise, by id, as known today."""
        looks = last_looks(self.inputs.history, self.today)
        return due_dates(self.facts, self.campaign.ordered_promises, looks, self.campaign.first_day)

    def with_tables(
        self, day: date, leads: pd.DataFrame, history: pd.DataFrame, rechecks: tuple[Recheck, ...] = ()
    ) -> LoadedCampaign:
        """Return a copy of the campaign on `day`, with the leads, past visits and re-checks known by then."""
        scenario = self.scenario.model_copy(update={"day": day})
        inputs = replace(self.inputs, leads=leads, history=history, rechecks=rechecks)
        return replace(self, scenario=scenario, inputs=inputs, history_with_unreported=None)


def inputs_sha256(loaded: LoadedCampaign) -> str:
    """Return the hash of a campaign's settings (without solver limits) and tables, to detect a change of them."""
    content = {
        "campaign": loaded.campaign.model_dump(mode="json"),
        "scenario": loaded.scenario.model_dump(mode="json", exclude={"lang", "solver"}),
        "inputs": [f.sha256 for f in loaded.inputs.files],
    }
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def load_for(campaign: Campaign, today: date, overrides: Mapping[str, str] | None = None) -> LoadedCampaign:
    """
    Read all inputs of the window that begins on `today`.

    Raises
    ------
    InputError
        With all errors of scenario, tables, calendar and duty table; S648 for a pin to a team; S913 without data before
        `today`; S915 for a promise on a missing column; S917 if `today` is outside the campaign.
    """
    if not campaign.first_day <= today <= campaign.last_day:
        span = {"first": campaign.first_day.isoformat(), "last": campaign.last_day.isoformat()}
        raise InputError([Issue("S917", "--from", {"day": today.isoformat(), **span})])
    scenario = scenario_of(campaign, today, overrides)
    issues = _calendar_issues(campaign, scenario, today)
    try:
        inputs = load_inputs(scenario, is_study=True)
    except InputError as error:
        raise InputError([*_all_later(error.issues, today), *error.issues]) from error
    persons = with_blocked_firms(make_persons(inputs), inputs.history, scenario.day, scenario.codes, scenario.rules.off)
    duty, facts = tuple[DutyRow, ...](), dict[str, dict[str, set[str]]]()
    try:
        duty = duty_rows(campaign, persons)
    except InputError as error:
        issues += error.issues
    columns = {p.key for p in campaign.ordered_promises} - {EVERY}
    if unknown := sorted(columns - {*inputs.buildings.columns, *inputs.firms.columns}):
        issues += [Issue("S915", f"{FILE_NAME} promises.{key}", {"key": key}) for key in unknown]
    else:
        facts = _facts(inputs, columns)
    issues += [Issue("S648", p.where, {"id": p.building_id}) for p in inputs.pins if _is_bound(p)]
    issues += _data_issues(inputs, today)
    if issues:
        raise InputError(issues)
    with_hours = {row.person_id for row in duty if row.shift_s}
    off = {*inputs.roster["person_id"][inputs.roster["duty"].eq("off")]} - with_hours
    roster_day = scenario_of(campaign, None, overrides).day
    off_on_day = tuple(DutyRow(person_id, roster_day, None, None) for person_id in sorted(off))
    buildings, bases, rows = make_buildings(inputs), make_bases(inputs), (*duty, *off_on_day)
    return LoadedCampaign(campaign, scenario, inputs, buildings, persons, bases, rows, facts, off_on_day)


def scenario_of(campaign: Campaign, day: date | None, overrides: Mapping[str, str] | None = None) -> Scenario:
    """
    Return a campaign's scenario on `day`; None: on the day in scenario.toml.

    If the day of the synthetic city ([city]) is not set, it is the campaign's first day.
    """
    path = campaign.folder / campaign.scenario
    named = path if (path / SCENARIO_FILE).is_file() else Path(campaign.scenario)
    scenario = load_scenario(named, {**(overrides or {}), **({"day": day.isoformat()} if day else {})})
    if scenario.city is not None and scenario.city.day is None:
        city = scenario.city.model_copy(update={"day": campaign.first_day})
        scenario = scenario.model_copy(update={"city": city})
    return scenario


def with_rows(table: pd.DataFrame, rows: Sequence[Mapping[str, object]] | pd.DataFrame) -> pd.DataFrame:
    """Return a table with `rows` added at its end; columns that the rows lack are empty."""
    more = pd.DataFrame(rows).reindex(columns=table.columns).astype(table.dtypes.to_dict())
    return pd.concat([table, more], ignore_index=True)


def last_looks(history: pd.DataFrame, day: date) -> dict[str, date]:
    """Return the day of each building's last visit with access before a day, by building id."""
    return _last_days(looks_before(history, day))


def looks_before(history: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the history rows of visits with access before a day."""
    past = results_before(history, day)
    return past[past["outcome"].ne("no_access")]


def last_calls(history: pd.DataFrame, day: date) -> dict[str, date]:
    """Return the day of each building's last visit before a day, with or without access, by building id."""
    return _last_days(results_before(history, day))


def _last_days(visits: pd.DataFrame) -> dict[str, date]:
    return {str(b): t.date() for b, t in visits.groupby("building_id")["visited_on"].max().items()}


def _calendar_issues(campaign: Campaign, scenario: Scenario, today: date) -> list[Issue]:
    try:
        return calendar_issues(campaign, lambda d: is_workday(d, scenario.hours), campaign.window(today))
    except ValueError as error:
        return [Issue("S902", FILE_NAME, {"problem": str(error)})]


def duty_rows(campaign: Campaign, known: Collection[str]) -> tuple[DutyRow, ...]:
    """
    Return the rows of a campaign's duty table, empty without a file; `known`: person ids of the roster.

    InputError as `read_duty`, or of the path or encoding (G110, G131).
    """
    path = safe_path(campaign.folder, campaign.duty.file, "duty.file")
    if not is_present(path):
        return ()
    text, _ = read_text(path)
    return read_duty(text, path.name, known)


def building_id(loaded: LoadedCampaign, typed: str) -> str:
    """Return the id of the one building with a typed id, name or part of a name; S923 if none or several match."""
    names = {b: x.name for b, x in loaded.buildings.items()}
    match = find_building(typed, names)
    if match.building_id is None:
        raise InputError([Issue("S923", typed, {"got": typed, "nearest": suggestions(match, names)})])
    return match.building_id


def _facts(inputs: Inputs, columns: Collection[str]) -> dict[str, dict[str, set[str]]]:
    """Return the values of each building by id and column, those of its active firms included, to match promises."""
    facts: dict[str, dict[str, set[str]]] = {str(b): {} for b in inputs.buildings["building_id"]}
    firms = active_firms(inputs.firms)
    for column in sorted(columns):
        for table in (inputs.buildings, firms):
            if column in table.columns:
                known = table[table[column].notna()]
                for building_id, value in zip(known["building_id"], known[column], strict=True):
                    facts[str(building_id)].setdefault(column, set()).add(_written(value))
    return facts


def _written(value: object) -> str:
    """Return a value as text; a whole float has no decimals, as in the file (5.0 becomes 5)."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _all_later(issues: Sequence[Issue], today: date) -> list[Issue]:
    """Return S913 if a table has no usable rows because all are later than `today`."""
    later = [str(i.values["value"])[:10] for i in issues if i.code == Code.DATE_IN_FUTURE]
    is_lost = any(i.code == Code.ROWS_LOST and i.values["n"] == i.values["n_rows"] for i in issues)
    if not later or not is_lost:
        return []
    return [Issue("S913", f"{FILE_NAME} first_day", {"day": today.isoformat(), "first": min(later)})]


def _is_bound(pin: Pin) -> bool:
    """Return whether a pin sets the team of a visit or limits its days, which a campaign leaves to the plan."""
    return pin.kind == "with_team" or (pin.kind == "must" and (pin.first_day or pin.last_day) is not None)


def _data_issues(inputs: Inputs, today: date) -> list[Issue]:
    """Return S913 if all leads and past visits are from `today` or later: the campaign begins before its data."""
    now = pd.Timestamp(today, tz=TIMEZONE)
    times = [*inputs.leads["received_at"].dropna(), *inputs.history["visited_on"].dropna()]
    if not times or min(times) < now:
        return []
    first = min(times).date().isoformat()
    return [Issue("S913", f"{FILE_NAME} first_day", {"day": today.isoformat(), "first": first})]
