"""Record of scenario.toml as a whole: every key except name, day and files has a default; unknown keys are errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, Self

import pandas as pd
from pydantic import Field, PrivateAttr

from sweep.scenario.base_section import Section, Seed
from sweep.scenario.city_toml import City
from sweep.scenario.input_settings import Data
from sweep.scenario.inspection_hours import Hours
from sweep.scenario.law_and_form_settings import Codes, Form, Law, RuleSettings
from sweep.scenario.map_settings import Map
from sweep.scenario.plan_settings import PlanSettings, Solver, Teams, WeightSettings
from sweep.scenario.rank_settings import Backtest, Rank
from sweep.scenario.release_board_store_settings import BoardSettings, FollowUp, Release, Retention, StoreSettings
from sweep.scenario.road_settings import Roads
from sweep.scenario.selection_settings import Select

NAME = r"^[^\W_][\w-]{0,63}$"
"""Regular expression of scenario names; no name can be a path."""


@dataclass(frozen=True, slots=True, eq=False)
class GivenTables:
    """Tables in memory that replace a scenario's files; the keys of `frames` are keys of `[data]`, such as `leads`."""

    frames: Mapping[str, pd.DataFrame]


class Scenario(Section):
    """All sections of scenario.toml."""

    name: str = Field(pattern=NAME)
    """Name of the scenario and of its folder of results: letters, digits, `-` and `_`, at most 64."""
    day: date = Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))
    """Day of the sweep."""
    lang: Literal["zh_CN", "en"] = "zh_CN"
    """Language of all pages, orders and tables that the program writes."""
    seed: Seed = 1
    """Seed of every random number except the draw's (`select.draw_seed`): equal seeds and equal `solver.iterations`
    give equal plans."""
    data: Data = Data()
    city: City | None = None
    """Content of city.toml; None if the scenario has no such file. Not a key of scenario.toml."""
    rank: Rank = Rank()
    select: Select = Select()
    teams: Teams = Teams()
    plan: PlanSettings = PlanSettings()
    weights: WeightSettings = WeightSettings()
    roads: Roads = Roads()
    map: Map = Map()
    release: Release = Release()
    follow_up: FollowUp = FollowUp()
    retention: Retention = Retention()
    hours: Hours = Hours()
    law: Law = Law()
    codes: Codes = Field(default=Codes(), exclude_if=lambda codes: codes == Codes())
    form: Form = Form()
    rules: RuleSettings = RuleSettings()
    backtest: Backtest = Backtest()
    solver: Solver = Solver()
    board: BoardSettings = Field(default=BoardSettings(), exclude_if=lambda board: board == BoardSettings())
    store: StoreSettings | None = Field(default=None, exclude=True)
    folder: Path = Field(default=Path(), exclude=True)
    """Folder of scenario.toml; not a key of the file."""
    _given: GivenTables | None = PrivateAttr(None)

    @property
    def given(self) -> GivenTables | None:
        """Tables in memory that replace the files; None: the files of `data` are read."""
        return self._given

    def with_tables(self, given: GivenTables) -> Self:
        """Return a copy of the scenario that reads tables in memory in place of its files."""
        names = {key: key for key in ("buildings", "firms", "leads", "roster", "bases", *given.frames)}
        scenario = self.model_copy(update={"data": self.data.model_copy(update=names)})
        scenario._given = given
        return scenario

    def with_teams(self, n: int | None, members_max: int | None = None) -> Self:
        """
        Return a copy of the scenario with `n` teams (None: the planner chooses the number).

        `members_max`, the most people in a team, applies only if the scenario sets no maximum; it is at least the
        number of certified officers that a team must have.
        """
        if members_max is not None:
            members_max = max(members_max, sum(self.teams.min_certified.values()))
        update = {"n_teams": n, "members_max": self.teams.members_max or members_max}
        return self.model_copy(update={"teams": self.teams.model_copy(update=update)})

    @property
    def all_settings(self) -> dict[str, Any]:
        """Return every setting as JSON values, with [codes] even if all are defaults (`model_dump` then omits it)."""
        return {**self.model_dump(mode="json"), "codes": self.codes.model_dump(mode="json")}

    @property
    def draw_seed(self) -> str:
        """Return the seed of the random draw: `select.draw_seed`, or name and day of the scenario if that is empty."""
        return self.select.draw_seed or f"{self.name}-{self.day.isoformat()}"
