"""The page "By version": rows from the lines that scripts print, and what became worse by more than noise."""

from __future__ import annotations

import json

import pytest

from tests.benchmarks.plan_runs import Run, added, read_runs, write_runs
from tests.benchmarks.table import versions_page, worse


def line(instance: str, seed: int, gap: float | None, **more: object) -> str:
    plain = {
        "set": "s, 10 s", "instance": instance, "solver": "sweep", "seed": seed, "value": 1.0, "best_known": 1.0,
        "gap_pct": gap, "machine": "2 cores", "versions": {"pyvrp": "0.14"}, "commit": "abc", "on": "2026-11-27T10:00",
    }  # fmt: skip
    return json.dumps(plain | more)


def run(gaps: dict[str, list[float | None]]) -> Run:
    return Run("s", "2026-11-27", "abc", "", {i: {str(k): g for k, g in enumerate(x)} for i, x in gaps.items()})


def test_lines_of_one_set_and_commit_are_one_run_and_seeds_are_added_later() -> None:
    first = added([], ["# a comment", line("a", 1, 0.504), line("a", 1, 2.0, solver="pyvrp"), line("b", 1, None)])
    more = [line("a", 2, 0.7), line("a", 1, 0.6), line("c", 1, 1.0, best_known=None)]
    (one,) = added(read_runs(write_runs(first)), more)
    assert one == Run(
        "s, 10 s", "2026-11-27", "abc", "2 cores", {"a": {"1": 0.6, "2": 0.7}, "b": {"1": None}}, {"pyvrp 0.14": 2.0}
    )
    assert len(added([one], [line("a", 1, 0.5, commit="def")])) == 2


def test_a_row_tells_mean_best_seeds_and_peers() -> None:
    runs = added([], [line("a", 1, 0.5), line("a", 2, 0.7), line("b", 1, -0.2), line("a", 1, 2.0, solver="vroom")])
    # a: 0.6, b: -0.2; their mean 0.2.
    row = "| 2026-11-27 | `abc` | 2 cores | s, 10 s (2) | vroom: 2.00 | 1, 2 | 0.20 | -0.20 |  |"
    assert row in versions_page(runs).splitlines()


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        # Seeds are 1 apart, so their variance is 0.5 and noise sqrt(0.5) = 0.707; a change of two means of two seeds
        # has the standard error 0.707 * sqrt(1/2 + 1/2) = 0.707, so it counts from 1.41 on.
        pytest.param({"a": [0.0, 1.0]}, {"a": [1.3, 2.3]}, "nothing", id="within noise"),
        pytest.param({"a": [0.0, 1.0]}, {"a": [1.5, 2.5]}, "a +1.50", id="beyond noise"),
        # The mean of two: sqrt(1 + 1) / 2 = 0.707 as much, so it counts from 1.0 on, and each alone from 1.41 on.
        pytest.param(
            {"a": [0.0, 1.0], "b": [0.0, 1.0]}, {"a": [1.1, 2.1], "b": [1.1, 2.1]}, "mean +1.10", id="all a little"
        ),
        pytest.param({"a": [0.0]}, {"a": [0.1]}, "a +0.10 (noise not known)", id="one seed"),
        pytest.param({"a": [0.0]}, {"a": [-0.1]}, "nothing", id="better"),
        pytest.param({"a": [0.0]}, {"b": [5.0]}, "", id="nothing in common"),
        pytest.param({"a": [0.0]}, {"a": [None]}, "no plan: a (noise not known)", id="no plan"),
    ],
)
def test_what_became_worse_is_told_where_it_is_more_than_noise(
    before: dict[str, list[float | None]], now: dict[str, list[float | None]], told: str
) -> None:
    assert worse(run(now), [run(before)]) == told


def test_an_instance_is_set_beside_the_last_run_that_has_it() -> None:
    runs = [run({"a": [0.0], "b": [0.0]}), run({"a": [5.0]})]
    assert worse(run({"a": [4.0], "b": [1.0]}), runs) == "b +1.00 (noise not known)"


def test_sets_noted_as_a_whole_are_compared_as_a_whole() -> None:
    before, now = (Run("s", "2026-11-27", "", "", n=40, mean=mean, best=0.0, seeds="1") for mean in (0.2, 0.3))
    assert worse(now, [before]) == "mean +0.10 (noise not known)"
    assert worse(before, [now]) == "nothing"
    assert worse(run({"a": [1.0]}), [before]) == ""
    assert worse(run({"a": [1.0]}), [Run("s", "2026-11-27", n=1, mean=0.75)]) == "mean +0.25 (noise not known)"
