"""
Service time model t = a + b n / k, shared by ranking, selection, planning and checking (C21).

a: entry, b: minutes per door, n: doors, k: working pairs of the visit.
"""

from dataclasses import dataclass

from sweep.records.problem_number_ranges import OF_A_FILE, Cost
from sweep.records.visits import Visit

# Gross floor area per occupied unit of an office tower.
M2_PER_UNIT = 660.0


@dataclass(frozen=True, slots=True)
class ServiceMinutes:
    """Minutes of a visit: entry + (door x n_firms + 2 x inspection x targets) / working pairs."""

    __pydantic_config__ = OF_A_FILE

    entry: Cost
    """Time in which the team identifies itself, serves notices and secures exits (`a` in the documentation)."""
    door: Cost
    """Time of one working pair at the door of one firm, for the light inventory (清点; `b`)."""
    inspection: Cost
    """Time in which two pairs together inspect one firm."""


def doors_to_call_at(n_firms: int, floor_area_m2: float) -> int:
    """Return the number of firms in a building; without firms, the units that fit its floor area, at least one."""
    return n_firms or max(1, round(floor_area_m2 / M2_PER_UNIT))


def working_pairs(n_members: int, n_guards: int) -> int:
    """Return the number of pairs that call at doors: half of the members who guard no exit, at least one pair."""
    return max(1, (n_members - n_guards) // 2)


def service_seconds(n_firms: int, n_targets: int, n_pairs: int, minutes: ServiceMinutes) -> int:
    """
    Return the service time of a visit in seconds: entry, then the working pairs share all doors and inspections.

    Parameters
    ----------
    n_firms
        Doors to call at, >= 0.
    n_targets
        Firms to inspect, >= 0.
    n_pairs
        Working pairs of all teams of the visit together, `k` >= 1.

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
    """Return the service seconds stated by a team slot, else by its visit; None: the service time model applies."""
    own = visit.slots[slot].service_s
    return visit.service_s if own is None else own


def visit_seconds(visit: Visit, slot: int, n_members: int, minutes: ServiceMinutes) -> int:
    """Return the service seconds of one team slot for a team of `n_members`; the slots share the work evenly."""
    fixed = fixed_seconds(visit, slot)
    if fixed is not None:
        return fixed
    pairs = working_pairs(n_members, visit.slots[slot].n_guards) * len(visit.slots)
    return service_seconds(visit.n_firms, len(visit.targets), pairs, minutes)
