"""Pins over the days of a window: a must is once on its best day, and two that are to be apart never share a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from geodata.errors import InputError
from geodata.schema import TIMEZONE
from sweep.campaign.window.visit_versions import visit_versions
from sweep.campaign.window.window_pins import apart_caps, open_musts, with_day_pins, with_musts
from sweep.records.pins import Pin
from tests.campaign.window.test_window_problem import NEXT, THU, TUE, offer, visit

APART = Pin("not_together", "B1", "pins.csv row 2", other_id="B2")
DRAWN = visit("B1", track="routine", is_must=True)


def test_a_must_is_one_visit_on_the_days_that_are_best_for_it() -> None:
    lead = visit("B1", track="case", value=0.4)
    offers = [offer(TUE, visit("B1"), visit("B2")), offer(THU, lead), offer(NEXT, replace(lead, value=0.3))]
    made, versions = visit_versions(offers, [0, 2, 7])
    one, other = with_musts(made, versions, ("B1", "B9"), ())
    assert (one.building_id, one.track, one.is_must, set(versions[one.visit_id])) == ("B1", "case", True, {1, 2})
    assert (other.building_id, other.is_must) == ("B2", False)


def test_two_musts_that_are_to_be_apart_are_on_two_days() -> None:
    offers = [
        offer(TUE, visit("B1"), visit("B2", value=0.3)),
        offer(THU, visit("B1", value=0.2), visit("B2", value=0.4)),
    ]
    made, versions = visit_versions(offers, [0, 2], ("B1", "B2"))
    assert len(made) == 4
    one, other = with_musts(made, versions, ("B1", "B2"), (APART,))
    assert (set(versions[one.visit_id]), set(versions[other.visit_id])) == ({1}, {0})


def test_two_that_are_to_be_apart_have_one_visit_a_day() -> None:
    offers = [offer(TUE, visit("B1"), visit("B2")), offer(THU, visit("B1"), visit("B2")), offer(NEXT, visit("B1"))]
    made, versions = visit_versions(offers, [0, 2, 7], ("B1", "B2"))
    caps = list(apart_caps((APART,), made, versions, (TUE, THU, NEXT)))
    on = {(v.building_id, k): v.visit_id for v in made for k in versions[v.visit_id]}
    assert [(set(c.loads), c.most) for c in caps] == [({on["B1", k], on["B2", k]}, 1) for k in (0, 1)]


def test_two_are_apart_only_on_the_days_of_the_pin() -> None:
    offers = [offer(TUE, visit("B1"), visit("B2")), offer(THU, visit("B1"), visit("B2"))]
    made, versions = visit_versions(offers, [0, 2], ("B1", "B2"))
    (cap,) = apart_caps((replace(APART, first_day=THU),), made, versions, (TUE, THU))
    assert cap.cap_id.endswith(" 1")
    assert [
        set(o.visits) for o in with_day_pins((offer(TUE, DRAWN, visit("B2")),), (replace(APART, last_day=TUE),))
    ] == [{"B1"}]
    assert [
        set(o.visits) for o in with_day_pins((offer(TUE, DRAWN, visit("B2")),), (replace(APART, first_day=THU),))
    ] == [{"B1", "B2"}]


def test_whoever_was_drawn_for_a_day_keeps_the_other_from_it() -> None:
    offers = (offer(TUE, DRAWN, visit("B2")), offer(THU, visit("B2")))
    assert [set(o.visits) for o in with_day_pins(offers, (APART,))] == [{"B1"}, {"B2"}]


def test_two_that_were_drawn_for_a_day_and_are_to_be_apart_are_told() -> None:
    with pytest.raises(InputError) as caught:
        with_day_pins((offer(TUE, DRAWN, replace(DRAWN, visit_id="V-B2", building_id="B2")),), (APART,))
    assert [(i.code, i.where) for i in caught.value.issues] == [("S647", "pins.csv row 2")]


def test_no_start_is_too_early_on_any_day() -> None:
    # Windows are from 48,600 to 60,300 s.
    pin = Pin("not_before", "B1", "pins.csv row 2", earliest_s=50_400)
    for made in with_day_pins((offer(TUE, visit("B1")), offer(THU, visit("B1"))), (pin,)):
        assert made.visits["B1"].windows_s == ((50_400, 60_300),)
    with pytest.raises(InputError, match="S646"):
        with_day_pins((offer(TUE, visit("B1")),), (replace(pin, earliest_s=61_200),))


def test_a_must_is_kept_once_somebody_has_got_in_since_the_campaign_began() -> None:
    def loaded(on: date, outcome: str) -> Any:
        at = pd.Timestamp(on, tz=TIMEZONE)
        row = {"building_id": "B1", "visited_on": at, "outcome": outcome, "track": "routine"}
        inputs, history = SimpleNamespace(pins=(Pin("must", "B1", "pins.csv row 2"),)), pd.DataFrame([row])
        return SimpleNamespace(inputs=inputs, history=history, today=NEXT, campaign=SimpleNamespace(first_day=TUE))

    assert open_musts(loaded(TUE, "nothing")) == frozenset()
    assert open_musts(loaded(TUE, "no_access")) == {"B1"}
    assert open_musts(loaded(date(2026, 9, 14), "find")) == {"B1"}
