"""From the routes of one search to those of the other. Compiled."""

from __future__ import annotations

from geodata.compiled import compiled
from sweep.plan.kernel.arrays import NONE, Arrays
from sweep.plan.kernel.retime import retime
from sweep.plan.kernel.state import State, put
from sweep.plan.warp.net import Net
from sweep.plan.warp.routes import Routes, refresh


@compiled
def read_state(net: Net, r: Routes, s: State) -> None:
    """Make the routes those of the state."""
    for i in range(net.n_tasks):
        r.spot[i].team = NONE
    for k in range(net.crew.shape[0]):
        r.route[k].length = s.team[k].length
        for p in range(s.team[k].length):
            r.step[k, p + 1].task = s.stop[k, p].task
        refresh(net, r, k)
        r.route[k].is_touched = False


@compiled
def write_state(a: Arrays, s: State, r: Routes) -> bool:
    """Make the state that of the routes, which break no rule; whether it can be kept."""
    for i in range(s.fill.shape[0]):
        s.fill[i].team = NONE
    for k in range(s.team.shape[0]):
        s.team[k].length, s.team[k].load, s.team[k].home = 0, 0, 0
    for k in range(s.team.shape[0]):
        for p in range(r.route[k].length):
            put(a, s, r.step[k, p + 1].task, k, p)
        s.team[k].is_touched = True
    kept = retime(a, s)
    for k in range(s.team.shape[0]):
        s.team[k].is_touched = False
    return kept
