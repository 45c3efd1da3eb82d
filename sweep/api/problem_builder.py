"""Planning problem built step by step in Python, without a scenario."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from geodata.clock_times import DAY_S, seconds_of
from geodata.errors import InputError
from geodata.roads.travel_modes import StraightLines
from sweep.plan.feasible.contradictions import contradictions
from sweep.plan.problem.problem import Problem
from sweep.plan.problem.problem_file import read_problem, write_problem
from sweep.plan.problem.problem_schema import SCHEMA_VERSION
from sweep.plan.solve import Settings, SolveProgress, solve
from sweep.records.plan import Plan

type Clock = int | str | time
type Window = tuple[Clock, Clock]

# A certificate that does not expire.
_NO_END = "2999-12-31"


class Model:
    """
    A planning problem of your own: bases, people or given teams, visits, links and travel times.

    Each method also takes, by name, keys of problem.json (docs/problem.md) that its arguments do not cover: `Model(
    link_tolerance_s=60)`, `add_team(..., max_duty_s=14_400)`, `add_visit(..., preferred=("P1",))`. A `Clock` is a time
    in seconds after midnight of the first day, a text such as `"13:30"` (hours may exceed 24), or a `datetime.time`; a
    `Window` is a pair of them.

    Parameters
    ----------
    day
        Day of the plan; of a plan over several days, the first.
    shift
        Start and end of the shift of people and teams that are added without a shift.
    speed_kmh
        Travel speed along roads between coordinates; unused after `set_travel`.
    detour_factor
        Road distance divided by straight-line distance, at least 1.
    keys
        Further keys of problem.json, such as `service_minutes` or `weights`.
    """

    def __init__(
        self,
        *,
        day: date | str = "2026-01-01",
        shift: Window = ("08:00", "18:00"),
        speed_kmh: float = 25.0,
        detour_factor: float = 1.4,
        **keys: Any,
    ) -> None:
        self._travel = StraightLines(speed_kmh, detour_factor)
        self._points: dict[str, tuple[float, float]] = {}
        self._content: dict[str, Any] = {
            "schema_version": SCHEMA_VERSION,
            "day": str(day),
            "shift_s": _span(shift),
            "places": [],
            "bases": [],
            "visits": [],
            **keys,
        }

    def add_base(self, base_id: str | None = None, *, lon: float = 0.0, lat: float = 0.0, **keys: Any) -> str:
        """
        Add a base where teams start and end, and return its id.

        Parameters
        ----------
        base_id
            Id of the base; None: `B` and its number.
        lon, lat
            WGS-84 degrees; not needed with `set_travel`.
        keys
            Further keys of a base: `name`, `division_code`.
        """
        base_id = base_id or f"B{len(self._content['bases']) + 1}"
        self._content["bases"].append({"base_id": base_id, "lon": lon, "lat": lat, **keys})
        return self._place(base_id, lon, lat)

    def add_person(
        self,
        person_id: str | None = None,
        *,
        base: str,
        agency: str,
        role: str = "officer",
        shift: Window | None = None,
        certificate_until: date | str | None = _NO_END,
        is_female: bool = False,
        division_code: str = "",
        recusals: Sequence[str] = (),
        skills: Sequence[str] = (),
    ) -> str:
        """
        Add a person whom the planner may put into a team, and return the person's id.

        Parameters
        ----------
        person_id
            Id of the person; None: `P` and its number.
        base
            Id of the base.
        agency
            `police`, `market_regulation` or another.
        role
            `officer` and `inspector` count as certified officers while the certificate is valid; other roles help.
        certificate_until
            Last valid day of the certificate; None: no certificate.
        shift
            Start and end on any day; None: the shift of the model.
        division_code
            District, empty for none; a person of market regulation joins teams of this district only.
        recusals
            Ids of buildings, firms and property companies that the person must not inspect.
        skills
            Names that the key `min_skilled` of a visit's `slots` may ask for.
        """
        person_id = person_id or f"P{len(self._content.get('people', ())) + 1}"
        own = {"person_id": person_id, "agency": agency, "role": role, "is_female": is_female, "base_id": base}
        until = None if certificate_until is None else str(certificate_until)
        own |= {"certificate_until": until, "division_code": division_code, "shift_s": self._shift(shift, 0)}
        return self._add("people", own | {"recusals": list(recusals), "skills": list(skills)}, person_id)

    def add_team(
        self,
        team_id: str | None = None,
        *,
        base: str,
        shift: Window | None = None,
        day: int = 0,
        people: Mapping[str, int] | None = None,
        **keys: Any,
    ) -> str:
        """
        Add a team that is given rather than composed, and return its id.

        Parameters
        ----------
        team_id
            Id of the team; None: `T` and its number.
        base
            Id of the base.
        shift
            Start and end on the team's day; None: the shift of the model.
        day
            Day on which the team works, counted from 0.
        people
            Number of certified members by agency; None: no certified members.
        keys
            Further keys of a team, such as `max_duty_s` or `member_ids`.
        """
        team_id = team_id or f"T{len(self._content.get('teams', ())) + 1}"
        own = {"team_id": team_id, "base_id": base, "shift_s": self._shift(shift, day), "day": day}
        return self._add("teams", own | {"n_certified": dict(people or {}), **keys}, team_id)

    def compose_teams(
        self, n_teams: int, *, people: Mapping[str, int] | None = None, min_female: int = 0, **keys: Any
    ) -> None:
        """
        Let the planner compose teams from the people added by `add_person`.

        Parameters
        ----------
        n_teams
            Number of teams, those in reserve included.
        people
            Number of certified officers that each team needs, by agency: at least 1 each of `police` and
            `market_regulation`. Teams of other agencies are not composed.
        min_female
            Certified women whom each team needs.
        keys
            Further keys of `rules` in problem.json, such as `n_reserve` or `max_members`.
        """
        needs = {"police": 0, "market_regulation": 0, **(people or {})}
        self._content["rules"] = {"n_teams": n_teams, "min_certified": needs, "min_female": min_female, **keys}

    def add_visit(
        self,
        visit_id: str | None = None,
        *,
        value: float,
        minutes: float | None = None,
        window: Window | Sequence[Window] | None = None,
        lon: float = 0.0,
        lat: float = 0.0,
        place: str | None = None,
        people: Mapping[str, int] | None = None,
        n_teams: int = 1,
        **keys: Any,
    ) -> str:
        """
        Add a visit that the plan may serve, and return its id.

        Parameters
        ----------
        visit_id
            Id of the visit; None: `V` and its number.
        value
            Value of serving the visit, at least 0.
        minutes
            Length of the service. None: the key `service_s` of the visit, else `service_minutes` of the model.
        window
            Earliest and latest start of the service, or several such pairs; None: the shift of the model.
        lon, lat
            WGS-84 degrees; not needed with `set_travel`.
        place
            Id of the building; None: the visit's id.
        people
            Number of certified members that each team of the visit needs, by agency; None: no requirement.
        n_teams
            Number of teams that start the visit together.
        keys
            Further keys of a visit, such as `is_must`, `due_s` or `slots`.
        """
        visit_id = visit_id or f"V{len(self._content['visits']) + 1}"
        slots = [{"min_certified": dict(people or {})} for _ in range(n_teams)]
        own: dict[str, Any] = {"visit_id": visit_id, "building_id": place or visit_id, "value": float(value)}
        own |= {"windows_s": self._windows(window), "slots": slots, **keys}
        if minutes is not None:
            own["service_s"] = round(60 * minutes)
        self._content["visits"].append(own)
        self._place(place or visit_id, lon, lat)
        return visit_id

    def add_link(
        self, first: str, second: str, *, min_minutes: float = 0.0, max_minutes: float = 0.0, is_apart: bool = False
    ) -> None:
        """
        Link two visits, of which both or neither are served, by bounds on the time between their starts.

        Parameters
        ----------
        first, second
            Ids of the two visits.
        min_minutes, max_minutes
            Bounds on the start of the second visit minus that of the first, minutes.
        is_apart
            Whether no team may make both visits.
        """
        lag = {"before": first, "after": second, "min_s": round(60 * min_minutes), "max_s": round(60 * max_minutes)}
        self._add("lags", lag | {"is_apart": is_apart}, "")

    def add_lock(self, visit: str, team: str, *, slot: int = 0, start: Clock | None = None) -> None:
        """Assign a team to team slot number `slot` of a visit, from 0; if `start` is given, the visit starts then."""
        start_s = None if start is None else _seconds(start)
        self._add("locks", {"visit_id": visit, "slot": slot, "team_id": team, "start_s": start_s}, "")

    def add_cap(self, loads: Mapping[str, int] | Sequence[str], most: int) -> None:
        """
        Limit the total load of the visits that are served over all days.

        Parameters
        ----------
        loads
            Load of each visit by visit id, or ids of visits that count 1 each.
        most
            Largest total load.
        """
        own = dict(loads) if isinstance(loads, Mapping) else dict.fromkeys(loads, 1)
        n = len(self._content.get("caps", ()))
        self._add("caps", {"cap_id": f"C{n + 1}", "loads": own, "most": most}, "")

    def set_travel(self, seconds: ArrayLike, metres: ArrayLike | None = None) -> None:
        """
        Set the travel times between all places, in the order in which bases and visits were added.

        Parameters
        ----------
        seconds
            Whole seconds, shape (n, n), row: from, column: to; NaN if no road connects the two.
        metres
            Whole metres of the same shape; None: all 0.
        """
        self._content["travel_s"] = _table(seconds)
        self._content["distance_m"] = None if metres is None else _table(metres)

    @property
    def problem(self) -> Problem:
        """
        The planning problem as a record, checked.

        Raises
        ------
        InputError
            With every error found, each named by its key in problem.json.
        """
        content = self._content
        if "travel_s" not in content:
            table = self._travel.table(*np.array([self._points[p] for p in content["places"]], np.float64).T)
            content = content | {"travel_s": table.duration_s.tolist(), "distance_m": table.distance_m.tolist()}
        # Numbers of NumPy have `item`.
        return read_problem(json.dumps(content, default=lambda number: number.item()), "model")

    def solve(
        self,
        *,
        time_limit: float = 20.0,
        seed: int = 1,
        iterations: int | None = None,
        on_progress: Callable[[float, str], None] | None = None,
    ) -> Plan:
        """
        Search for a plan, and prove an upper bound on the value of every plan with its teams.

        Parameters
        ----------
        time_limit
            Time limit of the search in seconds.
        seed
            Seed of the search.
        iterations
            Number of iterations of the search, with which every run gives the same plan; None: until the time limit.
        on_progress
            Called with the share of the work done, in [0, 1], and a text.

        Returns
        -------
        Plan
            Record with `routes`, `teams`, `unserved`, `value`, `bound` and `gap` (`sweep.records.plan.Plan`).

        Raises
        ------
        InputError
            If the problem has an error or contradicts itself, or no teams can be composed.
        """
        problem = self.problem
        if issues := contradictions(problem):
            raise InputError(issues)

        def report(progress: SolveProgress) -> None:
            if on_progress is not None:
                on_progress(progress.share, f"{progress.value:.2f} / {progress.bound:.2f}")

        return solve(problem, Settings(seed, time_limit, iterations), report)

    def to_json(self) -> str:
        """Return the problem as the text of a problem.json, which `sweep run` takes; InputError if it has errors."""
        return write_problem(self.problem)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """
        Make a model from the text of a problem.json.

        Raises
        ------
        InputError
            With every error found, each named by its key.
        """
        model = cls()
        model._content = json.loads(write_problem(read_problem(text)))
        model._points = dict.fromkeys(model._content["places"], (0.0, 0.0))
        return model

    def _place(self, place: str, lon: float, lat: float) -> str:
        if place not in self._points:
            self._content["places"].append(place)
            self._points[place] = (lon, lat)
        return place

    def _add(self, table: str, row: dict[str, Any], row_id: str) -> str:
        self._content.setdefault(table, []).append(row)
        return row_id

    def _shift(self, shift: Window | None, day: int) -> list[int]:
        start_s, end_s = self._content["shift_s"] if shift is None else _span(shift)
        return [start_s + day * DAY_S, end_s + day * DAY_S]

    def _windows(self, window: Window | Sequence[Window] | None) -> list[list[int]]:
        if window is None:
            return [self._content["shift_s"]]
        several = window if isinstance(window[0], tuple | list) else [window]
        return [_span(one) for one in several]


def _seconds(clock: Clock) -> int:
    return seconds_of(str(clock)) if isinstance(clock, str | time) else int(clock)


def _span(window: Any) -> list[int]:
    start, end = window
    return [_seconds(start), _seconds(end)]


def _table(cells: ArrayLike) -> list[list[int | None]]:
    table = np.asarray(cells, np.float64)
    return [[None if np.isnan(cell) else round(cell) for cell in row] for row in table.tolist()]
