"""Policies of a replay: each gives a visit a value from what is known on the morning; higher values go first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

# Positive, so that a policy without preferred visits fills the hours with others.
LEAST = 1e-4
# Days that represent never.
NEVER_DAYS = 10_000


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """Facts about one possible visit on a morning, from which a policy derives its value."""

    value: float
    """Expected finds on the day."""
    n_leads: int
    """Leads of the visit."""
    days_since: int
    """Days since the last inspection of the building; `NEVER_DAYS` without one."""
    promise_days: int
    """Days of the promise; `NEVER_DAYS` without one."""
    days_to_due: int | None
    """Days until the first open lead falls due; None without one."""
    ticket: float
    """Pseudo-random number in [0, 1) that depends on building and day only."""
    days_to_real_visit: int = 0
    """Days until the real visit, in a replay of a real history."""


Policy = Callable[[VisitFacts], float]


def planner(known: VisitFacts) -> float:
    """Return a visit's value: its expected finds; the window's plan adds urgency for promises and due leads."""
    return known.value


def each_day(known: VisitFacts) -> float:
    """Return a visit's value: its expected finds, plus 1 if a lead of the building falls due that day."""
    return known.value + (1.0 if known.days_to_due == 0 else 0.0)


def earliest_due(known: VisitFacts) -> float:
    """Return a visit's value: higher for an earlier due date of a lead or promise."""
    promise = known.promise_days - known.days_since
    days = promise if known.days_to_due is None else min(promise, known.days_to_due)
    return LEAST + 1.0 / (1.0 + max(0, days))


def fixed_intervals(known: VisitFacts) -> float:
    """Return a visit's value: higher for a longer time since the last inspection, relative to the promised interval."""
    return LEAST + min(4.0, known.days_since / max(1, known.promise_days)) ** 2


def most_leads(known: VisitFacts) -> float:
    """Return a visit's value: number of leads at the building, so that buildings with most leads go first."""
    return LEAST + float(known.n_leads)


def at_random(known: VisitFacts) -> float:
    """Return a visit's value: a pseudo-random number, for a replay in random order."""
    return LEAST + known.ticket


def real_order(known: VisitFacts) -> float:
    """Return a visit's value: higher for an earlier day of the real visit, in a replay of a real history."""
    return LEAST + 1.0 / (1.0 + max(0, known.days_to_real_visit))


POLICIES: Mapping[str, Policy] = {
    "planner": planner,
    "each_day": each_day,
    "earliest_due": earliest_due,
    "fixed_intervals": fixed_intervals,
    "most_leads": most_leads,
    "random": at_random,
}
# A real history has no leads, but real visit dates.
PAST_POLICIES: Mapping[str, Policy] = {
    "as_it_was": real_order,
    **{name: policy for name, policy in POLICIES.items() if name != "most_leads"},
}
# Policies that plan several days at once; the others plan each day separately.
MULTI_DAY_POLICIES = frozenset({"planner"})
# Policies that use the ranking; for others no ranking is computed.
RANKING_POLICIES = frozenset({"planner", "each_day"})
