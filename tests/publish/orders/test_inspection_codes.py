"""The inspection code at the door: on orders, on phones, in handouts, and in no ranking."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geodata.message_catalogue import load_texts
from geodata.schema import HISTORY, RESULTS, TIMEZONE, no_rows
from sweep.board.phone.phone_orders import orders_of, unasked
from sweep.follow.interpret_result_rows import history_rows
from sweep.publish.edition import Edition
from sweep.publish.facts.platform_filings import all_filings, filing_state, filings_of
from sweep.publish.facts.team_facts import team_facts
from sweep.publish.handouts.handout_contents import handout_files
from sweep.publish.orders.order_page import order_page
from sweep.publish.page.qr_code import qr_svg
from sweep.records.inspection_codes import InspectionCode
from sweep.scenario.law_and_form_settings import Codes
from tests.publish.small_edition import FIRMS, small_edition

EN = load_texts("en")
FIRST, SECOND = FIRMS


def with_codes(edition: Edition, *, without: str = "") -> Edition:
    """The edition with one code for each firm of a visit, which both authorities share."""
    due = filings_of(edition).values()
    codes = {f.filing_id: InspectionCode(f"JC-{f.visit_id}-{f.uscc[-4:]}", f) for f in due if f.uscc != without}
    return replace(edition, codes=codes)


def of_scenario(edition: Edition, required: str) -> Edition:
    codes = Codes.model_validate({"required": required})
    return replace(edition, scenario=edition.scenario.model_copy(update={"codes": codes}))


def order(edition: Edition, number: int = 0) -> str:
    return order_page(edition, team_facts(edition)[number], EN)


def test_the_order_shows_the_code_of_each_firm_of_its_own_stops_as_picture_and_text() -> None:
    page = order(with_codes(small_edition()))
    for uscc in FIRMS:
        code = f"JC-V1-{uscc[-4:]}"
        # Both authorities share it, so it is shown once.
        assert page.count(f"<code>{code}</code>") == 1
        assert page.count(str(qr_svg(code))) == 1
    assert "JC-V2" not in page
    assert page.count('data-answer="is_code_shown"') == 2
    assert page.count('data-text="no_code_reason"') == 2


def test_the_code_is_asked_for_at_the_door_before_the_items_of_the_form() -> None:
    page = order(with_codes(small_edition()))
    row = page[page.index(f'data-uscc="{FIRST}"') :]
    assert row.index('data-text="no_code_reason"') < row.index('<td class="item" data-answer=')


def test_a_firm_without_a_code_is_marked_and_the_reason_asked() -> None:
    page = order(with_codes(small_edition(), without=SECOND))
    assert page.count(EN("codes.door.none")) == 1
    assert page.count("<code>") == 1


@pytest.mark.parametrize(("required", "n_marks", "n_lines"), [("none", 0, 0), ("filed", 0, 1), ("shown", 2, 1)])
def test_without_any_code_a_province_that_needs_none_says_nothing(required: str, n_marks: int, n_lines: int) -> None:
    page = order(of_scenario(small_edition(), required))
    assert page.count(EN("codes.door.none")) == n_marks
    assert page.count(EN("codes.door.not_filed", n=2)) == n_lines


def test_the_phone_gets_the_codes_of_its_own_stops_and_asks_whether_they_were_shown() -> None:
    edition = with_codes(small_edition(), without=SECOND)
    team = team_facts(edition)[0]
    (stop,) = orders_of(edition, team, EN)["stops"]
    assert {r["row"]: [code for code, _ in r["codes"]] for r in stop["rows"]} == {FIRST: ["JC-V1-0450"], SECOND: []}
    state = {"is_code_shown", "code_shown_at", "no_code_reason"}
    assert state <= set(stop["items"])
    assert state.isdisjoint(stop["unlisted"])
    assert unasked(edition, team, "V1", FIRST, state) == set()
    # Without codes the form is that of before.
    plain = small_edition()
    (stop,) = orders_of(plain, team_facts(plain)[0], EN)["stops"]
    assert state.isdisjoint(stop["items"])
    assert "codes" not in stop["rows"][0]
    assert unasked(plain, team_facts(plain)[0], "V1", FIRST, state) == state


def test_handouts_hold_codes_for_market_regulation_alone_and_only_of_inspections_that_it_shares() -> None:
    edition = with_codes(small_edition())
    alone = {
        key: replace(c, code=f"POLICE{c.code}", filed=replace(c.filed, is_joint=False))
        if key.startswith("V2/police")
        else c
        for key, c in edition.codes.items()
    }
    edition = replace(edition, codes=alone)
    for output_class in ("property", "public"):
        for name, content in handout_files(edition, output_class, EN, None).items():
            assert b"JC-V" not in content, name
    shared = b"".join(handout_files(edition, "market_regulation", EN, None).values())
    assert b"<code>JC-V1-0450</code>" in shared
    assert b"POLICEJC" not in shared


def test_no_ranking_reads_a_code_or_the_rating_of_a_firm() -> None:
    said = {"is_code_shown": "no", "code_shown_at": "14:00", "no_code_reason": "secret", "firm_rating": 1.0}
    plain, rated = (history_rows(results(more), ()) for more in ({}, said))
    pd.testing.assert_frame_equal(plain, rated)
    assert len(rated) > 0
    # The ranking and its features read the history alone, which has no such column.
    assert said.keys().isdisjoint(HISTORY.columns)


def results(more: dict[str, object]) -> pd.DataFrame:
    """Results with one firm that was inspected."""
    row = {"result_id": "1", "visit_id": "V1", "uscc": FIRST, "unit_state": "open", "plan_id": "p", "building_id": "B1"}
    visited = {"visited_on": pd.Timestamp("2026-09-16 14:00", tz=TIMEZONE), "track": "case", "is_target": "yes"}
    officers = {"police_officers": "P1;P2", "market_regulation_officers": "M1;M2"}
    table = pd.DataFrame([dict.fromkeys(map(str, RESULTS.columns)) | row | visited | officers | more])
    return RESULTS.validate(table.astype(no_rows(RESULTS).dtypes.to_dict()))


def test_a_changed_plan_keeps_codes_and_tells_new_changed_and_cancelled_filings() -> None:
    edition = with_codes(small_edition(), without=SECOND)
    first, second = edition.plan.routes
    # V1 starts an hour later, and V2 is dropped.
    late = replace(first.stops[0], start_s=first.stops[0].start_s + 3_600)
    changed = replace(
        edition, plan=replace(edition.plan, routes=(replace(first, stops=(late,)), replace(second, stops=())))
    )
    states = {f.filing_id: filing_state(changed, f) for f in all_filings(changed)}
    assert states == {
        **{f"V1/{a}/{FIRST}": "changed" for a in ("police", "market_regulation")},
        **{f"V1/{a}/{SECOND}": "new" for a in ("police", "market_regulation")},
        **{f"V2/{a}/{FIRST}": "cancelled" for a in ("police", "market_regulation")},
    }


@pytest.mark.parametrize("seed", range(5))
def test_over_ten_random_changes_of_a_day_no_code_is_lost_and_each_difference_is_told(seed: int) -> None:
    """Visits are dropped, taken up again, delayed or given to other officers; new codes come now and then."""
    rng, edition = np.random.default_rng(seed), small_edition()
    morning = edition.plan
    first = {key: (f.officers, f.start_s) for key, f in filings_of(edition).items()}
    coded: dict[str, tuple[tuple[str, ...], int]] = {}
    for _ in range(10):
        routes = []
        for route in morning.routes:
            late = int(rng.integers(0, 2)) * 600
            stops = tuple(replace(s, start_s=s.start_s + late, end_s=s.end_s + late) for s in route.stops)
            routes.append(replace(route, stops=stops if rng.random() < 0.7 else ()))
        # An officer of T/1 changes places with one of the reserve.
        swap = {"T/1P1": "T3P1", "T3P1": "T/1P1"} if rng.random() < 0.3 else {}
        teams = tuple(replace(t, member_ids=tuple(swap.get(i, i) for i in t.member_ids)) for t in morning.teams)
        edition = replace(edition, plan=replace(morning, routes=tuple(routes), teams=teams))
        now = {key: (f.officers, f.start_s) for key, f in filings_of(edition).items()}
        expected = {key: "kept" if coded.get(key) == at else "changed" for key, at in now.items() if key in coded}
        expected |= dict.fromkeys(now.keys() - coded.keys(), "new")
        expected |= dict.fromkeys(coded.keys() - now.keys(), "cancelled")
        assert {f.filing_id: filing_state(edition, f) for f in all_filings(edition)} == expected
        assert edition.codes.keys() == coded.keys()
        if rng.random() < 0.5:
            due = filings_of(edition)
            edition = replace(edition, codes={**edition.codes, **{k: InspectionCode(f"JC-{k}", due[k]) for k in due}})
            coded |= now
    assert coded.keys() <= first.keys()
    assert len(coded) > 0
