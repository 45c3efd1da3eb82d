"""Reader of pins (planners' decisions about buildings) from their table."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import cast
from unicodedata import normalize

import pandas as pd

from geodata.clock_times import DAY_S, exact_clock
from geodata.errors import InputError, Issue
from sweep.inputs.building_search import KnownBuildings, Search, typed_rows
from sweep.records.pins import Pin, PinKind
from sweep.records.squad_slots import SQUAD_LETTERS, id_of_team
from sweep.scenario.plan_settings import MOST_TEAMS
from sweep.scenario.scenario import Scenario

# Times of a night may exceed 24:00, up to the end of the next day.
_CLOCK = re.compile(r"^([0-3]?\d|4[0-7])[:：]([0-5]\d)(?:[:：]00)?$")

_COLUMNS = ("pin", "building", "value", "reason", "first_day", "last_day")


def make_pins(
    scenario: Scenario, table: pd.DataFrame, rows: pd.DataFrame | None, known: KnownBuildings
) -> tuple[tuple[Pin, ...], tuple[str, ...]]:
    """
    Return every pin with its building's id, and the names of buildings that the tables lack.

    Such names are errors unless the tables hold planned districts only. Pins in districts that are not planned are
    skipped.

    Parameters
    ----------
    table, rows
        `geodata.schema.PIN_ROWS`, with the file and row number of each row; None without a file.

    Raises
    ------
    InputError
        S641 for an unknown building, S642 for an invalid value, S643 for pins that contradict each other.
    """
    search = Search(known, "S641")
    pins = [_pin(scenario, where, row, search) for where, row in typed_rows(table, rows, _COLUMNS)]
    good = [pin for pin in pins if pin is not None]
    if issues := [*search.issues, *_clashes(good)]:
        raise InputError(issues)
    return tuple(good), tuple(dict.fromkeys(search.unseen))


def _pin(scenario: Scenario, where: str, row: Mapping[str, str], search: Search) -> Pin | None:
    issues, kind, value = search.issues, cast("PinKind", row["pin"]), row["value"].strip()
    n_before, here = len(issues), search.building(where, row["building"])
    other: str | None = ""
    team, earliest_s = "", 0
    if kind == "not_together":
        other = search.building(where, value)
    elif kind == "with_team":
        team = normalize("NFKC", value)
        letters = SQUAD_LETTERS if scenario.teams.mode == "squads" else ("",)
        known = [f"{id_of_team(k)}{letter}" for k in range(scenario.teams.n_teams or MOST_TEAMS) for letter in letters]
        if team not in known:
            issues.append(_no_value(where, row, f"{known[0]} - {known[-1]}"))
    elif kind == "not_before":
        clock = _CLOCK.match(value)
        if clock is None:
            issues.append(_no_value(where, row, "HH:MM"))
        else:
            earliest_s = 3_600 * int(clock[1]) + 60 * int(clock[2])
            # Before such a night the time would delay no visit, so the night's own clock must be meant.
            if earliest_s < scenario.plan.window_start_s <= earliest_s + DAY_S <= scenario.plan.window_end_s:
                issues.append(_no_value(where, row, exact_clock(earliest_s + DAY_S)))
    elif value:
        issues.append(_no_value(where, row, "-"))
    if here is None or other is None or len(issues) > n_before:
        return None
    first_day, last_day = (date.fromisoformat(row[k][:10]) if row[k] else None for k in ("first_day", "last_day"))
    return Pin(kind, here, where, row["reason"].strip(), team, other, earliest_s, first_day, last_day)


def pins_in_force(
    pins: Sequence[Pin], history: pd.DataFrame, day: date, cooldown_days: int
) -> tuple[tuple[Pin, ...], tuple[Issue, ...]]:
    """
    Return the pins that apply on a day and are not fulfilled, and a note (S650) for each pin that a visit fulfilled.

    A visit with access fulfils a pin that requires a visit if it was on or after the pin's first day, or, for a pin
    without first day, within the rest period of `cooldown_days`.
    """
    known = [p for p in pins if p.holds_on(day)]
    looks = history[history["outcome"].ne("no_access") & (history["visited_on"].dt.date < day)]
    last = looks.groupby("building_id")["visited_on"].max().dt.date.to_dict()
    notes = {}
    for pin in known:
        since = pin.first_day or day - timedelta(days=cooldown_days)
        if pin.kind in ("must", "with_team") and last.get(pin.building_id, date.min) >= since:
            notes[pin] = Issue("S650", pin.where, {"id": pin.building_id, "day": last[pin.building_id].isoformat()})
    return tuple(p for p in known if p not in notes), tuple(notes.values())


def _no_value(where: str, row: Mapping[str, str], wanted: str) -> Issue:
    return Issue("S642", where, {"pin": row["pin"], "got": row["value"], "wanted": wanted})


def _clashes(pins: Sequence[Pin]) -> Iterator[Issue]:
    before = defaultdict[str, list[Pin]](list)
    for later in pins:
        for earlier in before[later.building_id]:
            if _is_clash(earlier, later):
                yield Issue("S643", later.where, {"id": later.building_id, "other": earlier.where})
        if later.kind == "not_together" and later.building_id == later.other_id:
            yield Issue("S643", later.where, {"id": later.building_id, "other": later.where})
        before[later.building_id].append(later)


def _is_clash(one: Pin, other: Pin) -> bool:
    first = max(pin.first_day or date.min for pin in (one, other))
    last = min(pin.last_day or date.max for pin in (one, other))
    if first > last:
        return False
    kinds = {one.kind, other.kind}
    if kinds == {"with_team"}:
        return one.team_id != other.team_id
    return "never" in kinds and bool(kinds & {"must", "with_team"})
