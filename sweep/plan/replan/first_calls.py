"""All that is compiled of the search over what is left of a day, before the clock of the first one."""

from __future__ import annotations

import numpy as np

from geodata.ahead import Ahead
from sweep.plan.first_calls import compile_for, small_day
from sweep.plan.replan.improve import Orders, hold, improve_priced, keep_orders, n_changed, priced_score, worth

# The planner's own functions, which these call, are compiled before.
REPLANNER = Ahead((f"{__package__}.improve",), f"{__name__}:priced_search")


def priced_search() -> None:
    """Compile the search by the priced score, and what is asked of its states."""
    _, _, arrays, _, state = small_day()
    rows = np.zeros(arrays.n_visit_tasks, np.int64)
    orders = Orders(rows, rows, rows, 0.0, 0.0)
    for function in (hold, n_changed, priced_score):
        compile_for(function, arrays, state, orders)
    compile_for(worth, arrays, state)
    compile_for(keep_orders, arrays, state, orders, rows)
    compile_for(improve_priced, arrays, orders, state, state, state, 1.0, 0.1, 1, np.random.default_rng(1))
