"""Tables of a plan: buildings, clusters, coverage, unserved visits, quarantined rows, violations."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from geodata.message_catalogue import Texts
from sweep.disk.csv_text import plain_numbers
from sweep.publish.edition import Edition
from sweep.publish.facts.export_rows import building_row, unserved_row
from sweep.publish.facts.team_facts import team_letters
from sweep.publish.table_columns import COLUMNS, RANKING_COLUMNS, record_row, table_csv
from sweep.records.ranking import Cluster, Term
from sweep.records.visits import Visit


def buildings_csv(edition: Edition) -> str:
    """Every building in rank order: ranking, building data, and its visits in the plan."""
    letters = team_letters(edition)
    visits: defaultdict[str, list[Visit]] = defaultdict(list)
    for visit in edition.visits.values():
        visits[visit.building_id].append(visit)
    teams: defaultdict[str, list[str]] = defaultdict(list)
    for route in edition.plan.routes:
        for stop in route.made:
            teams[stop.building_id].append(letters.get(route.team_id, route.team_id))
    rows = (
        {
            **row,
            **building_row(edition.buildings[building_id]),
            "visit_ids": " ".join(v.visit_id for v in visits[building_id]),
            "tracks": " ".join(sorted({v.track for v in visits[building_id]})),
            "teams": " ".join(sorted(teams[building_id])),
        }
        for building_id, row in _ranked(edition.ranking, edition.terms)
    )
    return table_csv("buildings.csv", rows)


def ranking_csv(ranking: pd.DataFrame, terms: Mapping[str, Sequence[Term]]) -> str:
    """Ranking without a plan, in rank order: `RANKING_COLUMNS` and the terms of each value."""
    return table_csv("ranking.csv", (row for _, row in _ranked(ranking, terms)))


def _ranked(ranking: pd.DataFrame, terms: Mapping[str, Sequence[Term]]) -> Iterable[tuple[str, dict[str, Any]]]:
    for values in ranking[list(RANKING_COLUMNS)].itertuples(index=False, name=None):
        row = dict(zip(RANKING_COLUMNS, map(plain_numbers, values), strict=True))
        building_id = str(row["building_id"])
        # Terms share one cell, since the ranking determines which exist.
        yield building_id, row | {"terms": " ".join(f"{t.key}={t.value:.6f}" for t in terms.get(building_id, ()))}


def clusters_csv(clusters: Sequence[Cluster]) -> str:
    """Every cluster in rank order."""
    return table_csv("clusters.csv", map(cluster_row, clusters))


def cluster_row(cluster: Cluster) -> dict[str, Any]:
    """Row of a cluster by column name."""
    ids = cluster.building_ids
    return record_row(cluster) | {"n_buildings": len(ids), "building_ids": " ".join(ids)}


def coverage_csv(edition: Edition) -> str:
    """Coverage of each scope by the plan."""
    return table_csv("coverage.csv", map(record_row, edition.coverage))


def unserved_csv(edition: Edition, texts: Texts) -> str:
    """Every unserved visit, one row a reason."""
    rows = []
    for u in edition.plan.unserved:
        row = unserved_row(edition, u, texts)
        rows += [
            row | {"code": code, "reason": reason, "action": action}
            for code, reason, action in zip(row["codes"], row["reasons"], row["actions"], strict=True)
        ]
    return table_csv("unserved.csv", rows)


def quarantine_csv(edition: Edition) -> str:
    """Every quarantined row of an input file, with the reason and the fix."""
    columns = COLUMNS["quarantine.csv"]
    rows = edition.quarantine.reindex(columns=columns).itertuples(index=False, name=None)
    return table_csv("quarantine.csv", (dict(zip(columns, map(plain_numbers, row), strict=True)) for row in rows))


def violations_csv(edition: Edition, texts: Texts) -> str:
    """Every violation of a rule."""
    found = zip(edition.violations, violation_texts(edition, texts), strict=True)
    return table_csv("violations.csv", ({"rule_id": v.rule_id, "where": v.where, "what": what} for v, what in found))


def violation_texts(edition: Edition, texts: Texts) -> list[str]:
    """Sentence of each violation, in order; an unknown rule is shown by its values."""
    sentences = []
    for violation in edition.violations:
        values: dict[str, Any] = {"detail": "", **violation.values, "where": violation.where}
        sentences.append(texts(violation.key, **values) if violation.key in texts else f"{violation.rule_id} {values}")
    return sentences
