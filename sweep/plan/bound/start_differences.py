"""What slots that start together, and links, ask of the teams: how far starts may lie apart, and who is enough."""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from geodata.array_types import Bools, Float64s, Int64s
from sweep.plan.bound.team_times import shortest
from sweep.plan.kernel.problem_arrays import FORBIDDEN, Arrays


def can_be_staffed(a: Arrays) -> Bools:
    """False for a unit that wants more teams at a time than may serve it, (units,)."""
    return np.array([not len(short_slots(a, u)) for u in range(len(a.units))], np.bool_)


def slots_together(a: Arrays, u: int) -> list[Int64s]:
    """Rows of the slots of unit `u` that each want a team of its own: all of them together, or those of each visit."""
    nodes = np.flatnonzero(a.task["unit"][a.node_start[:-1]] == u)
    tasks = [np.arange(a.node_start[v], a.node_start[v + 1]) for v in nodes]
    least = np.array([_least_service(a, at) for at in tasks])
    # Visits of which no team can make two, one after the other, want teams of their own.
    apart = (least[:, None] > most_between(a, nodes)) | np.eye(len(nodes), dtype=np.bool_)
    return [np.concatenate(tasks)] if apart.all() else tasks


def short_slots(a: Arrays, u: int) -> Int64s:
    """Rows of the fewest slots of unit `u` that are wanted at one time and have not teams enough; none if all have."""
    short = next((at for at in slots_together(a, u) if not _have_teams(a, at)), np.zeros(0, np.int64))
    for i in short.tolist():
        if len(short) > 1 and not _have_teams(a, short[short != i]):
            short = short[short != i]
    return short


def _least_service(a: Arrays, tasks: Int64s) -> int:
    service = a.service[:, tasks]
    return int(service[service != FORBIDDEN].min(initial=86_400))


def _have_teams(a: Arrays, tasks: Int64s) -> bool:
    """Whether each task can have a team of its own."""
    allowed = a.service[:, tasks].T != FORBIDDEN
    if len(tasks) == 1:
        return bool(allowed.any())
    return bool((maximum_bipartite_matching(csr_array(allowed), perm_type="column") >= 0).all())


def most_between(a: Arrays, nodes: Int64s) -> Float64s:
    """Most seconds between the starts of linked visits, over any chain of links."""
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
