"""Reporting views: rows of the reader's own divisions and class alone, as psql and GDAL read them."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
from typing import Any

import psycopg
import pytest

from tests.store.cluster import Cluster
from tests.store.conftest import NEEDED
from tests.store.rules.small import CLASSES, LOGINS, A, B, C, connect, fill, own
from tests.store.world import World

SIGN = re.compile(r"\b[A-Z]+_[A-Za-z0-9_]+_x\b")
SCOPES = {"s": (A, B, f"{A},{B}"), "t": (C,)}
POLICE = {"planner", "investigator", "approver", "auditor", "police"}
ALL = POLICE | {"market_regulation", "property", "public"}
READERS = {
    "edition": ALL,
    "file": ALL,
    "public_count": ALL,
    "draw": POLICE | {"market_regulation"},
    "plan": POLICE,
    "team": POLICE,
    "stop": POLICE,
    "unserved": POLICE,
    "coverage": POLICE,
    "result": POLICE - {"auditor"},
}
CLASSES_OF = {role: set(CLASSES) for role in POLICE} | {
    "market_regulation": {"market_regulation", "public"},
    "property": {"property", "public"},
    "public": {"public"},
}


def plan_json(scope: str) -> bytes:
    """A plan of one team with one stop, and one visit that no team makes."""
    place = {"lon": 117.04, "lat": 36.67, "track": "case"}
    at = dict.fromkeys(("arrive_at", "start_at", "end_at"), "2026-09-16T13:43:18+08:00")
    stop = {**place, **at, "number": 1, "visit_id": f"STOP_{scope}_x", "building_id": "B1", "value": 0.5}
    reasons = [{"code": "TOO_FEW_TEAMS", "sentence": "Two teams must enter together."}]
    team = {"team_id": f"TEAM_{scope}_x", "base_lon": 117.0, "base_lat": 36.6, "member_ids": ["P1", "P2"]}
    plan = {
        "summary": {"n_teams": 1, "n_stops": 1, "n_unserved": 1, "value": 0.5},
        "teams": [{**team, "is_reserve": False}],
        "routes": [{"team_id": team["team_id"], "stops": [stop]}],
        "unserved": [{**place, "visit_id": f"UNSERVED_{scope}_x", "reasons": reasons}],
    }
    return json.dumps(plan).encode()


@pytest.fixture(scope="module")
def owner(cluster: Cluster, template: str) -> Any:
    """A database with a plan of every class in each set of divisions, in addition to the rows of `small`."""
    cluster.run("createdb", "-h", str(cluster.folder), "-U", "postgres", "-T", template, "reports")
    fill(cluster, "reports")
    with connect(cluster, "reports", "postgres") as connection:
        for scenario, scopes in SCOPES.items():
            for scope in scopes:
                _write_plans(connection, scenario, scope)
        yield connection


def _write_plans(owner: psycopg.Connection[Any], scenario: str, scope: str) -> None:
    name = scope.replace(",", "_")
    for output_class in CLASSES:
        edition = f"PLAN_{name}_x" + ("" if output_class == "police" else f".{output_class}")
        files = {"draw.csv": f"place,building_name,is_drawn\n1,DRAW_{output_class}_{name}_x,1\n"}
        if output_class == "police":
            files |= {"plan.json": plan_json(name).decode(), "coverage.csv": f"scope,scope_id\nall,COVERAGE_{name}_x\n"}
        if output_class == "public":
            files["counts.csv"] = f'\ufeffdivision_name,n_leads\r\n"COUNT_{name}_x, ""all""",<5\r\n'
        owner.execute(
            "INSERT INTO sweep.edition (scenario, scope, edition, class, day) VALUES (%s, %s, %s, %s, '2026-09-16')",
            [scenario, scope, edition, output_class],
        )
        for file, text in files.items():
            owner.execute(
                "INSERT INTO sweep.edition_file (scenario, scope, edition, name, class, content) "
                "VALUES (%s, %s, %s, %s, %s, %s)",
                [scenario, scope, edition, file, output_class, text.encode()],
            )
    owner.execute(
        "INSERT INTO sweep.document (scenario, kind, scope, name, content) VALUES (%s, 'results', %s, %s, %s)",
        [scenario, scope, f"results-{name}.csv", f"plan_id,visit_id\np,FOUND_{name}_x\n".encode()],
    )


def expected(login: str) -> dict[str, set[str]]:
    """Signs that the login may see, by view."""
    (role,), mine = LOGINS[login].roles, own(login)
    if not LOGINS[login].divisions:
        return {view: set() for view in READERS}
    scopes = [scope.replace(",", "_") for some in SCOPES.values() for scope in some if set(scope.split(",")) <= mine]
    classes = CLASSES_OF[role]
    kinds = {"team": "TEAM", "stop": "STOP", "unserved": "UNSERVED", "coverage": "COVERAGE", "plan": "PLAN"}
    found = {view: {f"{kinds[view]}_{s}_x" for s in scopes} if role in POLICE else set() for view in kinds}
    found["stop"] |= {f"TEAM_{s}_x" for s in scopes} if role in POLICE else set()
    for view in ("team", "stop", "unserved", "coverage", "public_count"):
        found.setdefault(view, set())
        found[view] |= {f"PLAN_{s}_x" for s in scopes if found[view] or view == "public_count"}
    found["public_count"] |= {f"COUNT_{s}_x" for s in scopes}
    found["draw"] = {f"DRAW_{c}_{s}_x" for s in scopes for c in classes} | {f"PLAN_{s}_x" for s in scopes}
    if role not in READERS["draw"]:
        found["draw"] = set()
    found["plan"] |= {f"APPROVED_{s}_x" for s in scopes if s != C} if role in POLICE else set()
    found["plan"] |= {"APPROVED_t_x"} if role in POLICE and C in mine else set()
    found["result"] = {f"FOUND_{s}_x" for s in scopes} if role in READERS["result"] else set()
    found["edition"] = found["file"] = {f"PLAN_{s}_x" for s in scopes}
    return found


def psql(cluster: Cluster, login: str, statement: str) -> subprocess.CompletedProcess[str]:
    command = [str(cluster.bin / "psql"), "-X", "-A", "-t", "-c", statement, cluster.url(login, "reports")]
    return subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - the server's own client


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("login", LOGINS)
def test_a_login_reads_its_own_divisions_and_class_alone_with_psql(cluster: Cluster, login: str) -> None:
    wanted = expected(login)
    for view, roles in READERS.items():
        got = psql(cluster, login, f"TABLE sweep_report.{view}")
        assert ("permission denied" in got.stderr) == (LOGINS[login].roles[0] not in roles), (view, got.stderr)
        # The rows of `small` have signs in lower case, apart from those of investigations.
        assert set(SIGN.findall(got.stdout)) == wanted[view], view


def test_no_view_writes_and_only_the_police_role_is_new(owner: psycopg.Connection[Any]) -> None:
    rows = owner.execute(
        "SELECT c.relname, array_agg(DISTINCT substr(g.rolname, 7) ORDER BY substr(g.rolname, 7)), "
        "array_agg(DISTINCT a.privilege_type) "
        "FROM pg_class c, aclexplode(c.relacl) a JOIN pg_roles g ON g.oid = a.grantee "
        "WHERE c.relnamespace = 'sweep_report'::regnamespace AND g.rolname <> 'sweep_owner' GROUP BY 1"
    ).fetchall()
    assert {view: set(roles) for view, roles, _ in rows} == READERS
    assert {privilege for *_, privileges in rows for privilege in privileges} == {"SELECT"}
    written = owner.execute(
        "SELECT c.relname FROM pg_class c, aclexplode(c.relacl) a WHERE a.privilege_type <> 'SELECT' "
        "AND a.grantee = 'sweep_police'::regrole"
    ).fetchall()
    assert written == []


def test_each_view_and_column_has_a_comment_in_both_languages(owner: psycopg.Connection[Any]) -> None:
    rows = owner.execute(
        "SELECT c.relname, a.attname, col_description(c.oid, a.attnum), obj_description(c.oid) FROM pg_class c "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
        "WHERE c.relnamespace = 'sweep_report'::regnamespace AND c.relkind = 'v'"
    ).fetchall()
    assert {row[0] for row in rows} == set(READERS)
    both = re.compile(r"[A-Z][^/]*\. / [^/]*。")
    assert [row for row in rows if not all(both.fullmatch(text or "") for text in row[2:])] == []


def test_a_plan_of_two_sets_of_divisions_is_shown_once(owner: psycopg.Connection[Any]) -> None:
    for scope in (A, f"{A},{B}"):
        owner.execute(
            "INSERT INTO sweep.edition VALUES ('s', %s, 'twice', 'police', '2026-09-16', 1, '', now())", [scope]
        )
    shown = owner.execute("SELECT divisions FROM sweep_report.edition WHERE plan_id = 'twice'").fetchall()
    owner.execute("DELETE FROM sweep.edition WHERE edition = 'twice'")
    assert shown == [(f"{A},{B}",)]


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"{", b'{"teams": 5, "routes": "x"}', b""], ids=["bytes", "cut", "kinds", "empty"]
)
def test_a_damaged_plan_hides_no_other(owner: psycopg.Connection[Any], cluster: Cluster, content: bytes) -> None:
    where = "WHERE scope = %s AND edition = 'PLAN_370102_x' AND name IN ('plan.json', 'draw.csv', 'coverage.csv')"
    before = owner.execute(f"SELECT name, content FROM sweep.edition_file {where}", [A]).fetchall()  # noqa: S608
    owner.execute(f"UPDATE sweep.edition_file SET content = %s {where}", [content, A])  # noqa: S608
    try:
        for view in ("team", "stop", "unserved", "coverage", "draw"):
            got = psql(cluster, "planner_all", f"TABLE sweep_report.{view}")
            assert f"PLAN_{B}_x" in got.stdout, (view, got.stderr)
    finally:
        for name, old in before:
            owner.execute(f"UPDATE sweep.edition_file SET content = %s {where} AND name = %s", [old, A, name])  # noqa: S608


@pytest.fixture(scope="module")
def ogrinfo() -> str:
    found = shutil.which("ogrinfo")
    if found is None:
        if os.environ.get(NEEDED):
            pytest.fail("no ogrinfo here: apt-get install gdal-bin")
        pytest.skip("no ogrinfo here: apt-get install gdal-bin")
    return found


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("login", ["police_a", "planner_b", "market_a", "property_a", "public_a"])
@pytest.mark.parametrize("view", READERS)
def test_gdal_opens_each_view_that_the_role_may_read(cluster: Cluster, ogrinfo: str, login: str, view: str) -> None:
    source = f"PG:host={cluster.folder} dbname=reports user={login}"
    command = [ogrinfo, "-json", "-features", source, f"sweep_report.{view}"]
    got = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - GDAL's own program
    if LOGINS[login].roles[0] not in READERS[view]:
        assert set(SIGN.findall(got.stdout)) == set()
        return
    (layer,) = json.loads(got.stdout)["layers"]
    assert set(SIGN.findall(got.stdout)) == expected(login)[view]
    if view in ("team", "stop", "unserved"):
        (field,) = layer["geometryFields"]
        assert (field["name"], field["type"], field["coordinateSystem"]["projjson"]["id"]["code"]) == (
            "geom",
            "Point",
            4326,
        )
        assert layer["features"][0]["geometry"]["coordinates"] == ([117.0, 36.6] if view == "team" else [117.04, 36.67])


def test_the_views_hold_what_the_files_of_a_plan_hold(world: World) -> None:
    plan = json.loads((world.plan / "plan.json").read_text("utf-8"))
    with psycopg.connect(world.url("all_planner")) as reader:
        stops = reader.execute(
            "SELECT team_id, number, visit_id, building_name, arrive_at = %s::timestamptz, ST_X(geom), ST_Y(geom) "
            "FROM sweep_report.stop WHERE plan_id = %s ORDER BY 1, 2",
            [plan["routes"][0]["stops"][0]["arrive_at"], plan["plan_id"]],
        ).fetchall()
        (totals,) = reader.execute(
            "SELECT n_teams, n_stops, n_unserved, value, is_approved FROM sweep_report.plan WHERE plan_id = %s",
            [plan["plan_id"]],
        )
        unserved = reader.execute(
            "SELECT visit_id, code FROM sweep_report.unserved WHERE plan_id = %s ORDER BY 1", [plan["plan_id"]]
        ).fetchall()
        files = sorted(p for p in world.plan.rglob("*.csv"))
        read = {p.name: reader.execute("SELECT * FROM sweep.csv_rows(%s)", [p.read_bytes()]).fetchall() for p in files}
    wanted = [(r["team_id"], s["number"], s) for r in plan["routes"] for s in r["stops"]]
    assert [row[:4] for row in stops] == [(t, n, s["visit_id"], s["building_name"]) for t, n, s in sorted(wanted)]
    assert [row[5:] for row in stops] == [(s["lon"], s["lat"]) for *_, s in sorted(wanted)]
    assert sum(row[4] for row in stops) >= 1
    assert totals == (*(plan["summary"][k] for k in ("n_teams", "n_stops", "n_unserved", "value")), False)
    assert unserved == sorted((u["visit_id"], u["reasons"][0]["code"]) for u in plan["unserved"])
    assert len(files) > 8
    for path in files:
        text = path.read_text("utf-8-sig")
        rows = [row for row in csv.DictReader(io.StringIO(text, newline="")) if any(row.values())]
        assert [row for (row,) in read[path.name]] == rows, path.name
