"""Oversight of the selection: prevalence from the random reserve, and the spread of checks."""

from dataclasses import dataclass

# Fewer weeks give an interval with too low coverage, since a week draws only a handful of buildings.
LEAST_WEEKS = 26


@dataclass(frozen=True, slots=True)
class Prevalence:
    """Share of buildings where a visit would find something: Horvitz-Thompson estimate from drawn visits."""

    outcome: str
    """`find`, or `irregular` for either of the two."""
    n_drawn: int
    """Drawn visits on record, including those without access."""
    n_no_access: int
    """Drawn visits without access (non-response)."""
    n_found: int
    n_weeks: int
    """Weeks of the window with a drawn visit."""
    share: float
    """NaN without any drawn visit that had access."""
    low: float
    """Lower limit of the 95 % interval of the share."""
    high: float
    """Upper limit of that interval."""

    @property
    def is_enough(self) -> bool:
        """Whether there are enough weeks for the interval to reach its nominal coverage."""
        return self.n_weeks >= LEAST_WEEKS


@dataclass(frozen=True, slots=True)
class DistrictChecks:
    """Checks of one district."""

    division_code: str
    n_buildings: int
    n_never: int
    """Buildings without a check."""
    n_checks: int
    n_leads: int
    """Number of reported events."""


@dataclass(frozen=True, slots=True)
class ClassChecks:
    """Inspections of one credit class in the calendar year, by the authority with more of them (C06)."""

    credit_class: str
    """Name of the class; empty for firms without one."""
    cap: int
    n_firms: int
    n_inspected: int
    n_at_cap: int
    n_over_cap: int
    most: int


@dataclass(frozen=True, slots=True)
class Concentration:
    """Spread of the checks of a year, including those of the plan."""

    n_days: int
    """Number of days before the day over which checks are counted."""
    n_checks: int
    """Number of checks, at most one per building and day."""
    n_planned: int
    """Number of checks of the plan among them."""
    n_top: int
    """Number of buildings in the most checked 5 %, rounded up."""
    n_checks_top: int
    """Number of checks of those buildings."""
    n_checks_top_even: int
    """Number of checks of those buildings if all checks were spread as evenly as possible."""
    districts: tuple[DistrictChecks, ...]
    classes: tuple[ClassChecks, ...]
