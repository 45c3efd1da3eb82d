"""Oversight of the selection: prevalence from the random reserve, and the spread of checks."""

from dataclasses import dataclass

# With fewer weeks of draws the interval covers too little: a week draws a handful of buildings.
LEAST_WEEKS = 26


@dataclass(frozen=True, slots=True)
class Prevalence:
    """Share of buildings where a visit would find something, from drawn visits, each weighed by 1 / its chance."""

    outcome: str
    """`find`, or `irregular` for either of the two."""
    n_drawn: int
    """Drawn visits on record, those without access among them."""
    n_no_access: int
    """Drawn visits that did not get in (non-response): nothing is known of them."""
    n_found: int
    n_weeks: int
    """Weeks of the window that have a drawn visit."""
    share: float
    """NaN if no drawn visit got in."""
    low: float
    """Lower end of the 95 % interval of the share."""
    high: float
    """Upper end of it."""

    @property
    def is_enough(self) -> bool:
        """Whether there are weeks enough for the interval to hold what it says."""
        return self.n_weeks >= LEAST_WEEKS


@dataclass(frozen=True, slots=True)
class DistrictChecks:
    """One district's part of the checks."""

    division_code: str
    n_buildings: int
    n_never: int
    """Buildings without a check."""
    n_checks: int
    n_leads: int
    """Reported events."""


@dataclass(frozen=True, slots=True)
class ClassChecks:
    """Inspections of the firms of one credit class in the calendar year, by the authority that came oftenest (C06)."""

    credit_class: str
    """Name of the class; empty: no class."""
    cap: int
    n_firms: int
    n_inspected: int
    n_at_cap: int
    n_over_cap: int
    most: int


@dataclass(frozen=True, slots=True)
class Concentration:
    """Spread of the checks of a year, those of the plan among them."""

    n_days: int
    """Days before the day over which checks are counted."""
    n_checks: int
    """Checks, one a building and day."""
    n_planned: int
    """Checks of the plan among them."""
    n_top: int
    """Buildings in the most checked 5 %, rounded up."""
    n_checks_top: int
    """Checks of those buildings."""
    n_checks_top_even: int
    """Checks of those buildings if checks were spread as evenly as they can be."""
    districts: tuple[DistrictChecks, ...]
    classes: tuple[ClassChecks, ...]
