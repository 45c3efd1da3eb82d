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
    """Skip a test if a real data set is absent."""
    return pytest.mark.skipif(not path.exists(), reason=NO_DATA)


def compiled_cache() -> str:
    """Return the user cache folder of this process, so that other processes can reuse its compiled code."""
    import numba  # slow to import, and not needed by the controller

    return str(Path(numba.config.CACHE_DIR).parents[2])
