"""Odd problems get a plan or a clear error; a search that is stopped leaves a whole plan or none."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from sweep.plan.feasible.contradictions import contradictions
from sweep.plan.problem.problem import TeamRules
from sweep.plan.problem.problem_file import write_problem
from sweep.plan.solve import Settings, solve
from tests.paths import compiled_cache
from tests.plan.conftest import NEEDS, problem, random_problem, team, visit
from tests.plan.judge import faults

QUICK = Settings(seed=1, n_iterations=200)
VISITS = [visit(f"B{k}") for k in range(6)]
NIGHT = (79_200, 100_800)
# Seconds until the search is under way: a first run compiles it.
PATIENCE_S = 240


def reasons(plan):
    return {u.visit_id: u.reasons[0].code for u in plan.unserved}


@pytest.mark.parametrize("n_visits", [0, 6])
def test_no_team_serves_nothing_and_says_why(n_visits):
    p = problem(VISITS[:n_visits], [], rules=TeamRules(0, 0, NEEDS, 1, assist_letter=False))
    plan = solve(p, QUICK)
    assert (plan.teams, plan.routes, plan.value) == ((), (), 0.0)
    assert reasons(plan) == {v.visit_id: "NO_TEAM_IN_DISTRICT" for v in VISITS[:n_visits]}


def test_no_visit_is_an_empty_plan():
    plan = solve(problem([], [team("T1")]), QUICK)
    assert (plan.status, plan.value, plan.unserved, plan.routes[0].stops) == ("optimal", 0.0, (), ())


def test_must_visits_that_nobody_can_make_are_found_and_if_drawn_left_out():
    visits = [visit(f"B{k}", is_must=True, division_code="370103") for k in range(3)]
    p = problem(visits, [team("T1")])
    assert [(i.code, i.where) for i in contradictions(p)] == [("S511", v.visit_id) for v in visits]
    drawn = replace(p, visits=tuple(replace(v, track="routine") for v in visits))
    assert contradictions(drawn) == ()
    assert set(reasons(solve(drawn, QUICK)).values()) == {"NO_TEAM_IN_DISTRICT"}


@pytest.mark.parametrize("cut_off", [["B0", "B3"], [f"B{k}" for k in range(6)]])
def test_places_without_a_road_are_left_out_and_the_others_served(cut_off):
    p = problem(VISITS, [team("T1"), team("T2")], unreachable=cut_off)
    plan = solve(p, QUICK)
    assert reasons(plan) == {f"V-{b}": "NO_ROAD" for b in cut_off}
    assert faults(p, plan) == []


@pytest.mark.parametrize(("n_teams", "served"), [(12, 1), (11, 0)])
def test_twelve_slots_take_twelve_teams_or_nobody(n_teams, served):
    p = problem([visit("B0", n_slots=12)], [team(f"T{k}") for k in range(n_teams)])
    plan = solve(p, QUICK)
    assert (plan.value, faults(p, plan)) == (served, [])
    assert len({s.start_s for r in plan.routes for s in r.stops}) == served


def test_a_shift_over_midnight_goes_on_counting():
    # 22:00-04:00; windows 00:26:40-02:23:20 of the next day. 27 min inside, 5 on the road: 3 each fit in the 2 h.
    visits = [visit(f"B{k}", windows=((88_000, 95_000),)) for k in range(6)]
    p = replace(problem(visits, [team(f"T{k}", shift=NIGHT) for k in range(2)]), shift_s=NIGHT)
    plan = solve(p, QUICK)
    assert (plan.value, faults(p, plan)) == (6.0, [])
    assert all(88_000 <= s.start_s <= 95_000 for r in plan.routes for s in r.stops)


@pytest.mark.parametrize("minutes", [0, 5])
def test_visits_that_take_no_time_are_all_served(minutes):
    visits = [replace(visit(f"B{k}"), service_s=0) for k in range(20)]
    p = problem(visits, [team("T1")], minutes)
    plan = solve(p, QUICK)
    assert (plan.value, plan.status, faults(p, plan)) == (20.0, "optimal", [])


def test_a_shift_of_no_length_serves_only_what_takes_no_time():
    visits = [visit("B0"), replace(visit("B1", windows=((48_600, 48_600),)), service_s=0)]
    plan = solve(problem(visits, [team("T1", shift=(48_600, 48_600))], 0), QUICK)
    assert [s.visit_id for r in plan.routes for s in r.stops] == ["V-B1"]


@contextmanager
def searching(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], list[bytes]]]:
    """`sweep plan` in its own process, once its progress line names rounds; and what it has said."""
    (folder / "problem.json").write_text(write_problem(random_problem(3, 40, 4, linked=True)), encoding="utf-8")
    pty = pytest.importorskip("pty")
    # A job in the background ignores Ctrl-C, and its children do; this one must not.
    code = "import signal as s; s.signal(s.SIGINT, s.default_int_handler); from sweep.cli.main import main; main()"
    command = [sys.executable, "-c", code, "run", "problem.json", "--lang", "en", "--time-limit", "600"]
    env = {**os.environ, "TERM": "xterm", "COLUMNS": "200", "XDG_CACHE_HOME": compiled_cache()}
    screen, end = pty.openpty()
    with subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=end, stderr=end, env=env
    ) as process:
        os.close(end)
        said: list[bytes] = []
        try:
            until(screen, said, b"iterations/s", PATIENCE_S)
            yield process, said
            until(screen, said, None, PATIENCE_S)
        finally:
            process.kill()
            os.close(screen)


def until(screen: int, said: list[bytes], sign: bytes | None, seconds: float) -> None:
    """Read the screen until the sign stands there, or until it is closed."""
    end = time.monotonic() + seconds
    while sign is None or sign not in b"".join(said):
        assert time.monotonic() < end, b"".join(said)[-2_000:]
        if select.select([screen], [], [], 0.2)[0]:
            try:
                said.append(os.read(screen, 65_536))
            except OSError:
                return  # the other end is closed


@pytest.mark.slow
def test_ctrl_c_writes_the_best_plan_and_says_that_it_was_cut_short(tmp_path):
    with searching(tmp_path) as (process, said):
        process.send_signal(signal.SIGINT)
    assert (process.returncode, b"Ended early by Ctrl-C" in b"".join(said)) == (0, True)
    plan = json.loads((tmp_path / "problem.plan.json").read_text(encoding="utf-8"))
    assert plan["summary"]["value"] > 0
    assert {p.name for p in tmp_path.iterdir()} == {"problem.json", "problem.plan.json", "problem.plan.proof.json"}


@pytest.mark.slow
def test_a_kill_in_mid_search_leaves_nothing_and_the_old_plan_as_it_was(tmp_path):
    (tmp_path / "problem.plan.json").write_text("old", encoding="utf-8")
    with searching(tmp_path) as (process, _):
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert {p.name for p in tmp_path.iterdir()} == {"problem.json", "problem.plan.json"}
    assert (tmp_path / "problem.plan.json").read_text(encoding="utf-8") == "old"
