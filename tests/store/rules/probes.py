# ruff: noqa: S608 - the very point is statements put together from parts
"""Statements of every kind that a login may try, and what of the answers it should not have got."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import psycopg

from tests.store.rules.small import (
    CODES,
    LOGINS,
    PLAN_SHA256,
    SCENARIOS,
    TABLES,
    A,
    B,
    C,
    facts,
    is_member,
    may_know_blocked,
    may_see,
    next_line,
    own,
)

FACTS = facts()
_WITH_SCOPE = ("document", "edition", "edition_file", "approval")
_PEEK = (
    "CREATE OR REPLACE FUNCTION pg_temp.peek(v text) RETURNS boolean COST 0.0000001 LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE NOTICE '%', v; RETURN true; END $$"
)


def seen_signs(text: str) -> set[str]:
    places = {f"{state}_{d}_x" for d in (*CODES, C) for state in ("BLOCKED", "CLOSED")}
    return {sign for sign in {f.sign for f in FACTS} | places if sign in text}


def foreign(login: str) -> set[str]:
    """Signs that a login may never come to see."""
    hidden = {f.sign for f in FACTS if not may_see(login, f)}
    # Whoever sees a place under investigation sees the building, too.
    cases = {f.divisions[0]: may_see(login, f) for f in FACTS if f.table == "investigation"}
    hidden |= {f"CLOSED_{d}_x" for d, is_seen in cases.items() if not is_seen}
    return hidden | {f"BLOCKED_{d}_x" for d, is_seen in cases.items() if not may_know_blocked(login, d) and not is_seen}


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
                cases = {d for d in (*CODES, C) if f"CASE_{d}_x" in wanted}
                wanted |= {f"{state}_{d}_x" for d in cases for state in ("BLOCKED", "CLOSED")}
            if got != wanted:
                yield f"{login} {table}: {sorted(got ^ wanted)}"
        blocked = seen_signs(
            ask(connection, "SELECT * FROM sweep.blocked_buildings('s');;SELECT * FROM sweep.blocked_buildings('t')")
        )
        if blocked != {f"BLOCKED_{d}_x" for d in (*CODES, C) if may_know_blocked(login, d)}:
            yield f"{login} blocked: {sorted(blocked)}"
        yield from (f"{login}: {p}" for p in _write_problems(login, connection))


def _write_problems(login: str, connection: psycopg.Connection[Any]) -> Iterator[str]:
    """What must be refused, and what must not."""
    (role,), codes = LOGINS[login].roles, LOGINS[login].divisions
    for division in CODES:
        is_own = division in codes or "*" in codes
        plans = role in ("planner", "investigator") and is_own
        approves = role == "approver" and is_own
        file = f"""INSERT INTO sweep.edition_file (scenario, scope, edition, name, class, content)
            VALUES ('s', '{division}', 'edition_%s_{division}_x', '%s', 'public', '')"""
        approval = f"""INSERT INTO sweep.approval (scenario, scope, day, plan_id, plan_sha256, by, at, audit_head)
            VALUES ('s', '{division}', '2026-09-17', 'edition_public_{division}_x', '%s', '', '', '')"""
        writes = {
            f"INSERT INTO sweep.input_row VALUES ('s', 'x', '{division}', 9, 'leads', 'x', NULL, '')": plans,
            "INSERT INTO sweep.document (scenario, kind, scope, name, content) "
            f"VALUES ('s', 'duty', '{division}', 'x', '')": plans,
            "INSERT INTO sweep.edition (scenario, scope, edition, class) "
            f"VALUES ('s', '{division}', 'x', 'police')": plans,
            file % ("public", "x"): plans or approves,
            # Planners write no approval, approvers no plan, and no login a file of an approved plan.
            file % ("public", "approval.json"): approves,
            file % ("property", "plan2.json"): plans or approves,
            file % ("police", "x"): False,
            approval % PLAN_SHA256: approves,
            approval % "0": False,
            f"UPDATE sweep.edition SET rev = 2 WHERE scope = '{division}' AND class = 'public' RETURNING edition": (
                plans or approves
            ),
            f"UPDATE sweep.edition SET rev = 2 WHERE scope = '{division}' AND edition LIKE '%police%' "
            "RETURNING edition": False,
            f"UPDATE sweep.edition_file SET content = '' WHERE scope = '{division}' AND class = 'public' "
            "AND name = 'plan.json' RETURNING edition": plans,
            f"DELETE FROM sweep.edition WHERE scope = '{division}' AND class = 'police' RETURNING edition": False,
            f"UPDATE sweep.approval SET rev = 2 WHERE scope = '{division}' RETURNING plan_id": False,
            f"DELETE FROM sweep.approval WHERE scope = '{division}' RETURNING plan_id": approves,
            f"UPDATE sweep.investigation SET places = '[]' WHERE division = '{division}' RETURNING division": (
                role == "investigator" and is_own
            ),
        }
        for statement, is_let in writes.items():
            wants_row = "RETURNING" in statement
            told = ask(connection, f"{statement}{'' if wants_row else ' RETURNING 1'}")
            if (told.startswith(("1", "edition_", "APPROVED_", A, B)) and "denied" not in told) != is_let:
                yield f"{statement[:90]} {division}: {told[:80]!r}"
    # Without a condition and a row that comes back the policies of reading are not asked.
    sees = sum(f.table == "edition" and may_see(login, f) for f in FACTS)
    blind = ("DELETE FROM sweep.approval", "UPDATE sweep.edition SET rev = 2")
    if _n_changed(connection, *blind) != (sees if role == "approver" else 0):
        yield "edition: blind change"
    may_append = role in ("planner", "investigator", "approver") and is_member(login, "s")
    for line, is_let in (
        (next_line("s"), may_append),
        (next_line("s", "approve", {"plan_id": "x"}), may_append and role == "approver"),
        (next_line("t"), False),
        (next_line("s").replace(b"C009", b"C001"), False),
        (next_line("s").replace(b'":', b'": '), False),
        (next_line("s", facts_={"plan_id": 5}), False),
    ):
        appends = f"INSERT INTO sweep.audit_line (scenario, line) VALUES ('s', '\\x{line.hex()}') RETURNING by_login"
        if (ask(connection, appends) == login) != is_let:
            yield f"audit_line: append {line!r}"
    changes = ("UPDATE sweep.audit_line SET n = 9", "DELETE FROM sweep.audit_line", "TRUNCATE sweep.audit_line")
    for change in changes:
        if "denied" not in ask(connection, change):
            yield change
    plans = role in ("planner", "investigator") and "*" in codes
    begun = "SELECT sweep.begin_scenario('fresh_one', ARRAY['370102']);;SELECT name FROM sweep.scenario"
    ended = f"{begun};;SELECT sweep.end_scenario('fresh_one');;SELECT 'left ' || name FROM sweep.scenario"
    told = ask(connection, begun)
    if ("fresh_one" in told.split()) != plans or "left fresh_one" in ask(connection, ended):
        yield f"begin_scenario: {told[:80]}"
    if plans and "not empty" not in ask(connection, "SELECT sweep.end_scenario('s')"):
        yield "end_scenario of one that is in use"
    # With a division more what was of all is of all: of each table by another name than before.
    counts = (f"SELECT count(*) FROM sweep.{t} WHERE scope = '{A},{B},{B}9'" for t in _WITH_SCOPE)
    grown = ask(connection, ";;".join((f"SELECT sweep.begin_scenario('s', ARRAY['{B}9'])", *counts)))
    if (grown.split() == ["1", "4", "8", "1"]) != plans:
        yield f"begin_scenario of a division more: {grown[:80]}"
    known = ask(connection, "SELECT scenario || ':' || code FROM sweep.division").split()
    wanted = {f"{s}:{code}" for s, all_ in SCENARIOS.items() if is_member(login, s) for code in (*all_, "", "-")}
    if set(known) != {one for one in wanted if one.partition(":")[2] in own(login)}:
        yield f"division: {known}"
    names = ask(connection, "SELECT name FROM sweep.scenario").split()
    if set(names) != {name for name in SCENARIOS if is_member(login, name)}:
        yield f"scenario: {names}"
    if set(ask(connection, "SELECT login FROM sweep.member").split()) != ({login} if codes else set()):
        yield "member"
    for extent in (
        "ST_EstimatedExtent('sweep', 'input_row', 'geom')",
        "_postgis_index_extent('sweep.input_row', 'geom')",
    ):
        if "BOX" in ask(connection, f"SELECT {extent}"):
            yield extent


def _n_changed(connection: psycopg.Connection[Any], *statements: str) -> int:
    try:
        with connection.transaction(force_rollback=True):
            return [connection.execute(statement).rowcount for statement in statements][-1]
    except psycopg.Error:
        return 0


def random_statement(chance: random.Random) -> str:
    """One of the ways in which somebody might look where they may not."""
    views = ("building", "lead", "approved_plan", "member", "division", "layer_styles", "shown_file")
    table = f"sweep.{chance.choice([*TABLES, *views])}"
    if chance.random() < 0.2:
        table = f"sweep_report.{chance.choice(('edition', 'file', 'plan', 'stop', 'public_count', 'result'))}"
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
    scenario = chance.choice(("s", "x", "%"))
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
            f"SELECT * FROM sweep.blocked_buildings('{scenario}')",
            "SELECT sweep.my_divisions()",
            f"SELECT sweep.begin_scenario('s', ARRAY['{division}']);;{select}",
            f"SELECT b, t::text FROM sweep.blocked_buildings('s') b, {table} t WHERE {where}",
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
