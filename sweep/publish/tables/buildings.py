"""buildings.csv: every building in the order of its rank, with the terms of its value and the teams that go there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import pandas as pd

from sweep.disk.csv_text import csv_text, plain_numbers
from sweep.publish.edition import RANKING_COLUMNS, Edition
from sweep.publish.facts.teams import team_letters
from sweep.records.ranking import Term
from sweep.records.visits import Visit


def buildings_csv(edition: Edition) -> str:
    """Every building in rank order: the ranking's columns, the building's own, and what the plan does with it."""
    visits = _visits_by_building(edition)
    letters = team_letters(edition)
    teams: dict[str, list[str]] = {}
    for route in edition.plan.routes:
        for stop in route.made:
            teams.setdefault(stop.building_id, []).append(letters.get(route.team_id, route.team_id))
    own = ("building_name", "address", "n_floors", "n_exits", "floor_area_m2", "complex_id", "lon", "lat")
    plan = ("visit_ids", "tracks", "teams", "terms")
    ranking = [str(column) for column in RANKING_COLUMNS]

    def rows() -> Iterator[list[object]]:
        for values in edition.ranking[ranking].itertuples(index=False, name=None):
            row = [plain_numbers(value) for value in values]
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
    cells = ([*(plain_numbers(value) for value in row), _terms(terms.get(str(row[0]), ()))] for row in rows)
    return csv_text([*columns, "terms"], cells)


def _terms(terms: Iterable[Term]) -> str:
    # In one cell: which terms there are is the ranking's business.
    return " ".join(f"{t.key}={t.value:.6f}" for t in terms)


def _visits_by_building(edition: Edition) -> dict[str, list[Visit]]:
    result: dict[str, list[Visit]] = {}
    for visit in edition.visits.values():
        result.setdefault(visit.building_id, []).append(visit)
    return result
