"""Tables of a plan: ranked buildings, clusters, coverage, unserved visits, quarantined rows, broken rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import pandas as pd

from geodata.texts import Texts
from sweep.disk.csv_text import csv_text, plain_numbers
from sweep.publish.edition import RANKING_COLUMNS, Edition
from sweep.publish.facts.teams import team_letters
from sweep.publish.facts.wording import building_name, reason_texts
from sweep.records.ranking import Cluster, Term
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
                yield (
                    *head,
                    float(visit.value) if visit else None,
                    reason.code,
                    *reason_texts(texts, reason, visit, edition.division_names),
                )

    return csv_text(columns, rows())


def quarantine_csv(edition: Edition) -> str:
    """Every row of a user's file that could not be used, with the reason and the mend."""
    columns = ("file", "row", "code", "what", "fix", "content")
    rows = (
        [plain_numbers(v) for v in row]
        for row in edition.quarantine.reindex(columns=columns).itertuples(index=False, name=None)
    )
    return csv_text(columns, rows)


def violations_csv(edition: Edition, texts: Texts) -> str:
    """Every rule that the plan breaks."""
    rows = (
        (v.rule_id, v.where, sentence)
        for v, sentence in zip(edition.violations, violation_texts(edition, texts), strict=True)
    )
    return csv_text(("rule_id", "where", "what"), rows)


def violation_texts(edition: Edition, texts: Texts) -> list[str]:
    """The sentence of each violation, in order; an unknown rule is shown by its bare facts."""
    sentences = []
    for violation in edition.violations:
        values: dict[str, object] = {"detail": "", **violation.values, "where": violation.where}
        sentences.append(texts(violation.key, **values) if violation.key in texts else f"{violation.rule_id} {values}")
    return sentences
