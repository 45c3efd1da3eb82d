"""Reader of inspections.csv, the real history: building, day, inspector, outcome and required interval."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from geodata.errors import InputError, Issue
from geodata.schema import OUTCOMES
from sweep.campaign.model.read_small_csv import read_cells
from sweep.campaign.model.replay_state import ReplayVisit

FILE_NAME = "inspections.csv"
COLUMNS = ("building_id", "date", "inspector", "outcome", "required_days")


@dataclass(frozen=True, slots=True)
class Inspection:
    """Row of inspections.csv; `outcome`: `find`, `irregular`, `nothing`, `no_access`; `inspector`: empty if unknown."""

    building_id: str
    day: date
    inspector: str
    outcome: str
    required_days: int | None
    """Days until the next required inspection; None: only the promises of the campaign apply."""


def read_inspections(text: str, known: Collection[str]) -> tuple[Inspection, ...]:
    """
    Parse inspections.csv, in order of days and rows; InputError G109 for an open quote, S925 for other errors.

    `known`: building ids that rows may name.
    """
    names, table = read_cells(text, FILE_NAME, "inspections")
    if missing := [c for c in COLUMNS[:4] if c not in names]:
        raise InputError(Issue("S925", FILE_NAME, {"column": c, "got": "-"}) for c in missing)
    made, issues, places = [], [], set(known)
    for k, cells in table.items():
        row = _row(cells, places)
        if isinstance(row, Inspection):
            made.append(row)
        else:
            got = cells.get(row, "")[:40] or "-"
            issues.append(Issue("S925", f"{FILE_NAME} row {k}", {"column": row, "got": got}))
    if issues:
        raise InputError(issues)
    return tuple(sorted(made, key=lambda i: i.day))


def _row(cells: Mapping[str, str], places: Collection[str]) -> Inspection | str:
    """Parse a row; if it has errors, return the name of the first column at fault instead."""
    if cells.get("building_id", "") not in places:
        return "building_id"
    if cells.get("outcome", "") not in OUTCOMES:
        return "outcome"
    interval = cells.get("required_days", "")
    if interval and not (interval.isdecimal() and 1 <= int(interval) <= 36_500):
        return "required_days"
    try:
        day = date.fromisoformat(cells.get("date", "")[:10])
    except ValueError:
        return "date"
    required = int(interval) if interval else None
    return Inspection(cells["building_id"], day, cells.get("inspector", ""), cells["outcome"], required)


@dataclass(frozen=True, slots=True)
class InspectionHistory:
    """Real inspections during the campaign, by building and in order of days."""

    of_building: Mapping[str, tuple[Inspection, ...]]
    days: tuple[date, ...]
    """Day of each inspection, in order."""

    def n_due(self, day: date) -> int:
        """Return the number of recorded inspections until the end of a day: the most that a replay may make by then."""
        return bisect_right(self.days, day)


def make_history(inspections: Sequence[Inspection]) -> InspectionHistory:
    """Return the history of `inspections`, which must be in order of their days."""
    by_building: dict[str, list[Inspection]] = defaultdict(list)
    for i in inspections:
        by_building[i.building_id].append(i)
    return InspectionHistory({b: tuple(of) for b, of in by_building.items()}, tuple(i.day for i in inspections))


def open_visits(
    history: InspectionHistory, done: Sequence[ReplayVisit], day: date, n_ahead: int, rest_days: int
) -> dict[str, tuple[Inspection, ...]]:
    """
    Return the real inspections that a replay may make on a day, by building id.

    The replay makes each building's real inspections in their order. The next one may be made from `n_ahead` days
    before its real date, and with it the building's other inspections of that date. The replay's last visit to the
    building must be at least `rest_days` ago, or as many days as really lay between the two inspections if these are
    fewer. `done`: visits of the replay before `day`.
    """
    n_done, last_on = Counter(d.building_id for d in done), {d.building_id: d.day for d in done}
    on_offer = {}
    for b, of in history.of_building.items():
        n = n_done[b]
        if n >= len(of) or of[n].day > day + timedelta(days=n_ahead):
            continue
        if n:
            gap = min(rest_days, (of[n].day - of[n - 1].day).days)
            if day < date.fromisoformat(last_on[b]) + timedelta(days=gap):
                continue
        on_offer[b] = tuple(i for i in of[n:] if i.day == of[n].day)
    return on_offer


def order_measures(
    done: Sequence[ReplayVisit], history: InspectionHistory, begins: date, end: date
) -> dict[str, float]:
    """
    Return measures of the order in which a replay made the real inspections.

    `finds`, `visits`: numbers made; `finds_half`: share of the finds made in the first half of the period, from
    `begins` to before `end`; `days_earlier`: mean number of days by which finds come before their real date.
    """
    n_done: Counter[str] = Counter()
    middle, sooner, by_half = begins + (end - begins) / 2, [], 0
    for d in done:
        true = history.of_building[d.building_id][n_done[d.building_id]]
        n_done[d.building_id] += 1
        if d.outcome == "find":
            on = date.fromisoformat(d.day)
            sooner.append((true.day - on).days)
            by_half += on < middle
    n = len(sooner)
    return {
        "finds": float(n),
        "visits": float(len(done)),
        "finds_half": by_half / n if n else 0.0,
        "days_earlier": sum(sooner) / n if n else 0.0,
    }
