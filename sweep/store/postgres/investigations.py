"""Investigations: for investigators alone; whoever plans learns through one function which buildings are blocked."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from geodata.errors import InputError, Issue
from sweep.store.postgres.engine import may_read
from sweep.store.postgres.tables import INVESTIGATION, INVESTIGATION_FILE
from sweep.store.records import Place

_I, _F = INVESTIGATION.c, INVESTIGATION_FILE.c


def write(connection: Connection, scenario: str, name: str, content: bytes, places: Sequence[Place]) -> None:
    """Replace the file and its places; S855 if the login is not an investigator of all divisions."""
    if not may_read(connection, "investigation_file"):
        raise InputError([Issue("S855", name)])
    written = {"name": name, "content": content, "rev": _F.rev + 1}
    found = connection.execute(update(INVESTIGATION_FILE).where(_F.scenario == scenario).values(**written))
    if found.rowcount != 1:
        raise InputError([Issue("S855", name)])
    connection.execute(update(INVESTIGATION).where(_I.scenario == scenario).values(places=[]))
    for division in sorted({place.division for place in places}):
        own = [
            {"building_id": p.building_id, "closed_on": p.closed_on.isoformat() if p.closed_on else None}
            for p in places
            if p.division == division
        ]
        same = (_I.scenario == scenario, _I.division == division)
        connection.execute(update(INVESTIGATION).where(*same).values(places=own))


def read(connection: Connection, scenario: str) -> tuple[str, bytes, str] | None:
    """Name, bytes and revision of the file; None if there is none, or the login may not read it."""
    if not may_read(connection, "investigation_file"):
        return None
    row = connection.execute(select(_F.name, _F.content, _F.rev).where(_F.scenario == scenario)).first()
    return None if row is None or row.name is None else (str(row.name), bytes(row.content), str(row.rev))
