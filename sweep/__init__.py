"""Decisions: where to look, with whom, in what order, and under which rules; `sweep.api` holds the public names."""

from typing import TYPE_CHECKING

from sweep.api.lazy_names import offer

if TYPE_CHECKING:
    from geodata.errors import InputError as InputError
    from sweep.api.lives_inspection_feed import lives_history as lives_history
    from sweep.api.plan import Plan as Plan
    from sweep.api.plan import check as check
    from sweep.api.plan import compare as compare
    from sweep.api.plan import plan as plan
    from sweep.api.plan import plan_map as plan_map
    from sweep.api.plan import publish as publish
    from sweep.api.plan import what_if as what_if
    from sweep.api.problem_builder import Model as Model
    from sweep.api.ranking import Ranking as Ranking
    from sweep.api.ranking import backtest as backtest
    from sweep.api.ranking import rank as rank
    from sweep.api.scenario import Scenario as Scenario
    from sweep.api.scenario import demo_tables as demo_tables
    from sweep.api.scenario import load_scenario as load_scenario
    from sweep.api.scenario import validate as validate

    __version__: str

offer(
    __name__,
    {
        "geodata.errors": ("InputError",),
        "sweep.api.lives_inspection_feed": ("lives_history",),
        "sweep.api.problem_builder": ("Model",),
        "sweep.api.plan": ("Plan", "check", "compare", "plan", "plan_map", "publish", "what_if"),
        "sweep.api.ranking": ("Ranking", "backtest", "rank"),
        "sweep.api.scenario": ("Scenario", "demo_tables", "load_scenario", "validate"),
        "sweep.api.version": ("__version__",),
    },
)
