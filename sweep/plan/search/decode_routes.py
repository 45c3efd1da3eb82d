"""Decoding of the search's state into routes, served visits and value."""

from collections.abc import Sequence

from sweep.plan.kernel.annealing import score
from sweep.plan.kernel.problem_arrays import NONE, Arrays
from sweep.plan.kernel.route_times import travel_time
from sweep.plan.kernel.search_state import SearchState
from sweep.plan.problem.objective import total_value
from sweep.plan.problem.problem import Problem, slot_tasks
from sweep.records.people import Team
from sweep.records.plan import Route, Stop


def make_routes(problem: Problem, a: Arrays, state: SearchState, teams: Sequence[Team]) -> tuple[Route, ...]:
    """
    Return the route of each active team, with earliest starts, or with the latest departure if waiting has a cost.

    `teams`: active teams, in the order of the arrays. With a cost of waiting, the starts in `state` are updated.
    """
    is_late = a.waiting_cost > 0.0
    if is_late:
        # Updates the starts under the latest departures.
        score(a, state)
    return tuple(_route(problem, a, state, k, team, is_late) for k, team in enumerate(teams))


def served_visits(problem: Problem, state: SearchState) -> frozenset[str]:
    """Return the ids of the served visits; a visit has all its slots served or none."""
    is_in = state.fill["team"] != NONE
    return frozenset(v.visit_id for (v, _), here in zip(slot_tasks(problem), is_in, strict=False) if here)


def plan_value(problem: Problem, arrays: Arrays, state: SearchState) -> float:
    """Return the sum of the values of the served visits, each visit at its value on the day it is served."""
    teams = state.fill["team"][arrays.node_start[: len(problem.visits)]].tolist()
    days = arrays.team["day"].tolist()
    return total_value(problem, {v.visit_id: days[k] for v, k in zip(problem.visits, teams, strict=True) if k != NONE})


def _route(problem: Problem, a: Arrays, state: SearchState, k: int, team: Team, is_late: bool) -> Route:
    tasks = slot_tasks(problem)
    stops: list[Stop] = []
    pause: tuple[int, int] | None = None
    place, free = int(a.team["base"][k]), int(a.team["shift_lo"][k])
    row = problem.places[team.base_id]
    for p in range(int(state.team["length"][k])):
        i, here = int(state.stop["task"][k, p]), int(state.stop["at"][k, p])
        start = int(state.fill["at" if is_late else "early"][i])
        end = start + int(state.service[k, i])
        if a.task["place"][i] == NONE:
            pause, free = (start, end), end
            continue
        visit, slot = tasks[i]
        there = problem.places[visit.building_id]
        travel, metres = int(travel_time(a, place, here)), int(problem.distance_m[row, there])
        # The first departure is as late as possible: the team waits at the base, not at the door.
        arrive = start if not stops and pause is None else free + travel
        stops.append(Stop(visit.visit_id, slot.slot, visit.building_id, travel, metres, arrive, start, end))
        place, row, free = here, there, end
    if not stops:
        return Route(team.team_id, team.shift_s[0], (), 0, 0, team.shift_s[0], pause)
    home = int(a.team["end"][k])
    back_s = int(travel_time(a, place, home))
    back_m = int(problem.distance_m[row, problem.places[team.end_base_id or team.base_id]])
    depart = stops[0].arrive_s - stops[0].travel_s
    return Route(team.team_id, depart, tuple(stops), back_s, back_m, free + back_s, pause)
