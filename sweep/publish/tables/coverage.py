"""What a plan leaves out, as tables: coverage.csv, unserved.csv, and the rows set aside in quarantine.csv."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from geodata.texts import Texts
from sweep.disk.csv_text import csv_text, plain_numbers
from sweep.publish.edition import Edition
from sweep.publish.facts.wording import building_name, reason_texts


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
