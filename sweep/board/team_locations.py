"""Locations of teams at their last report: stored for one day, and only if the scenario allows it."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geodata.regular_file import read_regular_text
from sweep.disk.atomic_files import disk_error, write_files

SUFFIX = ".places.json"


@dataclass(slots=True)
class TeamLocations:
    """Last location of each team on one day, stored in `file`; it is in neither journal nor audit log."""

    file: Path
    _last: dict[str, tuple[float, float, int]] = field(default_factory=dict)
    """(latitude, longitude, second of the day) by team id."""

    def of(self, team_id: str) -> list[float] | None:
        """Return [latitude, longitude, second of the day] of a team's last location; None without one."""
        place = self._last.get(team_id)
        return None if place is None else list(place)

    def note(self, team_id: str, lat: float, lon: float, at_s: int) -> None:
        """Replace the last location of a team; InputError S973 if the disk is full."""
        last = {**self._last, team_id: (round(lat, 5), round(lon, 5), at_s)}
        try:
            write_files({self.file.name: json.dumps(last)}, self.file.parent, is_secret=True)
        except OSError as error:
            raise disk_error(error, self.file.name) from error
        self._last = last

    def delete_all(self) -> None:
        """Delete all locations at the end of the day."""
        self._last.clear()
        self.file.unlink(missing_ok=True)


def open_places(folder: Path, day: str) -> TeamLocations:
    """Return the locations of a day, read from disk after a restart; those of all other days are deleted."""
    delete_places(folder, day)
    places = TeamLocations(folder / f"{day}{SUFFIX}")
    with suppress(OSError, ValueError, TypeError):
        kept = json.loads(read_regular_text(places.file))
        places._last |= {team: (float(lat), float(lon), int(at_s)) for team, (lat, lon, at_s) in kept.items()}
    return places


def delete_places(folder: Path, kept_day: str | None = None) -> None:
    """Delete the stored locations of all days, except those of the day `kept_day` (None: no exception)."""
    for file in folder.glob(f"*{SUFFIX}"):
        if file.name != f"{kept_day}{SUFFIX}":
            file.unlink()


def read_place(content: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return (`lat`, `lon`), degrees, of a phone's request; None if one is missing, no number or out of range."""
    lat, lon = content.get("lat"), content.get("lon")
    return (float(lat), float(lon)) if _is_within(lat, 90) and _is_within(lon, 180) else None  # type: ignore[arg-type]


def _is_within(degrees: object, most: int) -> bool:
    # Compared before the conversion to float, which fails for an integer of 400 digits.
    return isinstance(degrees, int | float) and not isinstance(degrees, bool) and -most <= degrees <= most
