"""Intake of the teams' results, checked against their plan, and the ledger (table of all results)."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from geodata.atomic_writes import change
from geodata.clean.results import clean_results
from geodata.errors import InputError, Issue, MessageValue, first_items
from geodata.message_catalogue import LANGUAGES, Texts, load_texts
from geodata.raw_table import RawTable
from geodata.read.read_table import read_table
from geodata.schema import RESULT_ANSWERS, RESULT_COUNTS, RESULT_TEXTS, RESULTS
from sweep.disk.atomic_files import write_files
from sweep.disk.formula_safe_csv import ENCODING, csv_text
from sweep.follow.accept_results import Accepted, Officers, PlannedVisit, accept_results, result_errors, with_visits
from sweep.follow.interpret_result_rows import AUTHORITIES
from sweep.follow.rechecks import ManualClosing, follow_rechecks
from sweep.follow.result_totals import report_items
from sweep.inputs.earlier_results import (
    CLOSINGS,
    PREFIX,
    closings_csv,
    follow_up_folder,
    read_closings,
    read_follow_up,
)
from sweep.inputs.matched_inputs import Inputs
from sweep.publish.edition import Edition
from sweep.publish.workbook.ledger import NamesById, ledger_workbook
from sweep.records.check_form_items import NOT_ASKED
from sweep.records.people import MARKET_REGULATION, POLICE
from sweep.records.visits import Recheck
from sweep.scenario.scenario import Scenario

# Columns of the ledger that repeat the plan.
_PLANS_OWN = ("letter", "building_name", "floor", "firm_name", "entry_class")


@dataclass(frozen=True, slots=True)
class Ledger:
    """All results (findings and closings) of a scenario so far, and the files in which they are stored."""

    items: tuple[Recheck, ...]
    """Re-check items (findings to be visited again) that the results opened, closed ones included."""
    totals: Mapping[str, Mapping[str, int]]
    """Counts of the daily report: by plan id, then by name of the count; the total of all plans has an empty id."""
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
    Store the results of a plan, and the ledger that includes them, atomically; return the ledger.

    Parameters
    ----------
    accepted
        Valid results, as `accepted_results` returns them.
    enter
        Callback when all files are written and not yet visible; if it raises, everything is discarded.
    before
        Ids of earlier plans of the same day, whose stored results are deleted.

    Raises
    ------
    InputError
        If the next run could not read the results; nothing is stored then.
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
    scenario: Scenario, inputs: Inputs, closing: ManualClosing, texts: Texts, enter: Callable[[], object]
) -> Ledger:
    """
    Close an open item (a finding to be re-checked) without a visit; return the ledger.

    `enter` is called when all files are written and not yet visible; if it raises, everything is discarded.

    Raises
    ------
    InputError
        S736 if the item is not open; nothing is stored then.
    """
    kept = follow_up_folder(scenario)
    with change(kept):
        everything, _ = read_follow_up(scenario)
        closings, _ = read_closings(scenario)
        items = follow_rechecks(everything, scenario.follow_up, closings)
        is_open = [r.recheck_id for r in items if r.closed_on is None]
        if closing.recheck_id not in is_open:
            raise InputError([Issue("S736", closing.recheck_id, {"n": len(is_open), "open": first_items(is_open, 10)})])
        closings = (*closings, closing)
        files = write_files({CLOSINGS: closings_csv(closings)}, kept)
        ledger = _write_ledger(scenario, inputs, everything, closings, texts)
        enter()
    return replace(ledger, files=(*files, *ledger.files))


def _write_ledger(
    scenario: Scenario, inputs: Inputs, results: pd.DataFrame, closings: Iterable[ManualClosing], texts: Texts
) -> Ledger:
    items = follow_rechecks(results, scenario.follow_up, closings)
    of_plan = {
        str(plan_id): report_items(group, [r for r in items if r.recheck_id.startswith(f"R-{plan_id}-")], scenario.day)
        for plan_id, group in results.groupby("plan_id")
    }
    totals = {"": report_items(results, items, scenario.day), **of_plan}
    book = ledger_workbook(results, items, totals, _names(inputs), scenario.day, texts)
    return Ledger(items, totals, write_files({"ledger.xlsx": book}, follow_up_folder(scenario)))


def planned_visits(edition: Edition) -> dict[str, PlannedVisit]:
    """Return all visits of an edition, unserved ones too, by id, with the facts that results must agree with."""
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
    """Return the first start of each visit, by visit id; a failed attempt counts only if there is no other stop."""
    stops = (stop for route in edition.plan.routes for stop in route.stops)
    last_first = sorted(stops, key=lambda s: (s.is_attempt, s.start_s), reverse=True)
    return {stop.visit_id: stop.start_s for stop in last_first}


def _officers_by_visit(edition: Edition) -> dict[str, tuple[Officers, ...]]:
    """
    Return the certified officers of each team that attempted a visit, by visit id.

    Officers present at the start count. Of several teams for one slot the one that got in counts, else the last to try.
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
    return {visit_id: _pairs_joined(crew) for visit_id, crew in crews.items()} if is_split else crews


def _pairs_joined(squads: Sequence[Officers]) -> tuple[Officers, ...]:
    """Return for each squad the officers of both squads of its pair (1st and 2nd, 3rd and 4th); if odd, unchanged."""
    if len(squads) % 2:
        return tuple(squads)
    met = (
        Officers((*a.police, *b.police), (*a.market_regulation, *b.market_regulation))
        for a, b in zip(squads[::2], squads[1::2], strict=True)
    )
    return tuple(both for both in met for _ in range(2))


def results_csv(results: pd.DataFrame) -> str:
    """Return the results as CSV text from which they can be read back unchanged."""
    columns = [str(c) for c in RESULTS.columns]
    table = results[columns].astype(object).where(results[columns].notna(), None)
    for name in ("visited_on", "recheck_on"):
        table[name] = [None if v is None else v.isoformat() for v in table[name]]
    return csv_text(columns, table.itertuples(index=False, name=None))


def accepted_results(
    edition: Edition, files: Sequence[Path], today: date, before: Iterable[Edition] = ()
) -> tuple[Accepted, dict[str, str]]:
    """
    Return the results in files, checked against their plan, and the SHA-256 of each file by file name.

    Parameters
    ----------
    files
        At least one: a filled-in ledger, or files saved by teams; files with equal bytes count once.
    today
        Date of today. No result may be later than both this date and the day of the plan.
    before
        Earlier plans of the day, latest first, whose teams also made visits.

    Raises
    ------
    InputError
        With all errors of the files; G202 for a firm or unit in two files.
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
        issues += result_errors(tables[-1], rows, name, visits, edition.plan_id, day)
    table = pd.concat(tables, ignore_index=True)
    issues += _in_two_files(table, places)
    if issues:
        raise InputError(issues)
    # A row with neither firm nor unit is about the building, as seen by each team.
    number = table.groupby("result_id").cumcount() + 1
    ids = table["result_id"] + ("/" + number.astype("str")).where(number.gt(1), "")
    accepted = accept_results(table.assign(result_id=ids.astype("str")), visits, edition.plan_id, day)
    unread = {name: headers for name, raw in raws.items() if (headers := _unread(raw))}
    # Unserved visits have no results to wait for.
    silent = tuple(i for i in accepted.unreported if i in own_visits and own_visits[i].is_served)
    return replace(accepted, unreported=silent, unread=unread), {name: raw.sha256 for name, raw in raws.items()}


def _by_name(raws: Mapping[str, RawTable]) -> dict[str, RawTable]:
    """Return the tables by file name; equal file names get the name of their folder in front."""
    paths = [raw.path.resolve().parts for raw in raws.values()]
    depth = next(k for k in range(1, max(map(len, paths)) + 1) if len({p[-k:] for p in paths}) == len(paths))
    n_same = Counter(path[-1] for path in paths)
    names = ["/".join(path[-(depth if n_same[path[-1]] > 1 else 1) :]) for path in paths]
    return dict(zip(names, raws.values(), strict=True))


def _unread(raw: RawTable) -> tuple[str, ...]:
    """Return the headers of unread columns, without the ledger's columns that repeat the plan."""
    own = {load_texts(lang)(f"column.{key}") for lang in LANGUAGES for key in _PLANS_OWN}
    return tuple(h for h in (*raw.ignored_columns, *raw.dropped_columns) if h not in own)


def _in_two_files(table: pd.DataFrame, places: Sequence[tuple[str, int]]) -> Iterator[Issue]:
    first: dict[tuple[str, str, str], int] = {}
    for at, (visit_id, uscc, unit) in enumerate(table[["visit_id", "uscc", "unit"]].fillna("").itertuples(index=False)):
        before = first.setdefault((visit_id, uscc, unit), at)
        (file, row), (other, other_row) = places[at], places[before]
        if (uscc or unit) and file != other:
            values: dict[str, MessageValue] = {"column": "uscc" if uscc else "unit", "value": uscc or unit}
            yield Issue("G202", f"{file} row {row}", {**values, "first_row": (other_row, other)})


def _filled_in(raw: RawTable) -> RawTable:
    """Return the table without rows of the ledger that the team left empty."""
    asked = [
        c
        for c in ("unit_state", *RESULT_ANSWERS, *RESULT_COUNTS, "recheck_on", *RESULT_TEXTS, "firm_rating")
        if c in raw.frame
    ]
    cells = raw.frame[asked]
    return replace(raw, frame=raw.frame[(cells.notna() & ~cells.isin([NOT_ASKED])).any(axis=1)])


def _names(inputs: Inputs) -> NamesById:
    buildings, firms = inputs.buildings, inputs.firms
    named = buildings.dropna(subset="building_name")
    return NamesById(
        dict(zip(named["building_id"], named["building_name"], strict=True)),
        dict(zip(firms["uscc"], firms["firm_name"], strict=True)),
    )
