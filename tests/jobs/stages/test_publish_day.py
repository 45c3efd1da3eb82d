"""What is published of a bound: its proof beside it where it holds, and else that it is not confirmed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from markupsafe import escape

from geodata.message_catalogue import load_texts
from sweep.jobs.stages.publish_day import publish
from sweep.publish.archive.edition_json_file import read_edition
from sweep.publish.edition import Edition
from sweep.records.bound_proof import BoundProof, DualSolution, NodePart, PoolPart, proof_json
from tests.plan.conftest import problem, team, visit
from tests.publish.small_edition import small_edition

SHOWN, NOT_CONFIRMED = (escape(load_texts("en")(f"report.{key}")) for key in ("bound_shown", "bound_not_confirmed"))


def edition(price: int) -> Edition:
    """Teams T/1 and T2 and three visits: a route of either has as many prizes as 1 + 2 + 4 at the most."""
    prizes = {"V-B1": (1,), "V-B2": (2,), "V-B3": (4,)}
    pool = PoolPart(
        teams=("T/1", "T2"),
        visits=tuple(prizes),
        with_musts=False,
        step=1.0,
        nodes=(NodePart(shown=DualSolution(prizes=prizes, prices={"T/1": price, "T2": price})),),
    )
    made = small_edition()
    plan = replace(made.plan, bound=14.0, proof=proof_json(BoundProof(pools=(pool,))))
    return replace(made, plan=plan, scenario=made.scenario.model_copy(update={"lang": "en"}))


@pytest.mark.parametrize(("price", "is_shown"), [(7, True), (6, False)])
def test_a_proof_that_the_checker_refuses_is_not_published_and_that_is_said(
    tmp_path: Path, price: int, *, is_shown: bool
) -> None:
    asked = problem([visit("B1", 1.0), visit("B2", 2.0), visit("B3", 4.0)], [team("T/1"), team("T2")])
    files = publish(edition(price), asked, tmp_path / "e")
    assert ("plan.proof.json" in {f.name for f in files}) is is_shown
    report = (tmp_path / "e" / "report.html").read_text(encoding="utf-8")
    assert ((SHOWN in report), (NOT_CONFIRMED in report)) == (is_shown, not is_shown)
    assert (read_edition(tmp_path / "e").plan.proof is not None) is is_shown


def test_a_bound_for_any_teams_that_is_refused_is_not_published_and_that_of_these_is(
    tmp_path: Path,
) -> None:
    asked = problem([visit("B1", 1.0), visit("B2", 2.0), visit("B3", 4.0)], [team("T/1"), team("T2")])
    made = edition(7)
    # Nothing shows it, and teams that are given are no question.
    publish(replace(made, plan=replace(made.plan, bound_any_teams=20.0)), asked, tmp_path / "e")
    plan = read_edition(tmp_path / "e").plan
    assert (plan.proof is not None, plan.bound_any_teams) == (True, None)
    assert "any teams" not in (tmp_path / "e" / "report.html").read_text(encoding="utf-8")


def test_without_the_problem_there_is_no_proof(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sweep.jobs.stages.publish_day.MOST_PLACES", 3)
    asked = problem([visit("B1", 1.0), visit("B2", 2.0), visit("B3", 4.0)], [team("T/1"), team("T2")])
    files = publish(edition(7), asked, tmp_path / "e")
    assert {"problem.json", "plan.proof.json"} & {f.name for f in files} == set()
    assert NOT_CONFIRMED in (tmp_path / "e" / "report.html").read_text(encoding="utf-8")
