"""`sweep check` and `sweep explain` on a plan as it was written, and on plans edited by hand."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from geodata.message_catalogue import Texts, load_texts
from sweep.jobs.review_and_explain import review_plan
from sweep.publish.edition import Edition
from sweep.records.plan import Violation
from sweep.scenario.scenario import Scenario

pytestmark = pytest.mark.usefixtures("prepared_once")

Run = Any  # these two are of conftest.py
Planned = Any
Json = dict[str, Any]
CONFIRMED = "The bound is confirmed: its proof was verified from problem.json."


def rules(result: Any) -> set[str]:
    return {v["rule_id"] for v in json.loads(result.stdout)["violations"]}


def busiest(plan: Json) -> Json:
    return max(plan["routes"], key=lambda r: len(r["stops"]))


def team_of(plan: Json, route: Json) -> Json:
    return next(t for t in plan["teams"] if t["team_id"] == route["team_id"])


@pytest.fixture
def judged(sweep: Run, planned: Planned, tmp_path: Path) -> Callable[[Json], Any]:
    """Judge an edited plan."""

    def judge(plan: Json, *options: str) -> Any:
        file = tmp_path / "plan.json"
        file.write_text(json.dumps(plan), encoding="utf-8")
        return sweep("check", planned.scenario, file, *(options or ("--json",)))

    return judge


@pytest.fixture
def plan(planned: Planned) -> Json:
    return copy.deepcopy(planned.plan)


def test_the_plan_as_written_breaks_no_rule(sweep: Run, planned: Planned) -> None:
    result = sweep("check", planned.scenario, planned.folder)
    assert (result.exit_code, result.stdout.strip()) == (0, f"No rule is broken.\n{CONFIRMED}")


def test_the_plan_may_be_named_by_its_file(sweep: Run, planned: Planned) -> None:
    result = sweep("check", planned.scenario, planned.folder / "plan.json", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (
        0,
        {"violations": [], "bound": "confirmed", "shortfalls": []},
    )


def test_soft_rules_that_a_plan_falls_short_of_are_named_and_stop_nothing(
    sweep: Run, planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    def short(scenario: Scenario, plan: Path) -> Edition:
        return replace(review_plan(scenario, plan), soft_violations=(Violation("C22", "L9", {"detail": "> 12:00"}),))

    monkeypatch.setattr("sweep.jobs.review_and_explain.review_plan", short)
    told = sweep("check", planned.scenario, planned.folder, "--lang", "en")
    named = "C22, not blocking: L9: a lead is not visited before it is due (> 12:00)."
    assert (told.exit_code, named in told.stdout) == (0, True)
    told = sweep("check", planned.scenario, planned.folder, "--json")
    assert json.loads(told.stdout)["shortfalls"] == [{"rule_id": "C22", "where": "L9", "detail": "> 12:00"}]


def test_a_stop_moved_after_its_window_is_named(plan: Json, judged: Callable[..., Any]) -> None:
    route = busiest(plan)
    stop, late = route["stops"][-1], 60_301 - route["stops"][-1]["start_s"]
    for key in ("arrive_s", "start_s", "end_s"):
        stop[key] += late
    route["return_s"] += late
    result = judged(plan)
    assert (result.exit_code, "P02" in rules(result)) == (3, True)


def test_broken_rules_and_shortfalls_name_buildings_instead_of_their_ids(
    sweep: Run, planned: Planned, plan: Json, judged: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    building = busiest(plan)["stops"][-1]["building_id"]
    edition = json.loads((planned.folder / "edition.json").read_text(encoding="utf-8"))["edition"]
    name = edition["buildings"][building]["name"]
    busiest(plan)["stops"][-1]["start_s"] += 60_000
    told = judged(plan, "--lang", "en").stderr
    assert (name in told, building in told) == (True, False)

    def short(scenario: Scenario, plan: Path) -> Edition:
        shortfall = Violation("C22", "L9", {"detail": f"{building}, > 12:00"})
        return replace(review_plan(scenario, plan), soft_violations=(shortfall,))

    monkeypatch.setattr("sweep.jobs.review_and_explain.review_plan", short)
    assert f"({name}, > 12:00)" in sweep("check", planned.scenario, planned.folder, "--lang", "en").stdout


def test_an_officer_in_two_teams_is_named(plan: Json, judged: Callable[..., Any]) -> None:
    first, second = plan["teams"][:2]
    second["member_ids"].append(first["member_ids"][0])
    result = judged(plan)
    assert (result.exit_code, "P01" in rules(result)) == (3, True)


def test_a_recused_officer_is_named(plan: Json, judged: Callable[..., Any], planned: Planned) -> None:
    company = {b["building_id"]: b["property_company_id"] for b in planned.table("building_files")}
    team, person = next(
        (team_of(plan, route), p["person_id"])
        for route in plan["routes"]
        for stop in route["stops"]
        for p in planned.table("roster")
        if {stop["building_id"], company[stop["building_id"]]} & set(p["recusals"].split(";"))
    )
    team["member_ids"].append(person)
    result = judged(plan)
    assert (result.exit_code, "C10" in rules(result)) == (3, True)


def test_an_officer_whose_certificate_ended_is_named(plan: Json, judged: Callable[..., Any], planned: Planned) -> None:
    expired = [
        p for p in planned.table("roster") if p["role"] == "officer" and p["certificate_until"][:10] < "2026-09-16"
    ]
    assert expired
    plan["teams"][0]["member_ids"].append(expired[0]["person_id"])
    result = judged(plan)
    assert (result.exit_code, "C02" in rules(result)) == (3, True)


def test_breaches_are_printed_in_words_on_standard_error(plan: Json, judged: Callable[..., Any]) -> None:
    plan["summary"]["value"] += 1.0
    result = judged(plan, "--lang", "en")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "P07" in result.stderr and "Traceback" not in result.output


def test_breaches_are_printed_even_when_quiet(plan: Json, judged: Callable[..., Any]) -> None:
    plan["summary"]["value"] += 1.0
    result = judged(plan, "--quiet")
    assert (result.exit_code, result.stdout, "P07" in result.stderr) == (3, "", True)


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(lambda p: p["teams"][0].update(base_id="nowhere"), id="base"),
        pytest.param(lambda p: p["teams"][0]["member_ids"].append("nobody"), id="person"),
        pytest.param(lambda p: busiest(p).update(team_id="T99"), id="team"),
        pytest.param(lambda p: busiest(p)["stops"][0].update(visit_id="V-none"), id="visit"),
        pytest.param(lambda p: busiest(p)["stops"][0].update(building_id="none"), id="building"),
        pytest.param(lambda p: p["unserved"][0].update(visit_id="V-none"), id="visit left out"),
    ],
)
def test_an_unknown_id_is_named(plan: Json, judged: Callable[..., Any], edit: Callable[[Json], None]) -> None:
    edit(plan)
    result = judged(plan)
    assert (result.exit_code, "P05" in rules(result)) == (3, True)


def on_two_routes(plan: Json) -> None:
    """Somebody of a team is said to have left it at midnight, and is in another."""
    one, other = plan["teams"][:2]
    person = one["member_ids"].pop()
    one["former"] = [[person, 86_400]]
    other["member_ids"].append(person)


def of_nobody(plan: Json) -> None:
    team = next(t for t in plan["teams"] if t["is_reserve"])
    none = {"n_certified": {}, "n_female_certified": 0, "recusals": []}
    team.update(none, former=[[i, 0] for i in team["member_ids"]], member_ids=[])


def called_at_the_start(plan: Json) -> None:
    team = next(t for t in plan["teams"] if t["is_reserve"])
    route = copy.deepcopy(plan["routes"][0])
    team.update(is_reserve=False, called_s=team["shift_s"][0])
    plan["routes"].append(route | {"team_id": team["team_id"], "stops": []})


def not_entered(plan: Json) -> None:
    """The door of a visit is left at once, and the visit is listed as unserved."""
    stop = busiest(plan)["stops"][-1]
    stop.update(is_attempt=True, end_s=stop["start_s"])
    plan["unserved"].append(
        {k: stop[k] for k in ("visit_id", "building_id")} | {"reasons": [{"code": "LOCKED_DOOR", "values": {}}]}
    )
    plan["summary"]["value"] -= stop["value"]


@pytest.mark.parametrize("edit", [on_two_routes, of_nobody, called_at_the_start, not_entered])
def test_what_only_a_change_of_the_day_may_write_is_named(
    plan: Json, judged: Callable[..., Any], edit: Callable[[Json], None]
) -> None:
    edit(plan)
    result = judged(plan)
    assert (result.exit_code, "P09" in rules(result)) == (3, True)


@pytest.mark.parametrize("with_before", [False, True])
def test_a_day_log_written_by_hand_is_not_believed(
    plan: Json, judged: Callable[..., Any], planned: Planned, tmp_path: Path, with_before: bool
) -> None:
    """A held event sends a team home at 22:46; without the plan before, and with one in which that is not so."""
    route = busiest(plan)
    before, sha256 = (planned.folder / "plan.json").read_bytes(), "0" * 64
    if with_before:
        (tmp_path / "before.json").write_bytes(before)
        sha256 = hashlib.sha256(before).hexdigest()
    route["stops"][-1]["end_s"], route["return_s"] = 81_960, 81_960 + route["return_travel_s"]
    held = {"type": "held", "at_s": 50_000, "team_id": route["team_id"], "until_s": 81_960}
    plan["day_log"] = {"at_s": 50_000, "before_sha256": sha256, "events": [held]}
    result = judged(plan)
    assert (result.exit_code, "P09" in rules(result)) == (3, True)


def test_a_visit_written_into_a_day_log_is_not_on_offer(
    plan: Json, judged: Callable[..., Any], planned: Planned
) -> None:
    """A building that is not on offer, as an urgent visit in a log of noughts."""
    on_offer = {s["building_id"] for r in plan["routes"] for s in r["stops"]}
    on_offer |= {u["building_id"] for u in plan["unserved"]}
    other = next(b["building_id"] for b in planned.table("building_files") if b["building_id"] not in on_offer)
    visit = {"visit_id": "U1", "building_id": other, "division_code": "370102", "track": "case", "basis": ["U1"]}
    visit |= {"targets": [], "n_firms": 0, "value": 0.0, "is_must": False, "slots": [], "windows_s": [[48_600, 60_300]]}
    plan["day_log"] = {
        "at_s": 50_000,
        "before_sha256": "0" * 64,
        "events": [{"type": "urgent", "at_s": 50_000, "visit": visit}],
    }
    result = judged(plan)
    assert (result.exit_code, "P09" in rules(result)) == (3, True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("{", "S301", id="not JSON"),
        pytest.param("{}", "S302", id="no key"),
        pytest.param(b"\xff\xfe", "S305", id="not UTF-8"),
        pytest.param(None, "S305", id="not there"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_a_plan_file_that_is_none_is_refused(
    sweep: Run, planned: Planned, tmp_path: Path, text: str | bytes | None, code: str, lang: str
) -> None:
    file = tmp_path / "plan.json"
    if text is not None:
        file.write_bytes(text.encode() if isinstance(text, str) else text)
    result = sweep("check", planned.scenario, file, "--lang", lang)
    assert (result.exit_code, code in result.stderr, "Traceback" in result.output) == (2, True, False)


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_explain_says_who_serves_a_building(sweep: Run, planned: Planned, lang: str) -> None:
    route = busiest(planned.plan)
    stop = route["stops"][0]
    result = sweep("explain", planned.scenario, planned.folder, stop["building_id"], "--lang", lang)
    assert result.exit_code == 0
    assert Texts.clock(stop["start_s"]) in result.stdout
    assert route["team_id"] in result.stdout


def test_explain_says_why_a_building_is_not_served(sweep: Run, planned: Planned) -> None:
    left_out = planned.plan["unserved"][0]
    result = sweep("explain", planned.scenario, planned.folder, left_out["building_id"], "--json")
    content = json.loads(result.stdout)
    assert content["stops"] == []
    assert [r["code"] for r in content["reasons"]] == [r["code"] for r in left_out["reasons"]]
    words = sweep("explain", planned.scenario, planned.folder, left_out["building_id"])
    assert load_texts("en")(f"reason.{left_out['reasons'][0]['code']}.title") in words.stdout


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_explain_explains_every_building(sweep: Run, planned: Planned, lang: str) -> None:
    on_offer = {s["building_id"] for r in planned.plan["routes"] for s in r["stops"]}
    on_offer |= {u["building_id"] for u in planned.plan["unserved"]}
    other = next(b["building_id"] for b in planned.table("building_files") if b["building_id"] not in on_offer)
    result = sweep("explain", planned.scenario, planned.folder, other, "--lang", lang)
    titles = [load_texts(lang)(f"reason.{code}.title") for code in ("NOT_ON_OFFER", "VISITED_LATELY")]
    assert (result.exit_code, any(title in result.stdout for title in titles)) == (0, True)


def test_the_terms_of_a_score_add_up_to_it(sweep: Run, planned: Planned) -> None:
    building = busiest(planned.plan)["stops"][0]["building_id"]
    content = json.loads(sweep("explain", planned.scenario, planned.folder, building, "--json").stdout)
    assert sum(t["value"] for t in content["terms"]) == pytest.approx(content["value"])


def test_explain_of_no_building_is_refused(sweep: Run, planned: Planned) -> None:
    result = sweep("explain", planned.scenario, planned.folder, "B9999")
    assert (result.exit_code, "S306" in result.stderr) == (2, True)


def test_a_proof_that_was_changed_breaks_p11(sweep: Run, planned: Planned, tmp_path: Path) -> None:
    for name in ("plan.json", "problem.json", "plan.proof.json"):
        (tmp_path / name).write_bytes((planned.folder / name).read_bytes())
    proof = json.loads((tmp_path / "plan.proof.json").read_text(encoding="utf-8"))
    proof["pools"].pop()
    (tmp_path / "plan.proof.json").write_text(json.dumps(proof), encoding="utf-8")
    result = sweep("check", planned.scenario, tmp_path, "--json")
    reply = json.loads(result.stdout)
    assert (result.exit_code, rules(result), reply["bound"]) == (3, {"P11"}, "wrong")


def test_without_a_proof_the_bound_is_not_confirmed(judged: Callable[..., Any], plan: Json) -> None:
    result = judged(plan)
    assert (result.exit_code, json.loads(result.stdout)["bound"]) == (0, "no_file")


def test_another_day_and_other_tables_are_named_before_the_rules_that_break_for_it(
    sweep: Run, plain: Any, tmp_path: Path
) -> None:
    assert sweep("run", plain.folder, "--out", tmp_path / "out").exit_code == 0
    (folder,) = (p.parent for p in (tmp_path / "out").rglob("plan.json"))
    toml = plain.folder / "scenario.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("2026-09-16", "2026-09-17"), encoding="utf-8")
    plain.write("leads", plain.rows("leads")[1:])
    result = sweep("check", plain.folder, folder, "--json")
    reply = json.loads(result.stdout)
    assert (result.exit_code, [n["code"] for n in reply["notes"]]) == (3, ["S745", "S746"])
    assert "leads.csv" in reply["notes"][1]["what"] and "firms.csv" not in reply["notes"][1]["what"]
    printed = sweep("check", plain.folder, folder).output
    assert 0 <= printed.index("S745") < printed.index("S746")
