"""Who may see what is held by the database itself: every login, every table, and statements of every kind."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.store.cluster import Cluster
from tests.store.rules.catalogue import any_statement, catalogue, changes, held
from tests.store.rules.probes import exact_problems, leak, prepare, random_statement
from tests.store.rules.small import LOGINS, A, connect, fill

N_STATEMENTS = 400
Connections = dict[str, psycopg.Connection[Any]]


@pytest.fixture(scope="module")
def owner(cluster: Cluster, template: str) -> Iterator[psycopg.Connection[Any]]:
    cluster.run("createdb", "-h", str(cluster.folder), "-U", "postgres", "-T", template, "leaks")
    fill(cluster, "leaks")
    with connect(cluster, "leaks", "postgres") as connection:
        yield connection


@pytest.fixture(scope="module")
def logins(owner: psycopg.Connection[Any], cluster: Cluster) -> Iterator[Connections]:
    made = {login: connect(cluster, "leaks", login) for login in LOGINS}
    for connection in made.values():
        prepare(connection)
    yield made
    for connection in made.values():
        connection.close()


def test_every_login_sees_and_writes_what_is_its_own_to_the_row(logins: Connections) -> None:
    assert list(exact_problems(logins)) == []


def test_no_statement_of_any_kind_brings_a_sign_of_what_is_not_the_logins(logins: Connections) -> None:
    chance = random.Random(1)
    tried = [(chance.choice(list(LOGINS)), random_statement(chance)) for _ in range(N_STATEMENTS)]
    found = [(login, s, signs) for login, s in tried if (signs := leak(logins[login], login, s))]
    assert found == []


def test_no_statement_against_any_table_view_or_function_leaks_forges_or_changes_what_is_approved(
    owner: psycopg.Connection[Any], logins: Connections
) -> None:
    chance, known, before = random.Random(2), catalogue(owner), held(owner)
    assert len(known.relations) > 15
    assert len(known.functions) > 15
    tried = [(chance.choice(list(LOGINS)), any_statement(chance, known)) for _ in range(N_STATEMENTS)]
    found = [(login, s, bad) for login, s in tried if (bad := changes(owner, login, s, before))]
    found += [(login, s, bad) for login, s in tried if (bad := sorted(leak(logins[login], login, s)))]
    assert found == []


@pytest.mark.parametrize(
    ("trigger", "table", "login", "statement"),
    [
        (
            "guard_file",
            "edition_file",
            "planner_a",
            "UPDATE sweep.edition_file SET content = 'x' WHERE class = 'police'",
        ),
        ("stamp", "edition", "planner_a", "UPDATE sweep.edition SET by_login = 'approver_a'"),
        ("stamp", "document", "planner_a", "UPDATE sweep.document SET by_login = 'planner_b', at = now()"),
        ("guard_chain", "audit_line", "planner_a", None),
    ],
)
def test_the_judge_of_changes_sees_a_store_without_its_triggers(
    owner: psycopg.Connection[Any], trigger: str, table: str, login: str, statement: str | None
) -> None:
    before = held(owner)
    forged = """INSERT INTO sweep.audit_line (scenario, n, prev, hash, line, by_login, at)
        SELECT scenario, n + 1, hash, repeat('a', 64), '{"act":"approve","by":"C009"}', 'chief', now()
        FROM sweep.audit_line WHERE scenario = 's' ORDER BY n DESC LIMIT 1"""
    assert changes(owner, login, statement or forged, before) == []
    owner.execute("GRANT INSERT ON sweep.audit_line TO sweep_planner")
    owner.execute(f"ALTER TABLE sweep.{table} DISABLE TRIGGER {trigger}")
    try:
        assert changes(owner, login, statement or forged, before) != []
    finally:
        owner.execute(f"ALTER TABLE sweep.{table} ENABLE TRIGGER {trigger}")
        owner.execute("REVOKE INSERT ON sweep.audit_line FROM sweep_planner")
        owner.execute("GRANT INSERT (scenario, line) ON sweep.audit_line TO sweep_planner")


def policies(owner: psycopg.Connection[Any]) -> list[tuple[str, str, str, bool]]:
    """Table, name, whether it lets in more than is true already, of each policy."""
    rows = owner.execute(
        "SELECT tablename, policyname, cmd, coalesce(qual, with_check) FROM pg_policies WHERE schemaname = 'sweep' "
        "ORDER BY 1, 2"
    ).fetchall()
    return [(table, name, command, condition == "true") for table, name, command, condition in rows]


@pytest.mark.slow
def test_each_policy_that_is_removed_or_made_loose_is_noticed(
    owner: psycopg.Connection[Any], logins: Connections
) -> None:
    unnoticed = []
    there = policies(owner)
    assert len(there) > 25
    for table, name, command, is_open in there:
        # What stands in a transaction of its owner is seen by no other: so each change is made, looked at, and undone.
        definition = _definition(owner, table, name)
        owner.execute(f'DROP POLICY "{name}" ON sweep.{table}')
        if next(exact_problems(logins), None) is None:
            unnoticed.append((table, name, "removed"))
        owner.execute(definition)
        if is_open:
            continue
        using = "" if command == "INSERT" else "USING (true)"
        check = "" if command in ("SELECT", "DELETE") else "WITH CHECK (true)"
        owner.execute(f'ALTER POLICY "{name}" ON sweep.{table} {using} {check}')
        if next(exact_problems(logins), None) is None:
            unnoticed.append((table, name, "loose"))
        owner.execute(f'DROP POLICY "{name}" ON sweep.{table}')
        owner.execute(definition)
    assert unnoticed == []
    assert list(exact_problems(logins)) == []


def _definition(owner: psycopg.Connection[Any], table: str, name: str) -> str:
    row = owner.execute(
        "SELECT cmd, array_to_string(roles, ', '), qual, with_check, permissive FROM pg_policies "
        "WHERE schemaname = 'sweep' AND tablename = %s AND policyname = %s",
        [table, name],
    ).fetchone()
    assert row is not None
    command, roles, using, check, kind = row
    parts = [f'CREATE POLICY "{name}" ON sweep.{table} AS {kind} FOR {command} TO {roles}']
    parts += [f"USING ({using})"] if using else []
    parts += [f"WITH CHECK ({check})"] if check else []
    return " ".join(parts)


def test_no_login_is_above_the_rules_and_no_one_else_may_do_anything(owner: psycopg.Connection[Any]) -> None:
    above = owner.execute(
        "SELECT rolname FROM pg_roles WHERE (rolsuper OR rolbypassrls OR rolcreaterole) AND rolname <> 'postgres' "
        "AND rolname NOT LIKE 'pg\\_%'"
    ).fetchall()
    assert above == []
    open_to_all = owner.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace, aclexplode(relacl) a "
        "WHERE nspname IN ('sweep', 'sweep_report') AND a.grantee = 0 AND c.relname <> 'alembic_version'"
    ).fetchall()
    assert open_to_all == []
    views = owner.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'v' AND "
        "(nspname IN ('sweep', 'sweep_report') OR relname = 'layer_styles') "
        "AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)"
    ).fetchall()
    assert views == []


def test_how_many_investigations_there_are_shows_in_no_count_of_rows(owner: psycopg.Connection[Any]) -> None:
    before = owner.execute("SELECT count(*) FROM sweep.investigation").fetchone()
    owner.execute("UPDATE sweep.investigation SET places = places || places WHERE division = %s", [A])
    assert owner.execute("SELECT count(*) FROM sweep.investigation").fetchone() == before
    owner.execute("UPDATE sweep.investigation SET places = jsonb_build_array(places -> 0) WHERE division = %s", [A])
