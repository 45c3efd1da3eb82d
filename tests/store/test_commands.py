"""Commands on a scenario of a store, each under a login of its own role."""

from __future__ import annotations

import csv
import json
import re
import shutil
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from geodata.errors import InputError
from geodata.message_catalogue import load_texts
from sweep.province.cli.run_and_init import counties_in_store
from sweep.province.model.load_province import load_province
from sweep.select.target_firms import CLOSED_STATUS
from sweep.store.postgres.connections import open_engine, transaction
from sweep.store.postgres.postgres_store import PostgresStore
from sweep.store.store_records import Key, LogEntry, PendingWrite
from sweep.store.sync.stored_audit_log import next_line
from sweep.terminal.resolve_plan_paths import ChosenStore, chosen_store
from tests.pins_file import add_pins
from tests.store.world import World, done, sweep


@pytest.fixture
def own(world: World, tmp_path: Path) -> World:
    """The world once more, for a test that changes it."""
    database = f"w{abs(hash(tmp_path)) % 10**9}"
    folder, port = str(world.cluster.folder), "postgres"
    world.cluster.run("createdb", "-h", folder, "-U", port, "-T", world.database, database)
    shutil.copytree(world.scenario, tmp_path / "tiny")
    shutil.copytree(world.out, tmp_path / "out")
    made = replace(world, database=database, scenario=tmp_path / "tiny", out=tmp_path / "out")
    # What is here was imported under the address of the world that it was copied from.
    marker = made.out / "_audit" / "tiny.store.json"
    marker.write_text(marker.read_text(encoding="utf-8").replace(f"/{world.database}?", f"/{database}?"), "utf-8")
    return made


def acts(world: World) -> list[str]:
    chain = PostgresStore(open_engine(world.url("all_auditor")), "tiny", next_line).chain()
    return [json.loads(line)["act"] for line in chain.splitlines()]


def codes(result: object) -> list[str]:
    return [issue["code"] for issue in json.loads(result.stdout)["issues"]]  # type: ignore[attr-defined]


def test_an_approver_reads_a_plan_and_approves_that_very_one(own: World, tmp_path: Path) -> None:
    store, out = own.url("all_approver"), tmp_path / "theirs"
    plan = out / "tiny" / own.plan.name
    unread = sweep("approve", plan, "--by", "D07", "--json", store=store)
    assert (unread.exit_code, codes(unread)) == (2, ["S948"])
    # Now the plan is here to be looked at.
    assert (plan / "map.html").is_file()
    approved = done(sweep("approve", plan, "--by", "D07", store=store))
    assert own.plan.name in approved.output
    assert acts(own)[-1] == "approve"
    verified = done(sweep("audit", "tiny", "--out", tmp_path / "auditor", store=own.url("all_auditor")))
    assert "tiny" in verified.output
    row = PostgresStore(open_engine(store), "tiny", next_line)
    (key,) = (k for k in row.listing() if k.kind == "approvals")
    assert (key.name, json.loads(row.read(key))["by"]) == ("2026-09-16", "D07")


def test_a_plan_that_was_changed_after_it_was_read_is_not_approved(own: World, tmp_path: Path) -> None:
    store, out = own.url("all_approver"), tmp_path / "theirs"
    plan = out / "tiny" / own.plan.name
    assert sweep("approve", plan, "--by", "D07", store=store).exit_code == 2
    with transaction(open_engine(own.cluster.url(database=own.database)), is_admin=True) as connection:
        connection.execute(text("UPDATE sweep.edition SET rev = rev + 1"))
    told = sweep("approve", plan, "--by", "D07", "--json", store=store)
    assert (told.exit_code, codes(told)) == (2, ["S942"])
    assert acts(own)[-1] == "import"
    done(sweep("approve", plan, "--by", "D07", store=store))


def test_a_planner_may_not_approve_and_an_auditor_may_not_plan(own: World) -> None:
    planner = own.url("all_planner")
    refused = sweep("approve", own.plan, "--by", "D07", "--json", store=planner)
    assert (refused.exit_code, codes(refused)) == (2, ["S934"])
    refused = sweep("store", "import", own.scenario, "--out", own.out, "--json", store=own.url("all_auditor"))
    assert (refused.exit_code, codes(refused)) == (2, ["S934"])
    assert acts(own)[-1] == "import"


def test_results_are_kept_in_the_store_and_purged_from_it(own: World, tmp_path: Path) -> None:
    store = own.url("chief")
    plan = json.loads((own.plan / "plan.json").read_text(encoding="utf-8"))
    stop = next(s for route in plan["routes"] for s in route["stops"])["visit_id"]
    (tmp_path / "found.csv").write_text(f"visit_id,unit_state\n{stop},open\n", encoding="utf-8")
    taken = sweep("results", "tiny", own.plan, tmp_path / "found.csv", "--by", "C001", store=store)
    assert taken.exit_code == 0, taken.output
    listing = PostgresStore(open_engine(store), "tiny", next_line).listing()
    kinds = {k.kind: k.name for k in listing if k.kind in ("results", "follow_up")}
    assert kinds == {"results": f"follow_up/results-{own.plan.name}.csv", "follow_up": "follow_up/ledger.xlsx"}
    assert acts(own)[-1] == "results"
    done(sweep("purge", "tiny", "--out", own.out, "--yes", "--by", "C001", "--today", "2026-11-26", store=store))
    assert acts(own)[-1] == "results"
    late = ("--set", "retention.edition_days=10", "--today", "2026-11-26")
    done(sweep("purge", "tiny", "--out", own.out, "--yes", "--by", "C001", *late, store=store))
    left = PostgresStore(open_engine(store), "tiny", next_line).listing()
    assert acts(own)[-1] == "purge"
    assert {k.kind for k in left} == {"settings", "inputs", "results", "follow_up"}
    assert [p.name for p in (own.out / "tiny").glob("*/plan.json")] == []


def test_settings_that_somebody_else_changed_are_told_with_what_differs(own: World, tmp_path: Path) -> None:
    chief, other = own.url("chief"), own.url("all_planner")
    done(sweep("store", "export", tmp_path / "a", "--name", "tiny", store=chief))
    done(sweep("store", "export", tmp_path / "b", "--name", "tiny", store=chief))
    for folder, seed in (("a", "5"), ("b", "6")):
        file = tmp_path / folder / "scenario.toml"
        file.write_text(file.read_text(encoding="utf-8").replace("seed = 1", f"seed = {seed}"), encoding="utf-8")
    mine = ("store", "import", tmp_path / "a", "--out", tmp_path / "a" / "out", "--by", "C001")
    theirs = ("store", "import", tmp_path / "b", "--out", tmp_path / "b" / "out", "--by", "C002")
    done(sweep(*mine, store=chief))
    told = sweep(*theirs, store=chief)
    assert told.exit_code == 2
    assert "S942" in told.output
    assert "-seed = 5" in told.output
    assert "+seed = 6" in told.output
    assert acts(own).count("import") == 2
    kept, settings = PostgresStore(open_engine(other), "tiny", next_line), Key("settings", "scenario.toml")
    done(sweep(*theirs, "--over", f"scenario.toml={kept.listing()[settings].rev}", store=chief))
    assert b"seed = 6" in kept.read(settings)


def test_a_campaign_is_planned_from_the_store_with_its_duty(own: World, tmp_path: Path) -> None:
    (own.scenario / "campaign.toml").write_text(
        'name = "tiny"\nfirst_day = 2026-09-16\nlast_day = 2026-09-29\n[duty]\nfile = "who/duty.csv"\n', "utf-8"
    )
    (own.scenario / "who").mkdir()
    wrong = own.scenario / "who" / "duty.csv"
    wrong.write_text("person_id,day,from,until,leave\nP001,2026-09-16,,,yes\nNOBODY,2026-09-16,,,yes\n", "utf-8")
    told = sweep("store", "import", own.scenario, "--out", own.out, "--json", store=own.url("chief"))
    assert [(i["code"], i["where"]) for i in json.loads(told.stdout)["issues"]] == [("S908", "duty.csv row 3")]
    wrong.write_text("person_id,day,from,until,leave\nP001,2026-09-16,,,yes\n", "utf-8")
    done(sweep("store", "import", own.scenario, "--out", own.out, "--by", "C001", store=own.url("chief")))
    planner = own.url("all_planner")
    listing = PostgresStore(open_engine(planner), "tiny", next_line).listing()
    assert {k.name for k in listing if k.kind == "duty"} == {"campaign.toml", "who/duty.csv"}
    # No window is planned yet: that is looked for beside the editions that the store holds.
    told = sweep("check", "tiny", tmp_path / "theirs" / "tiny" / "campaign", "--json", store=planner)
    assert (told.exit_code, codes(told)) == (2, ["S918"])
    assert (tmp_path / "theirs" / "tiny" / own.plan.name / "plan.json").is_file()
    window = tmp_path / "theirs" / "tiny" / "campaign" / "campaign.json"
    window.parent.mkdir()
    window.write_text("{}", "utf-8")
    # What no command of the program brought is no window.
    assert codes(sweep("check", "tiny", tmp_path / "theirs" / "tiny" / "campaign", "--json", store=planner)) == ["S918"]


def test_a_plan_changed_by_hand_is_kept_and_two_who_change_it_are_told(own: World, tmp_path: Path) -> None:
    plan = (own.plan / "plan.json").read_text(encoding="utf-8")
    stores = {"a": own.url("chief"), "b": own.url("all_planner")}

    def change(who: str, seed: int, *command: object) -> object:
        draft = tmp_path / who / "tiny" / "drafts" / "late.json"
        draft.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(f"{plan}{' ' * seed}\n", encoding="utf-8")
        return sweep(*command, "--json", store=stores[who])

    def look(who: str) -> tuple[object, ...]:
        return "audit", "tiny", "--show", "--out", tmp_path / who

    done(sweep(*look("a"), store=stores["a"]))
    change("a", 1, "check", "tiny", tmp_path / "a" / "tiny" / "drafts" / "late.json")
    done(sweep(*look("b"), store=stores["b"]))
    theirs = tmp_path / "b" / "tiny" / "drafts" / "late.json"
    assert theirs.read_bytes() == (tmp_path / "a" / "tiny" / "drafts" / "late.json").read_bytes()
    change("a", 2, *look("a"))
    assert codes(change("b", 3, *look("b"))) == ["S942"]
    # Both are still there, each where it was.
    assert theirs.read_text(encoding="utf-8") == f"{plan}   \n"
    kept = PostgresStore(open_engine(stores["a"]), "tiny", next_line)
    assert kept.read(Key("drafts", "drafts/late.json")).decode() == f"{plan}  \n"


def test_a_plan_that_nobody_changed_is_none_changed_by_hand_after_a_division_came_in(
    own: World, tmp_path: Path
) -> None:
    draft, store = Key("drafts", "drafts/late.json"), PostgresStore(open_engine(own.url("chief")), "tiny", next_line)
    made = store.commit([PendingWrite(draft, b"{}")], [], {})
    look = ("audit", "tiny", "--show", "--out", tmp_path / "b")
    done(sweep(*look, store=own.url("all_planner")))
    store.begin(("370199",))
    done(sweep(*look, store=own.url("all_planner")))
    assert store.listing()[draft].rev == made[draft]


def test_a_planner_of_one_division_plans_its_buildings(own: World, tmp_path: Path) -> None:
    store, out = own.url(f"p{own.division}"), tmp_path / "one"
    done(sweep("run", "tiny", "--out", out, "--by", "C001", "--iterations", "50", store=store))
    with next((out / "tiny").glob("*/buildings.csv")).open(encoding="utf-8-sig", newline="") as file:
        codes_ = {row["division_code"] for row in csv.DictReader(file)}
    assert codes_ == {own.division}


def rows_of(folder: Path, table: str) -> list[dict[str, str]]:
    with city_file(folder, table).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def add_to_settings(folder: Path, text_: str) -> None:
    with (folder / "scenario.toml").open("a", encoding="utf-8") as file:
        file.write(text_)


@pytest.mark.slow
def test_what_names_another_division_stops_no_planner_of_one(
    own: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    chief, planner = own.url("chief"), own.url(f"p{own.division}")
    done(sweep("store", "export", tmp_path / "all", "--name", "tiny", store=chief))
    homes = {row["building_id"]: row["division_code"] for row in rows_of(tmp_path / "all", "building_files")}
    firms = [f for f in rows_of(tmp_path / "all", "firms") if f["building_id"] in homes]
    firms = [f for f in firms if not re.search(CLOSED_STATUS, f["reg_status"])]
    here = next(f for f in firms if homes[f["building_id"]] == own.division)
    there = next(f for f in firms if homes[f["building_id"]] != own.division)
    listed = f'["{here["uscc"]}", "{there["uscc"]}"]'
    add_pins(tmp_path / "all", f"never,{there['building_id']},")
    add_to_settings(tmp_path / "all", f'\n[[law.special]]\nnumber = "A-1"\nfirms = {listed}\n')
    settled = f"table,key,building_id\nfirms,{there['uscc']},{there['building_id']}\n"
    (tmp_path / "all" / "assign.csv").write_text(settled, encoding="utf-8")
    take_in_all = ("store", "import", tmp_path / "all", "--out", tmp_path / "all" / "out", "--by", "C001")
    done(sweep(*take_in_all, store=chief))
    read = done(sweep("validate", "tiny", "--json", store=planner))
    notes = [(n["code"], n["where"]) for n in json.loads(read.stdout)["notes"] if n["code"] in ("S654", "S656")]
    assert notes == [("S656", "law.special")]
    # They may change what is theirs, and add nothing of which nobody knows whether it is anywhere.
    done(sweep("store", "export", tmp_path / "part", "--name", "tiny", store=planner))
    take_in_part = ("store", "import", tmp_path / "part", "--out", tmp_path / "part" / "out", "--json")
    add_pins(tmp_path / "part", f"never,{here['building_id']},")
    done(sweep(*take_in_part, store=planner))
    add_pins(tmp_path / "part", "must,B9999,")
    refused = sweep(*take_in_part, store=planner)
    assert [(i["code"], i["where"]) for i in json.loads(refused.stdout)["issues"]] == [("S656", "pins")]


@pytest.mark.slow
def test_a_planner_of_a_division_that_has_no_row_of_a_table_plans_it_nevertheless(
    own: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    chief, planner = own.url("chief"), own.url(f"p{own.division}")
    done(sweep("store", "export", tmp_path / "part", "--name", "tiny", store=planner))
    theirs = {t: city_lines(tmp_path / "part", t) for t in ("history", "leads", "firms")}
    # They may take out the last record of theirs, and take none from others.
    city_file(tmp_path / "part", "history").write_bytes(theirs["history"][0])
    take_in_part = ("store", "import", tmp_path / "part", "--out", tmp_path / "part" / "out", "--by", "C002")
    done(sweep(*take_in_part, store=planner))
    done(sweep("store", "export", tmp_path / "all", "--name", "tiny", store=chief))
    assert len(city_lines(tmp_path / "all", "history")) > 1
    assert set(theirs["history"][1:]).isdisjoint(city_lines(tmp_path / "all", "history"))
    settings = tmp_path / "all" / "scenario.toml"
    allowed = settings.read_text(encoding="utf-8").replace("[teams]\n", "[teams]\nrecusals_elsewhere = true\n")
    settings.write_text(allowed, encoding="utf-8")
    for table, command in (("leads", ("run", "--by", "C001", "--iterations", "50")), ("firms", ("validate",))):
        kept = [line for line in city_lines(tmp_path / "all", table) if line not in theirs[table][1:]]
        city_file(tmp_path / "all", table).write_bytes(b"".join(kept))
        done(sweep("store", "import", tmp_path / "all", "--out", tmp_path / "all" / "out", "--by", "C001", store=chief))
        done(sweep(command[0], "tiny", *command[1:], store=planner))


def city_file(folder: Path, table: str) -> Path:
    return folder / "_city" / f"{table}.csv"


def city_lines(folder: Path, table: str) -> list[bytes]:
    return city_file(folder, table).read_bytes().splitlines(keepends=True)


def test_what_has_a_name_but_no_scenario_works_in_no_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SWEEP_STORE", "postgresql://li@host/sweep")
    accounts = {"name": "P001", "role": "planner", "out": Path("out")}
    assert chosen_store(accounts) is None
    (tmp_path / "campaign.toml").write_text('scenario = "../elsewhere"', "utf-8")
    assert chosen_store({"campaign_folder": tmp_path}) is None
    assert chosen_store({"plan": Path("/elsewhere/drafts/a.json"), "scenario": Path("tiny")}) == ChosenStore(
        "postgresql://li@host/sweep", "tiny", Path("out")
    )


def test_who_is_not_of_the_store_is_refused_before_anything_is_overwritten(own: World, tmp_path: Path) -> None:
    foreign = shutil.copytree(own.out, tmp_path / "foreign")
    (foreign / "_audit" / "tiny.store.json").unlink()
    refused = sweep("check", "tiny", foreign / "tiny" / own.plan.name, "--json", store=own.url("chief"))
    assert (refused.exit_code, codes(refused)) == (2, ["S940"])
    unknown = sweep("validate", "other", "--json", store=own.url("chief"))
    assert (unknown.exit_code, codes(unknown)) == (2, ["S941"])


def test_blocked_buildings_are_those_of_the_askers_division_on_the_day(own: World) -> None:
    def blocked(login: str) -> tuple[str, ...]:
        return PostgresStore(open_engine(own.url(login)), "tiny", next_line).blocked_buildings()

    assert blocked(f"p{own.division}") == (own.blocked,)
    others = [f"p{d}" for d in ("370102", "370103", "370104", "370105") if d != own.division]
    assert [blocked(login) for login in others] == [()] * 3


def test_no_planner_learns_of_an_investigation_that_is_closed_or_when_it_was_closed(own: World) -> None:
    """Whatever day the settings say, and whatever the planner's own time zone."""
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    closed = {
        "today": today,
        "yesterday": today - timedelta(1),
        "long_ago": date(2025, 3, 1),
        "later": today + timedelta(9),
    }
    places = [{"building_id": name, "closed_on": day.isoformat()} for name, day in closed.items()]
    with transaction(open_engine(own.cluster.url(database=own.database)), is_admin=True) as connection:
        connection.execute(
            text("UPDATE sweep.investigation SET places = CAST(:places AS jsonb) WHERE division = :division"),
            {"places": json.dumps(places), "division": own.division},
        )
    planner = open_engine(own.url(f"p{own.division}"))
    seen = {}
    for day in ("1900-01-01", "2025-03-01", "2026-09-16", str(today + timedelta(10))):
        with transaction(planner) as connection:
            connection.execute(text("SET LOCAL TimeZone = '+12'"))
            connection.execute(text(f"UPDATE sweep.document SET day = '{day}' WHERE kind = 'settings'"))  # noqa: S608
            seen[day] = set(connection.execute(text("SELECT sweep.blocked_buildings('tiny')")).scalars())
    assert list(seen.values()) == [{"today", "later"}] * 3 + [set()]
    with pytest.raises(InputError) as refused, transaction(planner) as connection:
        connection.execute(text("SELECT sweep.blocked_buildings('tiny', '1900-01-01')"))
    assert [i.code for i in refused.value.issues] == ["S937"]


def test_a_log_that_the_servers_owner_meddled_with_is_found(own: World, tmp_path: Path) -> None:
    auditor, out = own.url("all_auditor"), tmp_path / "out"
    PostgresStore(open_engine(own.url("chief")), "tiny", next_line).commit(
        [], [LogEntry("2026-09-16", "C001", "x")], {}
    )
    done(sweep("audit", "tiny", "--out", out, store=auditor))
    owner = open_engine(own.cluster.url(database=own.database))
    with transaction(owner, is_admin=True) as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE sweep.audit_line SET line = replace(line::text, '2', '3')::bytea WHERE n = 1"))
    changed = sweep("audit", "tiny", "--out", out, store=auditor)
    assert (changed.exit_code, "S811" in changed.output) == (3, True)
    with transaction(owner, is_admin=True) as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM sweep.audit_line WHERE n > 1"))
    cut = sweep("audit", "tiny", "--out", out, "--json", store=auditor)
    assert (cut.exit_code, codes(cut)) == (2, ["S815"])


def test_a_scenario_may_name_its_store_itself(own: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pointer = tmp_path / "pointer"
    pointer.mkdir()
    url = own.url("anyone")
    (pointer / "scenario.toml").write_text(f'name = "tiny"\nday = 2026-09-16\n[store]\nurl = "{url}"\n', "utf-8")
    told = sweep("validate", pointer, "--json")
    # Who sees public counts alone has no settings.
    assert told.exit_code == 2
    assert codes(told) == ["S101"]


def test_a_login_without_a_division_sees_no_scenario(own: World) -> None:
    assert codes(sweep("validate", "tiny", "--json", store=own.url("nobody_anywhere"))) == ["S941"]


def test_counties_that_are_kept_in_a_store_are_named_before_their_folders_are_planned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text_ = 'name = "p"\nday = 2026-09-16\n[[cities]]\nid = "c"\ncounties = ["*"]\n'
    (tmp_path / "province.toml").write_text(text_, "utf-8")
    for county, store in (("east", ""), ("west", '[store]\nurl = "postgresql://li@host/sweep"\n')):
        (tmp_path / "counties" / county).mkdir(parents=True)
        (tmp_path / "counties" / county / "scenario.toml").write_text(f'name = "{county}"\n{store}', "utf-8")
    province = load_province(tmp_path, load_texts("en"))
    assert list(counties_in_store(province)) == ["west"]
    monkeypatch.setenv("SWEEP_STORE", "postgresql://li@host/sweep")
    assert list(counties_in_store(province)) == ["east", "west"]
