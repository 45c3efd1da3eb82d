"""Random draw of buildings (双随机) by hash tickets from a seed committed in advance, so that it can be reproduced."""

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np

from sweep.records.draw import Draw, DrawTicket
from sweep.select.inclusion_probabilities import inclusion_probabilities


def ticket(seed: str, key: str) -> str:
    """
    Return the SHA-256 of `seed|key`, hexadecimal: smaller tickets are drawn first.

    References
    ----------
    Rivest, Consistent sampling with replacement (2018): removing a candidate keeps the order of the others.
    """
    return hashlib.sha256(f"{seed}|{key}".encode()).hexdigest()


def fraction(ticket: str) -> float:
    """Return a ticket as a number in [0, 1): its first 13 digits / 16^13."""
    return float(int(ticket[:13], 16) / 16**13)


def pool_sha256(building_ids: Iterable[str]) -> str:
    """Return the SHA-256 of the sorted `building_ids`, one per line; it proves which buildings could be drawn."""
    return hashlib.sha256("\n".join(sorted(building_ids)).encode()).hexdigest()


def draw_order(size: Mapping[str, float], seed: str) -> list[tuple[str, str]]:
    """
    Return (ticket, key) of each candidate in drawing order: ascending ticket divided by size.

    `size`: relative chance of each candidate, > 0, by its key.
    """
    tickets = ((ticket(seed, key), key) for key in size)
    return sorted(tickets, key=lambda pair: (fraction(pair[0]) / size[pair[1]], *pair))


def draw_buildings(pool: Iterable[str], n_drawn: int, seed: str, size: Mapping[str, float] | None = None) -> Draw:
    """
    Return the draw of at most `n_drawn` buildings without replacement, with inclusion probabilities.

    Doubling the `size` of a building, > 0, about doubles its probability; None: equal sizes.

    Raises
    ------
    ValueError
        If an id is duplicate in the pool, `n_drawn` is negative, or a size is not above 0.
    """
    ids = sorted(pool)
    if len(set(ids)) != len(ids):
        raise ValueError("building ids in the pool of the draw must be unique")
    if n_drawn < 0:
        raise ValueError(f"n_drawn must be >= 0, got {n_drawn}")
    sizes = {b: 1.0 if size is None else size[b] for b in ids}
    n_drawn = min(n_drawn, len(ids))
    chance = inclusion_probabilities(np.array([sizes[b] for b in ids], np.float64), n_drawn)
    probability = dict(zip(ids, chance.tolist(), strict=True))
    ordered = draw_order(sizes, seed)
    tickets = tuple(
        DrawTicket(b, t, probability[b], is_drawn=k < n_drawn, size=sizes[b]) for k, (t, b) in enumerate(ordered)
    )
    return Draw(seed, pool_sha256(ids), n_drawn, tickets)
