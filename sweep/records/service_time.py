"""Service time model t = a + b n / k, shared by ranking, selection, planning and checking (C21)."""

from dataclasses import dataclass

from sweep.records.visits import Visit

# Gross floor area per occupied unit of an office tower.
M2_PER_UNIT = 660.0


@dataclass(frozen=True, slots=True)
class ServiceMinutes:
    """Minutes of the parts of a visit."""

    entry: float
    """`a`: the team identifies itself, serves notices and secures exits."""
    door: float
    """`b`: one working pair at one firm's door, for the light inventory (清点)."""
    inspection: float
    """Inspection of one firm by two pairs together."""


def doors_to_call_at(n_firms: int, floor_area_m2: float) -> int:
    """Number of registered firms, or without any the units that fit into the floor area, at least one."""
    return n_firms or max(1, round(floor_area_m2 / M2_PER_UNIT))


def working_pairs(n_members: int, n_guards: int) -> int:
    """Number of pairs that call at doors: members who guard no exit, in twos, at least one pair."""
    return max(1, (n_members - n_guards) // 2)


def service_seconds(n_firms: int, n_targets: int, n_pairs: int, minutes: ServiceMinutes) -> int:
    """
    Service time of one team in seconds: entry, then the pairs share the doors and the inspections.

    Parameters
    ----------
    n_firms
        Doors to call at, >= 0.
    n_targets
        Firms to inspect, >= 0.
    n_pairs
        `k`, >= 1; of all teams of the visit together.

    Raises
    ------
    ValueError
        If `n_pairs` is below 1.
    """
    if n_pairs < 1:
        raise ValueError(f"n_pairs must be >= 1, got {n_pairs}")
    # An inspection takes two officers of each authority: two pairs (C01).
    pair_minutes = minutes.door * n_firms + 2 * minutes.inspection * n_targets
    return round(60.0 * (minutes.entry + pair_minutes / n_pairs))


def fixed_seconds(visit: Visit, slot: int) -> int | None:
    """Given service seconds of the slot or visit, for any team; None if the model determines them."""
    own = visit.slots[slot].service_s
    return visit.service_s if own is None else own


def visit_seconds(visit: Visit, slot: int, n_members: int, minutes: ServiceMinutes) -> int:
    """Service seconds of the team of one slot by its size; the slots share the work evenly."""
    fixed = fixed_seconds(visit, slot)
    if fixed is not None:
        return fixed
    pairs = working_pairs(n_members, visit.slots[slot].n_guards) * len(visit.slots)
    return service_seconds(visit.n_firms, len(visit.targets), pairs, minutes)
