"""`sweep explain` with prices, from the shell."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from geodata.message_catalogue import load_texts
from sweep.cli.explain import last_start_s, option_text
from sweep.plan.explain.insertion_options import Option
from sweep.plan.problem import blamed_rules
from sweep.scenario.inspection_hours import AfterHoursApproval, Hours
from tests.recorded import copy_with_log

Run = Any  # these two are of conftest.py
Planned = Any


def test_the_whole_plan_is_explained_with_prices_and_what_one_thing_more_adds(sweep: Run, planned: Planned) -> None:
    result = sweep("explain", planned.scenario, planned.folder, "--iterations", 60, "--json")
    assert result.exit_code == 0, result.output
    reply = json.loads(result.stdout)
    assert {u["visit_id"] for u in reply["unserved"]} == {u["visit_id"] for u in planned.plan["unserved"]}
    assert all(u["reasons"] for u in reply["unserved"])
    assert {m["kind"] for m in reply["one_more"]} == {"team", "hour", "police", "market_regulation", "helper"}
    assert all(m["added"] >= 0 and m["bound"] >= m["value"] - 1e-9 for m in reply["one_more"])


def test_an_hour_more_goes_no_further_than_the_scenarios_working_hours() -> None:
    assert last_start_s(Hours()) == 63_000  # 17:30
    assert last_start_s(Hours(working_s=((32_400, 64_800),))) == 64_800
    approval = AfterHoursApproval(number="N-1", approved_on=date(2026, 9, 1))
    assert last_start_s(Hours(approval=approval)) is None


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_the_whole_plan_is_explained_in_words(
    sweep: Run, planned: Planned, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")  # a code is one word in its column
    result = sweep("explain", planned.scenario, planned.folder, "--iterations", 20, "--lang", lang)
    assert result.exit_code == 0, result.output
    codes = {reason["code"] for out in planned.plan["unserved"] for reason in out["reasons"]}
    assert codes and all(load_texts(lang)(f"reason.{code}.title") in result.output for code in codes)


def test_a_building_has_its_price_and_every_team_its_option(sweep: Run, planned: Planned) -> None:
    out = planned.plan["unserved"][0]
    result = sweep("explain", planned.scenario, planned.folder, out["building_id"], "--iterations", 60, "--json")
    reply = json.loads(result.stdout)["why_not"]
    active = {t["team_id"] for t in planned.plan["teams"] if not t["is_reserve"]}
    assert {o["team_id"] for o in reply["options"]} == active
    shown = sweep("explain", planned.scenario, planned.folder, out["building_id"], "--iterations", 20, "--lang", "en")
    assert shown.exit_code == 0
    # The plan's own reason, and the same one worked out again, are one.
    titles = [load_texts("en")(f"reason.{reason['code']}.title") for reason in reply["reasons"]]
    assert all(shown.output.count(f"{title}:") == 1 for title in titles)


def test_a_served_building_has_its_worth(sweep: Run, planned: Planned) -> None:
    stop = next(s for r in planned.plan["routes"] for s in r["stops"])
    result = sweep("explain", planned.scenario, planned.folder, stop["building_id"], "--iterations", 60, "--json")
    reply = json.loads(result.stdout)["why_there"]
    assert reply["start_s"] == stop["start_s"]
    assert reply["worth"] <= stop["value"] + 1e-9
    assert reply["slack_s"] >= 0


@pytest.mark.slow
def test_a_plan_that_was_changed_on_its_day_is_explained_for_the_whole_day_and_that_is_told(
    sweep: Run, planned: Planned, tmp_path: Path
) -> None:
    edition = copy_with_log(planned.folder, tmp_path / "tiny" / planned.folder.name)
    ill = {"type": "ill", "person_id": planned.plan["teams"][0]["member_ids"][-1]}
    (tmp_path / "events.json").write_text(json.dumps({"events": [ill]}), encoding="utf-8")
    change = ("--at", "13:40", "--events", tmp_path / "events.json", "--iterations", 50, "--json")
    changed = Path(json.loads(sweep("replan", edition, *change).stdout)["folder"])
    told = load_texts("en")("explain.whole_day", at="13:40")
    stop = next(s for r in planned.plan["routes"] for s in r["stops"])
    for more in ((), (stop["building_id"],)):
        asked = ("--iterations", 10, "--lang", "en")
        assert told in sweep("explain", planned.scenario, changed, *more, *asked).output
        assert told not in sweep("explain", planned.scenario, edition, *more, *asked).output


@pytest.mark.parametrize("rule", sorted(blamed_rules.CODES))
def test_a_rule_that_excludes_a_team_is_named_in_words(rule: str) -> None:
    texts = load_texts("zh_CN")
    rules = (rule, f"{rule}.police")  # one key with and without the name of what is needed
    shown = option_text(Option("T01", rules, None, None, None), texts)
    assert shown == f"不可：{texts(f'reason.{blamed_rules.CODES[rule]}.title')}"
