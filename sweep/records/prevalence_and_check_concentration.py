"""Records for oversight of the selection: prevalence by drawn visits, and concentration of visits on few buildings."""

from dataclasses import dataclass

# Fewer weeks give an interval with too low coverage, since a week draws only a handful of buildings.
LEAST_WEEKS = 26


@dataclass(frozen=True, slots=True)
class Prevalence:
    """Estimated share of buildings where a visit would find something (Horvitz-Thompson estimate from drawn visits)."""

    outcome: str
    """Outcome that counts: `find`; or `irregular`, a find or an irregularity."""
    n_drawn: int
    """Drawn visits on record, including those without access."""
    n_no_access: int
    """Drawn visits without access (non-response)."""
    n_found: int
    """Drawn visits with the outcome."""
    n_weeks: int
    """Number of weeks of the window with at least one drawn visit."""
    share: float
    """Estimate in [0, 1]; NaN if no drawn visit had access."""
    low: float
    """Lower limit of the 95 % interval of the share."""
    high: float
    """Upper limit of the 95 % interval of the share."""

    @property
    def is_enough(self) -> bool:
        """Whether enough weeks had draws for the interval to contain the true share as often as stated (95 %)."""
        return self.n_weeks >= LEAST_WEEKS


@dataclass(frozen=True, slots=True)
class DistrictChecks:
    """Numbers of one district's buildings, of visits to them, and of leads, in the days that `Concentration` covers."""

    division_code: str
    n_buildings: int
    n_never: int
    """Number of buildings without a check in the period."""
    n_checks: int
    n_leads: int
    """Number of events in reported leads; several leads about one event count once for each building."""


@dataclass(frozen=True, slots=True)
class ClassChecks:
    """
    Inspections of firms of one credit class in the calendar year, the plan's included, against the annual cap (C06).

    A firm's number of inspections is that by the authority that inspected it most often.
    """

    credit_class: str
    """Name of the credit class; empty for firms without one."""
    cap: int
    """Most inspections of a firm by one authority in the year."""
    n_firms: int
    n_inspected: int
    """Number of firms inspected at least once."""
    n_at_cap: int
    """Number of firms with exactly `cap` inspections."""
    n_over_cap: int
    most: int
    """Largest number of inspections of one firm."""


@dataclass(frozen=True, slots=True)
class Concentration:
    """Distribution of one year's visits, the plan's included, over buildings, districts and firms' credit classes."""

    n_days: int
    """Number of days before the plan's day in which checks are counted."""
    n_checks: int
    """Number of checks, at most one per building and day."""
    n_planned: int
    """Number of checks in `n_checks` that the plan adds."""
    n_top: int
    """Number of buildings in the most checked 5 % of all buildings, rounded up."""
    n_checks_top: int
    """Number of checks of the most checked 5 %."""
    n_checks_top_even: int
    """Number of checks of the most checked 5 % if all checks were spread as evenly as possible."""
    districts: tuple[DistrictChecks, ...]
    classes: tuple[ClassChecks, ...]
