"""Yearly inspection caps used and left, and inequality of working hours."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sweep.campaign.records import CapPart
from sweep.records.people import MARKET_REGULATION, POLICE


def cap_accounts(
    classes: Mapping[str, str],
    most: Mapping[str, int],
    done: Iterable[tuple[str, str, int]],
    planned: Iterable[tuple[str, int]],
    years: Sequence[int],
) -> Iterable[CapPart]:
    """
    Yield, by authority, class and year, inspections done and planned, and the firms that reached their cap (C06).

    Parameters
    ----------
    classes
        Credit class of each active firm by uscc.
    most
        Yearly cap by class; a class that is missing has the lowest of these caps.
    done
        (authority, uscc, year) of each inspection that counts towards the cap.
    planned
        (uscc, year) of each planned inspection, in which both authorities take part.
    years
        Calendar years for which parts are yielded; other years in `done` and `planned` are ignored.
    """
    n_done, n_planned = Counter(done), Counter(planned)
    lowest = min(most.values())
    by_class: dict[str, list[str]] = {}
    for uscc, credit_class in classes.items():
        by_class.setdefault(credit_class, []).append(uscc)
    for year in years:
        for authority in (POLICE, MARKET_REGULATION):
            for credit_class, firms in sorted(by_class.items()):
                cap = most.get(credit_class, lowest)
                counts = [(n_done[authority, u, year], n_planned[u, year]) for u in firms]
                yield CapPart(
                    year=year,
                    authority=authority,
                    credit_class=credit_class,
                    most=cap,
                    n_firms=len(firms),
                    n_done=sum(a for a, _ in counts),
                    n_planned=sum(b for _, b in counts),
                    n_left=sum(max(0, cap - a - b) for a, b in counts),
                    n_full=sum(a + b >= cap for a, b in counts),
                )


def gini(amounts: Sequence[float]) -> float:
    """Return the Gini coefficient of amounts >= 0, in [0, 1]; 0 if all amounts are equal, or without amounts."""
    total, n = sum(amounts), len(amounts)
    if n == 0 or total <= 0:
        return 0.0
    ranked = sorted(amounts)
    return 2.0 * sum((k + 1) * a for k, a in enumerate(ranked)) / (n * total) - (n + 1) / n
