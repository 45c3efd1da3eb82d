"""Accounts of the board: a file that only its owner can read, with argon2 hashes of passphrases."""

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from geodata.errors import InputError, Issue
from geodata.regular_file import read_regular_text
from sweep.audit.approval import checked_id
from sweep.disk.atomic_files import write_files

type Role = Literal["planner", "commander", "team", "market_regulation", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role.__value__)
PLANNER, COMMANDER, TEAM, MARKET, AUDITOR = ROLES
# Roles that may act at the desk, and roles that may see it.
DESK_ROLES: frozenset[Role] = frozenset({PLANNER})
VIEW_ROLES: frozenset[Role] = frozenset({PLANNER, COMMANDER})

FILE_NAME = "accounts.json"


@dataclass(frozen=True, slots=True)
class Account:
    """Account of a person who signs in with a passphrase."""

    name: str
    """Pseudonym of the person."""
    role: Role
    passphrase_hash: str
    is_closed: bool = False
    """Whether signing in is refused; `with_account` opens the account again."""


def read_accounts(folder: Path) -> dict[str, Account]:
    """Return the accounts by name, empty if their file is missing; InputError S978 if it cannot be read."""
    path = folder / FILE_NAME
    try:
        text = read_regular_text(path) if path.is_file() else "[]"
        accounts = [Account(**content) for content in json.loads(text)]
    except (OSError, ValueError, TypeError) as error:
        raise InputError([Issue("S978", str(path))]) from error
    return {a.name: a for a in accounts}


def with_account(accounts: Mapping[str, Account], name: str, role: str, passphrase_hash: str) -> dict[str, Account]:
    """
    Return the accounts with `name` added; an existing account is opened again with the new role and passphrase.

    Raises
    ------
    InputError
        S801 if the name is no pseudonym; S979 if the role is unknown, or `team`: teams enrol phones instead.
    """
    if role not in ROLES or role == TEAM:
        raise InputError([Issue("S979", f"--role {role}"[:60], {"known": tuple(r for r in ROLES if r != TEAM)})])
    return {**accounts, checked_id(name): Account(name, next(r for r in ROLES if r == role), passphrase_hash)}


def without_account(accounts: Mapping[str, Account], name: str) -> dict[str, Account]:
    """Return the accounts, with the account `name` closed but not removed; S990 if no account has this name."""
    if name not in accounts:
        raise InputError([Issue("S990", name[:60], {"known": tuple(sorted(accounts))})])
    return {n: replace(a, is_closed=True) if n == name else a for n, a in accounts.items()}


def write_accounts(accounts: Mapping[str, Account], folder: Path) -> None:
    """Write the accounts to their file in the folder."""
    text = json.dumps([asdict(a) for a in accounts.values()], ensure_ascii=False, indent=1) + "\n"
    write_files({FILE_NAME: text}, folder, is_secret=True)


@dataclass(frozen=True, slots=True)
class Passphrases:
    """Maker and checker of passphrase hashes, one at a time, since each needs tens of megabytes of memory."""

    hasher: PasswordHasher = field(default_factory=PasswordHasher)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hash(self, passphrase: str) -> str:
        """Return the hash of a passphrase."""
        with self._lock:
            return self.hasher.hash(passphrase)

    def matches(self, passphrase: str, kept: str | None) -> bool:
        """Return whether a passphrase matches the hash `kept`; None (no such account) gives False, in the same time."""
        with self._lock:
            try:
                # Checking longer passphrases would only load the processor.
                self.hasher.verify(kept or _dummy_hash(self.hasher), passphrase[:200])
            except (Argon2Error, InvalidHashError):
                return False
        return kept is not None


@cache
def _dummy_hash(hasher: PasswordHasher) -> str:
    return hasher.hash("nobody's")
