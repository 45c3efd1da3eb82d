"""`sweep campaign` from end to end on a small city: planned, judged, explained, advanced, replayed, compared."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest

from geodata.schema import TIMEZONE
from sweep.audit.audit_log import log_of_scenario
from sweep.campaign.campaign_settings import Campaign
from sweep.campaign.model.duty_roster import on_duty
from sweep.campaign.read_campaign_file import load_campaign
from sweep.campaign.record.campaign_progress import looks_of, new_lead_rate, past_day_counts
from sweep.campaign.record.window_record import make_record
from sweep.campaign.records import CampaignRecord, WeekPart, read_campaign
from sweep.campaign.replay import replay_runs
from sweep.campaign.replay.replay_setup import ReplaySetup, make_replay_setup
from sweep.campaign.replay.simulated_replay import _with_policy_values
from sweep.campaign.window import plan_campaign
from sweep.campaign.window.daily_editions import read_published
from sweep.campaign.window.daily_offers import DayOffer, WindowData, window_offers
from sweep.campaign.window.load_campaign import LoadedCampaign, load_for
from sweep.campaign.window.plan_campaign import _input_notes, read_before
from sweep.campaign.window.plan_window import FrozenDay, plan_window, prepare_window_offers
from sweep.campaign.window.travel_and_day_problem import make_travel_matrix
from sweep.campaign.window.visit_values import later_shares, lead_rates, ranker_of, rankings
from sweep.campaign.window.visit_versions import visit_versions
from sweep.campaign.window.window_proof import certificate_files, check_window_proof
from sweep.inputs.load_inputs import load_inputs
from sweep.inputs.matched_inputs import Inputs
from sweep.jobs.stages.prepared_ranking import Ranker
from sweep.jobs.stages.rank_day import team_size
from sweep.plan.solve import Settings
from sweep.publish.archive.edition_json_file import read_edition
from sweep.records.draw import Draw, DrawTicket
from sweep.records.pins import Pin
from sweep.records.plan import Plan
from sweep.records.visits import Recheck, Visit
from sweep.scenario.scenario import Scenario
from sweep.select.make_visits import TeamSize
from sweep.select.target_firms import active_firms
from tests.campaign.model.small_record import record as small_record
from tests.campaign.window.test_window_problem import offer as day_offer
from tests.campaign.window.test_window_problem import visit as day_visit
from tests.cli.campaign_folder import ROUNDS, TOML, campaign_folder, planned_once
from tests.recorded import record_window

Run = Any  # of conftest.py

YESTERDAY = pd.Timestamp("2026-09-15T15:00", tz=TIMEZONE)


@pytest.fixture(scope="module")
def folder(scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small city's scenario with a campaign beside it."""
    return campaign_folder(scenario, tmp_path_factory.mktemp("campaigns"), TOML)


@pytest.fixture(scope="module")
def planned(sweep: Run, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all editions after a first plan."""
    return planned_once(sweep, folder, tmp_path_factory)


@pytest.fixture
def out(planned: Path, tmp_path: Path) -> Path:
    """A copy for one test."""
    return Path(shutil.copytree(planned, tmp_path / "out"))


def published(day: date, visits: Mapping[str, Visit], draw: Draw) -> FrozenDay:
    """A published day of no teams."""
    return FrozenDay(day, "1", Plan("feasible", 0.0, 0.0, "", (), (), (), 1, 0), visits, draw)


def record_of(out: Path) -> dict[str, Any]:
    return dict(json.loads((out / "tiny" / "campaign" / "campaign.json").read_text(encoding="utf-8")))


def test_a_window_is_planned_with_one_edition_for_each_day_inside_the_freeze(planned: Path) -> None:
    record = record_of(planned)
    assert [d["day"] for d in record["days"]] == ["2026-09-16", "2026-09-18"]
    assert record["value"] <= record["bound"] * (1 + 1e-9)
    # Three days are frozen: both.
    for day in record["days"]:
        edition = planned / "tiny" / day["plan_id"]
        plan = json.loads((edition / "plan.json").read_text(encoding="utf-8"))
        assert plan["day"] == day["day"]
        assert {s["visit_id"] for r in plan["routes"] for s in r["stops"]} == {v["visit_id"] for v in day["visits"]}
        assert (edition / "teams").is_dir()
        assert "draw_seed" not in day
        codes = {n.code for n in read_edition(edition).notes}
        # The first plan commits to every seed: too late for its own day alone.
        assert codes & {"S411", "S412"} == ({"S412"} if day["day"] == record["planned_on"] else set())
    buildings = [v["building_id"] for d in record["days"] for v in d["visits"]]
    assert len(set(buildings)) == len(buildings) > 5


def test_a_window_that_cannot_be_written_whole_publishes_no_day(
    sweep: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "campaign.json")

    monkeypatch.setattr(plan_campaign, "write_files", full)
    result = sweep("campaign", "plan", folder, "--out", tmp_path / "out", *ROUNDS)
    assert (result.exit_code, "S108" in result.output) == (2, True)
    # Nothing stands that could be approved, and no log knows of any.
    assert not (tmp_path / "out" / "tiny").exists()
    assert log_of_scenario(tmp_path / "out", "tiny").entries() == []


@pytest.mark.slow
def test_a_day_is_published_with_the_visits_that_the_window_makes_for_promises(
    sweep: Run, scenario: Path, tmp_path: Path
) -> None:
    """With hardly a lead no visit finds as much as it disturbs: what makes them is the promise."""
    quiet = campaign_folder(scenario, tmp_path, TOML.replace("all = 1095", "all = 60"))
    file = quiet / "scenario.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("n_leads = 90", "n_leads = 3"), encoding="utf-8")
    out = tmp_path / "out"
    assert sweep("campaign", "plan", quiet, "--out", out, *ROUNDS).exit_code == 0
    window = json.loads((out / "tiny" / "campaign" / "window.plan.json").read_text(encoding="utf-8"))
    for day in record_of(out)["days"]:
        routes = [r for r in window["routes"] if r["team_id"].startswith(day["day"])]
        visits = {s["building_id"] for r in routes for s in r["stops"]}
        assert {v["building_id"] for v in day["visits"]} == visits != set()
    checked = sweep("check", quiet, out / "tiny" / "campaign")
    assert checked.exit_code == 0, checked.output


def test_the_record_is_of_its_schema_and_read_again_the_same(planned: Path) -> None:
    record = record_of(planned)
    jsonschema.validate(record, CampaignRecord.model_json_schema())
    assert read_campaign(json.dumps(record)).model_dump(mode="json") == record


def test_the_page_loads_nothing(planned: Path) -> None:
    page = (planned / "tiny" / "campaign" / "campaign.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_the_edition_of_a_published_day_carries_the_notes_of_its_offer(
    sweep: Run, scenario: Path, folder: Path, tmp_path: Path
) -> None:
    # One visit on leads a day is fewer than there are, and a list has no papers.
    uscc = load_for(load_campaign(folder), date(2026, 9, 16)).inputs.firms["uscc"].iloc[0]
    more = f'[select]\nn_case_visits_max = 1\n[[law.special]]\nnumber = "A-1"\nfirms = ["{uscc}"]\n'
    copy, out = campaign_folder(scenario, tmp_path, TOML, more), tmp_path / "out"
    assert sweep("campaign", "plan", copy, "--out", out, "--iterations", "20").exit_code == 0
    published = [d["plan_id"] for d in record_of(out)["days"] if d["plan_id"]]
    told = [{note.code for note in read_edition(out / "tiny" / plan_id).notes} for plan_id in published]
    assert len(told) == 2
    assert all({"S618", "S625"} <= codes for codes in told)


def test_an_item_that_nobody_may_enter_for_is_named_on_each_day_since_it_fell_due(folder: Path) -> None:
    loaded = load_for(load_campaign(folder), date(2026, 9, 16))
    firms = loaded.inputs.firms
    firm = active_firms(firms).iloc[0]
    uses = firms["unit_use"].astype(object).mask(firms["uscc"].eq(firm["uscc"]), "dwelling")
    due = replace(item(str(firm["building_id"]), date(2026, 9, 14)), uscc=str(firm["uscc"]))
    inputs = replace(loaded.inputs, firms=firms.assign(unit_use=uses), rechecks=(due,))
    days = loaded.days(*loaded.campaign.window(loaded.today))
    _, _, offers = prepare_window_offers(replace(loaded, inputs=inputs), days, {})
    assert len(offers) > 1
    assert [o.whole.uncertified_rechecks for o in offers if o.whole] == [(due.recheck_id,)] * len(offers)


def test_all_days_are_judged_together(sweep: Run, folder: Path, planned: Path) -> None:
    result = sweep("check", folder, planned / "tiny" / "campaign", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["violations"] == []
    assert json.loads(result.stdout)["bound"] == "confirmed"


def test_a_bound_that_its_proof_does_not_show_is_told(sweep: Run, folder: Path, out: Path) -> None:
    place = out / "tiny" / "campaign"
    text = (place / "window.plan.json").read_text(encoding="utf-8")
    plan = json.loads(text)
    plan["summary"]["bound"] *= 0.9
    (place / "window.plan.json").write_text(json.dumps(plan), encoding="utf-8")
    result = sweep("check", folder, out / "tiny" / "campaign", "--json")
    assert (result.exit_code, json.loads(result.stdout)["bound"]) == (3, "wrong")
    assert [v["rule_id"] for v in json.loads(result.stdout)["violations"]] == ["P11", "P14", "C29"]
    (place / "window.plan.json").write_text(text, encoding="utf-8")
    (place / "window.plan.proof.json").unlink()
    record_window(place)
    result = sweep("check", folder, out / "tiny" / "campaign", "--json")
    assert (result.exit_code, json.loads(result.stdout)["bound"]) == (0, "no_file")


def shown_of(place: Path, **changes: object) -> tuple[str, list[str]]:
    """How the bound of a window stands for its record with some fields changed, and the rules that it breaks."""
    record = read_campaign((place / "campaign.json").read_bytes()).model_copy(update=changes)
    shown = check_window_proof(place, record)
    return shown.status, [v.rule_id for v in shown.violations]


def test_a_record_that_tells_less_than_the_bound_on_finds_is_found_out(planned: Path, tmp_path: Path) -> None:
    place = Path(shutil.copytree(planned / "tiny" / "campaign", tmp_path / "campaign"))
    plan = json.loads((place / "window.plan.json").read_text(encoding="utf-8"))
    record = read_campaign((place / "campaign.json").read_bytes())
    assert record.urgency > 0.0
    assert record.bound + record.urgency == pytest.approx(plan["summary"]["bound"])
    assert shown_of(place) == ("confirmed", [])
    assert shown_of(place, bound=record.bound - 0.001) == ("wrong", ["P11"])
    plan["routes"][0]["stops"][0]["visit_id"] = "V-nowhere"
    (place / "window.plan.json").write_text(json.dumps(plan), encoding="utf-8")
    assert shown_of(place)[0] == "wrong"
    (place / "window.problem.json").unlink()
    assert shown_of(place) == ("no_file", [])


def name_of(building: str, out: Path) -> str:
    edition = next((out / "tiny").glob("*/edition.json"))
    return str(json.loads(edition.read_text(encoding="utf-8"))["edition"]["buildings"][building]["name"])


def test_a_record_that_was_tampered_with_is_told(sweep: Run, folder: Path, out: Path) -> None:
    file = out / "tiny" / "campaign" / "campaign.json"
    record = record_of(out)
    record["days"][1]["visits"].append(record["days"][0]["visits"][0])
    file.write_text(json.dumps(record), encoding="utf-8")
    result = sweep("check", folder, out / "tiny" / "campaign", "--json")
    assert result.exit_code == 3
    assert {"C11", "M05"} <= {v["rule_id"] for v in json.loads(result.stdout)["violations"]}
    building = record["days"][0]["visits"][0]["building_id"]
    printed = sweep("check", folder, out / "tiny" / "campaign").stdout
    assert (name_of(building, out) in printed, building in printed) == (True, False)


def test_a_published_day_that_was_tampered_with_is_told(sweep: Run, folder: Path, out: Path) -> None:
    day = record_of(out)["days"][1]
    file = out / "tiny" / day["plan_id"] / "plan.json"
    plan = json.loads(file.read_text(encoding="utf-8"))
    moved = next(s for r in plan["routes"] for s in r["stops"])
    moved["start_s"] -= 7 * 3_600
    file.write_text(json.dumps(plan), encoding="utf-8")
    result = sweep("check", folder, out / "tiny" / "campaign")
    # It is other than campaign.json tells, and not in its hours.
    assert result.exit_code == 3
    assert all(rule in result.stdout for rule in ("M06", "C13", day["day"], name_of(moved["building_id"], out)))
    file.unlink()
    missing = sweep("check", folder, out / "tiny" / "campaign")
    assert (missing.exit_code, "S305" in missing.stderr) == (2, True)


def test_a_building_is_explained(sweep: Run, folder: Path, planned: Path) -> None:
    record = record_of(planned)
    last = record["days"][-1]
    for visit in (record["days"][0]["visits"][0], last["visits"][0]):
        result = sweep("explain", folder, planned / "tiny" / "campaign", visit["building_id"])
        assert result.exit_code == 0, result.output
        assert visit["building_id"] in result.stdout
        assert "Last visit" in result.stdout
    later = next(v for v in last["visits"] if len(v["days"]) > 1)
    result = sweep("explain", folder, planned / "tiny" / "campaign", later["building_id"], "--json")
    sooner = json.loads(result.stdout)["sooner"]
    assert list(sooner) == later["days"][:1] == [record["days"][0]["day"]]
    # The window was searched for what is worth most: no sooner day is worth more.
    assert sooner[later["days"][0]] is None or sooner[later["days"][0]]["price"] >= -1e-3


def test_a_building_is_explained_by_its_name_if_no_other_has_it(sweep: Run, folder: Path, planned: Path) -> None:
    visit = record_of(planned)["days"][0]["visits"][0]
    named = load_for(load_campaign(folder), date(2026, 9, 16)).buildings[visit["building_id"]].name
    by_id = sweep("explain", folder, planned / "tiny" / "campaign", visit["building_id"])
    by_name = sweep("explain", folder, planned / "tiny" / "campaign", named)
    assert (by_name.exit_code, by_name.stdout) == (0, by_id.stdout), by_name.output
    for typed in ("B9999", "B"):
        result = sweep("explain", folder, planned / "tiny" / "campaign", typed)
        assert (result.exit_code, "S923" in result.stderr, "nearest" in result.stderr) == (2, True, True)


@pytest.mark.slow
def test_in_the_morning_what_is_published_stays(sweep: Run, folder: Path, planned: Path, tmp_path: Path) -> None:
    out = Path(shutil.copytree(planned, tmp_path / "out"))
    before = record_of(out)
    result = sweep("campaign", "advance", folder, "--out", out, *ROUNDS, "--json")
    assert result.exit_code == 0, result.output
    reply, record = json.loads(result.stdout), record_of(out)
    assert record["planned_on"] == "2026-09-17"
    assert [d["day"] for d in record["days"]] == ["2026-09-18", "2026-09-23"]
    published = {v["building_id"] for v in before["days"][1]["visits"]}
    now = {v["building_id"] for v in record["days"][0]["visits"]}
    told = {m["building_id"] for m in record["moves"] if m["is_frozen"] and m["before"]}
    assert published - now <= told
    assert reply["n_moves_frozen"] == sum(m["is_frozen"] for m in record["moves"])
    assert all(m["reason"] for m in record["moves"])
    # Wednesday is over: what it was expected to find stays, and the week is expected to find that and Friday's.
    wednesday, friday = (
        sum(v["value"] for v in before["days"][0]["visits"]),
        sum(v["value"] for v in record["days"][0]["visits"]),
    )
    assert record["expected"]["2026-09-16"] == before["expected"]["2026-09-16"] == pytest.approx(wednesday, abs=1e-6)
    (week,) = (w for w in record["weeks"] if w["week"] == "2026-09-14")
    assert week["expected"] == pytest.approx(wednesday + friday, abs=1e-5)
    (first,) = (w for w in before["weeks"] if w["week"] == "2026-09-14")
    assert week["leads_expected"] == first["leads_expected"] > 0.0
    assert all(w["expected"] is w["leads_expected"] is None for w in record["weeks"] if w["week"] < "2026-09-14")
    checked = sweep("check", folder, out / "tiny" / "campaign")
    assert checked.exit_code == 0, checked.output
    compared = sweep("compare", planned / "tiny", out / "tiny", "--out", tmp_path / "compared", "--json")
    assert compared.exit_code == 0, compared.output
    reply = json.loads(compared.stdout)
    assert reply["value"] == [before["finds"]["mean"], record["finds"]["mean"]]
    page, table = map(Path, reply["files"])
    assert (page, table.name) == (tmp_path / "compared" / "tiny" / "comparison.html", "comparison.csv")
    assert "default-src 'none'" in page.read_text(encoding="utf-8")


def test_what_is_published_stays_published_where_fewer_days_are_frozen(
    sweep: Run, folder: Path, planned: Path, tmp_path: Path
) -> None:
    copy, out = Path(shutil.copytree(folder, tmp_path / "tiny")), Path(shutil.copytree(planned, tmp_path / "out"))
    replaced("freeze_days = 3", "freeze_days = 1")(copy)
    assert sweep("campaign", "advance", copy, "--out", out, *ROUNDS).exit_code == 0
    assert [(d["day"], d["is_published"]) for d in record_of(out)["days"]] == [
        ("2026-09-18", True),
        ("2026-09-23", False),
    ]


def with_record(out: Path, name: str, **changes: object) -> Path:
    """The campaign's folder with its record under a name, some of its fields changed."""
    place = out / "tiny" / "campaign"
    (place / name).write_text(json.dumps(record_of(out) | changes), encoding="utf-8")
    return place


def test_what_was_planned_on_one_morning_is_held_against_the_day_before(out: Path) -> None:
    place = with_record(out, "campaign.before.json", planned_on="2026-09-15")
    found = [read_before(place, date(2026, 9, day)) for day in (16, 17)]
    assert [r and r.planned_on.day for r in found] == [15, 16]
    # One of a later day is of a campaign that was begun again.
    with_record(out, "campaign.before.json", planned_on="2026-09-21")
    again = read_before(place, date(2026, 9, 16))
    assert again is not None
    assert again.planned_on.day == 16


def test_a_campaign_is_not_planned_from_before_its_last_day_but_where_that_is_named(
    sweep: Run, folder: Path, out: Path
) -> None:
    with_record(out, "campaign.json", planned_on="2026-09-17")
    record_window(out / "tiny" / "campaign")
    for typed in (("plan", folder), ("advance", folder, "--day", "2026-09-16")):
        result = sweep("campaign", *typed, "--out", out, *ROUNDS)
        assert (result.exit_code, "S649" in result.stderr) == (2, True), result.output
    assert sweep("campaign", "plan", folder, "--from", "2026-09-16", "--out", out, *ROUNDS).exit_code == 0


def test_a_record_that_cannot_be_read_is_told_with_a_mend_that_works(sweep: Run, folder: Path, out: Path) -> None:
    (out / "tiny" / "campaign" / "campaign.json").write_text("{}", encoding="utf-8")
    result = sweep("campaign", "plan", folder, "--out", out)
    assert (result.exit_code, "S921" in result.stderr, "remove it and plan" in result.stderr) == (2, True, True), (
        result.output
    )


def test_a_record_that_names_a_folder_outside_as_its_scenario_is_refused(
    sweep: Run, planned: Path, tmp_path: Path
) -> None:
    place = Path(shutil.copytree(planned / "tiny" / "campaign", tmp_path / "odd" / "campaign"))
    record = record_of(planned)
    (place / "campaign.json").write_text(json.dumps(record | {"scenario": "../outside"}), encoding="utf-8")
    record_window(place)
    result = sweep("compare", place, planned / "tiny", "--out", tmp_path / "out")
    assert (result.exit_code, "S921" in result.stderr) == (2, True), result.output
    assert not (tmp_path / "outside").exists()


def with_items(monkeypatch: pytest.MonkeyPatch, *items: Recheck, locked: tuple[str, ...] = ()) -> None:
    """The inputs with items to look at again, and visits of yesterday at which nobody opened."""

    def load(scenario: Scenario, **options: bool) -> Inputs:
        inputs = load_inputs(scenario, **options)
        calls = inputs.history.head(len(locked)).assign(
            building_id=locked, visited_on=YESTERDAY, outcome="no_access", track="case", uscc=None
        )
        history = pd.concat([inputs.history, calls.astype(inputs.history.dtypes.to_dict())], ignore_index=True)
        return replace(inputs, rechecks=items, history=history)

    monkeypatch.setattr("sweep.campaign.window.load_campaign.load_inputs", load)


@pytest.mark.slow
def test_a_published_visit_that_may_not_be_made_any_more_falls_out_and_is_told_with_its_reason(
    sweep: Run, folder: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = record_of(out)["days"][1]["visits"]
    drawn = next(v for v in visits if v["track"] == "routine")
    others = [v["building_id"] for v in visits if v is not drawn]
    gone, looked, secret, never = [*others, "", ""][:4]

    def change(inputs: Inputs) -> Inputs:
        dtypes = inputs.history.dtypes.to_dict()
        row = inputs.history.head(1).assign(outcome="nothing", visited_on=YESTERDAY + timedelta(days=1), officers=None)
        rows = [row.assign(building_id=looked, track="stocktake", uscc=None)]
        rows += [
            row.assign(building_id=looked, track="routine", uscc=drawn["targets"][0], authority="police", visited_on=on)
            for on in pd.date_range("2026-01-05", periods=6, freq="MS", tz=TIMEZONE)
        ]
        history = pd.concat([inputs.history, *(r.astype(dtypes) for r in rows)], ignore_index=True)
        closed_on = pd.Series([pd.NaT], dtype=inputs.history["visited_on"].dtype)
        opened = {"investigation_id": ["I1"], "building_id": [secret], "uscc": [None], "closed_on": closed_on}
        inputs = replace(inputs, history=history, investigations=pd.DataFrame(opened))
        inputs = replace(inputs, pins=(Pin("never", never, "pins.csv row 2"),))
        # What nobody may look at again, or can, is not missed.
        inputs = replace(inputs, rechecks=tuple(item(b, date(2026, 9, 14)) for b in (secret, gone)))
        tables = {name: getattr(inputs, name) for name in ("buildings", "firms", "leads", "history")}
        return replace(inputs, **{name: t[t["building_id"] != gone] for name, t in tables.items()})

    def load(scenario: Scenario, **options: bool) -> Inputs:
        return change(load_inputs(scenario, **options))

    monkeypatch.setattr("sweep.campaign.window.load_campaign.load_inputs", load)
    advanced = sweep("campaign", "advance", folder, "--out", out, *ROUNDS)
    assert advanced.exit_code == 0, advanced.output
    told = {m["building_id"]: (m["why"], m["reason"]) for m in record_of(out)["moves"] if m["is_frozen"]}
    reasons = {drawn["building_id"]: "cap", looked: "looked"} | dict.fromkeys((gone, secret, never), "no_ground")
    assert {b: told[b] for b in reasons if b} == {b: ("dropped", reason) for b, reason in reasons.items() if b}
    why = sweep("explain", folder, out / "tiny" / "campaign", secret)
    assert (why.exit_code, "investigation is open" in why.stdout) == (0, True), why.output
    checked = sweep("check", folder, out / "tiny" / "campaign")
    assert checked.exit_code == 0, checked.output


def test_a_day_whose_edition_broke_a_rule_is_planned_anew(tmp_path: Path) -> None:
    broken = tmp_path / "tiny" / "0" / "violations.csv"
    broken.parent.mkdir(parents=True)
    broken.touch()
    assert read_published(tmp_path, "tiny", {date(2026, 9, 16): "0"}) == []


def test_a_published_day_whose_edition_is_gone_is_planned_anew_and_told(sweep: Run, folder: Path, out: Path) -> None:
    friday = record_of(out)["days"][1]
    shutil.rmtree(out / "tiny" / friday["plan_id"])
    result = sweep("campaign", "advance", folder, "--out", out, *ROUNDS, "--json")
    assert result.exit_code == 0, result.output
    (note,) = (n for n in json.loads(result.stdout)["notes"] if n["code"] == "S999")
    assert note["where"] == str(out / "tiny" / friday["plan_id"])
    day = record_of(out)["days"][0]
    assert (day["day"], day["is_published"]) == (friday["day"], True)
    assert (out / "tiny" / day["plan_id"] / "plan.json").is_file()
    checked = sweep("check", folder, out / "tiny" / "campaign")
    assert checked.exit_code == 0, checked.output


def test_the_bound_of_a_window_is_confirmed_though_a_day_is_published_without_one_of_its_visits(
    folder: Path, tmp_path: Path
) -> None:
    loaded = load_for(load_campaign(folder), date(2026, 9, 16))
    planned = plan_window(loaded, make_travel_matrix(loaded), Settings(1, 60.0, 50))
    day = planned.days[0]
    gone = max(day.visits, key=lambda v: v.urgency)
    visits = tuple(v for v in day.visits if v is not gone)
    routes = (replace(r, stops=tuple(s for s in r.stops if s.visit_id != gone.visit_id)) for r in day.routes)
    days = {d.day: d for d in planned.days} | {day.day: replace(day, visits=visits, routes=tuple(routes))}
    record = make_record(planned, days, {day.day: "1"}, None)
    for name, content in certificate_files(planned).items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert gone.urgency > 0.1
    assert check_window_proof(tmp_path, record).violations == ()
    # Of a day that is not published the record tells the stops of the window's plan.
    drafts = make_record(planned, {d.day: d for d in planned.days}, {}, None)
    assert check_window_proof(tmp_path, drafts).violations == ()
    *others, last = drafts.days
    team = next(t for t in last.teams if t.stops)
    short = team.stops[0].model_copy(update={"end_s": team.stops[0].start_s + 30})
    teams = tuple(t if t is not team else t.model_copy(update={"stops": (short, *t.stops[1:])}) for t in last.teams)
    changed = drafts.model_copy(update={"days": (*others, last.model_copy(update={"teams": teams}))})
    assert [(v.rule_id, v.values["detail"]) for v in check_window_proof(tmp_path, changed).violations] == [
        ("P11", "stops")
    ]
    assert record.value <= record.bound


def test_a_campaign_tells_of_no_week_of_the_one_before_whose_visits_it_does_not_count(folder: Path) -> None:
    loaded = load_for(load_campaign(folder), date(2026, 9, 16))
    planned = plan_window(loaded, make_travel_matrix(loaded), Settings(1, 60.0, 20))
    # Twelve weeks before Wednesday, September 16 are shown: from Monday, June 22.
    days = (date(2026, 3, 3), date(2026, 6, 24))
    weeks = (WeekPart(week=date(2026, 3, 2), leads_expected=9.0, leads_low=4, leads_high=14),)
    before = small_record((), days[-1], expected=dict.fromkeys(days, 1.0), weeks=weeks)
    record = make_record(planned, {d.day: d for d in planned.days}, {}, before)
    assert min(w.week for w in record.weeks) == date(2026, 6, 22)


def test_the_draws_of_all_days_together_take_no_more_than_the_share_of_the_register(folder: Path) -> None:
    settings = {"select.draw_share": "0.3", "select.target_share_max": "0.005"}
    loaded = load_for(load_campaign(folder), date(2026, 9, 16), settings)
    days = tuple(date(2026, 9, day) for day in (16, 17, 18, 21, 22))
    most = int(0.005 * len(active_firms(loaded.inputs.firms)))
    alone = {day: prepare_window_offers(loaded, (day,), {})[2][0].draw for day in days}
    out = published(days[3], {}, alone[days[3]])
    for held in ({}, {days[3]: out}):
        offers = prepare_window_offers(loaded, days, held)[2]
        assert sum(f.is_drawn for o in offers for f in o.draw.firms) <= most
    # Each day by itself would draw as many as it has room for.
    assert sum(f.is_drawn for draw in alone.values() for f in draw.firms) > most


def test_a_tower_that_is_on_offer_since_starts_with_the_published_visit_of_its_complex(folder: Path) -> None:
    loaded = load_for(load_campaign(folder), date(2026, 9, 16))
    days = loaded.days(*loaded.campaign.window(loaded.today))
    _, _, alone = prepare_window_offers(loaded, days, {})
    one, other = [b for b, v in alone[1].visits.items() if v.track == "case"][:2]
    towers = {b: replace(loaded.buildings[b], complex_id="C1") for b in (one, other)}
    held = published(days[1], {one: alone[1].visits[one]}, alone[1].draw)
    _, _, offers = prepare_window_offers(
        replace(loaded, buildings={**loaded.buildings, **towers}), days, {days[1]: held}
    )
    assert [[o.visits[b].link_group for b in (one, other)] for o in offers] == [["C1", "C1"], ["C1", "C1"]]


def test_a_published_visit_keeps_what_it_was_published_with_though_it_is_on_offer_before_its_day(folder: Path) -> None:
    loaded = load_for(load_campaign(folder), date(2026, 9, 16))
    days = loaded.days(*loaded.campaign.window(loaded.today))
    _, _, alone = prepare_window_offers(loaded, days, {})
    out = next(v for b, v in alone[1].visits.items() if b in alone[0].visits and v.track == "case" and v.targets)
    fresh = alone[0].visits[out.building_id]
    # As it was before leads named a firm there.
    out = replace(out, targets=())
    held = published(days[1], {out.building_id: out}, alone[1].draw)
    _, _, offers = prepare_window_offers(loaded, days, {days[1]: held})
    _, versions = visit_versions(offers, [0, 2])
    of_building = [of for of in versions.values() if any(v.building_id == out.building_id for v in of.values())]
    assert [[v.targets for v in of.values()] for of in of_building] == [[fresh.targets], [()]]


def test_no_building_is_drawn_for_a_day_after_its_turn(folder: Path) -> None:
    loaded = load_for(load_campaign(folder), date(2026, 9, 16))
    days = loaded.days(*loaded.campaign.window(loaded.today))

    def drawn(day: date, promises: Mapping[str, int]) -> set[str]:
        kept = replace(loaded, campaign=loaded.campaign.model_copy(update={"promises": promises}))
        _, _, offers = prepare_window_offers(kept, days, {})
        return {b for o in offers if o.day == day for b, v in o.visits.items() if v.track == "routine"}

    # With a promise of a day every building was due on the day before the second; with none nothing is.
    assert drawn(days[1], {})
    assert drawn(days[1], {"all": 1}) == set()


def item(building_id: str, due_on: date) -> Recheck:
    return Recheck(f"R-{building_id}", building_id, None, "", "irregular", date(2026, 9, 1), due_on)


def test_an_item_is_looked_at_again_on_its_day_and_on_no_other(
    sweep: Run, folder: Path, planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (d["visits"][0]["building_id"] for d in record_of(planned)["days"])
    items = (item(second, date(2026, 9, 14)), item(first, date(2026, 9, 17)))
    with_items(monkeypatch, *items)
    assert sweep("campaign", "plan", folder, "--out", tmp_path, *ROUNDS).exit_code == 0
    on = {i: d["day"] for d in record_of(tmp_path)["days"] for v in d["visits"] for i in v["basis"]}
    assert {i.recheck_id: on.get(i.recheck_id) for i in items} == {
        items[0].recheck_id: "2026-09-16",
        items[1].recheck_id: "2026-09-18",
    }
    checked = sweep("check", folder, tmp_path / "tiny" / "campaign", "--json")
    assert json.loads(checked.stdout)["violations"] == []


def test_a_look_again_need_not_start_with_the_other_towers_of_its_complex(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day, again = date(2026, 9, 16), ("B0002", "B0003")
    with_items(monkeypatch, *(item(b, day) for b in again))
    loaded = load_for(load_campaign(folder), day)
    towers = {b: replace(loaded.buildings[b], complex_id="C1") for b in again}
    loaded = replace(loaded, buildings={**loaded.buildings, **towers})
    _, _, offers = prepare_window_offers(loaded, loaded.days(*loaded.campaign.window(day)), {})
    looks = [v for b in again if (v := offers[0].visits[b]).basis == (f"R-{b}",)]
    assert looks and {v.link_group for v in looks} == {None}


@pytest.mark.slow
@pytest.mark.parametrize(("is_locked", "day"), [(False, "2026-09-18"), (True, "2026-09-23")])
def test_an_item_at_which_nobody_opened_moves_nothing_that_is_published(
    sweep: Run, folder: Path, out: Path, monkeypatch: pytest.MonkeyPatch, is_locked: bool, day: str
) -> None:
    building = record_of(out)["days"][0]["visits"][0]["building_id"]
    due = item(building, date(2026, 9, 14))
    with_items(monkeypatch, due, locked=(building,) if is_locked else ())
    assert sweep("campaign", "advance", folder, "--out", out, *ROUNDS).exit_code == 0
    assert [d["day"] for d in record_of(out)["days"] for v in d["visits"] if due.recheck_id in v["basis"]] == [day]
    checked = sweep("check", folder, out / "tiny" / "campaign", "--json")
    assert json.loads(checked.stdout)["violations"] == []


@pytest.mark.slow
def test_an_item_that_falls_due_where_a_visit_is_published_is_looked_at_by_that_visit(
    sweep: Run, folder: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    building = record_of(out)["days"][1]["visits"][0]["building_id"]
    due = item(building, date(2026, 9, 17))
    with_items(monkeypatch, due)
    assert sweep("campaign", "advance", folder, "--out", out, *ROUNDS).exit_code == 0
    on = [
        (d["day"], v["building_id"])
        for d in record_of(out)["days"]
        for v in d["visits"]
        if due.recheck_id in v["basis"]
    ]
    assert on == [("2026-09-18", building)]
    checked = sweep("check", folder, out / "tiny" / "campaign", "--json")
    assert json.loads(checked.stdout)["violations"] == []


REPLAY = ("--policy", "planner,random", "--iterations", "10")


@pytest.fixture
def stage_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The city is read once for all replays of a test."""
    made: list[ReplaySetup] = []

    def once(campaign: Campaign, overrides: Mapping[str, str]) -> ReplaySetup:
        if not made:
            made.append(make_replay_setup(campaign, overrides))
        return made[0]

    monkeypatch.setattr(replay_runs, "make_replay_setup", once)


@pytest.mark.slow
@pytest.mark.usefixtures("stage_once")
def test_a_replay_that_stopped_goes_on_to_the_same_bytes(sweep: Run, folder: Path, tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert sweep("campaign", "replay", folder, *REPLAY, "--weeks", "2", "--out", whole).exit_code == 0
    assert sweep("campaign", "replay", folder, *REPLAY, "--weeks", "1", "--out", parts).exit_code == 0
    result = sweep("campaign", "replay", folder, *REPLAY, "--weeks", "2", "--out", parts, "--json")
    assert result.exit_code == 0, result.output
    names = sorted(p.name for p in (whole / "tiny" / "replay").iterdir() if p.is_file())
    assert {"planner-1.json", "random-1.json", "replay.csv", "replay.html"} <= set(names)
    for name in names:
        assert (whole / "tiny" / "replay" / name).read_bytes() == (parts / "tiny" / "replay" / name).read_bytes(), name
    rows = json.loads(result.stdout)["rows"]
    assert rows["planner"]["caps_broken"]["mean"] == rows["planner"]["pairs_twice"]["mean"] == 0.0
    (parts / "tiny" / "replay" / "settings.json").write_text("{}", encoding="utf-8")
    other = sweep("campaign", "replay", folder, *REPLAY, "--weeks", "1", "--out", parts)
    assert (other.exit_code, "S920" in other.stderr) == (2, True)


@pytest.mark.slow
def test_a_replay_goes_on_into_years_that_no_table_of_holidays_has_yet(
    sweep: Run, scenario: Path, tmp_path: Path
) -> None:
    first = ("first_day = 2026-09-16", "first_day = 2026-11-30")
    late = campaign_folder(scenario, tmp_path, TOML.replace(*first))
    replay = ("--policy", "random", "--iterations", "10", "--weeks", "6")
    result = sweep("campaign", "replay", late, *replay, "--set", "city.n_buildings=20", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    state = json.loads((tmp_path / "out" / "tiny" / "replay" / "random-1.json").read_text(encoding="utf-8"))
    assert [w["n_visits"] > 0 for w in state["weeks"]][-1], state["weeks"]


def test_a_policy_that_is_none_is_named(sweep: Run, folder: Path, tmp_path: Path) -> None:
    result = sweep("campaign", "replay", folder, "--policy", "best", "--out", tmp_path)
    assert (result.exit_code, "S919" in result.stderr) == (2, True)


def test_a_policy_knows_of_leads_that_fall_due_on_later_days(folder: Path) -> None:
    loaded = load_for(load_campaign(folder), date(2026, 9, 16))
    lead, (soon, later, never, *_) = loaded.inputs.leads.iloc[[0]], loaded.buildings
    came = pd.Timestamp("2026-09-15T20:00", tz=TIMEZONE)
    rows = [
        lead.assign(building_id=b, received_at=came, due_at=pd.Timestamp(due, tz=TIMEZONE))
        for b, due in ((soon, "2026-09-18T18:00"), (later, "2026-10-20T18:00"))
    ]
    known = loaded.with_tables(loaded.today, pd.concat(rows, ignore_index=True), loaded.inputs.history)
    offer = day_offer(loaded.today, *(day_visit(b) for b in (soon, later, never)))
    # Two days from Wednesday, September 16, and thirty-four.
    scored = _with_policy_values(offer, known, lambda k: -1.0 if k.days_to_due is None else float(k.days_to_due), 1)
    assert {b: v.value for b, v in scored.visits.items()} == {soon: 2.0, later: 34.0, never: -1.0}


def test_an_off_duty_mark_of_the_roster_counts_on_the_day_of_the_roster_alone(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(scenario: Scenario, **options: bool) -> Inputs:
        inputs = load_inputs(scenario, **options)
        first = ["off", *["on"] * (len(inputs.roster) - 1)]
        return replace(inputs, roster=inputs.roster.assign(duty=first))

    monkeypatch.setattr("sweep.campaign.window.load_campaign.load_inputs", load)
    loaded = load_for(load_campaign(folder), date(2026, 9, 16))
    person = next(iter(loaded.persons))
    days = (date(2026, 9, 16), date(2026, 9, 17), date(2026, 9, 23))
    assert [person in on_duty(loaded.persons, loaded.duty, day) for day in days] == [False, True, True]
    notes = [(i.code, i.values) for i in _input_notes(loaded, None, (), tmp_path)]
    assert notes == [("S673", {"n": 1, "day": "2026-09-16"})]


def write_duty(folder: Path, text: str) -> None:
    (folder / "duty.csv").write_text("person_id,day,from,until,leave\n" + text, encoding="utf-8")


def replaced(old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        file = folder / "campaign.toml"
        file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    return change


def on_leave(*groups: tuple[str, int]) -> Callable[[Path], None]:
    """Some on leave on the second day: the letter of their ids, and how many there are."""
    ids = [f"{letter}{k:03}" for letter, n in groups for k in range(1, n + 1)]
    return lambda folder: write_duty(folder, "".join(f"{i},2026-09-18,,,yes\n" for i in ids))


def test_leads_that_are_to_come_count_the_same_on_each_day_of_a_window(folder: Path) -> None:
    """On a day those that come in by then are of its value, the others of what it weighs beside: nothing by waiting."""
    loaded = load_for(load_campaign(folder), date(2026, 9, 16))
    days, ranker = loaded.days(*loaded.campaign.window(loaded.today)), ranker_of(loaded)
    reach = (1.0 - loaded.scenario.rank.no_access_share) * loaded.scenario.rank.detection_share
    missed = []
    for day, ranked in rankings(loaded, ranker, days).items():
        known = ranker.rank(pd.Timestamp(day, tz=TIMEZONE).to_pydatetime()).table.set_index("building_id")["value"]
        table = ranked.table.set_index("building_id").loc[known.index]
        assert (table["later"].max() == 0.0) == (day == days[-1])
        assert later_shares(ranked) == pytest.approx(dict(table["later"] / table["value"]))
        missed.append((reach - table["value"] - table["later"]) / (reach - known))
    assert missed[0].max() < 1.0
    for other in missed[1:]:
        np.testing.assert_allclose(other.loc[missed[0].index], missed[0], rtol=1e-12)


def test_looks_are_counted_from_the_first_day_and_of_those_before_it_the_last_is_kept(folder: Path) -> None:
    loaded = load_for(load_campaign(folder), date(2026, 9, 16))
    building_id = next(iter(loaded.buildings))
    visits = [
        ("2026-08-01", "routine", "nothing"),
        ("2026-09-01", "routine", "nothing"),
        ("2026-09-16", "case", "find"),
        ("2026-09-16", "case", "nothing"),
        ("2026-09-20", "case", "no_access"),
        ("2026-09-23", "stocktake", "irregular"),
        ("2026-10-02", "case", "find"),
    ]
    known = loaded.inputs.history.iloc[[0]]
    rows = [
        known.assign(building_id=building_id, visited_on=pd.Timestamp(f"{on} 15:00", tz=TIMEZONE), track=t, outcome=o)
        for on, t, o in visits
    ]
    history = pd.concat(rows, ignore_index=True)
    later = loaded.with_tables(date(2026, 10, 2), loaded.inputs.leads, history)
    # The first of September is fifteen days before the first day; what is of today is not known in the morning.
    assert looks_of(later) == {building_id: (-15, 0, 7)}
    done = past_day_counts(later)
    assert (done[date(2026, 9, 16)].n_visits, done[date(2026, 9, 16)].n_finds) == (1, 1)
    assert date(2026, 10, 2) not in done


def test_leads_that_vary_from_week_to_week_more_than_by_chance_have_a_wider_interval(folder: Path) -> None:
    loaded = load_for(load_campaign(folder), date(2026, 9, 16))
    lead, (building_id, *_) = loaded.inputs.leads.iloc[[0]], loaded.buildings

    def dispersion(*counts: int) -> float:
        """Where so many leads came in in each of the last weeks about a building, and one about none."""
        days = [date(2026, 9, 15) - timedelta(days=7 * k) for k, n in enumerate(counts) for _ in range(n)]
        rows = [lead.assign(building_id=building_id, received_at=pd.Timestamp(d, tz=TIMEZONE)) for d in days]
        leads = pd.concat([*rows, rows[0].assign(building_id=None)], ignore_index=True)
        return new_lead_rate(loaded.with_tables(loaded.today, leads, loaded.inputs.history))[1]

    # 1 and 7: a mean of 4 and a variance of 18; 4 and 4 vary not at all, which is no less than by chance.
    assert dispersion(1, 7) == pytest.approx(4.5)
    assert dispersion(4, 4) == 1.0


def test_leads_come_at_the_rate_of_the_weeks_that_their_table_covers(folder: Path) -> None:
    loaded = load_for(load_campaign(folder), date(2026, 9, 16))
    lead, (building_id, *_) = loaded.inputs.leads.iloc[[0]], loaded.buildings

    def rate(first: str) -> float:
        """Of a building with eight leads, in a table that begins with one about none."""
        own = lead.assign(building_id=building_id, received_at=pd.Timestamp("2026-09-10", tz=TIMEZONE))
        other = lead.assign(building_id=None, received_at=pd.Timestamp(first, tz=TIMEZONE))
        leads = pd.concat([*([own] * 8), other], ignore_index=True)
        return lead_rates(loaded.with_tables(loaded.today, leads, loaded.inputs.history))[building_id]

    # A table that begins thirteen days ago covers two weeks of fifty-two.
    assert rate("2026-09-03") == pytest.approx(26 * rate("2025-09-20"))
    assert rate("2025-09-20") == rate("2020-01-01")


def test_visits_are_for_teams_of_the_number_that_the_scenario_says_where_the_campaign_says_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Fifty-four people would make four teams of some twelve.
    loaded = load_for(load_campaign(folder), date(2026, 9, 16), {"teams.n_teams": "2"})
    sizes = list[TeamSize]()

    def seen(campaign: LoadedCampaign, size: TeamSize) -> Ranker:
        sizes.append(size)
        return ranker_of(campaign, size)

    monkeypatch.setattr("sweep.campaign.window.plan_window.ranker_of", seen)
    prepare_window_offers(loaded, loaded.days(*loaded.campaign.window(loaded.today)), {})
    assert sizes == [team_size(loaded.scenario, loaded.persons)]
    assert sizes[0].n_active == 1


def test_no_other_day_draws_a_building_whose_visit_is_published(folder: Path) -> None:
    loaded = load_for(load_campaign(folder), date(2026, 9, 16))
    days = loaded.days(*loaded.campaign.window(loaded.today))
    size = team_size(loaded.scenario, loaded.persons)
    ranked = rankings(loaded, ranker_of(loaded, size), days)

    def offers(held: Mapping[str, date], draws: Mapping[date, Draw] | None = None) -> tuple[DayOffer, ...]:
        on_duty = dict.fromkeys(days, loaded.persons)
        return window_offers(loaded, WindowData(days, ranked, on_duty, size, held, draws or {}))

    drawn = next(b for b, v in offers({})[1].visits.items() if v.track == "routine")
    first, second = offers({drawn: days[0]})
    assert drawn in first.visits
    assert drawn not in second.visits or second.visits[drawn].track != "routine"
    # Nor one that was drawn for a published day and found no room on it.
    of_first = {days[0]: Draw("s", "p", 1, (DrawTicket(drawn, "t", 0.5, is_drawn=True),))}
    assert drawn not in offers({}, of_first)[1].visits


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda folder: (folder / "campaign.toml").unlink(), "S901"),
        (on_leave(("P", 32), ("M", 16)), "S912"),
        (on_leave(("M", 16)), "S211  duty.csv 2026-09-18, teams.n_teams"),
        (lambda folder: write_duty(folder, "X999,mon,08:00,12:00,\n"), "S908"),
        (replaced("first_day = 2026-09-16", "first_day = 2026-09-16\ndays = [2026-10-01]"), "S905"),
        (replaced("[promises.credit_class]", "[promises.colour]"), "S915"),
    ],
    ids=[
        "no file",
        "helpers alone on duty",
        "one authority alone on duty",
        "no such person",
        "a holiday",
        "no such column",
    ],
)
def test_bad_input_is_named(sweep: Run, folder: Path, tmp_path: Path, spoil: Callable[[Path], None], code: str) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "tiny"))
    spoil(copy)
    day = ("--from", "2026-09-28") if code == "S905" else ()
    result = sweep("campaign", "plan", copy, "--out", tmp_path / "out", *ROUNDS, *day)
    assert (result.exit_code, code in result.stderr) == (2, True), result.output
    assert not (tmp_path / "out").exists()


def test_days_outside_and_before_planning_are_named(sweep: Run, folder: Path, tmp_path: Path) -> None:
    for command, option, day, code in (
        ("plan", "--from", "2029-01-01", "S917"),
        ("plan", "--from", "2027-06-01", "S902"),
        ("plan", "--from", "yesterday", "S922"),
        ("advance", "--day", "2026-09-17", "S918"),
    ):
        result = sweep("campaign", command, folder, option, day, "--out", tmp_path, *ROUNDS)
        assert (result.exit_code, code in result.stderr) == (2, True), result.output


def test_a_promise_that_no_capacity_can_keep_is_told_and_refused_only_if_asked(
    sweep: Run, folder: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "tiny"))
    replaced("all = 1095", "all = 2")(copy)
    strict = sweep("campaign", "plan", copy, "--out", tmp_path / "out", "--iterations", "5", "--strict")
    assert (strict.exit_code, "S914" in strict.stderr) == (2, True), strict.output


def test_a_new_campaign_is_laid_beside_its_scenario(sweep: Run, tmp_path: Path) -> None:
    result = sweep("init", "mine", "--campaign", "--folder", tmp_path)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "mine" / "duty.csv").is_file()
    assert 'name = "mine"' in (tmp_path / "mine" / "campaign.toml").read_text(encoding="utf-8")


def test_a_campaign_is_added_to_a_scenario_that_has_none_and_changes_nothing_else(sweep: Run, tmp_path: Path) -> None:
    assert sweep("init", "mine", "--folder", tmp_path).exit_code == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "mine").iterdir()}
    result = sweep("init", "mine", "--campaign", "--folder", tmp_path)
    assert result.exit_code == 0, result.output
    after = {path.name: path.read_bytes() for path in (tmp_path / "mine").iterdir()}
    assert after.keys() - before.keys() == {"campaign.toml", "duty.csv"}
    assert after.items() >= before.items()
    again = sweep("init", "mine", "--campaign", "--folder", tmp_path)
    assert (again.exit_code, "S107" in again.stderr) == (2, True)
