"""Paths: the repository, broken input files, the real data next to it, which may be absent, the cache."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BROKEN = ROOT / "tests" / "data" / "broken"
SHARED = ROOT.parent / "shared" / "data"
GEO = SHARED / "geo"
NO_DATA = "the real data sets are absent; they belong in ../shared/data and are not part of the clone"


def needs_data(path: Path) -> pytest.MarkDecorator:
    """Skip a test where a real data set is absent."""
    return pytest.mark.skipif(not path.exists(), reason=NO_DATA)


def compiled_cache() -> str:
    """User cache folder of this process: another process that uses it need not compile again."""
    import numba  # slow to import, and not needed by the process that hands out the tests

    return str(Path(numba.config.CACHE_DIR).parents[2])
