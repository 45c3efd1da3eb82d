"""The random draw (双随机): tickets from a seed committed beforehand; anyone can draw it again and get the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sweep.records import Draw, DrawTicket


def ticket(seed: str, key: str) -> str:
    """
    SHA-256 of `seed|key`, hexadecimal: the smaller, the sooner drawn.

    References
    ----------
    Rivest, Consistent sampling with replacement (2018): removing a candidate leaves the others' order as it was.
    """
    return hashlib.sha256(f"{seed}|{key}".encode()).hexdigest()


def pool_sha256(building_ids: Iterable[str]) -> str:
    """SHA-256 of the pool's ids, sorted, a line each: another pool shows as another hash."""
    return hashlib.sha256("\n".join(sorted(building_ids)).encode()).hexdigest()


def draw_buildings(pool: Iterable[str], n_drawn: int, seed: str) -> Draw:
    """
    Draw `n_drawn` buildings from the pool without replacement, each with one inclusion probability.

    Parameters
    ----------
    pool
        Building ids, each once.
    n_drawn
        At most the pool's size; more is cut to it.
    seed
        Committed before the pool is frozen.

    Raises
    ------
    ValueError
        If an id stands twice in the pool, or `n_drawn` is negative.
    """
    ids = sorted(pool)
    if len(set(ids)) != len(ids):
        raise ValueError("a building stands twice in the pool of the draw")
    if n_drawn < 0:
        raise ValueError(f"n_drawn must be >= 0, got {n_drawn}")
    n_drawn = min(n_drawn, len(ids))
    probability = n_drawn / len(ids) if ids else 0.0
    ordered = sorted((ticket(seed, b), b) for b in ids)
    tickets = tuple(DrawTicket(b, t, probability, k < n_drawn) for k, (t, b) in enumerate(ordered))
    return Draw(seed, pool_sha256(ids), n_drawn, tickets)
