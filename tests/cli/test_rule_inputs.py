"""Papers and rules of a scenario that contradict its day or its tables: reported with the key, exit code 2."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest

from sweep.publish.archive.edition_json_file import read_edition
from sweep.rulebook.numbered_rules import BOOK, Force
from sweep.scenario.law_and_form_settings import RuleSettings

Run = Any  # these two are of conftest.py
Plain = Any

PAPERS = 'number = "A-1"\nlevel = "county"\nyearly_no = 1\nfiled_on = 2026-09-01\npublished_on = 2026-09-01\n'
REASON = "agreed with the command centre on 10 September"


def reported_faults(sweep: Run, plain: Plain, toml: str, *options: object) -> list[tuple[str, str, str]]:
    """(code, where, what) of each fault."""
    file = plain.folder / "scenario.toml"
    file.write_text(file.read_text(encoding="utf-8") + toml, encoding="utf-8")
    result = sweep("run", plain.folder, "--out", plain.folder.parent / "out", *options, "--lang", "en", "--json")
    assert result.exit_code == 2, result.output
    assert not (plain.folder.parent / "out" / "tiny").exists()  # nothing is written
    return [(i["code"], i["where"], i["what"]) for i in json.loads(result.stdout)["issues"]]


def special(firms: list[str], **changes: str) -> str:
    keys = {"approved_on": "2026-09-01", "is_must": "false", "firms": json.dumps(firms)} | changes
    return "[[law.special]]\n" + PAPERS + "".join(f"{k} = {v}\n" for k, v in keys.items())


def test_a_must_visit_to_a_firm_that_may_not_be_inspected_is_refused(sweep: Run, plain: Plain) -> None:
    uscc = plain.rows("firms")[0]["uscc"]
    nobody = "[select]\nannual_cap = { A = 0, B = 0, C = 0, D = 0 }\n"
    ((code, where, what),) = reported_faults(sweep, plain, nobody + special([uscc], is_must="true"))
    assert (code, where, uscc in what) == ("S616", "law.special", True)


def test_results_taken_in_count_towards_the_cap_of_a_firm_that_must_be_visited(sweep: Run, plain: Plain) -> None:
    past = {row["uscc"] for row in plain.rows("history")}
    uscc = next(row["uscc"] for row in plain.rows("firms") if row["uscc"] not in past)
    head = "visit_id,uscc,unit_state,visited_on,plan_id,building_id,track,basis,is_target"
    kept = plain.folder / "follow_up"
    kept.mkdir()
    (kept / "results-p0.csv").write_text(f"{head}\nV1,{uscc},open,2026-09-02,p0,B1,special,A-0,yes\n", encoding="utf-8")
    once = "[select]\nannual_cap = { A = 1, B = 1, C = 1, D = 1 }\n"
    ((code, where, what),) = reported_faults(sweep, plain, once + special([uscc], is_must="true"))
    assert (code, where, uscc in what) == ("S616", "law.special", True)


def test_a_day_beyond_the_table_of_holidays_is_refused_until_one_is_given(sweep: Run, plain: Plain) -> None:
    late = ("--set", "day=2031-03-03")
    ((code, where, what),) = reported_faults(sweep, plain, "", *late)
    assert (code, where, "2031-03-03" in what) == ("S611", "hours.holidays", True)
    given = sweep("validate", plain.folder, *late, "--set", "hours.holidays=[2031-01-01]", "--json")
    assert "S611" not in given.output


@pytest.mark.parametrize(
    ("toml", "where"),
    [
        pytest.param(
            '[hours.approval]\nnumber = "N-1"\napproved_on = 2026-09-17\n',
            "hours.approval.approved_on",
            id="to work at night",
        ),
        pytest.param("", "law.special[0].approved_on", id="of a special inspection"),
    ],
)
def test_an_approval_dated_after_the_day_is_refused(sweep: Run, plain: Plain, toml: str, where: str) -> None:
    toml = toml or special([plain.rows("firms")[0]["uscc"]], approved_on="2026-09-17")
    ((code, place, what),) = reported_faults(sweep, plain, toml)
    assert (code, place) == ("S613", where)
    assert "2026-09-17" in what and "2026-09-16" in what


def test_an_unknown_firm_on_a_special_list_is_refused(sweep: Run, plain: Plain) -> None:
    ((code, where, what),) = reported_faults(sweep, plain, special(["91370102MA30000450"]))
    assert (code, where, "91370102MA30000450" in what) == ("S614", "law.special", True)


def test_what_is_settled_for_a_district_that_is_not_planned_stops_no_plan_of_another(sweep: Run, plain: Plain) -> None:
    homes = {row["building_id"]: row["division_code"] for row in plain.rows("building_files")}
    firms = [row for row in plain.rows("firms") if row["building_id"] in homes]
    own = homes[firms[0]["building_id"]]
    building, uscc = next((f["building_id"], f["uscc"]) for f in firms if homes[f["building_id"]] != own)
    plain.write("pins", [{"pin": "must", "building": building}])
    plain.write("assign", [{"table": "firms", "key": uscc, "building_id": building}])
    case = {"investigation_id": "ZC-1", "building_id": building, "uscc": uscc, "opened_on": "2026-09-10"}
    plain.write("investigations", [case])
    options = [f'data.divisions=["{own}"]', "teams.recusals_elsewhere=true"]
    options += [f"data.{name}={name}.csv" for name in ("pins", "investigations")]
    options = [part for option in options for part in ("--set", option)]
    listed = special([firms[0]["uscc"], uscc])
    file = plain.folder / "scenario.toml"
    file.write_text(file.read_text(encoding="utf-8") + listed, encoding="utf-8")
    result = sweep("validate", plain.folder, *options, "--json")
    assert result.exit_code == 0, result.output
    assert not {n["code"] for n in json.loads(result.stdout)["notes"]} & {"S654", "S656"}
    # What no district has is a fault as ever.
    text = file.read_text(encoding="utf-8").replace(listed, "")
    file.write_text(text, encoding="utf-8")
    ((code, where, what),) = reported_faults(sweep, plain, special([uscc, "91370102MA30000450"]), *options)
    assert (code, where, uscc in what) == ("S614", "law.special", False)
    file.write_text(text, encoding="utf-8")
    plain.write("pins", [{"pin": "must", "building": "B9999"}])
    ((code, where, _),) = reported_faults(sweep, plain, "", *options)
    assert (code, where) == ("S641", "pins.csv row 2")


def test_a_district_to_plan_that_no_building_is_in_is_said_as_its_code_may_be_a_slip(sweep: Run, plain: Plain) -> None:
    own = next(row["division_code"] for row in plain.rows("building_files"))
    options = ("--set", f'data.divisions=["{own}", "370199"]', "--set", "teams.recusals_elsewhere=true")
    result = sweep("validate", plain.folder, *options, "--json")
    assert result.exit_code == 0, result.output
    ((where, what),) = [(n["where"], n["what"]) for n in json.loads(result.stdout)["notes"] if n["code"] == "G332"]
    assert (where, "370199" in what, own in what) == ("data.divisions", True, True)


def test_a_recusal_from_an_unknown_firm_is_refused(sweep: Run, plain: Plain) -> None:
    rows = plain.rows("roster")
    plain.write("roster", [rows[0] | {"recusals": "91370102MA30000450"}, *rows[1:]])
    ((code, where, what),) = reported_faults(sweep, plain, "")
    assert (code, where) == ("S204", f"roster.csv {rows[0]['person_id']}")
    assert "91370102MA30000450" in what


def test_several_contradictions_are_reported_at_once(sweep: Run, plain: Plain) -> None:
    night = '[hours.approval]\nnumber = "N-1"\napproved_on = 2026-09-17\n'
    toml = night + special(["91370102MA30000450"], approved_on="2026-09-18")
    assert sorted(code for code, _, _ in reported_faults(sweep, plain, toml)) == ["S613", "S613", "S614"]


@pytest.mark.parametrize(
    ("toml", "named"),
    [
        pytest.param(f'[rules.off]\nC01 = "{REASON}"\n', "C01", id="a hard rule"),
        pytest.param('[rules.off]\nC18 = "because"\n', "C18", id="no reason to speak of"),
        pytest.param(f'[rules.off]\nC99 = "{REASON}"\n', "C99", id="no such rule"),
        pytest.param("[teams]\nmin_certified = { police = 1, market_regulation = 2 }\n", "C01", id="below the law"),
    ],
)
def test_a_rule_is_not_switched_off_so(sweep: Run, plain: Plain, toml: str, named: str) -> None:
    file = plain.folder / "scenario.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("[teams]\nn_teams = 4\n", ""), encoding="utf-8")
    (fault,) = reported_faults(sweep, plain, toml)
    assert named in fault[2]


@pytest.mark.parametrize("rule_id", [r.rule_id for r in BOOK.values() if r.force is Force.HARD])
def test_no_hard_rule_can_be_switched_off(rule_id: str) -> None:
    with pytest.raises(ValueError, match=f"hard rules cannot be switched off: {rule_id}"):
        RuleSettings(off={rule_id: REASON})


@pytest.mark.slow
def test_a_district_without_inspectors_is_left_out_of_the_draw_and_the_others_are_planned(
    sweep: Run, plain: Plain
) -> None:
    rows, out = plain.rows("roster"), plain.folder.parent / "out"
    here = [r for r in rows if r["agency"] == "market_regulation" and r["role"] == "inspector"]
    gone = min({r["division_code"] for r in here}, key=[r["division_code"] for r in here].count)
    for row in here:
        if row["division_code"] == gone:
            row["certificate_until"] = "2026-09-15"
    plain.write("roster", rows)
    options = ("--set", "teams.n_teams=2", "--iterations", 20, "--json")
    result = sweep("run", plain.folder, "--out", out, *options)
    assert result.exit_code == 0, result.output
    (folder,) = (out / "tiny").iterdir()
    with (folder / "draw.csv").open(encoding="utf-8-sig", newline="") as file:
        pool = {row["building_id"] for row in csv.DictReader(file)}
    edition = read_edition(folder)
    districts = {b: building.division_code for b, building in edition.buildings.items()}
    assert pool and gone in districts.values()
    assert gone not in {districts[b] for b in pool}
    assert "S415" in {note.code for note in edition.notes}
