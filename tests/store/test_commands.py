"""Commands on a scenario of a store, each under a login of its own role."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from sweep.pipeline.stored.chain import next_line
from sweep.store.postgres.engine import open_engine, transaction
from sweep.store.postgres.store import PostgresStore
from sweep.store.records import Line
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
    verified = done(sweep("audit", "verify", "tiny", "--out", tmp_path / "auditor", store=own.url("all_auditor")))
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
    refused = sweep("approve", own.plan, "--by", "C001", "--json", store=planner)
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
    done(sweep(*theirs, "--over", "scenario.toml=2", store=chief))
    assert b"seed = 6" in PostgresStore(open_engine(other), "tiny", next_line).read(
        next(k for k in PostgresStore(open_engine(other), "tiny", next_line).listing() if k.kind == "settings")
    )


def test_who_is_not_of_the_store_is_refused_before_anything_is_overwritten(own: World, tmp_path: Path) -> None:
    foreign = shutil.copytree(own.out, tmp_path / "foreign")
    (foreign / "_audit" / "tiny.store.json").unlink()
    refused = sweep("check", "tiny", foreign / "tiny" / own.plan.name, "--json", store=own.url("chief"))
    assert (refused.exit_code, codes(refused)) == (2, ["S940"])
    unknown = sweep("validate", "other", "--json", store=own.url("chief"))
    assert (unknown.exit_code, codes(unknown)) == (2, ["S941"])


def test_blocked_buildings_are_those_of_the_askers_division_on_the_day(own: World) -> None:
    def blocked(login: str, day: date) -> tuple[str, ...]:
        return PostgresStore(open_engine(own.url(login)), "tiny", next_line).blocked_buildings(day)

    assert blocked(f"p{own.division}", date(2026, 9, 16)) == (own.blocked,)
    others = [f"p{d}" for d in ("370102", "370103", "370104", "370105") if d != own.division]
    assert [blocked(login, date(2026, 9, 16)) for login in others] == [()] * 3


def test_a_log_that_the_servers_owner_meddled_with_is_found(own: World, tmp_path: Path) -> None:
    auditor, out = own.url("all_auditor"), tmp_path / "out"
    PostgresStore(open_engine(own.url("chief")), "tiny", next_line).commit([], [Line("2026-09-16", "C001", "x")], {})
    done(sweep("audit", "verify", "tiny", "--out", out, store=auditor))
    owner = open_engine(own.cluster.url(database=own.database))
    with transaction(owner, is_admin=True) as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE sweep.audit_line SET line = replace(line::text, '2', '3')::bytea WHERE n = 1"))
    changed = sweep("audit", "verify", "tiny", "--out", out, store=auditor)
    assert (changed.exit_code, "S811" in changed.output) == (3, True)
    with transaction(owner, is_admin=True) as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM sweep.audit_line WHERE n > 1"))
    cut = sweep("audit", "verify", "tiny", "--out", out, "--json", store=auditor)
    assert (cut.exit_code, codes(cut)) == (2, ["S815"])


def test_a_scenario_may_name_its_store_itself(own: World, tmp_path: Path) -> None:
    pointer = tmp_path / "pointer"
    pointer.mkdir()
    url = own.url("nobody_anywhere")
    (pointer / "scenario.toml").write_text(f'name = "tiny"\nday = 2026-09-16\n[store]\nurl = "{url}"\n', "utf-8")
    told = sweep("validate", pointer, "--json")
    # Who sees no division has the settings and the public map, and no table of rows.
    assert told.exit_code == 2
    assert "G127" in codes(told)
