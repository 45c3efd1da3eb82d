"""inspections.csv: a real history, each visit with its place, day, inspector, outcome and required interval."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from geodata.errors import InputError, Issue
from geodata.schema import OUTCOMES
from sweep.campaign.model.csv_cells import read_cells
from sweep.campaign.model.replay_state import Done

FILE_NAME = "inspections.csv"
COLUMNS = ("building_id", "date", "inspector", "outcome", "required_days")


@dataclass(frozen=True, slots=True)
class Inspection:
    """One visit as it was made."""

    building_id: str
    day: date
    inspector: str
    outcome: str
    required_days: int | None
    """Days within which the place is to be looked at again; None: the campaign's promises alone hold."""


def read_inspections(text: str, known: Collection[str]) -> tuple[Inspection, ...]:
    """Visits of inspections.csv, in order of their days and rows; G109 for an open quote, S925 for other errors."""
    names, table = read_cells(text, FILE_NAME)
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
    """The visit, or the column that cannot be used."""
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
class History:
    """The visits of a campaign's days as they were made, by building and in order of their days."""

    of_building: Mapping[str, tuple[Inspection, ...]]
    days: tuple[date, ...]
    """Days on which there were visits, in order."""
    n_until: tuple[int, ...]
    """Visits up to each of them, and with it."""

    def n_due(self, day: date) -> int:
        """Visits that were made up to a day."""
        k = bisect_right(self.days, day)
        return self.n_until[k - 1] if k else 0


def make_history(inspections: Sequence[Inspection]) -> History:
    """The history of some visits; `inspections`: in order of their days."""
    by_building: dict[str, list[Inspection]] = defaultdict(list)
    for i in inspections:
        by_building[i.building_id].append(i)
    counts = Counter(i.day for i in inspections)
    days, n_until, n = tuple(sorted(counts)), [], 0
    for day in days:
        n += counts[day]
        n_until.append(n)
    return History({b: tuple(of) for b, of in by_building.items()}, days, tuple(n_until))


def open_visits(
    history: History, done: Sequence[Done], day: date, n_ahead: int, rest_days: int
) -> dict[str, tuple[Inspection, ...]]:
    """
    The visits to each building that may be made on a day, by building id.

    The first that is not made yet is one, if it was truly made no more than `n_ahead` days later, with those that were
    truly made on the same day as it. After the one before as many days pass as truly did, or `rest_days` if that is
    less.
    """
    n_done, last_on = Counter(d.building_id for d in done), {d.building_id: d.day for d in done}
    found = {}
    for b, of in history.of_building.items():
        n = n_done[b]
        if n >= len(of) or of[n].day > day + timedelta(days=n_ahead):
            continue
        if n:
            gap = min(rest_days, (of[n].day - of[n - 1].day).days)
            if day < date.fromisoformat(last_on[b]) + timedelta(days=gap):
                continue
        found[b] = tuple(i for i in of[n:] if i.day == of[n].day)
    return found


def order_measures(done: Sequence[Done], history: History, begins: date, end: date) -> dict[str, float]:
    """
    What an order of the visits is worth, beside how the promises were kept.

    `finds_half`: share of the finds that came by the middle of the time; `days_earlier`: how many days sooner than
    they truly did, on average.
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
