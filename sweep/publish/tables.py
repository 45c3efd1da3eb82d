"""The csv tables: text that Excel opens, with no cell it would compute, and the same bytes for the same plan."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from geodata.texts import Texts
from sweep.publish.edition import RANKING_COLUMNS, Edition
from sweep.publish.escape import csv_cell
from sweep.publish.facts import building_name, reason_texts, team_letters
from sweep.records import Cluster, Term, Visit

# Write with this encoding: Excel on a Chinese Windows takes a csv without the mark for GBK.
ENCODING = "utf-8-sig"

_DIGITS = {"floor_area_m2": 1, "diameter_m": 1, "lon": 7, "lat": 7, "inclusion_probability": 8, "p_twice_district": 4}


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """
    A csv table with CRLF line ends.

    Parameters
    ----------
    columns
        Headings; those of `_DIGITS` set the decimals of their floats, 6 otherwise.
    rows
        One sequence a row, as long as `columns`.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    digits = [_DIGITS.get(column, 6) for column in columns]
    for row in rows:
        writer.writerow([csv_cell(value, d) for value, d in zip(row, digits, strict=True)])
    return out.getvalue()


def buildings_csv(edition: Edition) -> str:
    """Every building in rank order: the ranking's columns, the building's own, and what the plan does with it."""
    visits = _visits_by_building(edition)
    letters = team_letters(edition.plan.teams)
    teams: dict[str, list[str]] = {}
    for route in edition.plan.routes:
        for stop in route.stops:
            teams.setdefault(stop.building_id, []).append(letters.get(route.team_id, route.team_id))
    own = ("building_name", "address", "n_floors", "n_exits", "floor_area_m2", "complex_id", "lon", "lat")
    plan = ("visit_ids", "tracks", "teams", "terms")
    ranking = [str(column) for column in RANKING_COLUMNS]

    def rows() -> Iterator[list[object]]:
        for values in edition.ranking[ranking].itertuples(index=False, name=None):
            row = [_plain(value) for value in values]
            building_id = str(row[0])
            b = edition.buildings[building_id]
            offered = visits.get(building_id, [])
            row += [b.name, b.address, b.n_floors, b.n_exits, float(b.floor_area_m2), b.complex_id, b.lon, b.lat]
            row += [
                " ".join(v.visit_id for v in offered),
                " ".join(sorted({v.track for v in offered})),
                " ".join(sorted(teams.get(building_id, []))),
                _terms(edition.terms.get(building_id, ())),
            ]
            yield row

    return csv_text([*ranking, *own, *plan], rows())


def ranking_csv(ranking: pd.DataFrame, terms: Mapping[str, Sequence[Term]]) -> str:
    """The ranking alone, in rank order, before there is a plan: `RANKING_COLUMNS` and the terms of each value."""
    columns = [str(column) for column in RANKING_COLUMNS]
    rows = ranking[columns].itertuples(index=False, name=None)
    told = ([*(_plain(value) for value in row), _terms(terms.get(str(row[0]), ()))] for row in rows)
    return csv_text([*columns, "terms"], told)


def _terms(terms: Iterable[Term]) -> str:
    # In one cell: which terms there are is the ranking's business.
    return " ".join(f"{t.key}={t.value:.6f}" for t in terms)


def clusters_csv(clusters: Sequence[Cluster]) -> str:
    """Every cluster in rank order."""
    columns = (
        "rank",
        "cluster_id",
        "n_buildings",
        "n_firms",
        "n_leads",
        "lead_rate",
        "lead_rate_low",
        "lead_rate_high",
        "team_hours",
        "expected_finds",
        "finds_per_hour",
        "diameter_m",
        "building_ids",
    )
    rows = (
        (
            c.rank,
            c.cluster_id,
            len(c.building_ids),
            c.n_firms,
            c.n_leads,
            float(c.lead_rate),
            float(c.lead_rate_low),
            float(c.lead_rate_high),
            float(c.team_hours),
            float(c.expected_finds),
            float(c.finds_per_hour),
            float(c.diameter_m),
            " ".join(c.building_ids),
        )
        for c in clusters
    )
    return csv_text(columns, rows)


def coverage_csv(edition: Edition) -> str:
    """How much of each scope the plan reaches; floats are expected finds and square metres."""
    columns = (
        "scope",
        "scope_id",
        "n_buildings",
        "n_buildings_reached",
        "n_firms",
        "n_firms_reached",
        "n_leads",
        "n_leads_reached",
        "expected_finds",
        "expected_finds_reached",
        "floor_area_m2",
        "floor_area_m2_reached",
    )
    floats = frozenset(columns[8:])
    rows = ([float(getattr(c, k)) if k in floats else getattr(c, k) for k in columns] for c in edition.coverage)
    return csv_text(columns, rows)


def unserved_csv(edition: Edition, texts: Texts) -> str:
    """Every visit that no team makes, one row a reason."""
    columns = (
        "visit_id",
        "building_id",
        "building_name",
        "track",
        "division_code",
        "value",
        "code",
        "reason",
        "action",
    )

    def rows() -> Iterator[Sequence[object]]:
        for u in edition.plan.unserved:
            visit = edition.visits.get(u.visit_id)
            name = building_name(edition.buildings.get(u.building_id), u.building_id)
            head = (u.visit_id, u.building_id, name, visit.track if visit else "", visit.division_code if visit else "")
            for reason in u.reasons:
                yield (*head, float(visit.value) if visit else None, reason.code, *reason_texts(texts, reason, visit))

    return csv_text(columns, rows())


def quarantine_csv(edition: Edition) -> str:
    """Every row of a user's file that could not be used, with the reason and the mend."""
    columns = ("file", "row", "code", "what", "fix", "content")
    rows = (
        [_plain(v) for v in row]
        for row in edition.quarantine.reindex(columns=columns).itertuples(index=False, name=None)
    )
    return csv_text(columns, rows)


def _visits_by_building(edition: Edition) -> dict[str, list[Visit]]:
    result: dict[str, list[Visit]] = {}
    for visit in edition.visits.values():
        result.setdefault(visit.building_id, []).append(visit)
    return result


def _plain(value: object) -> object:
    """A numpy scalar as the Python value it holds; a missing value of any kind as None."""
    if isinstance(value, np.generic):
        return value.item()
    return None if value is pd.NA or value is pd.NaT else value
