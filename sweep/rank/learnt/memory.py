"""What is known of the past, kept for rankings of several days."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from geodata.arrays import Float64s
from sweep.rank.learnt.knowledge import Knowledge
from sweep.scenario.rank import Rank


@dataclass(slots=True)
class Memory:
    """What is known of the past, kept between rankings of the same tables; rankings up to `last` may use it."""

    last: pd.Timestamp
    kept: dict[str, Knowledge] = field(default_factory=dict)
    """Knowledge by the settings that it was made with."""

    def knowledge(
        self, buildings: pd.DataFrame, leads: pd.DataFrame, history: pd.DataFrame, points_m: Float64s, settings: Rank
    ) -> Knowledge:
        """The knowledge under some settings, made once."""
        key = settings.model_dump_json()
        if key not in self.kept:
            self.kept[key] = Knowledge(buildings, leads, history, points_m, self.last.to_pydatetime(), settings)
        return self.kept[key]
