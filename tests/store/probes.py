# ruff: noqa: S608 - the very point is statements put together from parts
"""Statements of every kind that a login may try, and what of the answers it should not have got."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import psycopg

from tests.store.small import CODES, LOGINS, TABLES, A, B, Fact, facts, may_know_blocked, may_see

FACTS = facts()
_WITH_SCOPE = ("document", "edition", "edition_file", "approval")
_PEEK = (
    "CREATE OR REPLACE FUNCTION pg_temp.peek(v text) RETURNS boolean COST 0.0000001 LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE NOTICE '%', v; RETURN true; END $$"
)


def seen_signs(text: str) -> set[str]:
    return {f.sign for f in FACTS if f.sign in text} | {f"BLOCKED_{d}_x" for d in CODES if f"BLOCKED_{d}_x" in text}


def foreign(login: str) -> set[str]:
    """Signs that a login may never come to see."""
    hidden = {f.sign for f in FACTS if not may_see(login, f)}
    # Whoever sees a place under investigation sees the building, too.
    is_seen = {d for d in CODES if may_see(login, Fact("investigation", "", (d,)))}
    return hidden | {f"BLOCKED_{d}_x" for d in CODES if not may_know_blocked(login, d) and d not in is_seen}


def ask(connection: psycopg.Connection[Any], statement: str) -> str:
    """All that comes back: rows, notices, the error with its details; whatever it changed is undone."""
    told: list[str] = []

    def note(diagnostic: psycopg.errors.Diagnostic) -> None:
        told.append(f"{diagnostic.message_primary} {diagnostic.message_detail}")

    connection.add_notice_handler(note)
    try:
        with connection.transaction(force_rollback=True):
            if statement.startswith("COPY"):
                with connection.cursor() as cursor, cursor.copy(statement) as copy:
                    told += [bytes(part).decode("utf-8", "replace") for part in copy]
            else:
                for part in statement.split(";;"):
                    cursor = connection.execute(part)
                    if cursor.description is not None:
                        told += [_plain(row) for row in cursor.fetchall()]
    except psycopg.Error as error:
        d = error.diag
        told.append(f"{error} {d.message_detail} {d.message_hint} {d.context} {d.constraint_name}")
    finally:
        connection.remove_notice_handler(note)
    return "\n".join(told)


def _plain(row: tuple[object, ...]) -> str:
    cells = (bytes(v).decode("utf-8", "replace") if isinstance(v, bytes | memoryview) else str(v) for v in row)
    return " ".join(cells)


def exact_problems(connections: dict[str, psycopg.Connection[Any]]) -> Iterator[str]:
    """Where what a login sees, writes or is told is not, to the row, what the book says."""
    for login, connection in connections.items():
        for table in TABLES:
            got = seen_signs(ask(connection, f"SELECT * FROM sweep.{table}"))
            wanted = {f.sign for f in FACTS if f.table == table and may_see(login, f)}
            if table == "edition_file":
                wanted |= {w.replace("edition_file", "edition") for w in wanted}
            if table == "approval":
                wanted |= {w.replace("APPROVED", "edition_police") for w in wanted}
            if table == "investigation":
                wanted |= {f"BLOCKED_{d}_x" for d in CODES if f"CASE_{d}_x" in wanted}
            if got != wanted:
                yield f"{login} {table}: {sorted(got ^ wanted)}"
        blocked = seen_signs(ask(connection, "SELECT * FROM sweep.blocked_buildings('s', '2026-09-16')"))
        if blocked != {f"BLOCKED_{d}_x" for d in CODES if may_know_blocked(login, d)}:
            yield f"{login} blocked: {sorted(blocked)}"
        yield from (f"{login}: {p}" for p in _write_problems(login, connection))


def _write_problems(login: str, connection: psycopg.Connection[Any]) -> Iterator[str]:
    """What must be refused, and what must not."""
    (role,), codes = LOGINS[login].roles, LOGINS[login].divisions
    for division in CODES:
        is_own = division in codes or "*" in codes
        plans = role in ("planner", "investigator") and is_own
        writes = {
            f"INSERT INTO sweep.input_row VALUES ('s', 'x', '{division}', 9, 'leads', 'x', NULL, '')": plans,
            "INSERT INTO sweep.document (scenario, kind, scope, name, rev, sha256, content) "
            f"VALUES ('s', 'duty', '{division}', 'x', 1, '', '')": plans,
            "INSERT INTO sweep.edition (scenario, scope, edition, class, rev) "
            f"VALUES ('s', '{division}', 'x', 'police', 1)": plans,
            "INSERT INTO sweep.edition_file (scenario, scope, edition, name, class, sha256, content) "
            f"VALUES ('s', '{division}', 'edition_police_{division}_x', 'x', 'police', '', '')": (
                plans or (role == "approver" and is_own)
            ),
            f"INSERT INTO sweep.approval VALUES ('s', '{division}', '2026-09-17', 'edition_police_{division}_x', '', "
            "'', "
            "'', '', 1)": (role == "approver" and is_own),
            f"UPDATE sweep.edition SET rev = 2 WHERE scope = '{division}' AND class = 'police' RETURNING edition": (
                plans or (role == "approver" and is_own)
            ),
            f"UPDATE sweep.approval SET rev = 2 WHERE scope = '{division}' RETURNING plan_id": (
                role == "approver" and is_own
            ),
            f"UPDATE sweep.investigation SET places = '[]' WHERE division = '{division}' RETURNING division": (
                role == "investigator" and is_own
            ),
        }
        for statement, is_let in writes.items():
            wants_row = "RETURNING" in statement
            told = ask(connection, f"{statement}{'' if wants_row else ' RETURNING 1'}")
            if (told.startswith(("1", "edition_", "APPROVED_", A, B)) and "denied" not in told) != is_let:
                yield f"{statement[:60]} {division}: {told[:80]!r}"
    # Without a condition and a row that comes back the policies of reading are not asked.
    for table, changes in (("edition", "rev = 2"), ("edition_file", "sha256 = ''"), ("approval", "rev = 2")):
        sees = sum(f.table == table and may_see(login, f) for f in FACTS)
        may = role == "approver" or (role in ("planner", "investigator") and table != "approval")
        if _n_changed(connection, f"UPDATE sweep.{table} SET {changes}") != (sees if may else 0):
            yield f"{table}: blind change"
    appends = "INSERT INTO sweep.audit_line VALUES ('s', 3, repeat('2', 64), repeat('3', 64), '') RETURNING 1"
    is_let = role in ("planner", "investigator", "approver")
    if (ask(connection, appends) == "1") != is_let:
        yield "audit_line: append"
    changes = ("UPDATE sweep.audit_line SET n = 9", "DELETE FROM sweep.audit_line", "TRUNCATE sweep.audit_line")
    for change in changes:
        if "denied" not in ask(connection, change):
            yield change
    begun = "SELECT sweep.begin_scenario('fresh_one', ARRAY['370102']);;SELECT name FROM sweep.scenario"
    told = ask(connection, begun)
    plans = role in ("planner", "investigator")
    if ("fresh_one" in told.split()) != (plans and ("*" in codes or "370102" in codes)):
        yield f"begin_scenario: {told[:80]}"
    # With a division more what was of all is of all: of each table by another name than before.
    counts = (f"SELECT count(*) FROM sweep.{t} WHERE scope = '{A},{B},{B}9'" for t in _WITH_SCOPE)
    grown = ask(connection, ";;".join((f"SELECT sweep.begin_scenario('s', ARRAY['{B}9'])", *counts)))
    if (grown.split() == ["1", "4", "4", "1"]) != (plans and "*" in codes):
        yield f"begin_scenario of a division more: {grown[:80]}"
    known = ask(connection, "SELECT code FROM sweep.division").split()
    if set(known) != set(codes) - {"*"} | ({A, B} if "*" in codes else set()) | ({"-"} if codes else set()):
        yield f"division: {known}"
    if set(ask(connection, "SELECT login FROM sweep.member").split()) != ({login} if codes else set()):
        yield "member"


def _n_changed(connection: psycopg.Connection[Any], statement: str) -> int:
    try:
        with connection.transaction(force_rollback=True):
            return connection.execute(statement).rowcount
    except psycopg.Error:
        return 0


def random_statement(chance: random.Random) -> str:
    """One of the ways in which somebody might look where they may not."""
    table = (
        f"sweep.{chance.choice([*TABLES, 'building', 'lead', 'approved_plan', 'member', 'division', 'layer_styles'])}"
    )
    other = f"sweep.{chance.choice(TABLES)}"
    sign, division = chance.choice(FACTS).sign, chance.choice(CODES)
    column = chance.choice(("scenario", "name", "division", "scope", "edition", "id", "plan_id", "places", "raw", "n"))
    where = chance.choice(
        (
            "true",
            f"{column}::text = '{sign}'",
            f"{column}::text LIKE '%{division}%'",
            "pg_temp.peek(t::text)",
            f"pg_temp.peek({column}::text)",
            f"1 / (CASE WHEN {column}::text = '{sign}' THEN 0 ELSE 1 END) = 1",
            f"{column}::text::integer > 0",
            f"t.ctid IS NOT NULL AND {column} IS NOT NULL",
            f"EXISTS (SELECT FROM {other} o WHERE pg_temp.peek(o::text))",
        )
    )
    join = chance.choice(("LEFT", "RIGHT", "FULL", "INNER"))
    on = chance.choice(("true", "t::text = o::text", "pg_temp.peek(t::text)"))
    scenario, day = chance.choice(("s", "x", "%")), f"2026-09-1{chance.randint(0, 9)}"
    select = chance.choice(
        (
            f"SELECT * FROM {table} t WHERE {where}",
            f"SELECT t::text FROM {table} t WHERE {where} ORDER BY 1 LIMIT {chance.randint(0, 9)}",
            f"SELECT string_agg({column}::text, ' ') OVER () FROM {table} t WHERE {where}",
            f"SELECT max({column}::text), count(*) FROM {table} t WHERE {where} GROUP BY {column}",
            f"SELECT t::text, o::text FROM {table} t {join} JOIN {other} o ON {on}",
            f"SELECT * FROM {table} t TABLESAMPLE SYSTEM (100) WHERE {where}",
            f"SELECT t::text::integer FROM {table} t WHERE {where}",
            f"SELECT row_to_json(t), to_jsonb(t) FROM {table} t WHERE {where}",
            f"SELECT * FROM {table} t WHERE {where} FOR UPDATE",
            f"WITH w AS MATERIALIZED (SELECT * FROM {table} t WHERE {where}) SELECT w::text FROM w",
        )
    )
    return chance.choice(
        (
            select,
            select,
            f"EXPLAIN (VERBOSE) {select}",
            f"EXPLAIN (ANALYZE, VERBOSE, BUFFERS, TIMING OFF) {select}",
            f"COPY ({select}) TO STDOUT",
            f"COPY {table} TO STDOUT",
            f"SET LOCAL row_security = off;;{select}",
            f"SET LOCAL ROLE {chance.choice(('sweep_owner', 'sweep_warden', 'sweep_investigator'))};;{select}",
            f"CREATE TEMP VIEW v AS {select};;SELECT * FROM v",
            f"CREATE TEMP TABLE u AS {select};;SELECT * FROM u",
            f"DECLARE c CURSOR FOR {select};;FETCH ALL FROM c",
            f"PREPARE q AS {select};;EXECUTE q",
            f"DELETE FROM {table} t WHERE {where} RETURNING t::text",
            f"UPDATE {table} t SET {column} = {column} WHERE {where} RETURNING t::text",
            f"INSERT INTO {table} SELECT * FROM {table} t WHERE {where} RETURNING *",
            f"INSERT INTO {table} SELECT * FROM {other} ON CONFLICT DO NOTHING RETURNING *",
            f"MERGE INTO {table} t USING {other} o ON t::text = o::text WHEN MATCHED THEN DELETE",
            f"CREATE TRIGGER x AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION sweep.tell('x')",
            f"CREATE RULE x AS ON SELECT TO {table} DO INSTEAD SELECT 1",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;;{select}",
            f"DROP POLICY own ON {table};;{select}",
            f"SELECT query_to_xml({_quoted(select)}, true, false, '')",
            f"SELECT * FROM pg_stats WHERE schemaname = 'sweep' AND tablename = '{table[6:]}'",
            "SELECT * FROM pg_sequences;;SELECT pg_sequence_last_value(c.oid) FROM pg_class c WHERE relkind = 'S'",
            "SELECT * FROM sweep.layer_styles_id_seq",
            "SELECT query, wait_event FROM pg_stat_activity",
            "SELECT * FROM pg_prepared_statements, pg_cursors",
            "SELECT pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace "
            "WHERE nspname = 'sweep'",
            f"SELECT * FROM sweep.blocked_buildings('{scenario}', '{day}')",
            "SELECT sweep.my_divisions()",
            f"SELECT sweep.begin_scenario('s', ARRAY['{division}']);;{select}",
            f"SELECT b, t::text FROM sweep.blocked_buildings('s', '2026-09-16') b, {table} t WHERE {where}",
            f"INSERT INTO sweep.member VALUES (session_user, '*');;{select}",
            "SELECT lo_export(1, '/tmp/x');;SELECT pg_read_file('PG_VERSION')",
        )
    )


def leak(connection: psycopg.Connection[Any], login: str, statement: str) -> set[str]:
    """Signs in the answer to a statement that are not the login's, and were not in the statement itself."""
    return (seen_signs(ask(connection, statement)) & foreign(login)) - seen_signs(statement)


def prepare(connection: psycopg.Connection[Any]) -> None:
    connection.execute(_PEEK)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
