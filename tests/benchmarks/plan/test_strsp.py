"""Which crew goes with a task set of the STRSP benchmark, by the names of the files."""

from __future__ import annotations

from fnmatch import fnmatch

import pytest

from tests.benchmarks.plan.strsp import crew_pattern

# As they lie in the published archive, the slip in one name included.
REDUCED = {
    ("1", "5x4"): "techniciansReduced_Team/R1-C1-RC1_technicians_5x4_Team_short.txt",
    ("1", "6x6"): "techniciansReduced_Team/R1-C1-RC1_technicians_6x6_Tema_short.txt",
    ("2", "5x4"): "techniciansReduced_Team/R2-C2-RC2_technicians_5x4_Team_long.txt",
    ("2", "6x6"): "techniciansReduced_Team/R2-C2-RC2_technicians_6x6_Team_long.txt",
}


@pytest.mark.parametrize("series", ["R", "C", "RC"])
@pytest.mark.parametrize(("day", "size"), REDUCED)
def test_each_task_set_has_one_reduced_crew_of_its_day_and_size(series: str, day: str, size: str) -> None:
    pattern = crew_pattern(f"{series}{day}01_{size}_Team", "reduced")
    assert [path for path in REDUCED.values() if fnmatch(path, pattern)] == [REDUCED[day, size]]


def test_the_full_crew_goes_by_the_size_alone() -> None:
    assert fnmatch("technicians_Team/technicians_7x4_Team.txt", crew_pattern("RC203_7x4_Team", "full"))
