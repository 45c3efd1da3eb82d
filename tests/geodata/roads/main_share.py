"""How much of a network hangs together."""

from __future__ import annotations

import numpy as np
import scipy.sparse
from scipy.sparse.csgraph import connected_components

from geodata.roads.line_noding import NodedLines


def main_share(noded: NodedLines) -> float:
    """Share of the length in the largest component, one-way streets taken as both ways."""
    starts = np.concatenate([way[:-1] for way in noded.ways])
    ends = np.concatenate([way[1:] for way in noded.ways])
    n = len(noded.nodes)
    links = scipy.sparse.coo_array((np.ones(len(starts)), (starts, ends)), shape=(n, n))
    component = connected_components(links, directed=False)[1]
    step = (noded.nodes[ends] - noded.nodes[starts]) * [np.cos(np.radians(noded.nodes[:, 1].mean())), 1.0]
    lengths = np.bincount(component[starts], weights=np.hypot(step[:, 0], step[:, 1]))
    return float(lengths.max() / lengths.sum())
