"""Logins of the store with their roles and visible divisions. Passwords are never set or read here."""

import re
from dataclasses import dataclass

from psycopg import sql
from sqlalchemy import Connection, delete, insert, text

from geodata.errors import InputError, Issue
from sweep.store.postgres.connections import driver_of
from sweep.store.postgres.sqlalchemy_tables import MEMBER

ROLES = ("planner", "investigator", "approver", "market_regulation", "property", "public", "auditor", "police")
_LOGIN = re.compile(r"[a-z_][a-z0-9_.-]{0,62}")
_DIVISION = re.compile(r"\*|[0-9A-Za-z_]{1,12}")
_LIST = text(
    "SELECT m.rolname AS login, coalesce(string_agg(DISTINCT substr(r.rolname, 7), ' '), '') AS roles, "
    "coalesce((SELECT string_agg(division, ' ' ORDER BY division) FROM sweep.member d WHERE d.login = m.rolname), '') "
    "AS divisions FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member "
    "WHERE r.rolname LIKE 'sweep\\_%' AND m.rolcanlogin GROUP BY m.rolname ORDER BY m.rolname"
)


@dataclass(frozen=True, slots=True)
class User:
    """Login of the store, with its roles and the administrative divisions whose records it sees."""

    login: str
    roles: tuple[str, ...]
    divisions: tuple[str, ...]
    """Division codes; `*`: all."""


def list_users(connection: Connection) -> list[User]:
    """Return all logins with a role of the store."""
    rows = connection.execute(_LIST)
    return [User(r.login, tuple(r.roles.split()), tuple(r.divisions.split())) for r in rows]


def add_user(connection: Connection, user: User) -> None:
    """Set roles and divisions of a login, created if missing; S946 for an invalid name, role or division."""
    wrong = [r for r in user.roles if r not in ROLES] + [d for d in user.divisions if not _DIVISION.fullmatch(d)]
    if wrong or not _LOGIN.fullmatch(user.login) or user.login.startswith("sweep_") or not user.roles:
        got = wrong[0] if wrong else user.login
        raise InputError([Issue("S946", got[:40] or "-", {"known": ROLES})])
    driver, login = driver_of(connection), sql.Identifier(user.login)
    if not driver.execute("SELECT FROM pg_roles WHERE rolname = %s", [user.login]).rowcount:
        driver.execute(sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE").format(login))
    _revoke(connection, user.login)
    for role in user.roles:
        driver.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(f"sweep_{role}"), login))
    for division in user.divisions:
        connection.execute(insert(MEMBER).values(login=user.login, division=division))


def remove_user(connection: Connection, login: str) -> None:
    """Remove all roles and divisions of a login, which stays on the server; S946 if it is unknown."""
    if login not in {user.login for user in list_users(connection)}:
        raise InputError([Issue("S946", login[:40], {"known": ROLES})])
    _revoke(connection, login)


def _revoke(connection: Connection, login: str) -> None:
    driver = driver_of(connection)
    for role in ROLES:
        driver.execute(sql.SQL("REVOKE {} FROM {}").format(sql.Identifier(f"sweep_{role}"), sql.Identifier(login)))
    connection.execute(delete(MEMBER).where(MEMBER.c.login == login))
