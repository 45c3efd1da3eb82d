"""`sweep replan`: a published plan changed on its day, from the shell, and judged from the scenario's own inputs."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geodata.message_catalogue import load_texts
from geodata.schema import TIMEZONE
from sweep.cli.replan import change_row
from sweep.day.journal.journal_entry import Report
from sweep.day.journal.journal_file import open_journal
from sweep.inputs.load_inputs import load_inputs
from sweep.jobs.assemble_edition import bind_edition
from sweep.jobs.replan.edit_stops_by_hand import change_by_hand
from sweep.jobs.replan.edit_stops_by_hand import check_edit as judged
from sweep.jobs.replan.load_plan_of_day import PlanOfDay, read_today
from sweep.jobs.replan.publish_change import _route_lines, publish_change
from sweep.jobs.replan.replan_day import plan_change
from sweep.jobs.stages.check_day import check
from sweep.jobs.stages.plan_inputs_record import rank_and_select
from sweep.plan.replan.manual_plan import layout_of
from sweep.plan.replan.plan_changes import Cause, StopChange
from sweep.plan.solve import Settings
from sweep.publish.archive.edition_json_file import edition_json, parse_edition, read_edition
from sweep.publish.archive.read_plan import read_plan_file
from sweep.records.buildings import Lead
from sweep.records.check_form_items import ITEMS
from sweep.records.plan import Stop, Violation
from sweep.scenario.load_scenario import load_scenario
from tests.recorded import copy_with_log

Run = Any  # these two are of conftest.py
Planned = Any


@pytest.fixture
def edition(planned: Planned, tmp_path: Path) -> Path:
    """A copy of the published edition in a folder of editions of its own."""
    return copy_with_log(planned.folder, tmp_path / "tiny" / planned.folder.name)


def busiest(folder: Path) -> dict[str, Any]:
    routes = json.loads((folder / "plan.json").read_text(encoding="utf-8"))["routes"]
    return dict(max(routes, key=lambda r: len(r["stops"])))


def write(folder: Path, *events: dict[str, Any]) -> Path:
    path = folder.parent.parent / "events.json"
    path.write_text(json.dumps({"events": events}), encoding="utf-8")
    return path


def clock(seconds: int) -> str:
    return f"{seconds // 3_600:02d}:{seconds // 60 % 60:02d}"


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def test_a_change_is_printed_in_the_language_of_the_plan_unless_another_is_asked_for(
    sweep: Run, edition: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sweep.terminal.command_decorator.HELP", load_texts("zh_CN"))
    typed = ("replan", edition, "--at", "14:30", "--iterations", 20)
    assert "orders are unchanged" in sweep(*typed).output
    assert "内容未变" in sweep(*typed, "--lang", "zh").output


def changed(sweep: Run, edition: Path, at: str, *events: dict[str, Any]) -> tuple[dict[str, Any], Path]:
    result = sweep("replan", edition, "--at", at, "--events", write(edition, *events), "--iterations", 200, "--json")
    assert result.exit_code == 0, result.output
    reply = json.loads(result.stdout)
    return reply, Path(reply["folder"])


def test_the_old_edition_stays_and_unchanged_orders_are_the_same_to_the_byte(sweep: Run, edition: Path) -> None:
    route, before = busiest(edition), hashes(edition)
    held = {"type": "held", "team_id": route["team_id"], "until": clock(route["stops"][0]["end_s"] + 4_000)}
    reply, folder = changed(sweep, edition, clock(route["stops"][0]["start_s"] + 60), held)
    assert hashes(edition) == before
    assert folder.parent == edition.parent
    assert folder != edition
    touched = {c[key] for c in reply["changes"] for key in ("team_before", "team_after")} - {None}
    teams = {p.name for p in (edition / "teams").iterdir()}
    same = {n for n in teams if (edition / "teams" / n).read_bytes() == (folder / "teams" / n).read_bytes()}
    assert {f"teams/{n}" for n in same} == set(reply["unchanged_orders"])
    assert same == {n for n in teams if n.removesuffix(".html") not in touched}
    assert route["team_id"] in touched
    # How checks are spread follows from the history, which no edition holds: a changed plan says nothing of it.
    assert len((folder / "concentration.csv").read_text(encoding="utf-8-sig").splitlines()) == 1


def with_due_lead(edition: Path) -> tuple[PlanOfDay, Stop]:
    """The edition with a lead that falls due with the day, L-X, where the last visit on leads begins; and that stop."""
    today = read_today(edition)
    visits = today.edition.visits
    stops = [s for r in today.plan.routes for s in r.made if visits[s.visit_id].track == "case"]
    stop = max(stops, key=lambda s: s.start_s)
    midnight = pd.Timestamp("2026-09-16", tz=TIMEZONE).to_pydatetime()
    lead = Lead("L-X", stop.building_id, "tip", midnight - timedelta(days=5), midnight + timedelta(hours=23))
    return replace(today, edition=replace(today.edition, due_leads=(lead,))), stop


def test_a_lead_that_falls_due_behind_a_locked_door_is_not_followed_on_the_changed_day(edition: Path) -> None:
    today, stop = with_due_lead(edition)
    others = (s.visit_id for r in today.plan.routes for s in r.made if s.visit_id != stop.visit_id)
    # What fell short of a rule on the offer in the morning does so as long as the visit is made.
    short = [Violation("C24", visit_id, {"detail": "9 > 3"}) for visit_id in (stop.visit_id, next(others))]
    today = replace(today, edition=replace(today.edition, soft_violations=tuple(short)))
    events = json.dumps({"events": [{"type": "locked", "visit_id": stop.visit_id}]})
    made = publish_change(plan_change(today, stop.start_s - 120, events, "events.json", Settings(1, n_iterations=50)))
    found = [(v.rule_id, v.where) for v in made.edition.soft_violations if v.rule_id in ("C22", "C24")]
    assert found == [("C22", "L-X"), ("C24", short[1].where)]
    assert read_edition(made.folder).due_leads == today.edition.due_leads


def test_a_visit_taken_out_by_hand_whose_lead_falls_due_is_told(edition: Path) -> None:
    today, stop = with_due_lead(edition)
    whole = layout_of(today.plan)
    without = {team: [p for p in lane if p.visit_id != stop.visit_id] for team, lane in whole.items()}
    told = [judged(change_by_hand(today, layout, None)).soft_violations for layout in (whole, without)]
    assert [[v.where for v in soft if v.rule_id == "C22"] for soft in told] == [[], ["L-X"]]


def test_a_changed_plan_warns_of_its_own_officers_who_found_nothing_three_times(edition: Path) -> None:
    today = read_today(edition)
    teams = {t.team_id: t.member_ids for t in today.plan.teams}
    (visit, here), (other, _) = [
        (today.edition.visits[s.visit_id], teams[r.team_id])
        for r in today.plan.routes
        for s in r.made
        if today.edition.visits[s.visit_id].targets
    ][:2]
    officer = next(i for i in here if today.edition.persons[i].is_certified(today.edition.scenario.day))
    # The morning's warning names a person who is in none of the teams any more.
    stale = Violation("C34", other.visit_id, {"detail": f"X99, {other.targets[0]}"})
    pairs = frozenset({(officer, visit.targets[0]), ("X99", other.targets[0])})
    today = replace(today, edition=replace(today.edition, empty_inspections=pairs, soft_violations=(stale,)))
    told = judged(change_by_hand(today, layout_of(today.plan), None)).soft_violations
    expected = [(visit.visit_id, f"{officer}, {visit.targets[0]}")]
    assert [(v.where, v.values["detail"]) for v in told if v.rule_id == "C34"] == expected


def test_an_edition_holds_the_officers_who_found_nothing_three_times(planned: Planned) -> None:
    scenario, plan = load_scenario(planned.scenario), read_plan_file(planned.folder / "plan.json")
    inputs = load_inputs(scenario)
    same = {"building_id": inputs.buildings["building_id"].iloc[0], "uscc": "u", "track": "case", "outcome": "nothing"}
    days = [pd.Timestamp(f"2026-0{month}-03", tz=TIMEZONE) for month in (3, 4, 5)]
    looks = [{**same, "visit_id": str(day), "visited_on": day, "authority": "police", "officers": "P1"} for day in days]
    table = pd.DataFrame(looks).reindex(columns=inputs.history.columns).astype(inputs.history.dtypes.to_dict())
    history = pd.concat([inputs.history, table], ignore_index=True)
    prepared = rank_and_select(scenario, replace(inputs, history=history))
    made = bind_edition(prepared, check(prepared, plan))
    assert ("P1", "u") in made.empty_inspections
    assert parse_edition(edition_json(made)).empty_inspections == made.empty_inspections


def test_an_edition_holds_the_leads_that_fall_due_with_the_day(planned: Planned) -> None:
    scenario, plan = load_scenario(planned.scenario), read_plan_file(planned.folder / "plan.json")
    inputs = load_inputs(scenario)
    live = next(v.basis[-1] for v in read_edition(planned.folder).visits.values() if v.track == "case")
    is_due = inputs.leads["lead_id"] == live
    due_at = inputs.leads["due_at"].mask(is_due, pd.Timestamp("2026-09-16T17:00", tz=TIMEZONE))
    leads = inputs.leads.assign(due_at=due_at, uscc="91370102MA30000450")
    prepared = rank_and_select(scenario, replace(inputs, leads=leads))
    (lead,) = bind_edition(prepared, check(prepared, plan)).due_leads
    # A firm under investigation stands in no file.
    assert (lead.lead_id, lead.uscc) == (live, None)


def test_the_checker_that_knows_nothing_of_the_planner_finds_no_rule_broken(
    sweep: Run, planned: Planned, edition: Path
) -> None:
    route = busiest(edition)
    person = planned.plan["teams"][0]["member_ids"][-1]
    at_s = route["stops"][0]["start_s"] + 120
    spare = next(iter(planned.table("building_files")))["building_id"]
    reply, folder = changed(
        sweep,
        edition,
        clock(at_s + 60),
        {"type": "ill", "person_id": person},
        {"type": "urgent", "visit_id": "U1", "building_id": spare, "value": 0.5},
        {"type": "locked", "visit_id": route["stops"][-1]["visit_id"]},
        {"type": "closed", "from_id": route["stops"][0]["building_id"], "to_id": "S1", "minutes": 30}
        if "S1" in {t["base_id"] for t in planned.plan["teams"]}
        else {"type": "held", "team_id": route["team_id"], "until": clock(at_s + 7_200)},
    )
    assert reply["violations"] == []
    judged = sweep("check", planned.scenario, folder, "--json")
    assert (judged.exit_code, json.loads(judged.stdout)["violations"]) == (0, [])
    # And once more, on the changed plan.
    again, later = changed(
        sweep, folder, clock(at_s + 1_800), {"type": "held", "team_id": route["team_id"], "until": clock(at_s + 9_000)}
    )
    judged = sweep("check", planned.scenario, later, "--json")
    assert (judged.exit_code, json.loads(judged.stdout)["violations"], again["violations"]) == (0, [], [])


def test_the_checker_finds_a_changed_plan_in_which_somebody_ill_goes_on(
    sweep: Run, planned: Planned, edition: Path
) -> None:
    person = planned.plan["teams"][0]["member_ids"][-1]
    _, folder = changed(sweep, edition, "13:40", {"type": "ill", "person_id": person})
    file = folder / "plan.json"
    plan = json.loads(file.read_text(encoding="utf-8"))
    team = next(t for t in plan["teams"] if any(p == person for p, _ in t.get("former", [])))
    team["member_ids"].append(person)
    team["former"] = []
    file.write_text(json.dumps(plan), encoding="utf-8")
    judged = sweep("check", planned.scenario, file, "--json")
    assert judged.exit_code == 3
    assert "P09" in {v["rule_id"] for v in json.loads(judged.stdout)["violations"]}


@pytest.mark.parametrize(
    ("at", "events", "code"),
    [
        ("14:20", [{"type": "held", "team_id": "T99", "until": "15:00"}], "S545"),
        ("14:20", [{"type": "ill", "person_id": "nobody"}], "S546"),
        ("14:20", [{"type": "locked", "visit_id": "V-none"}], "S547"),
        ("14:20", [{"type": "closed", "from_id": "here", "to_id": "there"}], "S548"),
        ("14:20", [{"type": "held", "team_id": "T01", "until": "15:00", "at": "14:30"}], "S549"),
        ("09:00", [], "S550"),
        ("23:00", [], "S551"),
        (
            "14:20",
            [
                {"type": "held", "team_id": "T01", "until": "15:00"},
                {"type": "held", "team_id": "T01", "until": "15:30"},
            ],
            "S552",
        ),
        ("14:20", [{"type": "urgent", "visit_id": "U", "building_id": "none", "value": 1.0}], "S548"),
        ("14:20", [{"type": "held", "team_id": "T01", "until": "14:10"}], "S556"),
        ("14:20", [{"type": "held", "team_id": "T01", "until": "soon"}], "S544"),
        ("14:20", [{"type": "held", "until": "15:00"}], "S542"),
        ("14:20", [{"type": "held", "team_id": "T01", "until": "15:00", "why": "tea"}], "S543"),
        ("half past two", [], "S544"),
    ],
)
def test_a_bad_event_or_moment_is_reported_and_nothing_is_written(
    sweep: Run, edition: Path, at: str, events: list[dict[str, Any]], code: str
) -> None:
    before = hashes(edition)
    result = sweep("replan", edition, "--at", at, "--events", write(edition, *events), "--json")
    assert (result.exit_code, json.loads(result.stdout)["issues"][0]["code"]) == (2, code)
    assert hashes(edition) == before
    assert [p.name for p in edition.parent.iterdir()] == [edition.name]


def refusal(sweep: Run, edition: Path, at: str, *events: dict[str, Any]) -> dict[str, Any]:
    """The one fault that the events have; nothing is written."""
    result = sweep("replan", edition, "--at", at, "--events", write(edition, *events), "--iterations", 20, "--json")
    assert result.exit_code == 2, result.output
    assert [p.name for p in edition.parent.iterdir()] == [edition.name]
    (issue,) = json.loads(result.stdout)["issues"]
    return dict(issue)


def test_an_event_that_the_plan_contradicts_is_refused_with_its_row_and_a_mend(sweep: Run, edition: Path) -> None:
    route = busiest(edition)
    done, last = route["stops"][0], route["stops"][-1]
    at = clock(done["end_s"] + 60)
    issue = refusal(sweep, edition, at, {"type": "locked", "visit_id": done["visit_id"]})
    assert (issue["code"], issue["where"]) == ("S557", "events.json events[0]")
    assert done["visit_id"] in issue["what"] and route["team_id"] in issue["what"] and "results" in issue["fix"]
    # Held before it began what the plan says that it has done.
    held = {"type": "held", "team_id": route["team_id"], "until": "17:00", "at": clock(done["start_s"] - 60)}
    assert refusal(sweep, edition, at, held)["code"] == "S558"
    base = next(
        t["base_id"]
        for t in json.loads((edition / "plan.json").read_text())["teams"]
        if t["team_id"] == route["team_id"]
    )
    home = {"type": "closed", "from_id": last["building_id"], "to_id": base}
    assert refusal(sweep, edition, clock(last["start_s"] + 60), home)["code"] == "S563"


def test_a_change_is_not_taken_back_by_the_next_one(sweep: Run, edition: Path) -> None:
    route = busiest(edition)
    at_s = route["stops"][0]["start_s"] + 60
    held = {"type": "held", "team_id": route["team_id"], "until": clock(at_s + 4_000)}
    _, folder = changed(sweep, edition, clock(at_s), held)
    sooner = write(folder, {**held, "until": clock(at_s + 2_000)})
    result = sweep("replan", folder, "--at", clock(at_s + 600), "--events", sooner, "--json")
    (issue,) = json.loads(result.stdout)["issues"]
    assert (result.exit_code, issue["code"]) == (2, "S559")
    assert "day_log.events[0]" in issue["what"]


def test_the_day_goes_on_after_a_street_was_closed_behind_a_team(sweep: Run, edition: Path) -> None:
    route = busiest(edition)
    first = route["stops"][0]
    plan = json.loads((edition / "plan.json").read_text(encoding="utf-8"))
    base = next(t["base_id"] for t in plan["teams"] if t["team_id"] == route["team_id"])
    # The way out took a few minutes; back it is two hours now.
    closed = {"type": "closed", "from_id": base, "to_id": first["building_id"], "minutes": 120}
    _, folder = changed(sweep, edition, clock(first["start_s"] + 60), closed)
    reply, _ = changed(sweep, folder, clock(first["start_s"] + 120))
    assert reply["changes"] == []


def test_a_plan_of_another_problem_is_refused(sweep: Run, edition: Path) -> None:
    plan = json.loads((edition / "plan.json").read_text(encoding="utf-8"))
    plan["problem_sha256"] = "0" * 64
    (edition / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    result = sweep("replan", edition, "--at", "14:20", "--json")
    assert (result.exit_code, [i["code"] for i in json.loads(result.stdout)["issues"]]) == (2, ["S553"])


@pytest.mark.parametrize(
    "edit",
    [
        lambda r: r["stops"][0].update(start_s=r["stops"][0]["start_s"] - 3_600),
        lambda r: r["stops"][0].update(visit_id="V-none"),
        lambda r: r["stops"].append(dict(r["stops"][0])),
        lambda r: r.update(team_id="T99"),
        lambda r: r["stops"][0].update(slot=7),
        lambda r: r["stops"].reverse(),
    ],
    ids=["too early", "unknown visit", "twice", "unknown team", "unknown slot", "backwards"],
)
def test_a_plan_edited_into_nonsense_is_refused_and_stays_as_it_is(sweep: Run, edition: Path, edit: Any) -> None:
    file = edition / "plan.json"
    plan = json.loads(file.read_text(encoding="utf-8"))
    edit(max(plan["routes"], key=lambda r: len(r["stops"])))
    file.write_text(json.dumps(plan), encoding="utf-8")
    before = hashes(edition)
    result = sweep("replan", edition, "--at", "14:20", "--json")
    assert (result.exit_code, {i["code"] for i in json.loads(result.stdout)["issues"]}) == (2, {"S554"})
    assert hashes(edition) == before


def test_a_way_that_was_not_in_the_plan_before_follows_the_streets(edition: Path) -> None:
    today = read_today(edition)
    old = max(today.plan.routes, key=lambda r: len(r.stops))
    short = replace(old, stops=(old.stops[0], *old.stops[2:]))
    after = replace(today.plan, routes=tuple(short if r is old else r for r in today.plan.routes))
    lines, before = _route_lines(today.edition, today.plan, after), today.edition.route_lines
    corners = {c for street in today.edition.streets.geometry for c in street.coords}
    first, new, *rest = lines[old.team_id]
    assert len(new.coords) > 2
    assert corners.issuperset(list(new.coords)[1:-1])
    assert (first, *rest) == (before[old.team_id][0], *before[old.team_id][3:])
    assert {t: x for t, x in lines.items() if t != old.team_id} == {t: before[t] for t in lines if t != old.team_id}


def test_a_folder_that_is_no_edition_is_refused(sweep: Run, tmp_path: Path) -> None:
    result = sweep("replan", tmp_path, "--at", "14:20", "--json")
    assert (result.exit_code, json.loads(result.stdout)["issues"][0]["code"]) == (2, "S711")


def test_a_folder_that_is_missing_is_named_itself(sweep: Run, tmp_path: Path) -> None:
    for named in (tmp_path / "gone", tmp_path / "gone" / "plan.json"):
        result = sweep("replan", named, "--at", "14:00", "--held", "T01=15:00")
        assert (result.exit_code, "S711" in result.stderr) == (2, True)
        assert f"{tmp_path / 'gone'}:" in result.stderr.replace("\n", "")


def test_the_same_rounds_give_the_same_edition(sweep: Run, edition: Path) -> None:
    route = busiest(edition)
    held = {"type": "held", "team_id": route["team_id"], "until": "16:00"}
    first, folder = changed(sweep, edition, "14:20", held)
    kept = hashes(folder)
    second, again = changed(sweep, edition, "14:20", held)
    assert (first, folder, kept) == (second, again, hashes(again))


def test_a_change_that_changes_nothing_is_an_edition_of_its_own_too(sweep: Run, edition: Path) -> None:
    before = hashes(edition)
    reply, folder = changed(sweep, edition, "13:31")
    assert (reply["changes"], folder != edition, hashes(edition)) == ([], True, before)


def test_what_is_typed_behind_the_command_is_an_event_as_any_in_the_file(
    sweep: Run, planned: Planned, edition: Path
) -> None:
    route = busiest(edition)
    at_s = route["stops"][0]["start_s"] + 120
    person = planned.plan["teams"][-1]["member_ids"][-1]
    served = {s["building_id"] for r in planned.plan["routes"] for s in r["stops"]}
    spare = next(b["building_id"] for b in planned.table("building_files") if b["building_id"] not in served)
    options = ("--held", f"{route['team_id']}={clock(at_s + 3_600)}", "--ill", person, "--urgent", spare)
    result = sweep("replan", edition, "--at", clock(at_s), *options, "--iterations", 200, "--json")
    assert result.exit_code == 0, result.output
    folder = Path(json.loads(result.stdout)["folder"])
    log = json.loads((folder / "plan.json").read_text(encoding="utf-8"))["day_log"]
    assert [e["type"] for e in log["events"]] == ["held", "ill", "urgent"]
    visit = log["events"][2]["visit"]
    exits = next(int(b["n_exits"]) for b in planned.table("building_files") if b["building_id"] == spare)
    assert sum(s["min_certified"]["police"] - 2 for s in visit["slots"]) == exits
    judged = sweep("check", planned.scenario, folder, "--json")
    assert json.loads(judged.stdout)["violations"] == []


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--held", "T01"), "S544"),
        (("--held", "T01=noon"), "S544"),
        (("--held", "T99=16:00"), "S545"),
        (("--ill", "nobody"), "S546"),
        (("--urgent", "no such tower"), "S641"),
    ],
)
def test_what_is_typed_wrong_is_refused(sweep: Run, edition: Path, options: tuple[str, str], code: str) -> None:
    result = sweep("replan", edition, "--at", "14:20", *options)
    assert (result.exit_code, code in result.stderr) == (2, True), result.output


def not_on_offer(folder: Path) -> str:
    """A building that nobody was to go to."""
    whole = json.loads((folder / "edition.json").read_text(encoding="utf-8"))["edition"]
    offered = {v["building_id"] for v in whole["visits"].values()}
    return str(next(b for b in sorted(whole["buildings"]) if b not in offered))


def test_an_urgent_visit_asks_whatever_the_form_asks(sweep: Run, planned: Planned, edition: Path) -> None:
    urgent = {"type": "urgent", "visit_id": "U1", "building_id": not_on_offer(edition), "value": 0.5, "minutes": 10}
    _, folder = changed(sweep, edition, "14:30", urgent)
    visits = json.loads((folder / "edition.json").read_text(encoding="utf-8"))["edition"]["visits"]
    assert visits["U1"]["items"] == list(ITEMS)
    judged = sweep("check", planned.scenario, folder, "--json")
    assert json.loads(judged.stdout)["violations"] == []


def test_an_urgent_visit_to_a_building_that_the_day_offers_is_checked_with_the_offer(
    sweep: Run, planned: Planned, edition: Path
) -> None:
    stop = busiest(edition)["stops"][-1]
    urgent = {"type": "urgent", "visit_id": "U1", "building_id": stop["building_id"], "value": 0.5, "is_must": False}
    _, folder = changed(sweep, edition, "14:30", {**urgent, "minutes": 10})
    judged = sweep("check", planned.scenario, folder, "--json")
    assert json.loads(judged.stdout)["violations"] == []


def test_an_urgent_visit_that_is_written_twice_happened_once(sweep: Run, edition: Path) -> None:
    place = not_on_offer(edition)
    urgent = {"type": "urgent", "visit_id": "U1", "building_id": place, "value": 0.0, "minutes": 10, "is_must": False}
    _, folder = changed(sweep, edition, "14:30", urgent, urgent)
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    assert [e["visit"]["visit_id"] for e in plan["day_log"]["events"]] == ["U1"]


def test_a_value_beyond_all_sense_is_refused(sweep: Run, edition: Path) -> None:
    stop = busiest(edition)["stops"][0]
    urgent = {"type": "urgent", "visit_id": "U1", "building_id": stop["building_id"], "value": 1e308}
    result = sweep("replan", edition, "--at", "14:30", "--events", write(edition, urgent), "--iterations", 20)
    assert (result.exit_code, "S544" in result.output) == (2, True)


def test_a_building_behind_a_door_that_was_locked_is_not_explained_as_visited(
    sweep: Run, planned: Planned, edition: Path
) -> None:
    stop = busiest(edition)["stops"][0]
    at = clock(stop["start_s"] + 60)
    _, folder = changed(sweep, edition, at, {"type": "locked", "visit_id": stop["visit_id"]})
    options = ("--iterations", 200, "--json")
    reply = json.loads(sweep("explain", planned.scenario, folder, stop["building_id"], *options).stdout)
    assert reply["stops"] == []
    assert "why_there" not in reply
    # No team can make it, whatever it gives up: nobody gets in.
    why = reply["why_not"]
    assert [r["code"] for r in why["reasons"]] == ["LOCKED_DOOR"]
    assert (why["price"], {o["price"] for o in why["options"]}) == (None, {None})


def test_a_day_can_be_changed_where_firms_of_a_class_may_not_be_inspected_at_all(
    sweep: Run, planned: Planned, tmp_path: Path
) -> None:
    # What class a firm is of stands in no edition: the lowest cap of all must not be taken for each firm's.
    out = tmp_path / "out"
    run = sweep("run", planned.scenario, "--out", out, "--set", "select.annual_cap.A=0", "--json")
    assert run.exit_code == 0, run.output
    (plan,) = (out / "tiny").glob("*/plan.json")
    edition = plan.parent
    visits = json.loads((edition / "edition.json").read_text(encoding="utf-8"))["edition"]["visits"]
    made = {
        stop["visit_id"] for route in json.loads(plan.read_text(encoding="utf-8"))["routes"] for stop in route["stops"]
    }
    assert any(visits[i]["track"] == "routine" and visits[i]["targets"] for i in made)
    changed(sweep, edition, "14:00")


def test_a_plan_that_was_changed_from_a_journal_is_changed_from_it_again(
    sweep: Run, edition: Path, tmp_path: Path
) -> None:
    team = next(
        t for t in json.loads((edition / "plan.json").read_text(encoding="utf-8"))["teams"] if not t["is_reserve"]
    )
    urgent = {"type": "urgent", "visit_id": "U1", "building_id": not_on_offer(edition), "value": 0.5, "is_must": False}
    said: list[tuple[str, dict[str, Any]]] = [
        ("edition", {"plan_id": edition.name, "day": "2026-09-16", "is_exercise": False}),
        ("event", {"event": {"type": "ill", "person_id": team["member_ids"][-1]}}),
        ("event", {"event": urgent}),
    ]
    journal_path = tmp_path / "day.jsonl"
    with open_journal(journal_path) as journal:
        journal.append(
            [Report(f"desk:{n}", kind, "D1", "", 50_000, body) for n, (kind, body) in enumerate(said, 1)], ""
        )
    folder = edition
    for at in ("14:00", "14:30"):
        options = ("--at", at, "--events", journal_path, "--iterations", 100, "--json")
        result = sweep("replan", folder, *options)
        assert result.exit_code == 0, result.output
        folder = Path(json.loads(result.stdout)["folder"])


@pytest.mark.slow
def test_a_changed_plan_is_checked_with_the_journal_next_to_its_edition(
    sweep: Run, planned: Planned, edition: Path
) -> None:
    route = busiest(edition)
    first, last = route["stops"][0], route["stops"][-1]
    held = {"type": "held", "team_id": route["team_id"], "until": "17:29"}
    at_s = first["start_s"] // 60 * 60 + 60
    # The team is held to the end of its shift: its last visit goes to another team, or to none.
    _, folder = changed(sweep, edition, clock(at_s), held)
    assert sweep("check", planned.scenario, folder).exit_code == 0
    place = edition.parent.parent / "_board" / edition.parent.name
    inside = {"team_id": route["team_id"], "visit_id": last["visit_id"]}
    begun = {"plan_id": edition.name, "day": "2026-09-16", "is_exercise": False}
    with open_journal(place / "2026-09-16.jsonl") as journal:
        reports = [("edition", at_s - 600, begun), ("inside", at_s, inside)]
        journal.append([Report(f"T:{n}", kind, "D1", "", s, body) for n, (kind, s, body) in enumerate(reports, 1)], "")
    judged = sweep("check", planned.scenario, folder, "--json")
    found = {(v["rule_id"], v["where"]) for v in json.loads(judged.stdout)["violations"]}
    assert (judged.exit_code, found) == (3, {("P15", f"{route['team_id']} {last['visit_id']}")})
    # A report that came after the plan was put in force says nothing of it.
    with open_journal(place / "2026-09-16.jsonl") as journal:
        body = {**begun, "plan_id": folder.name, "answers_to": 1}
        journal.append([Report("T:3", "edition", "D1", "", at_s, body)], "")
    assert sweep("check", planned.scenario, folder).exit_code == 0
    # Changed from the journal, the plan keeps the visit where the team is.
    options = ("--at", clock(at_s), "--events", place / "2026-09-16.jsonl", "--iterations", 100, "--json")
    result = sweep("replan", edition, *options)
    assert result.exit_code == 0, result.output
    kept = json.loads((Path(json.loads(result.stdout)["folder"]) / "plan.json").read_text(encoding="utf-8"))
    stops = next(r["stops"] for r in kept["routes"] if r["team_id"] == route["team_id"])
    assert (stops[-1]["visit_id"], stops[-1]["start_s"]) == (last["visit_id"], last["start_s"])
    of_team = [e for e in kept["day_log"]["events"] if e["team_id"] == route["team_id"]]
    assert of_team == [{"type": "begun", "at_s": at_s, **inside}]


def test_a_changed_stop_is_shown_by_the_names_of_its_building_and_teams() -> None:
    cause = Cause("ROOM_FOR", {"visits": "V-B, V-C"})
    moved = StopChange("V-A", 0, "moved", "T1", 49_200, "T2", 50_400, cause)
    names = {"V-A": "North Tower", "V-B": "Mill House", "T1": "A T1", "T2": "B T2"}
    row = change_row(load_texts("en"), moved, names)
    assert (row[0], *row[2:]) == ("North Tower (V-A)", "A T1 13:40", "B T2 14:00", "frees time for Mill House, V-C")
