"""The time of day, as the plan counts it and as people read it."""

from __future__ import annotations

from datetime import timedelta, timezone

# China keeps one zone and no summer time.
ZONE = timezone(timedelta(hours=8))
