"""Who gets to see what, for how long, and what follows (C26, C27, C29, C30)."""

from __future__ import annotations

from sweep.rulebook.rule import Force, Rule, RuleTests, Stage


def _tests(rule_id: str, kept: str, found: str) -> RuleTests:
    return RuleTests(
        found, kept, f"publish/report/test_papers.py::test_the_report_has_a_line_of_the_rule[zh_CN-{rule_id}]"
    )


FILE_RULES = (
    Rule(
        "C26",
        Force.HARD,
        (Stage.SELECT, Stage.PUBLISH),
        ("release.minutes_before",),
        _tests(
            "C26",
            "commands/test_release.py::test_the_best_place_is_left_out_while_it_is_under_investigation",
            "commands/test_release.py::test_a_target_written_into_a_handout_is_found_with_its_file",
        ),
    ),
    Rule(
        "C27",
        Force.HARD,
        (Stage.SELECT, Stage.CHECK),
        ("follow_up.recheck_days", "follow_up.hazard_days"),
        _tests(
            "C27",
            "rules/test_kept_tracks.py::test_what_is_due_to_be_looked_at_again_goes_before_a_visit_worth_more",
            "check/test_papers.py::test_a_due_item_that_no_visit_looks_at_is_named",
        ),
    ),
    Rule(
        "C29",
        Force.HARD,
        (Stage.PUBLISH,),
        ("law.single_approver",),
        _tests(
            "C29",
            "commands/test_approve.py::test_every_order_and_map_of_an_unapproved_plan_is_marked",
            "commands/test_approve.py::test_an_approval_of_an_edited_plan_no_longer_holds",
        ),
    ),
    Rule(
        "C30",
        Force.HARD,
        (Stage.READ,),
        ("data.keep_personal", "retention.edition_days", "retention.results_days"),
        _tests(
            "C30",
            "commands/test_results.py::test_no_file_that_is_written_holds_what_is_personal",
            "commands/test_purge.py::test_without_yes_it_only_lists",
        ),
    ),
)
