"""A database with a few rows of every table, each with a sign of its own, and who may see which by the book."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import psycopg

from sweep.store.postgres.engine import open_engine, transaction
from sweep.store.postgres.users import User, add_user
from tests.store.cluster import Cluster

A, B = "370102", "370103"
CODES = (A, B)
CLASSES = ("police", "market_regulation", "property", "public")
LOGINS = {
    user.login: user
    for user in (
        User("planner_a", ("planner",), (A,)),
        User("planner_b", ("planner",), (B,)),
        User("planner_all", ("planner",), ("*",)),
        User("planner_none", ("planner",), ()),
        User("investigator_a", ("investigator",), (A,)),
        User("investigator_all", ("investigator",), ("*",)),
        User("approver_a", ("approver",), (A,)),
        User("auditor_a", ("auditor",), (A,)),
        User("market_a", ("market_regulation",), (A,)),
        User("property_a", ("property",), (A,)),
        User("public_a", ("public",), (A,)),
    )
}
_PLANS = {"planner", "investigator"}
_READS_EDITIONS = {
    "planner": CLASSES,
    "investigator": CLASSES,
    "approver": CLASSES,
    "auditor": CLASSES,
    "market_regulation": ("market_regulation", "public"),
    "property": ("property", "public"),
    "public": ("public",),
}


@dataclass(frozen=True)
class Fact:
    """A row, the sign in it by which it is known, and where it belongs."""

    table: str
    sign: str
    divisions: tuple[str, ...]
    output_class: str = ""


def facts() -> list[Fact]:
    found = [Fact("input_row", f"LEAD_{d or 'none'}_{n}", (d,)) for d in (*CODES, "", "-") for n in (1, 2)]
    scopes = ((A,), (B,), CODES, ())
    found += [Fact("document", f"DOC_{'_'.join(s)}_x", s) for s in scopes]
    for scope in scopes[:3]:
        for output_class in CLASSES:
            found += [Fact(t, f"{t}_{output_class}_{'_'.join(scope)}_x", scope, output_class) for t in EDITION_TABLES]
        found.append(Fact("approval", f"APPROVED_{'_'.join(scope)}_x", scope))
    found += [Fact("audit_line", f"LINE_{n}_x", ()) for n in (1, 2)]
    found += [Fact("investigation", f"CASE_{d}_x", (d,)) for d in CODES]
    found += [Fact("investigation_file", "CASEFILE_x", CODES)]
    return found


EDITION_TABLES = ("edition", "edition_file")
TABLES = ("input_row", "document", *EDITION_TABLES, "approval", "audit_line", "investigation", "investigation_file")


def own(login: str) -> set[str]:
    codes = set(LOGINS[login].divisions)
    return {*CODES, "", "-"} if "*" in codes else codes | ({"-"} if codes else set())


def may_see(login: str, fact: Fact) -> bool:
    """Who may see what, said once more and apart from the policies."""
    (role,) = LOGINS[login].roles
    inside = set(fact.divisions) <= own(login)
    match fact.table:
        case "input_row" | "document":
            return role in {*_PLANS, "approver"} and inside
        case "edition" | "edition_file":
            return fact.output_class in _READS_EDITIONS[role] and inside
        case "approval":
            return role in {*_PLANS, "approver", "auditor"} and inside
        case "audit_line":
            return role in {*_PLANS, "approver", "auditor"}
        case "investigation":
            return role == "investigator" and inside
        case _:
            return role == "investigator" and "*" in LOGINS[login].divisions


def may_know_blocked(login: str, division: str) -> bool:
    return LOGINS[login].roles[0] in {*_PLANS, "approver"} and division in own(login)


def fill(cluster: Cluster, database: str) -> None:
    """Put all of it there, past the rules, as only the server's owner can."""
    with transaction(open_engine(cluster.url(database=database)), is_admin=True) as connection:
        for user in LOGINS.values():
            add_user(connection, user)
    with connect(cluster, database, "postgres") as c:
        c.execute("INSERT INTO sweep.scenario (name) VALUES ('s')")
        for d in (*CODES, "", "-"):
            c.execute("INSERT INTO sweep.division VALUES ('s', %s)", [d])
            places = [{"building_id": f"BLOCKED_{d}_x", "closed_on": None, "case": f"CASE_{d}_x"}] if d in CODES else []
            c.execute("INSERT INTO sweep.investigation VALUES ('s', %s, %s)", [d, json.dumps(places)])
        c.execute("INSERT INTO sweep.investigation_file VALUES ('s', 'CASEFILE_x', '\\x00', 1)")
        for fact in facts():
            _insert(c, fact)
        c.execute("ANALYZE")


def _insert(c: psycopg.Connection[Any], fact: Fact) -> None:
    scope, sign = ",".join(fact.divisions), fact.sign
    match fact.table:
        case "input_row":
            c.execute(
                "INSERT INTO sweep.input_row VALUES ('s', 'leads.csv', %s, %s, 'leads', %s, "
                "ST_SetSRID(ST_Point(117, 36), 4326), %s)",
                [scope, int(sign[-1]), sign, sign.encode()],
            )
        case "document":
            c.execute(
                "INSERT INTO sweep.document (scenario, kind, scope, name, rev, sha256, content) "
                "VALUES ('s', 'drafts', %s, %s, 1, '', %s)",
                [scope, sign, sign.encode()],
            )
        case "edition":
            c.execute(
                "INSERT INTO sweep.edition (scenario, scope, edition, class, day, rev) VALUES ('s', %s, %s, %s, "
                "'2026-09-16', 1)",
                [scope, sign, fact.output_class],
            )
        case "edition_file":
            edition = sign.replace("edition_file", "edition")
            c.execute(
                "INSERT INTO sweep.edition_file VALUES ('s', %s, %s, %s, %s, '', %s)",
                [scope, edition, sign, fact.output_class, sign.encode()],
            )
        case "approval":
            c.execute(
                "INSERT INTO sweep.approval VALUES ('s', %s, '2026-09-16', %s, '', %s, '', '', 1)",
                [scope, sign.replace("APPROVED", "edition_police"), sign],
            )
        case "audit_line":
            n = int(sign.split("_")[1])
            c.execute(
                "INSERT INTO sweep.audit_line VALUES ('s', %s, %s, %s, %s)",
                [n, "0" * 64 if n == 1 else "1" * 64, str(n) * 64, sign.encode()],
            )


def connect(cluster: Cluster, database: str, login: str) -> psycopg.Connection[Any]:
    return psycopg.connect(cluster.url(login, database), autocommit=True)
