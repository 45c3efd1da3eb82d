"""Sections [law], [form], [rules]: approvals (C07, C08, C14, C15), check items (C32), rules switched off."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from sweep.records.check_form_items import ITEMS, LISTED
from sweep.records.people import MARKET_REGULATION, POLICE
from sweep.rulebook.numbered_rules import BOOK
from sweep.scenario.base_section import Section, with_defaults
from sweep.scenario.setting_errors import refuse_unknown, setting_error


class Special(Section):
    """[[law.special]]: one special inspection (专项检查) and the firms on its list."""

    number: str = Field(min_length=1)
    """Number under which the special inspection was approved."""
    level: Literal["township", "county", "city", "province", "nation"] | None = None
    """Level of the approving government or superior authority; county or above is needed (C07)."""
    approved_on: date | None = None
    """Day on which the inspection was approved; without it the list is not used (C07)."""
    filed_on: date | None = None
    """Day on which the inspection was filed; without it the list is not used (C07)."""
    published_on: date | None = None
    """Day on which the inspection was published; without it the list is not used (C07)."""
    yearly_no: int | None = Field(None, ge=1, le=1_000)
    """Running number of the special inspection in its year; without it, or above 2, the list is not used (C07)."""
    firms: tuple[str, ...] = Field(min_length=1)
    """Firms on the list, by unified social credit code."""
    is_must: bool = False
    """Whether the plan must include visits to the listed firms, regardless of their value."""
    blanket_reason: str | None = Field(None, min_length=10)
    """Reason why the list may exceed `select.target_share_max` (C08)."""

    @property
    def dates(self) -> tuple[date | None, date | None, date | None]:
        """Return the days of approval, filing and publication; None where a day is missing."""
        return self.approved_on, self.filed_on, self.published_on


class Law(Section):
    """[law]: approvals and certificates on which visits are based."""

    special: tuple[Special, ...] = ()
    special_per_year_max: ClassVar[int] = 2
    """Most special inspections in a year (C07)."""
    certificate: str | None = Field(None, min_length=1)
    """Number of the inspection certificate (检查证); without one each lead-driven visit needs a recorder (C14)."""
    certificates: Mapping[str, str] = Field(default_factory=dict)
    """Numbers of inspection certificates by building id, for buildings with a certificate of their own."""
    dwelling_certificates: Mapping[str, str] = Field(default_factory=dict)
    """Numbers of certificates that name a dwelling or a mixed unit, by unified social credit code (C15)."""
    single_approver: bool = False
    """Whether the person who made a plan may approve it; otherwise a second person must (C29)."""

    @field_validator("special")
    @classmethod
    def _once(cls, value: tuple[Special, ...]) -> tuple[Special, ...]:
        numbers = [s.number for s in value]
        if len(set(numbers)) != len(numbers):
            raise setting_error("twice")
        return value


# Columns of the table for the inspection platform, in its order.
FILING_COLUMNS = (
    *("plan_id", "visit_id", "authority", "uscc", "firm_name", "address", "inspection_item", "legal_basis", "track"),
    *("officers", "start_at", "end_at", "lead_department", "filing_state", "task_code", "valid_until"),
    "repeat_reason",
)

INSPECTIONS_MAX: Mapping[str, int] = {"day": 1, "week": 2, "month": 3}


class Codes(Section):
    """[codes]: filing of inspections with a provincial platform, and the codes that it issues (检查码)."""

    required: Literal["none", "filed", "shown"] = "filed"
    """`none`: no code is due; `filed`: an inspection without a code is marked; `shown`: every form
    asks for the code, and officers to whom C34 applies are kept off."""
    lead: Literal["police", "market_regulation"] = "police"
    """Department that files a joint task."""
    inspections_max: Annotated[Mapping[str, Annotated[int, Field(ge=1, le=1_000)]], with_defaults(INSPECTIONS_MAX)] = (
        INSPECTIONS_MAX
    )
    """Most inspections of a firm by all authorities on a day, from Monday to Sunday, and in a calendar month (C33);
    the source is the platform of Chengdu."""
    repeat_reasons: Mapping[str, Annotated[str, Field(min_length=10)]] = Field(default_factory=dict)
    """`[codes.repeat_reasons]`: the reason why an officer inspects a firm again after three inspections that found
    nothing, by unified social credit code (C34)."""
    annual_plan: Mapping[Literal["police", "market_regulation"], date] = Field(default_factory=dict)
    """`[codes.annual_plan]`: day on which each authority filed its annual inspection plan (C35)."""
    columns: Mapping[str, str] = Field(default_factory=dict)
    """`[codes.columns]`: the platform's header for a column of the filing table."""

    @field_validator("columns")
    @classmethod
    def _known(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        refuse_unknown(value, FILING_COLUMNS)
        return value


class Form(Section):
    """[form]: items of the check form; an item on neither list is not asked."""

    police: tuple[str, ...] = LISTED[POLICE]
    """Items that the police may check (C32)."""
    market_regulation: tuple[str, ...] = LISTED[MARKET_REGULATION]
    """Items that market regulation may check (C32)."""
    published: Mapping[str, str] = Field(default_factory=dict)
    """`[form.published]`: number and name of each item on the published list (清单事项), for the filing table; where
    it is given, an item without a name may not be checked."""

    @field_validator("police", "market_regulation", "published")
    @classmethod
    def _known[Names: (tuple[str, ...], Mapping[str, str])](cls, value: Names) -> Names:
        refuse_unknown(value, ITEMS)
        return value

    @model_validator(mode="after")
    def _are_published(self) -> Self:
        if self.published and (unnamed := [i for i in self.items if not self.published.get(i, "").strip()]):
            raise setting_error("unpublished", names=", ".join(unnamed))
        return self

    @property
    def items(self) -> tuple[str, ...]:
        """Return the items listed in `police` or `market_regulation`, in the order of the check form."""
        listed = {*self.police, *self.market_regulation}
        return tuple(i for i in ITEMS if i in listed)


LEAST_REASON = 10


class RuleSettings(Section):
    """[rules]: rules that are switched off; see docs/rules.md."""

    off: Mapping[str, str] = Field(default_factory=dict)
    """`[rules.off]`: the reason why a rule is switched off, by rule id; every report repeats it."""

    @field_validator("off")
    @classmethod
    def _may_be_off(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        unknown = sorted(set(value) - set(BOOK))
        if unknown:
            raise setting_error("unknown_rules", names=", ".join(unknown))
        hard = sorted(i for i in value if not BOOK[i].is_switchable)
        if hard:
            raise setting_error("hard_rules", names=", ".join(hard))
        bare = sorted(i for i, reason in value.items() if len(reason.strip()) < LEAST_REASON)
        if bare:
            raise setting_error("reason", n=LEAST_REASON, names=", ".join(bare))
        return value
