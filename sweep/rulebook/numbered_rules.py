"""Rule book: all domain rules by number; titles, legal bases and violation texts are in the catalogue."""

from dataclasses import dataclass
from enum import StrEnum


class Force(StrEnum):
    """Degree to which a rule binds: `hard`, `strict` (a scenario may switch it off with a reason) or `soft`."""

    HARD = "hard"
    """A plan that breaks it is rejected; no scenario can switch it off."""
    STRICT = "strict"
    """A plan that breaks it is rejected, but a scenario may switch it off with a written reason."""
    SOFT = "soft"
    """A violation is only reported; a scenario may switch it off with a written reason."""


class Stage(StrEnum):
    """Stage of a run that enforces a rule: reading, ranking, selection, planning, checking or publishing."""

    READ = "read"
    RANK = "rank"
    SELECT = "select"
    PLAN = "plan"
    CHECK = "check"
    PUBLISH = "publish"


@dataclass(frozen=True, slots=True)
class Rule:
    """One domain rule (C01 to C35), whose texts are in the catalogue."""

    rule_id: str
    force: Force
    stages: tuple[Stage, ...]
    """Stages that enforce it."""
    parameters: tuple[str, ...]
    """Keys of scenario.toml that set it, `section.key`."""

    @property
    def is_switchable(self) -> bool:
        """Whether a scenario may switch the rule off: if its force is `strict` or `soft`."""
        return self.force is not Force.HARD


# Id, force, stages and parameters.
_RULES = (
    ("C01", Force.HARD, "plan check", "teams.min_certified"),
    ("C02", Force.HARD, "plan check", ""),
    ("C03", Force.HARD, "plan check", ""),
    ("C04", Force.HARD, "select plan check", "select.n_stocktake_max"),
    ("C05", Force.HARD, "select check", ""),
    ("C06", Force.HARD, "select check", "select.annual_cap"),
    ("C07", Force.HARD, "read select check", "law.special"),
    ("C08", Force.HARD, "read select check", "select.target_share_max law.special"),
    (
        "C09",
        Force.HARD,
        "select check",
        "select.draw_share select.draw_seed select.draw_ratio select.draw_commitment select.draw_committed_on",
    ),
    ("C10", Force.HARD, "read select plan check", "teams.recusals_elsewhere"),
    ("C11", Force.STRICT, "select check", ""),
    ("C12", Force.HARD, "plan check", "teams.assist_letter"),
    (
        "C13",
        Force.HARD,
        "read select plan check",
        "hours.working hours.holidays hours.workdays hours.approval",
    ),
    ("C14", Force.HARD, "select plan check", "law.certificate law.certificates"),
    ("C15", Force.HARD, "select check", "law.dwelling_certificates"),
    ("C16", Force.HARD, "select plan check", "plan.link_tolerance_s"),
    ("C17", Force.HARD, "select plan check", ""),
    ("C18", Force.STRICT, "plan check", "teams.reserve_share"),
    ("C19", Force.HARD, "plan check", "teams.min_female"),
    ("C20", Force.HARD, "plan check", "teams.max_duty_hours teams.break_after_hours teams.break_minutes"),
    ("C21", Force.SOFT, "plan check", "plan.service_quantile plan.entry_low_minutes plan.entry_high_minutes"),
    ("C22", Force.SOFT, "select plan check", "select.due_workdays select.due_hours plan.due_weight"),
    ("C23", Force.SOFT, "rank select check", "rank.half_life_days"),
    ("C24", Force.SOFT, "select plan check", "select.n_targets_max"),
    ("C25", Force.HARD, "read check publish", ""),
    ("C26", Force.HARD, "select publish", "release.minutes_before"),
    ("C27", Force.HARD, "select check", "follow_up.recheck_days follow_up.hazard_days"),
    ("C28", Force.HARD, "select plan check", "select.cooldown_days"),
    ("C29", Force.HARD, "publish", "law.single_approver"),
    ("C30", Force.HARD, "read", "data.keep_personal retention.edition_days retention.results_days"),
    ("C31", Force.HARD, "read check publish", ""),
    ("C32", Force.HARD, "select check publish", "form.police form.market_regulation"),
    ("C33", Force.SOFT, "select check", "data.other_inspections codes.inspections_max"),
    ("C34", Force.SOFT, "select plan check", "codes.required codes.repeat_reasons"),
    ("C35", Force.SOFT, "check", "codes.required codes.annual_plan"),
)
BOOK: dict[str, Rule] = {
    rule_id: Rule(rule_id, force, tuple(map(Stage, stages.split())), tuple(keys.split()))
    for rule_id, force, stages, keys in _RULES
}


def is_soft(rule_id: str) -> bool:
    """Whether a violation is only reported; rules outside the book, such as P01, are hard."""
    return rule_id in BOOK and BOOK[rule_id].force is Force.SOFT
