"""Planning problem of one day, from a scenario's settings."""

from collections.abc import Iterable, Mapping

from geodata.clock_times import HOUR_S, exact_clock
from geodata.errors import InputError, Issue, MessageValue
from geodata.roads.travel_modes import UNREACHABLE, TravelTable
from sweep.plan.problem.problem import Problem, TeamRules, Weights
from sweep.records.buildings import Building
from sweep.records.people import Base, BreakRule, BreakTime, Person
from sweep.records.service_time import ServiceMinutes
from sweep.records.visits import Visit
from sweep.scenario.scenario import Scenario


def day_problem(
    scenario: Scenario,
    visits: Iterable[Visit],
    people: Iterable[Person],
    *,
    buildings: Mapping[str, Building],
    bases: Mapping[str, Base],
    places: Mapping[str, int],
    table: TravelTable,
) -> Problem:
    """
    Return the problem of the scenario's day from its visits, people and travel times.

    Its team rules ask for a single team, since the number is not yet known; callers replace these rules.

    Parameters
    ----------
    places
        Row of each building and base in the travel table, by id.

    Raises
    ------
    InputError
        S566 if the shift is too long for one break.
    """
    settings, roster = scenario.plan, tuple(people)
    return Problem(
        day=scenario.day,
        visits=tuple(visits),
        buildings=buildings,
        people=roster,
        teams=(),
        rules=team_rules(scenario, n_teams=1, n_reserve=0),
        bases=bases,
        places=places,
        travel_s=table.duration_s,
        distance_m=table.distance_m,
        unreachable=UNREACHABLE,
        shift_s=(settings.shift_start_s, settings.shift_end_s),
        minutes=service_minutes(scenario),
        weights=weights(scenario),
        link_tolerance_s=settings.link_tolerance_s,
    )


def team_rules(scenario: Scenario, n_teams: int, n_reserve: int) -> TeamRules:
    """Return the rules of the scenario's `[teams]` for composing teams; S566 if the shift is too long for one break."""
    teams = scenario.teams
    return TeamRules(
        n_teams=n_teams,
        n_reserve=n_reserve,
        min_certified=teams.min_certified,
        min_female=teams.min_female,
        assist_letter=teams.assist_letter,
        max_duty_s=round(3600 * teams.max_duty_hours),
        break_time=break_of_shift(scenario),
        max_members=teams.members_max,
        paid_until_s=scenario.weights.paid_until_s,
        is_split=teams.mode == "squads",
    )


def service_minutes(scenario: Scenario) -> ServiceMinutes:
    """Return the service times; the time to get in is its `service_quantile`, or the usual time if rule C21 is off."""
    return scenario.plan.minutes if "C21" in scenario.rules.off else scenario.plan.planned_minutes


def weights(scenario: Scenario) -> Weights:
    """Return the objective's weights: disturbance (C24), lateness (C22), and those of the section `[weights]`."""
    settings, off, costs = scenario.plan, scenario.rules.off, scenario.weights
    return Weights(
        lateness=0.0 if "C22" in off else settings.due_weight / (settings.shift_end_s - settings.shift_start_s),
        disturbance=0.0 if "C24" in off else settings.disturbance_weight,
        overtime=costs.overtime / HOUR_S,
        uneven_work=costs.uneven_work / HOUR_S,
    )


def break_rule(scenario: Scenario) -> BreakRule:
    """Return the rule for breaks that the scenario's section `[teams]` sets."""
    return BreakRule(round(HOUR_S * scenario.teams.break_after_hours), 60 * scenario.teams.break_minutes)


def break_of_shift(scenario: Scenario) -> BreakTime | None:
    """Return each team's break, None if the shift needs none (C20); S566 if the shift is too long for one break."""
    start_s, end_s, rule = scenario.plan.shift_start_s, scenario.plan.shift_end_s, break_rule(scenario)
    if end_s - start_s > rule.most_s:
        keys = "plan.shift_start, plan.shift_end, teams.break_after_hours, teams.break_minutes"
        shift = f"{exact_clock(start_s)}-{exact_clock(end_s)}"
        values: dict[str, MessageValue] = {"shift": shift, "most": rule.most_s // 60}
        raise InputError([Issue("S566", f"scenario.toml {keys}", values)])
    return rule.break_of((start_s, end_s))
