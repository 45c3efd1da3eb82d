"""Rule book: all domain rules by number; titles, legal bases and violation texts are in the catalogue."""

from dataclasses import dataclass
from enum import StrEnum


class Force(StrEnum):
    """Degree to which a rule binds."""

    HARD = "hard"
    """A plan that breaks it is rejected; no scenario can switch it off."""
    STRICT = "strict"
    """A plan that breaks it is rejected, but a scenario may switch it off with a written reason."""
    SOFT = "soft"
    """A violation is only reported; a scenario may switch it off with a written reason."""


class Stage(StrEnum):
    """Stage that enforces a rule."""

    READ = "read"
    RANK = "rank"
    SELECT = "select"
    PLAN = "plan"
    CHECK = "check"
    PUBLISH = "publish"


@dataclass(frozen=True, slots=True)
class RuleTests:
    """Tests that verify a rule, as `file::function` or `file::function[id]`, files under tests/."""

    found: str
    """A plan or input that breaks only this rule is reported with its id and place."""
    kept: str
    """The rule is kept where breaking it would raise the objective."""
    reported: str
    """The report states how far the rule was kept."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One domain rule."""

    rule_id: str
    force: Force
    stages: tuple[Stage, ...]
    parameters: tuple[str, ...]
    """Keys of scenario.toml that set it, `section.key`."""
    tests: RuleTests

    @property
    def is_switchable(self) -> bool:
        """Whether a scenario may switch it off."""
        return self.force is not Force.HARD


# Id, force, stages and parameters.
_RULES = (
    ("C01", Force.HARD, "plan check", "teams.min_certified"),
    ("C02", Force.HARD, "plan check", ""),
    ("C03", Force.HARD, "plan check", ""),
    ("C04", Force.HARD, "select plan check", "select.n_stocktake_max"),
    ("C05", Force.HARD, "select check", ""),
    ("C06", Force.HARD, "select check", "select.annual_cap select.case_soft_cap"),
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
        "hours.working hours.holidays hours.workdays hours.table_until hours.approval",
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
    ("C33", Force.SOFT, "select check", "data.other_inspections codes.day_max codes.week_max codes.month_max"),
    ("C34", Force.SOFT, "select plan check", "codes.required codes.repeat_reasons"),
    ("C35", Force.SOFT, "check", "codes.required codes.annual_plan"),
)
# Module in tests/rules/ and name of the test that a rule is kept, for rules that `sweep.check` verifies on a plan.
_KEPT = {
    "C01": ("people", "test_two_officers_stay_in_each_team_though_five_at_one_door_are_worth_more"),
    "C02": ("people", "test_an_officer_whose_certificate_ran_out_the_day_before_makes_no_pair"),
    "C03": ("people", "test_an_auxiliary_makes_no_pair_though_there_is_a_certificate_on_record"),
    "C04": ("people", "test_one_officer_takes_stock_with_a_recorder_and_inspects_nobody"),
    "C05": ("tracks", "test_a_building_without_a_basis_is_not_visited_though_it_is_worth_most"),
    "C06": ("firms", "test_a_firm_at_its_yearly_cap_is_left_out"),
    "C07": ("tracks", "test_a_special_list_without_its_papers_brings_nothing"),
    "C08": ("tracks", "test_of_a_list_of_all_firms_a_fifth_is_inspected"),
    "C09": ("tracks", "test_chance_and_not_worth_picks_the_building_that_is_drawn"),
    "C10": ("people", "test_no_team_goes_where_one_member_is_recused_from"),
    "C11": ("firms", "test_what_a_lead_and_a_list_want_of_a_firm_is_one_visit_and_worth_one"),
    "C12": ("people", "test_market_regulation_does_not_fill_up_a_team_of_another_district"),
    "C13": ("sites", "test_a_second_visit_that_would_start_after_hours_is_left_out"),
    "C14": ("sites", "test_a_place_without_certificate_is_left_out_by_a_team_without_recorder"),
    "C15": ("firms", "test_a_firm_in_a_dwelling_is_left_out"),
    "C16": ("sites", "test_both_towers_are_left_out_if_no_two_teams_can_start_there_together"),
    "C17": ("sites", "test_a_tower_with_more_exits_than_guards_is_left_out"),
    "C18": ("sites", "test_a_team_stands_by_though_it_could_make_a_visit"),
    "C19": ("people", "test_two_women_are_not_put_together_though_their_skills_are_worth_more"),
    "C20": ("people", "test_no_second_visit_is_made_beyond_the_longest_duty_or_instead_of_the_break"),
    "C21": ("sites", "test_a_visit_for_which_there_is_time_only_on_a_lucky_day_is_left_out"),
    "C22": ("leads", "test_of_two_visits_and_time_for_one_that_with_the_lead_falling_due_is_made"),
    "C23": ("leads", "test_a_place_whose_leads_have_lost_their_worth_is_left_out"),
    "C24": ("firms", "test_of_two_visits_almost_alike_that_which_disturbs_less_is_made"),
    "C25": ("never", "test_no_key_that_can_be_set_is_a_goal_in_checks_fines_or_finds"),
    "C28": ("firms", "test_a_building_that_was_visited_last_week_rests"),
    "C31": ("never", "test_a_table_behind_an_address_is_refused_before_anything_is_read"),
    "C33": ("firms", "test_a_firm_that_others_inspect_as_often_as_allowed_is_left_out"),
    "C34": ("people", "test_an_officer_who_found_nothing_three_times_is_kept_off_where_codes_are_shown"),
    "C35": ("firms", "test_an_annual_plan_that_is_not_filed_is_a_warning_and_costs_no_visit"),
    "C32": ("tracks", "test_an_item_that_is_struck_off_the_list_is_asked_on_no_track"),
}
# Tests that a procedural rule is kept, and that its breach is found.
_PAPERS = {
    "C26": (
        "cli/test_release_and_export.py::test_the_best_place_is_left_out_while_it_is_under_investigation",
        "cli/test_release_and_export.py::test_a_target_written_into_a_handout_is_found_with_its_file",
    ),
    "C27": (
        "rules/test_kept_tracks.py::test_what_is_due_to_be_looked_at_again_goes_before_a_visit_worth_more",
        "check/test_disclosure_rules.py::test_a_due_item_that_no_visit_looks_at_is_named",
    ),
    "C29": (
        "cli/test_approve.py::test_every_order_and_map_of_an_unapproved_plan_is_marked",
        "cli/test_approve.py::test_an_approval_of_an_edited_plan_no_longer_holds",
    ),
    "C30": (
        "cli/test_results.py::test_no_file_that_is_written_holds_what_is_personal",
        "cli/test_purge.py::test_without_yes_it_only_lists",
    ),
}


def _tests_of(rule_id: str) -> RuleTests:
    if rule_id in _PAPERS:
        kept, found = _PAPERS[rule_id]
        line = f"publish/report/test_papers.py::test_the_report_has_a_line_of_the_rule[zh_CN-{rule_id}]"
        return RuleTests(found, kept, line)
    part, kept = _KEPT[rule_id]
    reported = (
        "rules/test_reported_people.py::test_the_report_says_how_the_rule_was_kept"
        if part in ("people", "tracks")
        else "rules/test_reported_sites.py::test_the_report_has_the_line_of_the_rule"
    )
    found = f"check/test_rules.py::test_a_breach_is_found_with_its_place[{rule_id}]"
    return RuleTests(found, f"rules/test_kept_{part}.py::{kept}", f"{reported}[{rule_id}]")


BOOK: dict[str, Rule] = {
    rule_id: Rule(rule_id, force, tuple(map(Stage, stages.split())), tuple(keys.split()), _tests_of(rule_id))
    for rule_id, force, stages, keys in _RULES
}


def is_soft(rule_id: str) -> bool:
    """Whether a violation is only reported; rules outside the book, such as P01, are hard."""
    return rule_id in BOOK and BOOK[rule_id].force is Force.SOFT
