"""An approved plan is read-only, and no client chooses a writer, a revision or a hash."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import psycopg
import pytest

from geodata.errors import InputError
from sweep.store.postgres.connections import open_engine
from sweep.store.postgres.postgres_store import PostgresStore
from sweep.store.store_records import ConflictError, Key, LogEntry, PendingWrite, RecordRow, RecordSplit
from sweep.store.sync.stored_audit_log import next_line
from tests.store.cluster import Cluster
from tests.store.interleaved import APPROVAL, APPROVED, DAY, EDITION, MANIFEST, PLAN
from tests.store.world import new_database

LINE = LogEntry("2026-09-16T08:00:00+08:00", "C001", "run")
PLAN_JSON = b"{}\n"


@pytest.fixture(scope="module")
def database(cluster: Cluster, template: str) -> str:
    return new_database(cluster, template, "approved")


def opened(cluster: Cluster, database: str, login: str, scenario: str) -> PostgresStore:
    return PostgresStore(open_engine(cluster.url(login, database)), scenario, next_line)


def approval(by: str = "D07") -> PendingWrite:
    told = {
        "plan_id": PLAN,
        "plan_sha256": sha256(PLAN_JSON).hexdigest(),
        "by": by,
        "at": "2026-09-15",
        "audit_head": "",
    }
    return PendingWrite(APPROVAL, json.dumps(told).encode(), day=DAY)


@pytest.fixture
def scenario(cluster: Cluster, database: str, request: pytest.FixtureRequest) -> str:
    """A scenario with a plan that `all_approver` has approved."""
    name = f"s{abs(hash(request.node.name))}"
    chief = opened(cluster, database, "chief", name)
    chief.begin(["370102"])
    writes = [PendingWrite(EDITION, PLAN_JSON, day=DAY), PendingWrite(MANIFEST, b"{}", day=DAY)]
    read = opened(cluster, database, "all_planner", name).commit(writes, [LINE], {})
    opened(cluster, database, "all_approver", name).commit([approval()], [], read)
    return name


@pytest.fixture
def planner(cluster: Cluster, database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(cluster.url("p370102", database), autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("login", ["all_planner", "all_approver", "chief", "p370102"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sweep.edition_file SET content = 'changed after approval' WHERE scenario = %(s)s",
        "UPDATE sweep.edition_file SET edition = 'other' WHERE scenario = %(s)s",
        "INSERT INTO sweep.edition_file (scenario, scope, edition, name, class, content) "
        "SELECT scenario, scope, edition, 'more', class, '' FROM sweep.edition WHERE scenario = %(s)s",
        "DELETE FROM sweep.edition_file WHERE scenario = %(s)s",
        "UPDATE sweep.edition SET by_login = 'all_approver' WHERE scenario = %(s)s",
        "UPDATE sweep.edition SET rev = 1 WHERE scenario = %(s)s",
        "DELETE FROM sweep.edition WHERE scenario = %(s)s",
        "UPDATE sweep.approval SET by = 'C001' WHERE scenario = %(s)s",
    ],
)
def test_no_login_changes_or_deletes_an_approved_plan(
    cluster: Cluster, database: str, scenario: str, statement: str, login: str
) -> None:
    look = (
        "SELECT e.*, f.*, a.* FROM sweep.edition e JOIN sweep.edition_file f USING (scenario, edition) "
        "JOIN sweep.approval a USING (scenario) WHERE scenario = %(s)s ORDER BY f.name"
    )
    with psycopg.connect(cluster.url(database=database), autocommit=True) as owner:
        before = owner.execute(look, {"s": scenario}).fetchall()
        with psycopg.connect(cluster.url(login, database), autocommit=True) as connection, pytest.raises(psycopg.Error):
            connection.execute(statement, {"s": scenario})
        assert owner.execute(look, {"s": scenario}).fetchall() == before != []


def test_a_snapshot_from_before_the_approval_changes_nothing_behind_it(cluster: Cluster, database: str) -> None:
    chief = opened(cluster, database, "chief", "snapshot")
    chief.begin(["370102"])
    read = chief.commit([PendingWrite(EDITION, PLAN_JSON, day=DAY), PendingWrite(MANIFEST, b"{}", day=DAY)], [LINE], {})
    with psycopg.connect(cluster.url("all_planner", database)) as planner:
        planner.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        planner.execute("SELECT count(*) FROM sweep.edition")
        chief.commit([approval()], [], read)
        with pytest.raises(psycopg.errors.SerializationFailure):
            planner.execute("UPDATE sweep.edition_file SET content = '' WHERE scenario = 'snapshot'")
    assert chief.read(EDITION) == PLAN_JSON


def test_the_program_says_that_a_plan_is_approved_and_only_an_approver_withdraws_it(
    cluster: Cluster, database: str, scenario: str
) -> None:
    planner, chief = (opened(cluster, database, login, scenario) for login in ("all_planner", "chief"))
    read = {key: entry.rev for key, entry in planner.listing().items()}
    with pytest.raises(InputError) as told:
        planner.commit([PendingWrite(MANIFEST, b"x", day=DAY)], [], read)
    assert [(i.code, PLAN in str(i.values)) for i in told.value.issues] == [("S851", True)]
    files = [PendingWrite(key, None, day=DAY) for key in (EDITION, MANIFEST, APPROVAL)]
    with pytest.raises(InputError) as told:
        planner.commit(files, [], read)
    assert [i.code for i in told.value.issues] == ["S934"]
    # Another person may approve it again, and a purge by an approver deletes it whole.
    read = {**read, **chief.commit([approval("D08")], [], read)}
    assert b"D08" in chief.read(APPROVED)
    assert chief.commit(files, [], read)[APPROVED] == "0"
    assert chief.listing() == {}


def test_an_approval_is_of_the_plan_that_is_there_and_of_nothing_else(cluster: Cluster, database: str) -> None:
    chief = opened(cluster, database, "chief", "other_bytes")
    chief.begin(["370102"])
    read = chief.commit([PendingWrite(EDITION, b"other", day=DAY)], [LINE], {})
    with pytest.raises(InputError) as told:
        chief.commit([approval()], [], read)
    assert [i.code for i in told.value.issues] == ["S853"]


def test_writer_revision_and_hash_are_the_servers_whatever_is_said(
    cluster: Cluster, database: str, planner: psycopg.Connection[Any]
) -> None:
    chief = opened(cluster, database, "chief", "stamped")
    chief.begin(["370102"])
    key = Key("settings", "scenario.toml")
    read = chief.commit([PendingWrite(key, b"x = 1\n", divisions=())], [LINE], {})
    planner.execute(
        "UPDATE sweep.document SET content = 'x = 2', by_login = 'chief', rev = 1 WHERE scenario = 'stamped'"
    )
    row = planner.execute("SELECT by_login, rev, sha256 FROM sweep.document WHERE scenario = 'stamped'").fetchone()
    assert row is not None
    assert (row[0], row[1] > int(read[key]), row[2]) == ("p370102", True, sha256(b"x = 2").hexdigest())
    with pytest.raises(psycopg.errors.GeneratedAlways):
        planner.execute("UPDATE sweep.document SET sha256 = '' WHERE scenario = 'stamped'")
    # A change past the program is a conflict for the next writer.
    with pytest.raises(ConflictError):
        chief.commit([PendingWrite(key, b"x = 3\n", divisions=())], [], read)


def test_a_row_changed_past_the_program_is_a_revision_of_its_table(
    cluster: Cluster, database: str, planner: psycopg.Connection[Any]
) -> None:
    chief = opened(cluster, database, "chief", "rows")
    chief.begin(["370102"])
    key, split = Key("inputs", "leads.csv"), RecordSplit(3, [RecordRow(6, "370102", "L1")])
    chief.commit([PendingWrite(key, b"id\nL1\n", "leads", split=split, divisions=())], [], {})
    revs = [chief.listing()[key].rev]
    for statement in (
        "DELETE FROM sweep.input_row WHERE scenario = 'rows'",
        "INSERT INTO sweep.input_row VALUES ('rows', 'leads.csv', '370102', 1, 'leads', 'L2', NULL, 'L2')",
    ):
        planner.execute(statement)
        revs.append(chief.listing()[key].rev)
    assert len(set(revs)) == 3
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        planner.execute("UPDATE sweep.input_row SET raw = '' WHERE scenario = 'rows'")


def test_content_that_was_changed_under_its_hash_is_told_as_it_is_read(cluster: Cluster, template: str) -> None:
    database = new_database(cluster, template, "damaged")
    chief = opened(cluster, database, "chief", "damaged")
    chief.begin(["370102"])
    settings = Key("settings", "scenario.toml")
    chief.commit([PendingWrite(settings, b"x", divisions=()), PendingWrite(EDITION, b"{}", day=DAY)], [LINE], {})
    with psycopg.connect(cluster.url(database=database), autocommit=True) as owner:
        for table in ("document", "edition_file"):
            owner.execute(f"ALTER TABLE sweep.{table} ALTER sha256 DROP EXPRESSION")
            owner.execute(f"UPDATE sweep.{table} SET sha256 = repeat('0', 64) WHERE scenario = 'damaged'")  # noqa: S608
    for key in (settings, EDITION):
        with pytest.raises(InputError) as told:
            chief.read(key)
        assert [i.code for i in told.value.issues] == ["S854"]
