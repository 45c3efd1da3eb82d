"""Where things lie: the repository, broken input files, the real data beside it, which may be absent, the cache."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
BROKEN = ROOT / "tests" / "data" / "broken"
SHARED = ROOT.parent / "shared" / "data"
GEO = SHARED / "geo"


def compiled_cache() -> str:
    """The user's cache that this process compiles into: one of its own that looks there need not compile again."""
    import numba  # only here: who only hands out tests needs no compiler

    return str(Path(numba.config.CACHE_DIR).parents[2])
