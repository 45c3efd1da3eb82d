"""Where things lie: the repository, broken input files, and the real data beside it, which may be absent."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
BROKEN = ROOT / "tests" / "data" / "broken"
SHARED = ROOT.parent / "shared" / "data"
GEO = SHARED / "geo"
