"""Acceptance of visit results: finds all contradictions with the plan, and the visits without a report."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from geodata.errors import Issue, MessageValue
from geodata.schema import RESULTS, TIMEZONE
from sweep.follow.interpret_result_rows import Row, count
from sweep.records.check_form_items import ITEMS, OF_INSPECTION

# A later day is a typing error: the item would be forgotten until then.
_MOST_DAYS_TO_RECHECK = 731


@dataclass(frozen=True, slots=True)
class Officers:
    """Person ids of the certified officers of one team, by authority."""

    police: tuple[str, ...]
    market_regulation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """Visit of a plan, with the facts against which its results are checked."""

    visit_id: str
    building_id: str
    track: str
    basis: str
    """Ids of the leads, the draw or the approval that justify the visit, separated by blanks."""
    targets: tuple[str, ...]
    """Firms to inspect, by uscc; empty if the building as a whole is inspected, without registered firms."""
    selection_probability: float
    """Inclusion probability of the draw for drawn visits, 1 for others."""
    is_served: bool
    """Whether the plan makes the visit."""
    officers: tuple[Officers, ...] = ()
    """Certified officers of each of the visit's teams; firms are assigned to the teams in turn, as on their orders."""
    items: tuple[str, ...] = ITEMS
    """Items that the visit's form asks for (C32)."""
    start_s: int = 0
    """Planned start, seconds after midnight of the plan's day."""

    def inspects(self, uscc: object) -> bool:
        """
        Return whether the visit inspects `uscc`, the credit code of a firm or null for an office without a firm.

        True for the targets, and for any `uscc` if the visit has none. False for every `uscc` on a stocktake.
        """
        return self.track != "stocktake" and (not self.targets or uscc in self.targets)

    def officers_of(self, uscc: str) -> Officers | None:
        """
        Return the officers of the team that inspects the firm `uscc`, or of the first team if the firm is no target.

        None if `officers` is empty.
        """
        if not self.officers:
            return None
        return self.officers[self.targets.index(uscc) % len(self.officers) if uscc in self.targets else 0]


@dataclass(frozen=True, slots=True)
class Accepted:
    """Accepted results, completed from the plan, and the visits without a result or without an inspection."""

    table: pd.DataFrame
    """Valid results (`geodata.schema.RESULTS`), one row for each firm or office reported."""
    unreported: tuple[str, ...]
    """Ids of planned visits without results in the file."""
    uninspected: tuple[str, ...]
    """Ids of reported visits that count as no inspection: no firm to inspect was reported, and no den was found."""
    unread: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Headers of the columns that were not used, by file name."""


def with_visits(results: pd.DataFrame, visits: Mapping[str, PlannedVisit]) -> pd.DataFrame:
    """Return the results with missing visit ids filled in: the visit of the firm, else of the building, else NaN."""
    by_firm = {u: v.visit_id for v in visits.values() for u in v.targets}
    by_building = {v.building_id: v.visit_id for v in visits.values()}
    found = results["uscc"].map(by_firm).fillna(results["building_id"].map(by_building))
    return results.assign(visit_id=results["visit_id"].fillna(found).astype("str"))


def result_errors(
    results: pd.DataFrame,
    rows: Mapping[int, int],
    file: str,
    visits: Mapping[str, PlannedVisit],
    plan_id: str,
    day: date,
) -> list[Issue]:
    """
    Return an error for each contradiction between a result and the plan.

    Parameters
    ----------
    results
        Results from `with_visits`.
    rows
        Row number in the file by position in `results`.
    file
        Name of the file in the errors.
    visits
        Visits of the plan by id, the unserved ones too.
    plan_id
        Id of the plan; rows may state no other.
    day
        Day of the plan, the earliest day of a result.
    """
    issues = []
    for at, row in enumerate(results.to_dict("records")):
        where = f"{file} row {rows[at]}"
        visit = visits.get(str(row["visit_id"]))
        if pd.notna(row["plan_id"]) and row["plan_id"] != plan_id:
            issues.append(Issue("S744", where, {"got": str(row["plan_id"]), "own": plan_id}))
        elif visit is None:
            names = (row[c] for c in ("visit_id", "uscc", "building_id") if pd.notna(row[c]))
            issues.append(Issue("S721", where, {"visit_id": next(names, "-")}))
        elif not visit.is_served:
            issues.append(Issue("S722", where, {"visit_id": visit.visit_id}))
        else:
            faults: Iterator[tuple[str, dict[str, MessageValue]]] = (
                f for find in _FAULTS if (f := find(row, visit, day))
            )
            issues += [Issue(code, where, values) for code, values in faults]
    return issues


def accept_results(results: pd.DataFrame, visits: Mapping[str, PlannedVisit], plan_id: str, day: date) -> Accepted:
    """
    Return valid results with the plan's data for each row.

    A row without time, or with only the plan's day, gets the planned start of the visit as its time; the result answers
    leads received before that time.

    `results` are those of `with_visits` without errors (`result_errors`), `day` is the day of the plan.
    """
    of = [visits[v] for v in results["visit_id"]]
    is_target = [v.inspects(u) for v, u in zip(of, results["uscc"], strict=True)]
    officers = [v.officers_of(str(u)) for v, u in zip(of, results["uscc"], strict=True)]
    midnight = pd.Timestamp(day, tz=TIMEZONE)
    # A stop after midnight belongs to the plan's day.
    starts = [midnight + pd.Timedelta(seconds=min(v.start_s, 86_399)) for v in of]
    typed = results["visited_on"]
    table = results.assign(
        visited_on=typed.where(typed.notna() & typed.ne(midnight), pd.Series(starts, results.index, typed.dtype)),
        plan_id=plan_id,
        building_id=[v.building_id for v in of],
        track=[v.track for v in of],
        basis=[v.basis for v in of],
        is_target=["yes" if yes else "no" for yes in is_target],
        selection_probability=[v.selection_probability for v in of],
        police_officers=[";".join(c.police) if c else "" for c in officers],
        market_regulation_officers=[";".join(c.market_regulation) if c else "" for c in officers],
    )
    reported = set(results["visit_id"])
    silent = tuple(v.visit_id for v in visits.values() if v.is_served and v.visit_id not in reported)
    inspected = set(table.loc[table["is_target"].eq("yes") | table["n_dens"].gt(0), "visit_id"])
    open_lists = (v for v in visits.values() if v.track != "stocktake" and v.visit_id in reported - inspected)
    uninspected = tuple(v.visit_id for v in open_lists)
    return Accepted(RESULTS.validate(table.astype({"plan_id": "str"})), silent, uninspected)


type _Fault = tuple[str, dict[str, MessageValue]] | None


def _firm_not_in_visit(row: Row, visit: PlannedVisit, _day: date) -> _Fault:
    if visit.inspects(row["uscc"]):
        return None
    asked = [name for name in OF_INSPECTION if pd.notna(row[name])]
    who = next((str(row[name]) for name in ("uscc", "unit") if pd.notna(row[name])), visit.building_id)
    return ("S723", {"firm": who, "visit_id": visit.visit_id, "columns": tuple(asked)}) if asked else None


def _item_not_asked(row: Row, visit: PlannedVisit, _day: date) -> _Fault:
    if not visit.inspects(row["uscc"]):
        return None  # `_firm_not_in_visit` reports all answers
    asked = [name for name in OF_INSPECTION if name in ITEMS and name not in visit.items and pd.notna(row[name])]
    return ("S735", {"visit_id": visit.visit_id, "columns": tuple(asked)}) if asked else None


def _people_at_closed_unit(row: Row, _visit: PlannedVisit, _day: date) -> _Fault:
    if row["unit_state"] in ("locked", "vacant", "not_found") and count(row, "headcount_seen"):
        return "S724", {"state": str(row["unit_state"]), "n": count(row, "headcount_seen")}
    return None


def _more_fixed_than_found(row: Row, _visit: PlannedVisit, _day: date) -> _Fault:
    n_found = max(count(row, "n_hazards"), int(row["fire_exit_blocked"] == "yes"))
    n_fixed = count(row, "n_hazards_fixed")
    return ("S725", {"n": n_fixed, "most": n_found}) if n_fixed > n_found else None


def _too_early(row: Row, _visit: PlannedVisit, day: date) -> _Fault:
    on = row["visited_on"]
    return ("S726", {"on": f"{on:%Y-%m-%d}", "day": str(day)}) if pd.notna(on) and on.date() < day else None


def _recheck_before(row: Row, _visit: PlannedVisit, day: date) -> _Fault:
    due = row["recheck_on"]
    on: date = row["visited_on"].date() if pd.notna(row["visited_on"]) else day
    return ("S727", {"on": f"{due:%Y-%m-%d}", "day": str(on)}) if pd.notna(due) and due.date() <= on else None


def _recheck_too_late(row: Row, _visit: PlannedVisit, day: date) -> _Fault:
    due = row["recheck_on"]
    on: date = row["visited_on"].date() if pd.notna(row["visited_on"]) else day
    is_late = bool(pd.notna(due)) and (due.date() - on).days > _MOST_DAYS_TO_RECHECK
    return ("S743", {"on": f"{due:%Y-%m-%d}", "n": _MOST_DAYS_TO_RECHECK}) if is_late else None


def _other_building(row: Row, visit: PlannedVisit, _day: date) -> _Fault:
    named = row["building_id"]
    if pd.isna(named) or named == visit.building_id:
        return None
    return "S742", {"building_id": str(named), "visit_id": visit.visit_id, "own": visit.building_id}


def _closed_and_open(row: Row, _visit: PlannedVisit, _day: date) -> _Fault:
    return ("S728", {}) if row["is_closed"] == "yes" and pd.notna(row["recheck_on"]) else None


_FAULTS: tuple[Callable[[Row, PlannedVisit, date], _Fault], ...] = (
    _firm_not_in_visit,
    _item_not_asked,
    _people_at_closed_unit,
    _more_fixed_than_found,
    _too_early,
    _recheck_before,
    _recheck_too_late,
    _other_building,
    _closed_and_open,
)
