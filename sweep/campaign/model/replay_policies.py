"""What a visit is worth to each policy of a replay: one function each, of what is known on the morning."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

# Nothing is worth nothing: a policy that has no wish left goes on with what is left, as the hours are the same.
LEAST = 1e-4


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a visit that is on offer on a day."""

    value: float
    """Expected finds on the day."""
    urgency: float
    """What this planner lets it weigh beyond that."""
    n_leads: int
    """Leads that it rests on."""
    days_since: int
    """Since the building's last look; a large number if there was none."""
    promise_days: int
    """Days of its promise; a large number without one."""
    days_to_due: int | None
    """Until its first open lead falls due; None: none does."""
    ticket: float
    """A number of the building and the day alone, in [0, 1)."""
    days_to_true: int = 0
    """Days until the visit was truly made, in a real history."""


Policy = Callable[[Known], float]


def planner(known: Known) -> float:
    """Expected finds; promises and leads weigh beside them."""
    return known.value


def each_day(known: Known) -> float:
    """Expected finds of the day alone, and a find for a lead that falls due on it."""
    return known.value + (1.0 if known.days_to_due == 0 else 0.0)


def earliest_due(known: Known) -> float:
    """The sooner a lead or a promise falls due, the more."""
    promise = known.promise_days - known.days_since
    days = promise if known.days_to_due is None else min(promise, known.days_to_due)
    return LEAST + 1.0 / (1.0 + max(0, days))


def fixed_intervals(known: Known) -> float:
    """The longer ago the last look against the interval, the more, whatever leads say."""
    return LEAST + min(4.0, known.days_since / max(1, known.promise_days)) ** 2


def most_leads(known: Known) -> float:
    """The more leads, the more."""
    return LEAST + float(known.n_leads)


def at_random(known: Known) -> float:
    """Whatever the ticket says."""
    return LEAST + known.ticket


def as_it_was(known: Known) -> float:
    """As it was truly done, of a real history."""
    return LEAST + 1.0 / (1.0 + max(0, known.days_to_true))


POLICIES: Mapping[str, Policy] = {
    "planner": planner,
    "each_day": each_day,
    "earliest_due": earliest_due,
    "fixed_intervals": fixed_intervals,
    "most_leads": most_leads,
    "random": at_random,
}
# Of a real history there are no leads, and there is what was truly done.
PAST_POLICIES: Mapping[str, Policy] = {
    "as_it_was": as_it_was,
    **{name: policy for name, policy in POLICIES.items() if name != "most_leads"},
}
# The one that plans several days at once; the others plan each day alone.
AHEAD = frozenset({"planner"})
# Those that ask what a visit is worth; to the others nothing is ranked.
VALUED = frozenset({"planner", "each_day"})
