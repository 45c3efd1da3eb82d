"""Tables of a plan: buildings, clusters, coverage, unserved visits, quarantined rows, violations."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from geodata.message_catalogue import Texts
from sweep.disk.formula_safe_csv import plain_numbers
from sweep.publish.edition import Edition
from sweep.publish.facts.export_rows import building_row, unserved_row
from sweep.publish.facts.names_and_reasons import breach_text
from sweep.publish.facts.team_facts import team_letters
from sweep.publish.table_columns import COLUMNS, RANKING_COLUMNS, Row, record_row
from sweep.records.ranking import Cluster, Term
from sweep.records.visits import Visit


def building_rows(edition: Edition) -> Iterator[Row]:
    """Return the rows of buildings.csv: every building in rank order, with its facts and its visits in the plan."""
    letters = team_letters(edition)
    visits: defaultdict[str, list[Visit]] = defaultdict(list)
    for visit in edition.visits.values():
        visits[visit.building_id].append(visit)
    teams: defaultdict[str, list[str]] = defaultdict(list)
    for route in edition.plan.routes:
        for stop in route.made:
            teams[stop.building_id].append(letters.get(route.team_id, route.team_id))
    return (
        {
            **row,
            **building_row(edition.buildings[building_id]),
            "visit_ids": " ".join(v.visit_id for v in visits[building_id]),
            "tracks": " ".join(sorted({v.track for v in visits[building_id]})),
            "teams": " ".join(sorted(teams[building_id])),
        }
        for building_id, row in _ranked(edition.ranking, edition.terms)
    )


def ranking_rows(ranking: pd.DataFrame, terms: Mapping[str, Sequence[Term]]) -> Iterable[Row]:
    """Return the rows of ranking.csv, made before there is a plan; `terms`: parts of each score, by building id."""
    return (row for _, row in _ranked(ranking, terms))


def _ranked(ranking: pd.DataFrame, terms: Mapping[str, Sequence[Term]]) -> Iterable[tuple[str, dict[str, Any]]]:
    for values in ranking[list(RANKING_COLUMNS)].itertuples(index=False, name=None):
        row = dict(zip(RANKING_COLUMNS, map(plain_numbers, values), strict=True))
        building_id = str(row["building_id"])
        # Terms share one cell, since the ranking determines which exist.
        yield building_id, row | {"terms": " ".join(f"{t.key}={t.value:.6f}" for t in terms.get(building_id, ()))}


def cluster_row(cluster: Cluster) -> dict[str, Any]:
    """Return the cells of a cluster's row in clusters.csv, by column name."""
    ids = cluster.building_ids
    return record_row(cluster) | {"n_buildings": len(ids), "building_ids": " ".join(ids)}


def unserved_rows(edition: Edition, texts: Texts) -> Iterator[Row]:
    """Yield the rows of unserved.csv: every visit that no team makes, one row per reason."""
    for u in edition.plan.unserved:
        row = unserved_row(edition, u, texts)
        for code, reason, action in zip(row["codes"], row["reasons"], row["actions"], strict=True):
            yield row | {"code": code, "reason": reason, "action": action}


def quarantine_rows(edition: Edition) -> Iterator[Row]:
    """Return the rows of quarantine.csv: every input row that was not used, with the reason and the fix."""
    columns = COLUMNS["quarantine.csv"]
    rows = edition.quarantine.reindex(columns=columns).itertuples(index=False, name=None)
    return (dict(zip(columns, map(plain_numbers, row), strict=True)) for row in rows)


def violation_rows(edition: Edition, texts: Texts) -> Iterator[Row]:
    """Yield the rows of violations.csv: every violation of a hard rule by the plan."""
    for violation in edition.violations:
        what = breach_text(edition, violation, texts)
        yield {"rule_id": violation.rule_id, "where": violation.where, "what": what}
