"""Seeded random streams, one for each table, so that a change to one table leaves the others unchanged."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from geodata.array_types import Bools


def stream(seed: int, table: str) -> np.random.Generator:
    """Return the random stream of one table; streams of different names are independent."""
    return np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=(crc32(table.encode()),)))


def pick(rng: np.random.Generator, weights: Sequence[tuple[str, float]], size: int) -> NDArray[np.str_]:
    """Draw `size` keys, each with probability proportional to the key's weight."""
    keys = np.array([key for key, _ in weights])
    shares = np.array([share for _, share in weights])
    return keys[rng.choice(len(keys), size=size, p=shares / shares.sum())]


def split(total: int, weights: Sequence[float]) -> list[int]:
    """Split a total into whole parts in proportion to weights, by largest remainders; ties go to the earlier part."""
    exact = total * np.asarray(weights, dtype=float) / sum(weights)
    parts = np.floor(exact).astype(int)
    order = np.argsort(-(exact - parts), kind="stable")
    parts[order[: total - int(parts.sum())]] += 1
    return [int(part) for part in parts]


def random_flags(rng: np.random.Generator, n: int, share: float) -> Bools:
    """Return `n` flags, exactly round(n x share) of them set, at random positions."""
    return np.asarray(rng.permutation(n) < round(n * share), dtype=np.bool_)
