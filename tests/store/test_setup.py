"""Set-up of a store on an empty server: by one command, by its script, and by the steps of the page."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sweep.store.postgres.schema_migrations import revisions
from tests.paths import ROOT
from tests.store.cluster import Cluster, running
from tests.store.dumps import schema_of
from tests.store.world import NUMBER, done, investigated, sweep, write_scenario

QGIS = "SELECT f_table_name, styleqml::text FROM sweep.layer_styles ORDER BY 1"
PROJECT = "SELECT name, metadata FROM sweep.qgis_projects"


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[Cluster]:
    """A server without database, roles and extension of a store."""
    with running(cluster.bin) as made:
        yield made


def set_up(url: str, *more: str) -> dict[str, object]:
    answer = json.loads(done(sweep("store", "setup", "--url", url, "--json", *more)).stdout)
    assert isinstance(answer, dict)
    return answer


def by_script(cluster: Cluster, script: str) -> None:
    psql = [str(cluster.bin / "psql"), "-X", "-q", cluster.url()]
    subprocess.run(psql, input=script, check=True, capture_output=True, text=True)  # noqa: S603 - the server's own client


@pytest.mark.slow
def test_one_command_creates_what_is_missing_and_says_it(empty: Cluster) -> None:
    url = empty.url(database="a b")
    assert set_up(url)["changed"] == ["database", "postgis", "roles", "schema"]
    first = schema_of(empty, "a b")
    again = set_up(url)
    assert (again["changed"], again["revision"], schema_of(empty, "a b")) == ([], revisions()[-1], first)
    assert "Nothing was changed" in sweep("store", "setup", "--url", url).output
    # Another database of the same server has the roles already.
    assert set_up(empty.url(database="other"))["changed"] == ["database", "postgis", "schema"]
    assert set_up(url, "--to", "base")["changed"] == ["schema"]
    assert set_up(url)["changed"] == ["schema"]
    assert schema_of(empty, "a b") == first


@pytest.mark.slow
def test_the_printed_script_gives_the_same_store_and_can_be_repeated(empty: Cluster) -> None:
    script = set_up(empty.url(database="it's"), "--print-sql")["sql"]
    assert isinstance(script, str)
    assert sweep("store", "setup", "--url", empty.url(database="it's"), "--print-sql").stdout == script
    by_script(empty, script)
    once = schema_of(empty, "it's")
    by_script(empty, script)
    set_up(empty.url(database="by_command"))
    assert once == schema_of(empty, "it's") == schema_of(empty, "by_command")
    found = []
    for database in ("it's", "by_command"):
        with psycopg.connect(empty.url(database=database)) as owner:
            found.append((owner.execute(QGIS).fetchall(), owner.execute(PROJECT).fetchall()))
    assert found[0] == found[1]
    assert set_up(empty.url(database="it's"))["changed"] == []


def test_the_script_upgrades_an_older_store(empty: Cluster) -> None:
    url = empty.url(database="older")
    set_up(url)
    newest = schema_of(empty, "older")
    for revision in revisions()[:-1]:
        set_up(url, "--to", revision)
        assert schema_of(empty, "older") != newest
        script = set_up(url, "--print-sql")["sql"]
        assert isinstance(script, str)
        by_script(empty, script)
        assert schema_of(empty, "older") == newest


@pytest.mark.parametrize("database", ["postgres", "missing"])
def test_a_login_that_is_no_superuser_is_sent_to_the_script(cluster: Cluster, template: str, database: str) -> None:
    with psycopg.connect(cluster.url(), autocommit=True) as owner:
        owner.execute("DROP ROLE IF EXISTS limited")
        owner.execute("CREATE ROLE limited LOGIN CREATEDB CREATEROLE")
    refused = sweep("store", "setup", "--json", "--url", cluster.url("limited", database))
    (issue,) = json.loads(refused.stdout)["issues"]
    assert (refused.exit_code, issue["code"], "--print-sql" in issue["fix"]) == (2, "S861", True)
    with psycopg.connect(cluster.url(), autocommit=True) as owner:
        assert owner.execute("SELECT FROM pg_database WHERE datname = 'missing'").rowcount == 0
        owner.execute("DROP ROLE limited")


def test_a_newer_store_is_not_set_up(cluster: Cluster, template: str) -> None:
    cluster.run("createdb", "-h", str(cluster.folder), "-U", "postgres", "-T", template, "newer")
    url = cluster.url(database="newer")
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("UPDATE sweep.alembic_version SET version_num = '9999'")
    for command in (("setup",), ("users",)):
        refused = sweep("store", *command, "--json", "--url", url)
        assert [issue["code"] for issue in json.loads(refused.stdout)["issues"]] == ["S931"]


def steps_of(page: str) -> list[list[str]]:
    """The commands of a page's steps, in words."""
    text = (ROOT / page).read_text(encoding="utf-8").split("\n## ")[2]
    steps = re.findall(r"^(\d+)\. ", text, flags=re.MULTILINE)
    assert steps == [str(n + 1) for n in range(len(steps))]
    assert 5 <= len(steps) <= 10
    blocks = re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    lines = (shlex.split(line, comments=True) for block in blocks for line in block.splitlines())
    return [words for words in lines if words]


@pytest.mark.slow
def test_the_steps_of_the_page_set_up_an_empty_server(
    empty: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command in its order, but for the address of the server, with an investigation in the folder."""
    monkeypatch.chdir(tmp_path)
    scenario = write_scenario(Path("scenarios/mydistrict"), name="mydistrict")
    building, _ = investigated(scenario)
    rows = f"investigation_id,building_id,uscc,opened_on,closed_on\n{NUMBER},{building},,2026-09-01,\n"
    (scenario / "investigations.csv").write_text(rows, encoding="utf-8")
    lines = steps_of("docs/store.md")
    assert steps_of("docs/zh/store.md") == lines
    store, ran = None, []
    for line in lines:
        words = [_here(word, empty) for word in line]
        ran.append(" ".join(words[:3]))
        if words[0] == "export":
            store = words[1].removeprefix("SWEEP_STORE=")
        elif words[0] == "sweep":
            done(sweep(*words[1:], store=store))
        else:
            # The server is installed here.
            assert words[:2] == ["apt-get", "install"]
    assert ran[:2] == ["apt-get install postgresql-17", "sweep store setup"]
    assert {"sweep store users", "sweep store import", "sweep store status", "sweep run mydistrict"} <= set(ran)
    (stored,) = json.loads(done(sweep("store", "status", "--json", store=store)).stdout)["scenarios"]
    assert (stored["name"], int(stored["n_editions"])) == ("mydistrict", 1)


def _here(word: str, server: Cluster) -> str:
    """A word of a command, with the address of the test's own server."""
    if "postgresql://" not in word:
        return word
    login, database = re.findall(r"postgresql://(\w+)@[^/]*/(\w+)", word)[0]
    return word.partition("postgresql://")[0] + server.url(login, database)
