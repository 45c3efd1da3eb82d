"""Results of teams, checked against their plan, and the ledger of all results."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from geodata.atomic_writes import change
from geodata.clean.results import clean_results
from geodata.errors import InputError, Issue, Named, some
from geodata.message_catalogue import LANGUAGES, Texts, load_texts
from geodata.raw_table import RawTable
from geodata.read.read_table import read_table
from geodata.schema import RESULT_ANSWERS, RESULT_COUNTS, RESULTS
from sweep.disk.atomic_files import write_files
from sweep.disk.csv_text import ENCODING, csv_text
from sweep.follow.accept_results import Accepted, Officers, PlannedVisit, accept_results, result_faults, with_visits
from sweep.follow.outcomes import AUTHORITIES
from sweep.follow.rechecks import Closing, follow_rechecks
from sweep.follow.result_totals import report_items
from sweep.inputs.earlier_results import (
    CLOSINGS,
    PREFIX,
    closings_csv,
    follow_up_folder,
    read_closings,
    read_follow_up,
)
from sweep.inputs.inputs import Inputs
from sweep.publish.edition import Edition
from sweep.publish.workbook.ledger import Names, ledger_workbook
from sweep.records.form_items import NOT_ASKED
from sweep.records.people import MARKET_REGULATION, POLICE
from sweep.records.visits import Recheck
from sweep.scenario.scenario import Scenario

# Columns of the ledger that say again what the plan says.
_PLANS_OWN = ("letter", "building_name", "floor", "firm_name")


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that was found and closed so far."""

    items: tuple[Recheck, ...]
    totals: Mapping[str, Mapping[str, int]]
    """Report items by plan id, and of all plans together under an empty one."""
    files: tuple[Path, ...]


def keep_results(
    scenario: Scenario,
    inputs: Inputs,
    accepted: Accepted,
    plan_id: str,
    texts: Texts,
    enter: Callable[[], object],
    before: Collection[str] = (),
) -> Ledger:
    """
    Keep the results of a plan, and the ledger with them in it: both, or neither.

    Parameters
    ----------
    enter
        Called when all is written and nobody can see it yet; what it raises leaves nothing.
    before
        Plans, by id, that the day was run by before this one, or after it: what was kept of them goes.

    Raises
    ------
    InputError
        If what is kept could not be read by the next run; nothing is kept then.
    """
    kept = follow_up_folder(scenario)
    path, *earlier = (kept / f"{PREFIX}{i}.csv" for i in (plan_id, *(i for i in before if i != plan_id)))
    with change(kept) as made:
        fresh = made.at(path)
        fresh.write_bytes(results_csv(accepted.table).encode(ENCODING))
        everything, _ = read_follow_up(scenario, fresh, earlier)
        ledger = _write_ledger(scenario, inputs, everything, read_closings(scenario)[0], texts)
        enter()
        for old in earlier:
            if old.is_file():
                made.discard(old)
    return replace(ledger, files=(path, *ledger.files))


def keep_closing(
    scenario: Scenario, inputs: Inputs, closing: Closing, texts: Texts, enter: Callable[[], object]
) -> Ledger:
    """
    Close an item without a visit; parameters as in `keep_results`.

    Raises
    ------
    InputError
        S736 if no such item is open; nothing is kept then.
    """
    kept = follow_up_folder(scenario)
    with change(kept):
        everything, _ = read_follow_up(scenario)
        closings, _ = read_closings(scenario)
        items = follow_rechecks(everything, scenario.follow_up, closings)
        refuse_closed(closing.recheck_id, items)
        closings = (*closings, closing)
        files = write_files({CLOSINGS: closings_csv(closings)}, kept)
        ledger = _write_ledger(scenario, inputs, everything, closings, texts)
        enter()
    return replace(ledger, files=(*files, *ledger.files))


def refuse_closed(item_id: str, items: Iterable[Recheck]) -> None:
    """Refuse to close an item that is not open; InputError S736 with the ids of the open items."""
    is_open = [r.recheck_id for r in items if r.closed_on is None]
    if item_id not in is_open:
        raise InputError([Issue("S736", item_id, {"n": len(is_open), "open": some(is_open, 10)})])


def _write_ledger(
    scenario: Scenario, inputs: Inputs, results: pd.DataFrame, closings: Iterable[Closing], texts: Texts
) -> Ledger:
    items = follow_rechecks(results, scenario.follow_up, closings)
    totals = _totals(results, items, scenario.day)
    book = ledger_workbook(results, items, totals, _names(inputs), scenario.day, texts)
    return Ledger(items, totals, write_files({"ledger.xlsx": book}, follow_up_folder(scenario)))


def planned_visits(edition: Edition) -> dict[str, PlannedVisit]:
    """The plan's visits, as results are held against them."""
    officers, starts = _officers_by_visit(edition), _starts_by_visit(edition)
    return {
        v.visit_id: PlannedVisit(
            visit_id=v.visit_id,
            building_id=v.building_id,
            track=v.track,
            basis=" ".join(v.basis),
            targets=v.targets,
            selection_probability=v.selection_probability,
            is_served=v.visit_id in officers,
            officers=officers.get(v.visit_id, ()),
            items=v.items,
            start_s=starts.get(v.visit_id, 0),
        )
        for v in edition.visits.values()
    }


def _starts_by_visit(edition: Edition) -> dict[str, int]:
    """When each visit that is made begins; a door found locked counts where nobody went again."""
    stops = (stop for route in edition.plan.routes for stop in route.stops)
    last_first = sorted(stops, key=lambda s: (s.is_attempt, s.start_s), reverse=True)
    return {stop.visit_id: stop.start_s for stop in last_first}


def _officers_by_visit(edition: Edition) -> dict[str, tuple[Officers, ...]]:
    """
    The officers of each slot of every visit that somebody goes to, by visit id; those who left later were there.

    Of several teams that went to a door it is who got in, else who tried last.
    """
    teams, day = {t.team_id: t for t in edition.plan.teams}, edition.scenario.day
    stops = [(teams[route.team_id], stop) for route in edition.plan.routes for stop in route.stops]
    by_slot: dict[str, dict[int, Officers]] = {}
    for team, stop in sorted(stops, key=lambda x: (not x[1].is_attempt, x[1].start_s)):
        ids = team.members_at(stop.start_s)
        people = [p for i in ids if (p := edition.persons.get(i)) is not None and p.is_certified(day)]
        of = {a: tuple(p.person_id for p in people if p.agency == a) for a in AUTHORITIES}
        by_slot.setdefault(stop.visit_id, {})[stop.slot] = Officers(of[POLICE], of[MARKET_REGULATION])
    crews = {visit_id: tuple(c for _, c in sorted(officers.items())) for visit_id, officers in by_slot.items()}
    is_split = edition.scenario.teams.mode == "squads"
    return {visit_id: _met(crew) for visit_id, crew in crews.items()} if is_split else crews


def _met(squads: Sequence[Officers]) -> tuple[Officers, ...]:
    """The officers of both squads that meet, in place of each of them; a squad that goes alone stays as it is."""
    if len(squads) % 2:
        return tuple(squads)
    met = (
        Officers((*a.police, *b.police), (*a.market_regulation, *b.market_regulation))
        for a, b in zip(squads[::2], squads[1::2], strict=True)
    )
    return tuple(both for both in met for _ in range(2))


def results_csv(results: pd.DataFrame) -> str:
    """Results as a table that is read back as it was."""
    columns = [str(c) for c in RESULTS.columns]
    table = results[columns].astype(object).where(results[columns].notna(), None)
    for name in ("visited_on", "recheck_on"):
        table[name] = [None if v is None else v.isoformat() for v in table[name]]
    return csv_text(columns, table.itertuples(index=False, name=None))


def accepted_results(
    edition: Edition, files: Sequence[Path], today: date, before: Iterable[Edition] = ()
) -> tuple[Accepted, dict[str, str]]:
    """
    The results in files, held against their plan, and the SHA-256 of each file by its name, see `_by_name`.

    Parameters
    ----------
    files
        At least one: a ledger, or what each team saved; the same bytes given twice count once.
    today
        Nothing can have been found after it, or after the day of the plan.
    before
        Plans by which the day was run before this one, the last first: whoever made a visit then was there, too.

    Raises
    ------
    InputError
        With every fault of the files; G202 if a firm or unit of one stands in another too.
    """
    data = edition.scenario.data
    own = (data.columns.get("results"), (), data.values.get("results"))
    raws = _by_name({raw.sha256: raw for raw in (_filled_in(read_table(file, "results", *own)) for file in files)})
    own_visits, day = planned_visits(edition), edition.scenario.day
    visits = own_visits
    for other in before:
        made = {i: v for i, v in planned_visits(other).items() if v.is_served}
        visits = {**made, **{i: v for i, v in visits.items() if v.is_served or i not in made}}
    tables, places, issues = [], [], []
    for name, raw in raws.items():
        cleaned = clean_results(raw, max(today, day))
        tables.append(with_visits(cleaned.table, visits))
        rows = dict(enumerate(map(int, cleaned.rows)))
        places += [(name, rows[at]) for at in range(len(cleaned.table))]
        issues += [replace(i, where=name + i.where.removeprefix(raw.path.name)) for i in cleaned.issues]
        issues += result_faults(tables[-1], rows, name, visits, edition.plan_id, day)
    table = pd.concat(tables, ignore_index=True)
    issues += _in_two_files(table, places)
    if issues:
        raise InputError(issues)
    # What names neither firm nor unit is the building as each team saw it.
    number = table.groupby("result_id").cumcount() + 1
    ids = table["result_id"] + ("/" + number.astype("str")).where(number.gt(1), "")
    accepted = accept_results(table.assign(result_id=ids.astype("str")), visits, edition.plan_id, day)
    unread = {name: headers for name, raw in raws.items() if (headers := _unread(raw))}
    # Nobody waits for a stop that the plan has left out.
    silent = tuple(i for i in accepted.unreported if i in own_visits and own_visits[i].is_served)
    return replace(accepted, unreported=silent, unread=unread), {name: raw.sha256 for name, raw in raws.items()}


def _by_name(raws: Mapping[str, RawTable]) -> dict[str, RawTable]:
    """Tables by the names of their files; of several with one name each with the folders that tell them apart."""
    paths = [raw.path.resolve().parts for raw in raws.values()]
    depth = next(k for k in range(1, max(map(len, paths)) + 1) if len({p[-k:] for p in paths}) == len(paths))
    n_same = Counter(path[-1] for path in paths)
    names = ["/".join(path[-(depth if n_same[path[-1]] > 1 else 1) :]) for path in paths]
    return dict(zip(names, raws.values(), strict=True))


def _unread(raw: RawTable) -> tuple[str, ...]:
    """Headers that nothing was taken from, but for those of the ledger that the plan itself filled in."""
    own = {load_texts(lang)(f"column.{key}") for lang in LANGUAGES for key in _PLANS_OWN}
    return tuple(h for h in (*raw.ignored_columns, *raw.dropped_columns) if h not in own)


def _in_two_files(table: pd.DataFrame, places: Sequence[tuple[str, int]]) -> Iterator[Issue]:
    """Firms and units that stand in more than one of the files; `places` are file and row of each row of the table."""
    first: dict[tuple[str, str, str], int] = {}
    for at, (visit_id, uscc, unit) in enumerate(table[["visit_id", "uscc", "unit"]].fillna("").itertuples(index=False)):
        before = first.setdefault((visit_id, uscc, unit), at)
        (file, row), (other, other_row) = places[at], places[before]
        if (uscc or unit) and file != other:
            values: dict[str, Named] = {"column": "uscc" if uscc else "unit", "value": uscc or unit}
            yield Issue("G202", f"{file} row {row}", {**values, "first_row": (other_row, other)})


def _filled_in(raw: RawTable) -> RawTable:
    """Without the rows of a ledger that nobody has written in: what is not filled in is no fault."""
    asked = [c for c in ("unit_state", *RESULT_ANSWERS, *RESULT_COUNTS, "recheck_on", "remark") if c in raw.frame]
    cells = raw.frame[asked]
    return replace(raw, frame=raw.frame[(cells.notna() & ~cells.isin([NOT_ASKED])).any(axis=1)])


def _totals(results: pd.DataFrame, items: Sequence[Recheck], day: date) -> dict[str, dict[str, int]]:
    """Report items of all plans together under an empty id, then of each."""
    of_plan = {
        str(plan_id): report_items(group, [r for r in items if r.recheck_id.startswith(f"R-{plan_id}-")], day)
        for plan_id, group in results.groupby("plan_id")
    }
    return {"": report_items(results, items, day), **of_plan}


def _names(inputs: Inputs) -> Names:
    buildings, firms = inputs.buildings, inputs.firms
    named = buildings.dropna(subset="building_name")
    return Names(
        dict(zip(named["building_id"], named["building_name"], strict=True)),
        dict(zip(firms["uscc"], firms["firm_name"], strict=True)),
    )
