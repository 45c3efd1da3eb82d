"""Selection of the firms that a visit inspects: those named by leads, then others within the rules (C06, C08)."""

from collections.abc import Collection, Mapping

import pandas as pd

from sweep.select.draw_buildings import ticket

# Struck off, revoked, annulled, moved away, closed by order. Firms with any other status are active.
CLOSED_STATUS = "注销|吊销|撤销|迁出|关闭"
# Worst class first; a firm without class ranks between C and B.
CLASS_ORDER = {"D": 0, "C": 1, "B": 3, "A": 4}
NO_CLASS = 2


def active_firms(firms: pd.DataFrame) -> pd.DataFrame:
    """Return the firms that are matched to a building and not known to be closed."""
    status = firms["reg_status"]
    is_closed = status.notna() & status.str.contains(CLOSED_STATUS, na=False)
    return firms[~is_closed & firms["building_id"].notna()]


def classes_by_building(firms: pd.DataFrame) -> dict[str, dict[str, str | None]]:
    """Return the credit class (or None) of each firm, by building id and uscc, in the order of the table."""
    found: dict[str, dict[str, str | None]] = {}
    # Lists are faster than columns; this is called twice for each day of a window.
    columns = (firms[name].tolist() for name in ("building_id", "uscc", "credit_class"))
    for building_id, uscc, credit_class in zip(*columns, strict=True):
        found.setdefault(str(building_id), {})[uscc] = credit_class if isinstance(credit_class, str) else None
    return found


def n_targets(n_firms: int, share: float, most: int) -> int:
    """
    Return the maximum number of firms that a visit inspects, unless leads name more.

    `n_firms` is the number of the building's firms. The result is the share `share` of them, rounded down but at least
    one (C08), and at most `most` (C24).
    """
    return min(most, max(1, int(n_firms * share))) if n_firms else 0


def choose_targets(
    firms: Mapping[str, str | None],
    named: Collection[str],
    capped: Collection[str],
    limit: int,
    seed: str,
    *,
    spare_class_a: bool,
) -> tuple[str, ...]:
    """
    Return the firms of one building to inspect: those named by leads, then others by credit class, the worst first.

    Parameters
    ----------
    firms
        Credit class of each active firm of the building, None without one, by uscc.
    named
        Firms named by leads, which are exempt from the cap (case track).
    capped
        Firms at their yearly cap; left out unless named.
    limit
        Most firms to inspect; exceeded only if leads name more.
    seed
        Seed of the draw; decides ties.
    spare_class_a
        Whether to leave out class A, unless leads name the firm (C24).
    """
    first = sorted(set(named) & firms.keys())
    out, spared = {*first, *capped}, "A" if spare_class_a else ""
    rest = [(uscc, credit_class) for uscc, credit_class in firms.items() if uscc not in out and credit_class != spared]
    keyed = sorted((CLASS_ORDER.get(c or "", NO_CLASS), ticket(seed, u), u) for u, c in rest)
    return tuple(first + [u for _, _, u in keyed[: max(0, limit - len(first))]])
