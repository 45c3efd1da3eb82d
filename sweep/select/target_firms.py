"""Which firms of a building a visit inspects: those that leads name, then the few that the rules let in (C06, C08)."""

from collections.abc import Collection, Mapping

import pandas as pd

from sweep.select.random_draw import ticket

# Struck off, revoked, annulled, moved away, shut by order. Any other word, known or not, leaves the firm in.
CLOSED_STATUS = "注销|吊销|撤销|迁出|关闭"
# Worst class first; a firm with no class is between C and B.
CLASS_ORDER = {"D": 0, "C": 1, "B": 3, "A": 4}
NO_CLASS = 2


def active_firms(firms: pd.DataFrame) -> pd.DataFrame:
    """The firms that are tied to a building and not known to be closed."""
    status = firms["reg_status"]
    is_closed = status.notna() & status.str.contains(CLOSED_STATUS, na=False)
    return firms[~is_closed & firms["building_id"].notna()]


def classes_by_building(firms: pd.DataFrame) -> dict[str, dict[str, str | None]]:
    """Credit class of each firm by its uscc, None where there is none, by building id; in the order of the table."""
    found: dict[str, dict[str, str | None]] = {}
    # Lists, not columns: this is asked for twice for each day of a window.
    columns = (firms[name].tolist() for name in ("building_id", "uscc", "credit_class"))
    for building_id, uscc, credit_class in zip(*columns, strict=True):
        found.setdefault(str(building_id), {})[uscc] = credit_class if isinstance(credit_class, str) else None
    return found


def n_targets(n_firms: int, share: float, most: int) -> int:
    """
    Most firms that a visit inspects, those that leads name apart.

    The share of the building's firms, rounded down but one at least (C08), and never above `most` (C24).
    """
    return min(most, max(1, int(n_firms * share))) if n_firms else 0


def choose_targets(
    firms: Mapping[str, str | None],
    named: Collection[str],
    capped: Collection[str],
    limit: int,
    seed: str,
    *,
    by_class: bool,
    spare_class_a: bool = False,
) -> tuple[str, ...]:
    """
    The firms of one building to inspect, in order.

    Parameters
    ----------
    firms
        Credit class of the building's active firms, None for none, by uscc.
    named
        Firms that leads name; they come first, and the cap exempts them (case track).
    capped
        Firms inspected as often as the year allows; left out unless named.
    seed
        Seed of the draw; ties, and everything when `by_class` is false, go by ticket.
    spare_class_a
        Firms of class A are not taken by class, only by name or by chance (C24).
    """
    first = sorted(set(named) & firms.keys())
    out, spared = {*first, *capped}, "A" if by_class and spare_class_a else ""
    rest = [(uscc, credit_class) for uscc, credit_class in firms.items() if uscc not in out and credit_class != spared]
    keyed = sorted((CLASS_ORDER.get(c or "", NO_CLASS) if by_class else 0, ticket(seed, u), u) for u, c in rest)
    return tuple(first + [u for _, _, u in keyed[: max(0, limit - len(first))]])
