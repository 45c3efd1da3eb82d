"""Accounts over days: yearly caps used and left, weeks as they went and as they are planned."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from geodata.clock import monday_of
from sweep.records.campaign import CampaignRecord, CapPart, DayPart, WeekPart
from sweep.records.people import MARKET_REGULATION, POLICE

# Half-width of the interval of a week's expected finds, in standard deviations.
_NINETY = 1.645


def cap_accounts(
    classes: Mapping[str, str],
    most: Mapping[str, int],
    done: Iterable[tuple[str, str, int]],
    to_come: Iterable[tuple[str, int]],
    years: Sequence[int],
) -> Iterable[CapPart]:
    """
    Inspections by authority, class and year, done and planned, and how many firms are at their cap (C06).

    Parameters
    ----------
    classes
        Credit class of each active firm by uscc.
    most
        Yearly cap by class; a class that it does not name has the lowest.
    done
        (authority, uscc, year) of each inspection that counts.
    to_come
        (uscc, year) of each that is planned; both authorities take part in it.
    years
        Years of the window.
    """
    n_done, n_planned = Counter(done), Counter(to_come)
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
                    n_full=sum(a + b >= cap for a, b in counts),
                )


def weeks_of(done: Sequence[WeekPart], days: Sequence[DayPart], before: CampaignRecord | None) -> tuple[WeekPart, ...]:
    """Weeks as they went, with what was expected of them by the window before, then those of the window."""
    expected = {w.week: w for w in before.weeks if w.expected > 0} if before else {}
    made = {
        w.week: w.model_copy(
            update={k: getattr(expected[w.week], k) for k in ("expected", "low", "high")} if w.week in expected else {}
        )
        for w in done
    }
    values: dict[date, list[float]] = {}
    for day in days:
        values.setdefault(monday_of(day.day), []).extend(v.value for v in day.visits)
    for week, of in values.items():
        low, high = interval(of)
        known = made.get(week, WeekPart(week=week))
        made[week] = known.model_copy(
            update={
                "expected": round(sum(of), 6),
                "low": low,
                "high": high,
                "is_planned": True,
                "n_visits": known.n_visits + len(of),
            }
        )
    return tuple(made[w] for w in sorted(made))


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 90 % interval of the finds of visits with such chances, by the normal rule."""
    mean = sum(values)
    spread = _NINETY * math.sqrt(sum(v * (1.0 - min(1.0, v)) for v in values))
    return round(max(0.0, mean - spread), 6), round(mean + spread, 6)


def gini(amounts: Sequence[float]) -> float:
    """Inequality of amounts, in [0, 1]: 0 where all have the same."""
    total, n = sum(amounts), len(amounts)
    if n == 0 or total <= 0:
        return 0.0
    ranked = sorted(amounts)
    return 2.0 * sum((k + 1) * a for k, a in enumerate(ranked)) / (n * total) - (n + 1) / n
