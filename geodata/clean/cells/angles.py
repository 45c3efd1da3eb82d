"""Longitudes and latitudes in other ways of writing than plain degrees: 117°1'12.5", 东经117.02, N36.66."""

from __future__ import annotations

import pandas as pd

from geodata.raw import Column

# All of China is east and north.
_BEFORE, _AFTER = r"(?:[EN东北]经?纬?)?\s*", r"\s*(?:[EN东北]经?纬?)?"
_MINUTES = r"""(?:(\d{1,2}(?:\.\d+)?)['′’分]\s*)?"""
_SECONDS = r"""(?:(\d{1,2}(?:\.\d+)?)(?:["″”秒]|'')\s*)?"""
_ANGLE = rf"^{_BEFORE}(\d{{1,3}}(?:\.\d+)?)[°º˚度]?\s*{_MINUTES}{_SECONDS}{_AFTER}$"


def angles(typed: Column) -> pd.Series[float]:
    """Degrees; NaN for text that is no angle, or not one of the east or the north."""
    parts = typed.str.upper().str.extract(_ANGLE).astype("float64")
    minutes, seconds = parts[1].fillna(0.0), parts[2].fillna(0.0)
    degrees = parts[0] + minutes / 60.0 + seconds / 3_600.0
    return pd.Series(degrees.where((minutes < 60) & (seconds < 60)), index=typed.index, dtype="float64")
