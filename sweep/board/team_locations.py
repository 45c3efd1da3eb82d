"""Where teams said they were with their last report: only if the scenario turns it on, and for the day alone."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geodata.regular_file import read_regular_text
from sweep.disk.atomic_files import disk_fault, write_files

SUFFIX = ".places.json"


@dataclass(slots=True)
class Places:
    """The last place of each team; no journal has it, and no log."""

    file: Path
    _last: dict[str, tuple[float, float, int]] = field(default_factory=dict)
    """Latitude, longitude, and when, by team id."""

    def of(self, team_id: str) -> list[float] | None:
        """Latitude, longitude and second of the day of a team's last place; None if it has told none."""
        place = self._last.get(team_id)
        return None if place is None else list(place)

    def note(self, team_id: str, lat: float, lon: float, at_s: int) -> None:
        """
        Put the last place of a team in the place of the one before.

        Raises
        ------
        InputError
            S973 if the disk takes no more.
        """
        last = {**self._last, team_id: (round(lat, 5), round(lon, 5), at_s)}
        try:
            write_files({self.file.name: json.dumps(last)}, self.file.parent, is_secret=True)
        except OSError as error:
            raise disk_fault(error, self.file.name) from error
        self._last = last

    def forget(self) -> None:
        """The day is over: nothing is kept of where anybody was."""
        self._last.clear()
        self.file.unlink(missing_ok=True)


def open_places(folder: Path, day: str) -> Places:
    """The places of a day, for a board that is started again; those of all other days are removed."""
    forget_places(folder, day)
    places = Places(folder / f"{day}{SUFFIX}")
    with suppress(OSError, ValueError, TypeError):
        kept = json.loads(read_regular_text(places.file))
        places._last |= {team: (float(lat), float(lon), int(at_s)) for team, (lat, lon, at_s) in kept.items()}
    return places


def forget_places(folder: Path, but: str | None = None) -> None:
    """Remove what boards that were stopped have left of where teams were, but for one day."""
    for left in folder.glob(f"*{SUFFIX}"):
        if left.name != f"{but}{SUFFIX}":
            left.unlink()


def read_place(content: Mapping[str, Any]) -> tuple[float, float] | None:
    """Latitude and longitude as a phone sends them; None if they are none."""
    lat, lon = content.get("lat"), content.get("lon")
    return (float(lat), float(lon)) if _is_within(lat, 90) and _is_within(lon, 180) else None  # type: ignore[arg-type]


def _is_within(degrees: object, most: int) -> bool:
    # Compared before it is made a float, which no number of 400 digits can be; what is no number is within nothing.
    return isinstance(degrees, int | float) and not isinstance(degrees, bool) and -most <= degrees <= most
