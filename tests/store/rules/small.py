"""A database with a few rows of every table, each with a sign of its own, and who may see which by the book."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import psycopg

from sweep.audit.hash_chain import Head, Json, entry_line, read_entries
from sweep.store.postgres.connections import open_engine, transaction
from sweep.store.postgres.users import User, add_user
from tests.store.cluster import Cluster

# Two scenarios, of two bureaus: `s` is of A and B, `t` of C.
A, B, C = "370102", "370103", "370199"
CODES = (A, B)
SCENARIOS = {"s": CODES, "t": (C,)}
PLAN = b"{}"
PLAN_SHA256 = sha256(PLAN).hexdigest()
CLASSES = ("police", "market_regulation", "property", "public")
LOGINS = {
    user.login: user
    for user in (
        User("planner_a", ("planner",), (A,)),
        User("planner_b", ("planner",), (B,)),
        User("planner_all", ("planner",), ("*",)),
        User("planner_none", ("planner",), ()),
        User("planner_c", ("planner",), (C,)),
        User("investigator_a", ("investigator",), (A,)),
        User("investigator_all", ("investigator",), ("*",)),
        User("approver_a", ("approver",), (A,)),
        User("auditor_a", ("auditor",), (A,)),
        User("market_a", ("market_regulation",), (A,)),
        User("property_a", ("property",), (A,)),
        User("public_a", ("public",), (A,)),
        User("police_a", ("police",), (A,)),
    )
}
_PLANS = {"planner", "investigator"}
_READS_EDITIONS = {
    "planner": CLASSES,
    "investigator": CLASSES,
    "approver": CLASSES,
    "auditor": CLASSES,
    "police": CLASSES,
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
    scenario: str = "s"


def facts() -> list[Fact]:
    found = [Fact("input_row", f"LEAD_{d or 'none'}_{n}", (d,)) for d in (*CODES, "", "-") for n in (1, 2)]
    found += [Fact("document", f"RESULT_{d}_x", (d,)) for d in CODES]
    scopes = ((A,), (B,), CODES, ())
    found += [Fact("document", f"DOC_{'_'.join(s)}_x", s) for s in scopes]
    for scope in scopes[:3]:
        for output_class in CLASSES:
            found += [Fact(t, f"{t}_{output_class}_{'_'.join(scope)}_x", scope, output_class) for t in EDITION_TABLES]
        found.append(Fact("approval", f"APPROVED_{'_'.join(scope)}_x", scope))
    found += [Fact("audit_line", f"LINE_{n}_x", ()) for n in (1, 2)]
    found.append(Fact("audit_evidence", "EVIDENCE_s_x", ()))
    found += [Fact("investigation", f"CASE_{d}_x", (d,)) for d in CODES]
    found += [Fact("investigation_file", "CASEFILE_x", CODES)]
    others = {"input_row": ("-",), "document": (), "edition": (), "edition_file": (), "approval": ()}
    others |= {"audit_line": (), "audit_evidence": (), "investigation": (C,), "investigation_file": (C,)}
    signs = {"approval": "APPROVED_t_x", "investigation": f"CASE_{C}_x", "input_row": "LEAD_t_1"}
    for table, divisions in others.items():
        output_class = "police" if table in EDITION_TABLES else ""
        sign = f"{table}_police_t_x" if output_class else signs.get(table, f"{table}_t_x")
        found.append(Fact(table, sign, divisions, output_class, "t"))
    return found


EDITION_TABLES = ("edition", "edition_file")
LOG_TABLES = ("audit_line", "audit_evidence")
TABLES = ("input_row", "document", *EDITION_TABLES, "approval", *LOG_TABLES, "investigation", "investigation_file")


def own(login: str) -> set[str]:
    codes = set(LOGINS[login].divisions)
    return {*CODES, C, "", "-"} if "*" in codes else codes | ({"-"} if codes else set())


def is_member(login: str, scenario: str) -> bool:
    """Whether a login has one of a scenario's divisions."""
    return bool(set(LOGINS[login].divisions) & {*SCENARIOS[scenario], "*"})


def may_see(login: str, fact: Fact) -> bool:
    """Who may see what, said once more and apart from the policies."""
    (role,) = LOGINS[login].roles
    if not is_member(login, fact.scenario):
        return False
    inside = set(fact.divisions) <= own(login)
    match fact.table:
        case "input_row" | "document":
            reads_results = role == "police" and fact.sign.startswith("RESULT_")
            return (role in {*_PLANS, "approver"} or reads_results) and inside
        case "edition" | "edition_file":
            return fact.output_class in _READS_EDITIONS[role] and inside
        case "approval":
            return role in {*_PLANS, "approver", "auditor", "police"} and inside
        case "audit_line" | "audit_evidence":
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
        for scenario, codes in SCENARIOS.items():
            c.execute("INSERT INTO sweep.scenario (name) VALUES (%s)", [scenario])
            for d in (*codes, "", "-"):
                c.execute("INSERT INTO sweep.division VALUES (%s, %s)", [scenario, d])
                place = {"building_id": f"BLOCKED_{d}_x", "closed_on": None, "case": f"CASE_{d}_x"}
                places = [place, {"building_id": f"CLOSED_{d}_x", "closed_on": "2020-03-01"}] if d in codes else []
                c.execute("INSERT INTO sweep.investigation VALUES (%s, %s, %s)", [scenario, d, json.dumps(places)])
        for fact in facts():
            _insert(c, fact)
        c.execute("ANALYZE")


def log_lines(scenario: str) -> list[bytes]:
    """The lines of a scenario's log, with the signs of its facts."""
    found, head = [], Head()
    for fact in (f for f in facts() if (f.table, f.scenario) == ("audit_line", scenario)):
        line, head = entry_line(head, "2026-09-16T08:00:00+08:00", "C001", "edit", {"sign": fact.sign})
        found.append(line)
    return found


def next_line(scenario: str, act: str = "edit", facts_: Mapping[str, Json] = MappingProxyType({})) -> bytes:
    """A sound line behind the last one of a scenario's log."""
    last = read_entries(log_lines(scenario)[-1])[-1]
    return entry_line(Head(last["n"], last["hash"]), "2026-09-16T09:00:00+08:00", "C009", act, facts_)[0]


def _insert(c: psycopg.Connection[Any], fact: Fact) -> None:
    scenario, scope, sign = fact.scenario, ",".join(fact.divisions), fact.sign
    match fact.table:
        case "input_row":
            c.execute(
                "INSERT INTO sweep.input_row VALUES (%s, 'leads.csv', %s, %s, 'leads', %s, "
                "ST_SetSRID(ST_Point(117, 36), 4326), %s)",
                [scenario, scope, int(sign[-1]), sign, sign.encode()],
            )
        case "document":
            c.execute(
                "INSERT INTO sweep.document (scenario, kind, scope, name, content) VALUES (%s, %s, %s, %s, %s)",
                [scenario, "results" if sign.startswith("RESULT_") else "drafts", scope, sign, sign.encode()],
            )
        case "edition":
            c.execute(
                "INSERT INTO sweep.edition (scenario, scope, edition, class, day) VALUES (%s, %s, %s, %s, "
                "'2026-09-16')",
                [scenario, scope, sign, fact.output_class],
            )
        case "edition_file":
            edition = sign.replace("edition_file", "edition")
            for name, content in ((sign, sign.encode()), ("plan.json", PLAN)):
                c.execute(
                    "INSERT INTO sweep.edition_file (scenario, scope, edition, name, class, content) "
                    "VALUES (%s, %s, %s, %s, %s, %s)",
                    [scenario, scope, edition, name, fact.output_class, content],
                )
        case "approval":
            c.execute(
                "INSERT INTO sweep.approval (scenario, scope, day, plan_id, plan_sha256, by, at, audit_head) "
                "VALUES (%s, %s, '2026-09-16', %s, %s, %s, '', '')",
                [scenario, scope, sign.replace("APPROVED", "edition_police"), PLAN_SHA256, sign],
            )
        case "audit_line":
            line = next(line for line in log_lines(scenario) if sign.encode() in line)
            c.execute("INSERT INTO sweep.audit_line (scenario, line) VALUES (%s, %s)", [scenario, line])
        case "audit_evidence":
            c.execute(
                "INSERT INTO sweep.audit_evidence (scenario, n, prev, hash, line, by_login, at) "
                "VALUES (%s, 1, '', '', %s, 'postgres', now())",
                [scenario, sign.encode()],
            )
        case "investigation_file":
            c.execute("INSERT INTO sweep.investigation_file VALUES (%s, %s, '\\x00', 1)", [scenario, sign])


def connect(cluster: Cluster, database: str, login: str) -> psycopg.Connection[Any]:
    return psycopg.connect(cluster.url(login, database), autocommit=True)
