"""The audit log in the database: the server judges each line, names its writer, and a damaged log can be repaired."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from geodata.errors import InputError
from sweep.audit.hash_chain import Head, Json, chain_issues, entry_line, read_entry
from sweep.store.postgres.connections import open_engine
from sweep.store.postgres.postgres_store import PostgresStore
from sweep.store.store_records import LogEntry
from sweep.store.sync.stored_audit_log import next_line
from tests.seeds import over_seeds
from tests.store.cluster import Cluster
from tests.store.world import new_database

AT = "2026-09-16T08:00:00+08:00"
_FORMS = (0, -7, 10**30, 0.5, -0.0, 1.0, 1e-5, 1.5e300, 1e15, 1234567890123456.0, -1e15 - 0.5, 1e16, 9007199254740993.0)
_WORDS = ("", "文", "a", "Z", "\x7f", '\t\n\r\b\f\\"/', "\x01", "\u2028", "\U0001f600", "é", "aa", "a b")


@pytest.fixture(scope="module")
def database(cluster: Cluster, template: str) -> str:
    return new_database(cluster, template, "log")


@pytest.fixture
def store(cluster: Cluster, database: str, request: pytest.FixtureRequest) -> PostgresStore:
    made = PostgresStore(open_engine(cluster.url("chief", database)), f"s{abs(hash(request.node.name))}", next_line)
    made.begin(["370102"])
    return made


@pytest.fixture(scope="module")
def owner(cluster: Cluster, database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(cluster.url(database=database), autocommit=True) as connection:
        yield connection


def refused(cluster: Cluster, database: str, login: str, scenario: str, line: bytes) -> str:
    """The state with which the server refuses a line; empty if it takes it."""
    with psycopg.connect(cluster.url(login, database), autocommit=True) as connection:
        try:
            connection.execute("INSERT INTO sweep.audit_line (scenario, line) VALUES (%s, %s)", [scenario, line])
        except psycopg.Error as error:
            return error.sqlstate or "-"
    return ""


def test_a_line_whose_hash_is_not_that_of_its_content_is_refused_by_the_server(
    cluster: Cluster, database: str, store: PostgresStore
) -> None:
    store.commit([], [LogEntry(AT, "C001", "edit", {"n": 1})], {})
    # As in the trial: the place and the hash before fit, the hash is made up.
    false = b'{"act":"approve","by":"C009"}'
    sound, _ = entry_line(Head(1, read_hash(store, 0)), AT, "C009", "edit", {})
    for line in (false, sound.replace(b"C009", b"C001"), sound[:-1], sound.replace(b":", b": ", 1), b"\xff"):
        assert refused(cluster, database, "p370102", store.scenario, line) == "SW001"
    # Nor may a login name another one, or a time.
    names_another = "INSERT INTO sweep.audit_line (scenario, line, by_login) VALUES (%s, %s, 'chief')"
    planner = psycopg.connect(cluster.url("p370102", database), autocommit=True)
    with planner, pytest.raises(psycopg.errors.InsufficientPrivilege):
        planner.execute(names_another, [store.scenario, sound])
    assert refused(cluster, database, "p370102", store.scenario, sound) == ""
    assert chain_issues(store.chain(), "log") == []


def test_each_line_says_which_login_wrote_it_and_when_by_the_servers_clock(
    cluster: Cluster, database: str, store: PostgresStore, owner: psycopg.Connection[Any]
) -> None:
    store.commit([], [LogEntry("2001-01-01T00:00:00+00:00", "C001", "edit")], {})
    other = PostgresStore(open_engine(cluster.url("p370102", database)), store.scenario, next_line)
    other.commit([], [LogEntry("2001-01-01T00:00:00+00:00", "C001", "edit")], {})
    rows = owner.execute(
        "SELECT by_login, at > now() - interval '1 minute' FROM sweep.audit_line WHERE scenario = %s ORDER BY n",
        [store.scenario],
    ).fetchall()
    assert rows == [("chief", True), ("p370102", True)]


def test_only_an_approver_writes_a_line_of_an_approval(cluster: Cluster, database: str, store: PostgresStore) -> None:
    line, _ = entry_line(Head(), AT, "C009", "approve", {"plan_id": "0123456789ab"})
    assert refused(cluster, database, "p370102", store.scenario, line) == "42501"
    assert refused(cluster, database, "chief", store.scenario, line) == ""


def any_json(chance: random.Random, depth: int = 0) -> Json:
    kind = chance.randrange(8 if depth < 3 else 5)
    match kind:
        case 0:
            return chance.choice(_FORMS) * chance.choice((1, -1))
        case 1:
            return chance.choice(
                (chance.uniform(-10, 10), chance.randint(-(10**9), 10**9), 10.0 ** chance.randint(-30, 30))
            )
        case 2:
            return chance.choice((True, False, None))
        case 3 | 4:
            return "".join(chance.choices(_WORDS, k=chance.randint(0, 4)))
        case 5:
            return [any_json(chance, depth + 1) for _ in range(chance.randint(0, 4))]
        case _:
            return {f"{chance.choice(_WORDS)}{n}": any_json(chance, depth + 1) for n in range(chance.randint(0, 4))}


@over_seeds(range(400), n_fast=40)
def test_the_server_takes_the_lines_that_the_program_writes_and_no_others(
    seed: int, owner: psycopg.Connection[Any]
) -> None:
    chance = random.Random(seed)
    head = Head(chance.randint(0, 10**12), f"{chance.getrandbits(256):064x}")
    line, _ = entry_line(head, AT, chance.choice(_WORDS), "run", {"f": any_json(chance), "g": any_json(chance)})
    changed = bytearray(line)
    at = chance.randrange(len(line))
    match chance.randrange(4):
        case 0:
            changed[at] = chance.choice(b' ,:"0159eE+-.\\u{}[]ax')
        case 1:
            del changed[at]
        case 2:
            changed.insert(at, chance.choice(b' ,:"0159eE+-.\\'))
        case _:
            changed = bytearray(line.replace(b'"g":', b'"f":0,"g":').replace(b"0.5", b"5e-1"))
    for one in (line, bytes(changed)):
        entry = read_entry(one)
        by_program = entry is not None and (entry["n"], entry["prev"]) == (head.n + 1, head.hash)
        query = "SELECT sweep.is_line(%s, %s, %s)"
        assert owner.execute(query, [head.n + 1, head.hash, one]).fetchone() == (by_program,), one


@pytest.mark.parametrize(
    "facts",
    ["[" * 5000 + "]" * 5000, "1" * 5000, "1e400", '"\\ud800"', '"\\u0000"', "NaN", '{"a":1,"a":2}', "1.50", "-0"],
    ids=["depth", "digits", "overflow", "surrogate", "nul", "nan", "twice", "zero", "minus"],
)
def test_no_line_that_the_program_could_not_read_gets_into_the_log(
    cluster: Cluster, database: str, store: PostgresStore, facts: str
) -> None:
    head = f'{{"act":"x","at":"{AT}","facts":{{"f":{facts}}}'
    tail = f',"n":1,"prev":"{"0" * 64}","who":"C001"}}\n'
    own = hashlib.sha256((head + tail).encode()).hexdigest()
    line = f'{head},"hash":"{own}"{tail}'.encode()
    assert refused(cluster, database, "p370102", store.scenario, line) == "SW001"


def read_hash(store: PostgresStore, at: int) -> str:
    return str(json.loads(store.chain().splitlines()[at])["hash"])


def damaged(owner: psycopg.Connection[Any], statement: str, scenario: str) -> None:
    """Change the log past the rules, as only the server's owner can."""
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        owner.execute(statement, [scenario])


@pytest.mark.parametrize(
    ("statement", "left"),
    [
        (
            "UPDATE sweep.audit_line SET line = replace(line::text, '2', '3')::bytea WHERE n = 2 AND scenario = %s",
            "acde",
        ),
        ("UPDATE sweep.audit_line SET line = 'x' WHERE n = 2 AND scenario = %s", "acde"),
        ("DELETE FROM sweep.audit_line WHERE n = 2 AND scenario = %s", "acde"),
        ("UPDATE sweep.audit_line SET hash = repeat('a', 64) WHERE n = 5 AND scenario = %s", "abcde"),
        ("UPDATE sweep.audit_line SET line = line WHERE scenario = %s", "abcde"),
    ],
    ids=["changed", "no json", "missing", "hash", "sound"],
)
def test_a_repair_keeps_the_evidence_and_what_is_sound_and_the_log_can_be_written_again(
    store: PostgresStore, owner: psycopg.Connection[Any], statement: str, left: str
) -> None:
    store.commit([], [LogEntry(AT, "C002", act, {"n": n}) for n, act in enumerate("abcde")], {})
    damaged(owner, statement, store.scenario)
    before = {
        bytes(line)
        for (line,) in owner.execute("SELECT line FROM sweep.audit_line WHERE scenario = %s", [store.scenario])
    }
    (n,) = owner.execute("SELECT sweep.repair_log(%s, 'C001')", [store.scenario]).fetchone() or (0,)
    entries = [json.loads(line) for line in store.chain().splitlines()]
    assert chain_issues(store.chain(), "log") == []
    assert [e["act"] for e in entries] == [*left, *(["repair"] if n else [])]
    evidence = "SELECT line FROM sweep.audit_evidence WHERE scenario = %s"
    kept = {bytes(line) for (line,) in owner.execute(evidence, [store.scenario])}
    assert len(kept) == n
    assert before <= kept | set(store.chain().splitlines(keepends=True))
    assert n == 0 or (entries[-1]["who"], entries[-1]["facts"]["n"]) == ("C001", n)
    store.commit([], [LogEntry(AT, "C002", "edit")], {})
    assert chain_issues(store.chain(), "log") == []
    # Nothing is left to be repaired, and no login of the store may do it.
    assert owner.execute("SELECT sweep.repair_log(%s, 'C001')", [store.scenario]).fetchone() == (0,)


def test_no_login_of_the_store_repairs_a_log_or_changes_the_evidence(cluster: Cluster, database: str) -> None:
    with psycopg.connect(cluster.url("chief", database), autocommit=True) as chief:
        for statement in ("SELECT sweep.repair_log('s', 'C001')", "DELETE FROM sweep.audit_evidence"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                chief.execute(statement)


def test_a_writer_who_waits_too_long_is_told_who_holds_the_scenario(
    cluster: Cluster, database: str, store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sweep.store.postgres.connections._LOCK_S", 1)
    with psycopg.connect(cluster.url("all_planner", database)) as holder:
        holder.execute("SELECT sweep.hold(%s)", [store.scenario])
        pid = holder.info.backend_pid
        with pytest.raises(InputError) as told:
            store.commit([], [LogEntry(AT, "C001", "edit")], {})
    assert [(i.code, i.values["problem"]) for i in told.value.issues] == [("S850", f"all_planner ({pid})")]
    store.commit([], [LogEntry(AT, "C001", "edit")], {})


@pytest.mark.parametrize("login", ["all_auditor", "owner", "anyone", "bureau", "nobody_anywhere"])
def test_a_login_that_writes_nothing_holds_no_scenario(
    cluster: Cluster, database: str, store: PostgresStore, login: str
) -> None:
    locks = ("pg_advisory_lock(1)", "pg_advisory_xact_lock(1, 2)", "pg_try_advisory_lock_shared(1)", "sweep.hold(%s)")
    with psycopg.connect(cluster.url(login, database), autocommit=True) as connection:
        for lock in locks:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT {lock}", [store.scenario] if "%s" in lock else [])


def test_a_database_that_is_restored_keeps_its_locks_closed(cluster: Cluster, database: str) -> None:
    folder, dump = str(cluster.folder), str(cluster.folder / "log.dump")
    cluster.run("pg_dump", "-h", folder, "-U", "postgres", "-Fc", "-f", dump, database)
    cluster.run("createdb", "-h", folder, "-U", "postgres", "log_restored")
    cluster.run("pg_restore", "-h", folder, "-U", "postgres", "-d", "log_restored", dump)
    auditor = psycopg.connect(cluster.url("all_auditor", "log_restored"), autocommit=True)
    with auditor, pytest.raises(psycopg.errors.InsufficientPrivilege):
        auditor.execute("SELECT pg_advisory_lock(1)")
    again = PostgresStore(open_engine(cluster.url("chief", "log_restored")), "again", next_line)
    again.begin(["370102"])
    again.commit([], [LogEntry(AT, "C001", "edit")], {})
    assert again.chain().count(b"\n") == 1
