from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from geodata.message_catalogue import load_texts
from sweep.publish.charts.plan_charts import gantt
from sweep.publish.charts.svg_shapes import nice_step
from sweep.publish.facts.team_facts import team_facts
from sweep.records.plan import Route
from tests.publish.small_edition import small_edition


@pytest.mark.parametrize(("highest", "step"), [(1.0, 0.2), (5.0, 1.0), (0.07, 0.02), (23.0, 5.0), (100.0, 20.0)])
def test_steps_are_round(highest: float, step: float) -> None:
    assert nice_step(highest) == pytest.approx(step)


def test_the_time_table_shows_when_each_team_rests() -> None:
    plain = small_edition()
    rests = [replace(r, break_s=(52_200, 54_000)) for r in plain.plan.routes]
    texts = load_texts("en")

    def drawn(routes: Sequence[Route]) -> int:
        edition = replace(plain, plan=replace(plain.plan, routes=tuple(routes)))
        return gantt(team_facts(edition), 48_600, 64_800, texts).count("<title>Break 14:30 – 15:00</title>")

    assert (drawn(plain.plan.routes), drawn(rests)) == (0, sum(bool(r.stops) for r in rests))
