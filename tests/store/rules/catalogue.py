# ruff: noqa: S608 - the very point is statements put together from parts
"""Statements against every table, view and function, made from the server's catalogue, and their changes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from sweep.audit.hash_chain import chain_issues, read_entries
from tests.store.rules.small import LOGINS, PLAN_SHA256, SCENARIOS, A, B, C, facts, log_lines, next_line

_RELATIONS = """
SELECT format('%I.%I', n.nspname, c.relname), array_agg(a.attname::text ORDER BY a.attnum),
    array_agg(t.typname::text ORDER BY a.attnum)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relkind IN ('r', 'v', 'S', 'm', 'p') AND NOT a.attisdropped
    AND (n.nspname IN ('sweep', 'sweep_report') OR c.relname = 'layer_styles')
GROUP BY 1 ORDER BY 1
"""
_FUNCTIONS = """
SELECT p.oid::regproc::text, array(SELECT t.typname::text FROM unnest(p.proargtypes) WITH ORDINALITY a(oid, n)
    JOIN pg_type t ON t.oid = a.oid ORDER BY n)
FROM pg_proc p WHERE p.pronamespace = 'sweep'::regnamespace ORDER BY 1
"""
# Approvals, approved editions, the log and the writers, as the server's owner sees them.
_APPROVALS = "SELECT scenario, scope, plan_id, to_jsonb(a) FROM sweep.approval a"
_EDITION = """
SELECT (SELECT to_jsonb(e) FROM sweep.edition e WHERE (scenario, scope, edition) = (%(s)s, %(scope)s, %(e)s)),
    (SELECT jsonb_agg(to_jsonb(f) ORDER BY name) FROM sweep.edition_file f
        WHERE (scenario, scope, edition) = (%(s)s, %(scope)s, %(e)s))
"""
_LINES = "SELECT string_agg(line, ''::bytea ORDER BY n) FROM sweep.audit_line WHERE scenario = %s"
_OTHERS = """
SELECT count(*) FROM (
    SELECT by_login FROM sweep.document WHERE at = now() UNION ALL SELECT by_login FROM sweep.edition WHERE at = now()
    UNION ALL SELECT by_login FROM sweep.audit_line WHERE at >= now()) written
WHERE by_login <> %s
"""
_ALTERED = ("DISABLE TRIGGER ALL", "NO FORCE ROW LEVEL SECURITY", "DROP COLUMN rev")


@dataclass(frozen=True)
class Catalogue:
    """The store's relations with their columns and types, and its functions with the types of their arguments."""

    relations: Sequence[tuple[str, Sequence[str], Sequence[str]]]
    functions: Sequence[tuple[str, Sequence[str]]]


def catalogue(owner: psycopg.Connection[Any]) -> Catalogue:
    """Read the catalogue of the server."""
    return Catalogue(owner.execute(_RELATIONS).fetchall(), owner.execute(_FUNCTIONS).fetchall())


def any_statement(chance: random.Random, known: Catalogue) -> str:
    """A statement that reads, writes or calls something of the store."""
    table, columns, types = chance.choice(known.relations)
    if chance.random() < 0.25:
        name, arguments = chance.choice(known.functions)
        call = f"{name}({', '.join(_value(chance, t) for t in arguments)})"
        return chance.choice((f"SELECT {call}", f"SELECT * FROM {call}", f"SELECT {call} FROM {table}", f"CALL {call}"))
    at = chance.randrange(len(columns))
    value, where = _value(chance, types[at]), _where(chance, columns, types)
    some = sorted(chance.sample(range(len(columns)), chance.randint(1, len(columns))))
    names, values = ", ".join(f'"{columns[i]}"' for i in some), ", ".join(_value(chance, types[i]) for i in some)
    other, _, _ = chance.choice(known.relations)
    line = chance.choice(
        (next_line("s"), next_line("s", "approve", {"plan_id": "x"}), next_line("t"), log_lines("s")[0])
    )
    changed = line.replace(*chance.choice(((b"C009", b"C001"), (b":", b": "), (b"", b""), (b"hash", b"h"))))
    return chance.choice(
        (
            f"SELECT * FROM {table} WHERE {where}",
            f"SELECT {table}::text FROM {table}",
            f"SELECT t, o FROM {table} t, {other} o WHERE t::text = o::text",
            f"TABLE {table}",
            f'UPDATE {table} SET "{columns[at]}" = {value} WHERE {where}',
            f'UPDATE {table} SET "{columns[at]}" = {value}',
            f'UPDATE {table} SET "{columns[at]}" = DEFAULT',
            f"DELETE FROM {table} WHERE {where}",
            f"DELETE FROM {table}",
            f"INSERT INTO {table} ({names}) VALUES ({values})",
            f"INSERT INTO {table} ({names}) SELECT {names} FROM {table} WHERE {where}",
            f"INSERT INTO {table} ({names}) VALUES ({values}) ON CONFLICT DO NOTHING",
            f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT DO NOTHING",
            f'MERGE INTO {table} t USING {other} o ON true WHEN MATCHED THEN UPDATE SET "{columns[at]}" = {value}',
            f"MERGE INTO {table} t USING {other} o ON true WHEN MATCHED THEN DELETE",
            f"TRUNCATE {table} CASCADE",
            f"LOCK TABLE {table} IN {chance.choice(('SHARE', 'ACCESS EXCLUSIVE', 'ROW SHARE'))} MODE NOWAIT",
            f"SELECT * FROM {table} FOR {chance.choice(('UPDATE', 'SHARE', 'NO KEY UPDATE', 'KEY SHARE'))} NOWAIT",
            f"ALTER TABLE {table} {chance.choice(_ALTERED)}",
            f"DROP TRIGGER {chance.choice(('stamp', 'guard_file', 'guard_chain', 'insert_only'))} ON {table}",
            f"SET LOCAL session_replication_role = replica;;DELETE FROM {table}",
            f"INSERT INTO sweep.audit_line (scenario, line) VALUES ('{chance.choice('st')}', '\\x{changed.hex()}')",
            f'DELETE FROM sweep.approval;;UPDATE {table} SET "{columns[at]}" = {value}',
            f"DELETE FROM sweep.edition WHERE {where}",
        )
    )


def _where(chance: random.Random, columns: Sequence[str], types: Sequence[str]) -> str:
    at = chance.randrange(len(columns))
    return chance.choice((f'"{columns[at]}" = {_value(chance, types[at])}', "true", f'"{columns[at]}" IS NOT NULL'))


def _value(chance: random.Random, kind: str) -> str:
    texts = (
        *SCENARIOS,
        A,
        B,
        C,
        f"{A},{B}",
        "",
        "-",
        "*",
        "leads.csv",
        "plan.json",
        "approval.json",
        PLAN_SHA256,
        "police",
    )
    texts = (*texts, *LOGINS, *(f.sign for f in facts()))
    match kind:
        case "int4" | "int8" | "float8" | "oid":
            return str(chance.choice((0, 1, 2, 3, -1, 10**6)))
        case "bool":
            return chance.choice(("true", "false"))
        case "bytea":
            return f"'\\x{chance.choice((b'', b'{}', next_line('s'), next_line('t'))).hex()}'"
        case "date" | "timestamptz" | "timestamp":
            return chance.choice(("'2026-09-16'", "'1900-01-01'", "now()"))
        case "json" | "jsonb":
            return chance.choice(("'{}'", "'[]'", """'[{"building_id": "X"}]'"""))
        case "_text":
            return chance.choice(("'{}'", f"ARRAY['{A}']", f"ARRAY['{C}', '*']"))
        case "geometry" | "xml":
            return "NULL"
        case _:
            return f"'{chance.choice(texts)}'"


@dataclass(frozen=True)
class Held:
    """Approved editions, approvals and logs, which no statement may change but for sound lines behind a log."""

    approvals: dict[tuple[str, str, str], Any]
    editions: dict[tuple[str, str, str], Any]
    logs: dict[str, bytes]


def held(owner: psycopg.Connection[Any]) -> Held:
    """Read it as the server's owner."""
    approvals = {(s, scope, plan): row for s, scope, plan, row in owner.execute(_APPROVALS).fetchall()}
    return Held(approvals, {key: _edition(owner, key) for key in approvals}, {s: _log(owner, s) for s in SCENARIOS})


def changes(owner: psycopg.Connection[Any], login: str, statement: str, before: Held) -> list[str]:
    """
    Changes of a statement that its login may not make.

    Parameters
    ----------
    owner
        A superuser's connection, whose session takes the login's authorization meanwhile; all is undone.
    """
    found: list[str] = []
    with owner.transaction(force_rollback=True):
        owner.execute(f"SET LOCAL SESSION AUTHORIZATION {login}")
        try:
            with owner.transaction():
                for part in statement.split(";;"):
                    owner.execute(part)
        except psycopg.Error:
            return found
        owner.execute("RESET SESSION AUTHORIZATION")
        is_approver = "approver" in LOGINS[login].roles
        approvals = {(s, scope, plan): row for s, scope, plan, row in owner.execute(_APPROVALS).fetchall()}
        for key, row in before.approvals.items():
            if key in approvals and _edition(owner, key) != before.editions[key]:
                found.append(f"approved edition {key}")
            # An approver may withdraw an approval, and no login may change it.
            if approvals.get(key) != row and not (is_approver and key not in approvals):
                found.append(f"approval {key}")
        for scenario, old in before.logs.items():
            log = _log(owner, scenario)
            more = read_entries(log[len(old) :])
            if not log.startswith(old) or chain_issues(log, scenario):
                found.append(f"log of {scenario}")
            if any(e["act"] == "approve" for e in more) and not is_approver:
                found.append(f"false approval in the log of {scenario}")
        (n,) = owner.execute(_OTHERS, [login]).fetchone() or (0,)
        found += [f"{n} rows in the name of another login"] if n else []
    return found


def _edition(owner: psycopg.Connection[Any], key: tuple[str, str, str]) -> Any:
    return owner.execute(_EDITION, dict(zip(("s", "scope", "e"), key, strict=True))).fetchone()


def _log(owner: psycopg.Connection[Any], scenario: str) -> bytes:
    (log,) = owner.execute(_LINES, [scenario]).fetchone() or (b"",)
    return bytes(log or b"")
