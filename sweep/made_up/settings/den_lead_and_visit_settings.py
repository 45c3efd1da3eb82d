"""Parameters of dens, leads and past visits; `sweep.made_up.settings.city` explains the source tags."""

from dataclasses import dataclass

from sweep.made_up.settings.places import Weights


@dataclass(frozen=True, slots=True)
class DenSettings:
    """
    Parameters of dens; of a year's 40 dens about seven are open on a day, close to 0.05 % of firms (domain notes).

    [U]: an assumption; [S37]: a source in the domain notes.
    """

    types: Weights = (
        ("goip", 0.16),
        ("sim_bank", 0.08),
        ("call_room", 0.23),
        ("fake_loan", 0.15),
        ("fake_customer_service", 0.15),
        ("brushing", 0.15),
        ("pig_butchering", 0.08),
    )
    """Relative frequency of the types of dens that open in a year [U], taken from the frequency of leads by type."""
    life_median_days: Weights = (
        ("goip", 7.0),
        ("sim_bank", 10.0),
        ("call_room", 90.0),
        ("fake_loan", 90.0),
        ("fake_customer_service", 60.0),
        ("brushing", 60.0),
        ("pig_butchering", 120.0),
    )
    """Median days open, by type: a GoIP line is kept 1-2 days [S37], its room days to weeks, a call room months."""
    life_sigma: float = 0.6
    """Standard deviation of the logarithm of the days open, for dens of one type."""
    building_shape: float = 2.0
    """Shape of the Gamma factor (mean 1) of each building on the chance that a new den opens there [U]."""
    quarter_shape: float = 4.0
    """The same, of the factor that all buildings of a business quarter or an arterial's ribbon share [U]."""
    registered_share: float = 0.7
    """Share of dens with a registered firm as front [U]."""


@dataclass(frozen=True, slots=True)
class LeadSettings:
    """
    Parameters of the leads of the 365 days before the sweep.

    [U]: an assumption; [S97] and others: sources in the domain notes. Events: cases that cause one or more leads.
    """

    types: Weights = (
        ("goip", 0.10),
        ("sim_bank", 0.05),
        ("call_room", 0.15),
        ("fake_loan", 0.10),
        ("fake_customer_service", 0.10),
        ("brushing", 0.10),
        ("pig_butchering", 0.05),
        ("cards", 0.10),
        ("tip", 0.25),
    )
    """Relative frequency of lead types [U]: the case types in [S97] and the glossary."""
    hit_shares: Weights = (
        ("goip", 0.35),
        ("sim_bank", 0.35),
        ("call_room", 0.25),
        ("fake_loan", 0.20),
        ("fake_customer_service", 0.20),
        ("brushing", 0.20),
        ("pig_butchering", 0.20),
        ("cards", 0.15),
        ("tip", 0.10),
    )
    """Share of leads caused by a den: operators' GoIP leads 6 of 17 [S39], public tips 5-15 % [U]."""
    extra_leads_per_event: float = 0.5
    """Poisson mean of an event's leads beyond the first: 1.5 leads an event [U]."""
    magnet_share: float = 0.4
    """Share of the tips without a den that concern a few well-known towers [U]."""
    n_magnets: int = 6
    """Number of these well-known towers."""
    discovered_share: float = 0.06
    """Share of leads that are discovered during past visits [U]."""
    no_event_id_share: float = 0.10
    """Share of leads that have no event id yet [U]."""
    precisions: Weights = (("unit", 0.25), ("building", 0.40), ("near", 0.15), ("far", 0.05), ("none", 0.15))
    """Share of leads by place stated [U]: room (`unit`), building, point within 40 m (`near`), at about 200 m, none."""
    due_working_days: int = 7
    """Working days after receipt until a lead is due [S44]."""
    urgent_types: tuple[str, ...] = ("goip", "sim_bank")
    urgent_hours: int = 24
    """Hours after receipt until a lead of an urgent type is due [S37]."""


@dataclass(frozen=True, slots=True)
class HistorySettings:
    """
    Parameters of the past visits of the 365 days before the sweep.

    [U]: an assumption; [S88] and others: sources in the domain notes. Events: cases that cause one or more leads.
    """

    routine_per_building: float = 2.1
    """Routine visits to a building a year, in monthly draws."""
    special_per_building: float = 1.1
    """Special inspections of a building a year, in `n_campaigns` campaigns of three weeks."""
    n_campaigns: int = 4
    case_share: float = 0.6
    """Share of events that were followed by a visit [U]."""
    missed_share: float = 0.12
    """Share of events that led to a visit which missed the den, among events of dens that are still open [U]."""
    found_after_lead_share: float = 0.6
    """Share found by a visit, among closed dens with a lead; the others moved away unseen [U]."""
    found_by_chance_share: float = 0.05
    """Share found by a special inspection, among closed dens without a lead: about 1.5 % of its visits, as in [S2]."""
    irregular_share: Weights = (("routine", 0.10), ("special", 0.16), ("case", 0.16))
    """Share of visits with irregularities: 6-16 % of firms [S88][S2][S6]; 32 of 200 in high-risk buildings [S2]."""
    no_access_share: float = 0.15
    """Share of visits without access: 10-25 % are locked at the first visit [U]."""
    firm_share: float = 0.25
    """Share of visits that name one firm [U]."""
    n_capped_firms: int = 60
    """Number of firms whose yearly market-regulation inspections are used up [U]."""
    annual_cap: tuple[tuple[str, int], ...] = (("A", 1), ("B", 2), ("C", 2), ("D", 4))
    """Most inspections of a firm in a year, by credit class [S19][S25]."""
