"""Links in the bound: largest differences of starts, and units that need too many teams at one time."""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from geodata.array_types import Bools, Float64s, Int64s
from sweep.plan.bound.team_kind_arrays import shortest
from sweep.plan.kernel.problem_arrays import FORBIDDEN, Arrays


def can_be_staffed(a: Arrays) -> Bools:
    """Return whether enough teams may fill the simultaneous slots of each unit, one team for each, (units,)."""
    return np.array([not len(short_slots(a, u)) for u in range(len(a.units))], np.bool_)


def slots_together(a: Arrays, u: int) -> list[Int64s]:
    """
    Return sets of team slots (task rows) of unit `u` (linked visits); no team can fill two slots of one set.

    One set holds all slots if no team can make one visit of the unit after another; else each visit has its own set.
    """
    nodes = np.flatnonzero(a.task["unit"][a.node_start[:-1]] == u)
    tasks = [np.arange(a.node_start[v], a.node_start[v + 1]) for v in nodes]
    services = (a.service[:, at] for at in tasks)
    least = np.array([int(s[s != FORBIDDEN].min(initial=86_400)) for s in services])
    # Visits of which no team can make two in turn need different teams.
    apart = (least[:, None] > largest_differences(a, nodes)) | np.eye(len(nodes), dtype=np.bool_)
    return [np.concatenate(tasks)] if apart.all() else tasks


def short_slots(a: Arrays, u: int) -> Int64s:
    """Return task rows of a minimal set of slots of unit `u` that cannot each get their own team; empty if all can."""
    short = next((at for at in slots_together(a, u) if not _can_have_different_teams(a, at)), np.zeros(0, np.int64))
    for i in short.tolist():
        if len(short) > 1 and not _can_have_different_teams(a, short[short != i]):
            short = short[short != i]
    return short


def _can_have_different_teams(a: Arrays, tasks: Int64s) -> bool:
    allowed = a.service[:, tasks].T != FORBIDDEN
    if len(tasks) == 1:
        return bool(allowed.any())
    return bool((maximum_bipartite_matching(csr_array(allowed), perm_type="column") >= 0).all())


def largest_differences(a: Arrays, nodes: Int64s) -> Float64s:
    """
    Return the most seconds by which a visit's start may follow another's, over any chain of links, (visits, visits).

    Entry [v, w]: most seconds from the start of v to that of w; infinite without a chain of links. `nodes`: visits.
    """
    lag = np.full((len(nodes), len(nodes)), np.inf)
    row = {int(v): n for n, v in enumerate(nodes)}
    linked = []
    for v, n in row.items():
        for link in a.link[a.link_start[v] : a.link_start[v + 1]]:
            m = row[int(link["to"])]
            lag[n, m] = min(lag[n, m], float(link["hi"]))
            linked.append(n)
    at = np.unique(linked).astype(np.int64)
    if len(at):
        lag[np.ix_(at, at)] = shortest(lag[np.ix_(at, at)])
    np.fill_diagonal(lag, 0.0)
    return lag
