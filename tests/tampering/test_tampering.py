"""Some of the ways to tamper with what is on record: verify, check or release finds each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.tampering.place import Place, found_by, ways_of
from tests.tampering.ways import all_ways

# Every so many; all of them are tried by tests/benchmarks/audit/tampering.py.
EACH = 12


@pytest.mark.slow
def test_what_is_on_record_is_found_sound(place: Place, sweep: Any, tmp_path: Path) -> None:
    # Asking for a handout adds a line to the log.
    assert found_by(place.copied(tmp_path / "out"), sweep) is None


def test_every_twelfth_way_to_tamper_is_found(place: Place, sweep: Any, tmp_path: Path) -> None:
    ways = list(all_ways(*ways_of(place)).items())
    assert len(ways) >= 111
    unseen = []
    for name, tamper in ways[::EACH]:
        copy = place.copied(tmp_path / "out")
        tamper(copy)
        if found_by(copy, sweep) is None:
            unseen.append(name)
        copy.removed()
    assert unseen == []
