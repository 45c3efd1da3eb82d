"""Contradictions in a scenario's inputs, each with the rows and settings of its files that clash."""

from collections.abc import Mapping, Sequence

from geodata.clock_times import exact_clock
from geodata.errors import Code, InputError, Issue, MessageValue
from sweep.inputs.matched_inputs import Inputs
from sweep.jobs.stages.plan_day import make_problem
from sweep.jobs.stages.plan_inputs_record import PlanInputs, prepare
from sweep.jobs.stages.rank_day import Ranked
from sweep.jobs.stages.select_day import select
from sweep.plan.feasible.contradictions import contradictions
from sweep.plan.feasible.roster_shortfalls import CERTIFICATE, RosterClash, roster_clashes
from sweep.plan.problem.problem import Problem
from sweep.scenario.scenario import Scenario

# Rows named in one error.
MOST_ROWS = 20
_COLUMNS = {CERTIFICATE: "certificate_until"}


def input_issues(scenario: Scenario, inputs: Inputs, ranked: Ranked) -> tuple[Sequence[Issue], Sequence[Issue]]:
    """Return the contradictions that exclude any plan, and the warnings on ranking and visits."""
    try:
        day = prepare(scenario, inputs, ranked, select(scenario, inputs, ranked))
        return input_clashes(day, make_problem(day)), (*ranked.notes, *day.offered.notes)
    except InputError as error:
        return error.issues, ranked.notes


def input_clashes(prepared: PlanInputs, problem: Problem) -> tuple[Issue, ...]:
    """
    Return all contradictions of a scenario's inputs.

    S571 for too few officers of an agency, S572 for too few certified women, S573 if no person is on duty for the
    whole shift, S574 for windows outside the shift; the other codes are those of `contradictions`.
    """
    scenario, inputs = prepared.scenario, prepared.inputs
    rows = _roster_rows(inputs)
    name = scenario.data.label("roster")
    found = [_roster_issue(clash, problem, name, rows) for clash in roster_clashes(problem)]
    others = contradictions(problem)
    return (*found, *(_window_issue(scenario, i) if i.code == Code.WINDOWS_OUTSIDE_SHIFTS else i for i in others))


def _roster_rows(inputs: Inputs) -> dict[str, str]:
    if "roster" not in inputs.rows:
        return {}
    ids, rows = inputs.roster["person_id"].astype(str), inputs.rows["roster"]
    named = rows["row"].astype(str)
    return dict(zip(ids, named + (" (" + rows["file"] + ")" if rows["file"].nunique() > 1 else ""), strict=True))


def _roster_issue(clash: RosterClash, problem: Problem, file: str, rows: Mapping[str, str]) -> Issue:
    named = [
        f"{rows.get(person, person)} ({person}: {_COLUMNS.get(fact, 'shift_start, shift_end')} {value})"
        for person, fact, value in clash.fixes[:MOST_ROWS]
    ]
    numbers = ", ".join(rows.get(person, person) for person, _, _ in clash.fixes[:MOST_ROWS])
    where = f"scenario.toml teams.n_teams, {file}" + (f" row {numbers}" if numbers else "")
    values: dict[str, MessageValue] = {
        "asked": clash.asked,
        "most": clash.most,
        "agency": clash.agency or "-",
        "has": clash.has,
        "lacks": clash.lacks,
        "day": problem.day.isoformat(),
        "shift": f"{exact_clock(problem.shift_s[0])}-{exact_clock(problem.shift_s[1])}",
        "rows": tuple(named),
        "hire": clash.lacks - len(clash.fixes),
    }
    return Issue(clash.code, where, values)


def _window_issue(scenario: Scenario, issue: Issue) -> Issue:
    plan = scenario.plan
    keys = "window_end" if plan.window_end_s < plan.shift_start_s else "window_start"
    other = "shift_start" if keys == "window_end" else "shift_end"
    values: dict[str, MessageValue] = {
        "window": f"{exact_clock(plan.window_start_s)}-{exact_clock(plan.window_end_s)}",
        "shift": f"{exact_clock(plan.shift_start_s)}-{exact_clock(plan.shift_end_s)}",
        "key": f"plan.{keys}",
        "limit": exact_clock(plan.shift_start_s if other == "shift_start" else plan.shift_end_s),
        "n": issue.values["n"],
    }
    return Issue("S574", f"scenario.toml plan.{keys}, plan.{other}", values)
