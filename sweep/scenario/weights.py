"""[weights]: what is allowed but costs."""

from __future__ import annotations

from pydantic import Field, model_validator

from sweep.scenario.refusals import refused
from sweep.scenario.section import Clock, Section, Weight


class WeightSettings(Section):
    """
    [weights]: what is allowed but costs, in expected finds for each hour or visit of it. At 0 it costs nothing.

    They are added up, each by its weight, against what a plan is worth; a must-visit goes before all of them.
    """

    overtime: Weight = 0.0
    """Cost of each team's hour on duty after `paid_until`."""
    paid_until_s: Clock | None = Field(None, alias="paid_until")
    """Time after which duty is overtime; no team is out after `plan.shift_end` in any case."""
    uneven_work: Weight = 0.0
    """Cost of an hour by which a team's time on the road and inside differs from the mean of all teams."""

    @model_validator(mode="after")
    def _whole(self) -> WeightSettings:
        if self.overtime > 0 and self.paid_until_s is None:
            raise refused("together", one="overtime", other="paid_until")
        return self

    @property
    def is_set(self) -> bool:
        """Whether any differs from what it is without the table."""
        return self != WeightSettings()
